package assign

import (
	"bytes"

	"github.com/neokeys/neokeys/internal/text"
	"github.com/neokeys/neokeys/rules/internal/naming"
	"github.com/neokeys/neokeys/rules/internal/secret"
)

// serializedText returns the length of what PHP's serialize writes between the name of a field
// and the quote of its value, at the start of src: ;s:36:
func serializedText(src []byte) int {
	if !text.HasPrefixFold(src, ";s:") {
		return 0
	}
	n := len(";s:")
	n += text.Run(src[n:min(len(src), n+8)], text.IsDigit)
	if n == len(src) || src[n] != ':' {
		return 0
	}
	return n + 1
}

// cells returns the first token in the cells after the name at name, which is one of a row with
// tabs between, or of a line of a CSV file: an export of a table, a row of COPY.
func (r *Reader) cells(name text.Span) (text.Span, secret.Verdict) {
	t := r.Text
	i, _ := r.closers(name.End)
	i += text.Run(t[i:min(len(t), i+naming.MaxPadding)], func(c byte) bool { return c == ' ' })
	if i >= len(t) || t[i] != '\t' && (r.Code || t[i] != ',' && t[i] != ';') {
		return text.Span{}, secret.NotToken
	}
	separator := t[i]
	row := r.lineBefore(name.Start)
	if separator != '\t' && bytes.ContainsAny(row, "=({[") {
		return text.Span{}, secret.NotToken
	}
	return r.cellOf(text.Span{Start: i, End: min(text.LineEnd(t, i), i+maxPair)}, separator)
}

// cellOf returns the first token in the cells of a row, each of which begins with separator.
func (r *Reader) cellOf(row text.Span, separator byte) (text.Span, secret.Verdict) {
	t := r.Text
	for i := row.Start; i < row.End && t[i] == separator; {
		i++
		q := 0
		if i < row.End && (t[i] == '"' || t[i] == '\'') {
			q = 1
		}
		end := secret.TokenRun(t, i+q)
		after := end + q
		if v := (text.Span{Start: i + q, End: end}); after <= row.End && (after == row.End || t[after] == separator || t[after] == '\r') {
			if what := secret.Judge(v.Of(t)); what != secret.NotToken && !bytes.HasPrefix(t[after:row.End], []byte("://")) {
				return v, what
			}
		}
		if i = r.cellEnd(i, row.End, separator); !r.Spend(end - row.Start) {
			break
		}
	}
	return text.Span{}, secret.NotToken
}

// cellEnd returns where the cell at text[i:] ends.
func (r *Reader) cellEnd(i, limit int, separator byte) int {
	quoted := false
	for ; i < limit; i++ {
		switch c := r.Text[i]; {
		case c == '"':
			quoted = !quoted
		case c == separator && !quoted:
			return i
		}
	}
	return limit
}

// dumped returns what a dump of a database has in the column at name: of PostgreSQL's COPY, whose
// rows are lines, or of a table that was created before and is filled without naming columns.
func (r *Reader) dumped(name text.Span) (text.Span, secret.Verdict) {
	t := r.Text
	open, column := r.listBefore(name.Start)
	if open < 0 || !r.Spend(maxPair) {
		return text.Span{}, secret.NotToken
	}
	line := bytes.ToLower(r.lineBefore(open))
	closing := bytes.IndexByte(t[name.End:min(len(t), name.End+maxPair)], ')')
	if closing < 0 {
		return text.Span{}, secret.NotToken
	}
	closing += name.End
	switch words := bytes.Fields(line); {
	case len(words) > 1 && string(words[0]) == "copy":
		rest := t[closing+1 : text.LineEnd(t, closing)]
		if !bytes.Contains(bytes.ToLower(rest), []byte("stdin")) {
			return text.Span{}, secret.NotToken
		}
		return r.copied(closing+len(rest)+2, column)
	case bytes.Contains(line, []byte("create table")) && len(words) > 2:
		return r.filled(words[len(words)-1], closing, column)
	}
	return text.Span{}, secret.NotToken
}

// listBefore returns where the list in parentheses begins that text[i] is in, -1 if that is not near,
// and how many items of it are before that one.
func (r *Reader) listBefore(i int) (open, items int) {
	depth := 0
	for end := max(0, i-maxTable); i > end; i-- {
		switch r.Text[i-1] {
		case ')':
			depth++
		case '(':
			if depth--; depth < 0 {
				return i - 1, items
			}
		case ',':
			items += b2i(depth == 0)
		}
	}
	return -1, 0
}

// maxTable is how far from the beginning of a table's columns one of them is looked for.
const maxTable = 2 << 10

// copied returns the first token in a column of the rows at text[i:], which are lines with tabs.
func (r *Reader) copied(i, column int) (text.Span, secret.Verdict) {
	for n := 0; n < maxItems && i < len(r.Text) && !bytes.HasPrefix(r.Text[i:], []byte(`\.`)); n++ {
		end := text.LineEnd(r.Text, i)
		if !r.Spend(end - i) {
			break
		}
		at := i
		for c := 0; c < column && at < end; c++ {
			at += text.Run(r.Text[at:end], func(b byte) bool { return b != '\t' }) + 1
		}
		stop := min(end, at+text.Run(r.Text[min(at, end):end], func(b byte) bool { return b != '\t' && b != '\r' }))
		if v := (text.Span{Start: min(at, stop), End: stop}); secret.Judge(v.Of(r.Text)) != secret.NotToken {
			return v, secret.Judge(v.Of(r.Text))
		}
		i = end + 1
	}
	return text.Span{}, secret.NotToken
}

// filled returns the first token that an INSERT after text[i:] puts into a column of the table.
func (r *Reader) filled(table []byte, i, column int) (text.Span, secret.Verdict) {
	insert := []byte("insert into " + string(table) + " values")
	rest := bytes.ToLower(r.Text[i:])
	n := bytes.Index(rest, insert)
	if n < 0 || len(rest) != len(r.Text)-i || !r.Spend(len(rest)) {
		return text.Span{}, secret.NotToken
	}
	return r.rows(i+n+len(insert), column)
}

package assign

import (
	"bytes"
	"strings"

	"github.com/neokeys/neokeys/internal/text"
	"github.com/neokeys/neokeys/rules/internal/naming"
	"github.com/neokeys/neokeys/rules/internal/secret"
)

// Where names are data, a name and its value are two fields of one object: env
// variables of a container, headers of a recorded request, rows of settings. These are
// what such fields are called.
var (
	nameFields  = text.Set(strings.Fields("name key id variable var env header parameterkey parameter setting option forkey forhttpheaderfield field")...)
	valueFields = text.Set(strings.Fields("value val values content default defaultvalue example text string parametervalue secretstring secret-string stringvalue body current initial data v secretvalue secret notes note")...)
)

// isField reports whether name is one of fields, or ends in one: option_value.
func isField(fields map[string]bool, name []byte) bool {
	return text.Holds(fields, name) || text.Holds(fields, name[bytes.LastIndexAny(name, "_-")+1:])
}

// holdsValue reports whether the field called name is one for values: besides those of
// valueFields, gh's option -b and DynamoDB's type "S".
func (r *Reader) holdsValue(name text.Span, where whereField) bool {
	if name.End-name.Start > 1 || name.Start == 0 {
		return isField(valueFields, name.Of(r.Text))
	}
	around := r.Text[name.Start-1 : min(len(r.Text), name.End+1)]
	return text.Holds(valueFields, name.Of(r.Text)) || where == optionAfter && (string(around) == "-b " || string(around) == `-b"` || string(around) == "-b'") || string(around) == `"S"`
}

// nameCommands are words that a name follows without an operator, and its value as an
// option or in a block: gh secret set NAME --body, variable "name" {.
var nameCommands = text.Set("variable", "set", "put", "add")

// maxPair is how far apart the fields of a pair may lie.
const maxPair = 512

// paired returns the value of the pair whose name is at name.
func (r *Reader) paired(name text.Span) (text.Span, secret.Verdict) {
	field, option, ok := r.fieldBefore(name.Start)
	if !ok {
		return text.Span{}, secret.NotToken
	}
	after, _ := r.closers(name.End)
	key := r.Text[field.Start:field.End]
	if len(key) > 3 && text.HasPrefixFold(key, "for") { // setValue("...", forKey: "NAME")
		return r.argumentBefore(field.Start)
	}
	where := fieldAfter
	if option {
		where = optionAfter
	}
	if v, verdict := r.field(text.Span{Start: after, End: min(len(r.Text), after+maxPair)}, key, where); verdict != secret.NotToken {
		return v, verdict
	}
	start, ok := r.objectBefore(field.Start)
	if !ok {
		return text.Span{}, secret.NotToken
	}
	return r.field(text.Span{Start: start, End: field.Start}, nil, fieldBefore)
}

// declared returns the default value of the option declared under the name at name, a quoted
// argument or a symbol: add_argument("--NAME", type=str, default="..."). A list of arguments
// without parentheses ends with the line.
func (r *Reader) declared(name text.Span) (text.Span, secret.Verdict) {
	t := r.Text
	before := bytes.TrimRight(t[:name.Start], "-\"'`:")
	i, quoted := r.closers(name.End)
	if len(before) == name.Start || !quoted && t[name.Start-1] != ':' || i >= len(t) || t[i] != ',' {
		return text.Span{}, secret.NotToken
	}
	in := text.Span{Start: i, End: min(len(t), i+maxPair)}
	if !bytes.HasSuffix(bytes.TrimRight(before, " \t\r\n"), []byte("(")) {
		in.End = min(in.End, text.LineEnd(t, i))
	}
	return r.field(in, nil, fieldAfter)
}

// fieldBefore returns the field that text[i:] is the value of, if it is one for
// names, and whether it is a program's option (--name NAME).
func (r *Reader) fieldBefore(i int) (field text.Span, option, ok bool) {
	t := r.Text
	back := func(class string) bool {
		from := i
		for i > 0 && from-i < 16 && bytes.IndexByte([]byte(class), t[i-1]) >= 0 {
			i--
		}
		return i < from
	}
	for from := i; i > 0 && from-i < naming.MaxAffix && secret.TokenBytes[t[i-1]] && t[i-1] != '='; {
		i-- // the front of a longer name: x-neo-api-key, /prod/neoagent/secret-key
	}
	back("\"'`\\@")
	spaced := back(" \t")
	joined := back(":=>")
	back(" \t")
	back("\"'`\\")
	end := i
	for i > 0 && end-i < 24 && text.IsURLSafe(t[i-1]) {
		i--
	}
	option = !joined && spaced
	word := bytes.TrimLeft(t[i:end], "-")
	if text.Holds(nameCommands, word) {
		return text.Span{Start: i, End: end}, true, joined || spaced
	}
	if option && !bytes.HasPrefix(t[i:end], []byte("--")) && !bytes.EqualFold(t[i:end], []byte("-name")) {
		return text.Span{}, false, false
	}
	return text.Span{Start: end - len(word), End: end}, option, (joined || spaced) && isField(nameFields, word)
}

// maxFields bounds how many fields of an object are taken for the value's.
const maxFields = 4

// A whereField says where a value's field is looked for: after the name's, also
// deeper inside of the object; before it; or among a program's options on the same line.
type whereField uint8

const (
	fieldAfter whereField = iota
	fieldBefore
	optionAfter
)

// field returns the value of the first field for values in text[in.start:in.end],
// which is inside an object that goes on to its closing bracket, to the next item of
// a list, or to the next field called other.
func (r *Reader) field(in text.Span, other []byte, where whereField) (text.Span, secret.Verdict) {
	t := r.Text
	if !r.Spend(2 * (in.End - in.Start)) {
		return text.Span{}, secret.NotToken
	}
	depth, tries := 0, maxFields
	for i := in.Start; i < in.End; i++ {
		c := t[i]
		switch {
		case c == '{' || c == '[' || c == '(':
			depth++
		case c == '}' || c == ']' || c == ')':
			if depth--; depth < 0 {
				return text.Span{}, secret.NotToken
			}
		case c == '/' && i+1 < len(t) && t[i+1] == '>':
			return text.Span{}, secret.NotToken
		case c == '\n':
			if next, _ := r.skipSpace(i+1, false); where == optionAfter && depth == 0 || bytes.HasPrefix(t[next:], []byte("- ")) {
				if i == in.Start || t[i-1] != '\\' {
					return text.Span{}, secret.NotToken
				}
			}
		case text.IsLetter(c):
			n := text.Run(t[i:min(in.End, i+24)], func(c byte) bool { return text.IsAlnum(c) || c == '_' || c == '-' })
			name := t[i : i+n]
			if len(other) > 0 && bytes.EqualFold(name, other) && r.isKey(i+n) {
				return text.Span{}, secret.NotToken
			}
			if r.holdsValue(text.Span{Start: i, End: i + n}, where) && (depth == 0 || where != fieldBefore) {
				v, what := r.assigned(text.Span{Start: i, End: i + n})
				if n == 1 && what == secret.NotToken && text.QuoteAt(t, i+n) > 0 { // -b'...'
					v, what = r.judged(i+n, false)
				}
				if tries--; what != secret.NotToken || tries == 0 {
					return v, what
				}
			}
			i += n - 1
		}
	}
	return text.Span{}, secret.NotToken
}

// isKey reports whether a field's name ends at text[i].
func (r *Reader) isKey(i int) bool {
	i, _ = r.closers(i)
	i, _ = r.skipSpace(i, false)
	return i < len(r.Text) && (r.Text[i] == ':' || r.Text[i] == '=')
}

// objectBefore returns where the object or statement begins that text[i] is in, if
// that is near: after the opening bracket, a list item's dash, or a semicolon.
func (r *Reader) objectBefore(i int) (start int, ok bool) {
	depth := 0
	for end := max(0, i-maxPair); i > end; i-- {
		switch r.Text[i-1] {
		case '}', ']', ')':
			depth++
		case '{', '[', '(':
			if depth--; depth < 0 {
				return i, true
			}
		case ';':
			return i, true
		case '-':
			if i < len(r.Text) && r.Text[i] == ' ' && len(bytes.TrimLeft(r.lineBefore(i-1), " ")) == 0 {
				return i, true
			}
		}
	}
	return i, i == 0
}

// lineBefore returns what the line of text[i] has before it, up to maxPair bytes.
func (r *Reader) lineBefore(i int) []byte {
	before := r.Text[max(0, i-maxPair):i]
	return before[bytes.LastIndexByte(before, '\n')+1:]
}

// argumentBefore returns the quoted argument before the one at text[i:].
func (r *Reader) argumentBefore(i int) (text.Span, secret.Verdict) {
	before := bytes.TrimRight(r.Text[max(0, i-maxPair-naming.MaxPadding):i], " \t\r\n")
	before = bytes.TrimSuffix(before, []byte(","))
	if !bytes.HasSuffix(before, []byte(`"`)) {
		return text.Span{}, secret.NotToken
	}
	end := max(0, i-maxPair-naming.MaxPadding) + len(before) - len(`"`)
	start := end
	for start > 0 && end-start <= secret.MaxTokenLen && secret.TokenBytes[r.Text[start-1]] {
		start--
	}
	if start == 0 || r.Text[start-1] != '"' {
		return text.Span{}, secret.NotToken
	}
	v := text.Span{Start: start, End: end}
	return v, secret.Judge(v.Of(r.Text))
}

// row returns what an INSERT of SQL puts into the column at name: in the list of
// columns it stands in, the value with the same number in the first row that has a token
// there, or in what is selected.
func (r *Reader) row(name text.Span) (text.Span, secret.Verdict) {
	t := r.Text
	after, _ := r.closers(name.End)
	if after > name.End && t[after-1] == ')' {
		after--
	}
	if next, _ := r.skipSpace(after, true); next >= len(t) || t[next] != ',' && t[next] != ')' {
		return text.Span{}, secret.NotToken
	}
	column := 0
	i := name.Start
	for end := max(0, i-maxPair); ; i-- {
		if i == end {
			return text.Span{}, secret.NotToken
		}
		if c := t[i-1]; c == '(' {
			break
		} else if c == ',' {
			column++
		} else if c == ')' || c == ';' || c == '=' {
			return text.Span{}, secret.NotToken
		}
	}
	rest := t[name.End:min(len(t), name.End+maxPair)]
	n := bytes.IndexByte(rest, ')')
	if n < 0 {
		return text.Span{}, secret.NotToken
	}
	i, _ = r.skipSpace(name.End+n+1, true)
	if text.HasPrefixFold(t[i:], "select ") {
		i += len("select ")
		for ; column > 0; column-- {
			var sep byte
			if i, sep = r.skipItem(i); sep != ',' {
				return text.Span{}, secret.NotToken
			}
		}
		return r.judged(i, true)
	}
	if !text.HasPrefixFold(t[i:], "values") {
		return text.Span{}, secret.NotToken
	}
	return r.rows(i+len("values"), column)
}

// rows returns the first token in a column of the rows of an INSERT at text[i:].
func (r *Reader) rows(i, column int) (text.Span, secret.Verdict) {
	t := r.Text
	i, _ = r.skipSpace(i, true)
	if i >= len(t) || t[i] != '(' {
		return text.Span{}, secret.NotToken
	}
	for range maxItems {
		i++
		var sep byte = ','
		for n := column; n > 0 && sep == ','; n-- {
			i, sep = r.skipItem(i)
		}
		if sep != ',' {
			break
		}
		if v, what := r.judged(i, true); what != secret.NotToken {
			return v, what
		}
		for sep == ',' {
			i, sep = r.skipItem(i)
		}
		if i, _ = r.skipSpace(i, true); sep != ')' || i >= len(t) || t[i] != ',' {
			break
		}
		if i, _ = r.skipSpace(i+1, true); i >= len(t) || t[i] != '(' {
			break
		}
	}
	return text.Span{}, secret.NotToken
}

// skipItem returns where the item of a list at text[i:] ends, after the comma or the
// bracket sep; 0 if there is none near.
func (r *Reader) skipItem(i int) (after int, sep byte) {
	var quote byte
	for j := i; j < min(len(r.Text), i+maxPair); j++ {
		switch c := r.Text[j]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '\'' || c == '"':
			quote = c
		case c == ',' || c == ')':
			return j + 1, c
		}
	}
	return i, 0
}

package assign

import (
	"bytes"

	"github.com/neokeys/neokeys/internal/text"
	"github.com/neokeys/neokeys/rules/internal/naming"
	"github.com/neokeys/neokeys/rules/internal/secret"
)

// variable returns the value of the variable that the header at name is set to.
func (r *Request) variable(name text.Span) (text.Span, secret.Verdict) {
	ref, ok := r.reference(name)
	if !ok {
		return text.Span{}, secret.NotToken
	}
	return r.givenTo(ref)
}

// A reference is where a text names a variable in place of a value.
type reference struct {
	id text.Span
	// marked says that the text shows it to be a variable, as in $id, so that its value needs no
	// quotes; of a language that marks none, it is known from the names that it has.
	marked bool
}

// glue is what may stand between the name of a header and the variable that is its value,
// besides white space and quotes: operators that join texts, brackets, and what
// says where a value is put into a text. The longest come first.
var glue = []string{
	"forhttpheaderfield", "=>", ":=", "<>", "<-", "++", "..", "||", "<<", ">>", "=", ":", ",", ".", "+", "&", "~", "^", "[", "(", "@", "%s", "%@", "{}", "{0}", "%",
	"string.format", "sprintf", "printf", "format", "strcat", "concat", "paste0", "paste", "string", "str", "to_string", "tostring", "text", "some", "just",
}

// maxGlue bounds how many of them are skipped.
const maxGlue = 12

// reference returns the variable that the header at name is set to.
func (r *Request) reference(name text.Span) (ref reference, ok bool) {
	t := r.Text
	if id, ok := r.setBefore(name); ok {
		return reference{id: id}, true
	}
	i, _ := r.closers(name.End)
	start, passed := i, false
	for range maxGlue {
		i, _ = r.skipSpace(i, passed)
		i += b2i(text.HasPrefixFold(t[i:], `f"{`) || text.HasPrefixFold(t[i:], "f'{")) // a formatted string of Python
		n := text.QuoteAt(t, i)
		if n == 0 {
			n = r.glueAt(i)
			passed = passed || n > 0
		}
		if n == 0 {
			break
		}
		i += n
	}
	if i == start {
		return ref, false
	}
	from := i
	i += text.Run(t[i:min(len(t), i+4)], func(c byte) bool { return bytes.IndexByte([]byte("${#@&(! "), c) >= 0 })
	ref.marked = i > from && bytes.IndexByte(t[from:i], ' ') < 0 || i > start && (t[i-1] == '%' || t[i-1] == ':') && i < len(t) && !r.Code && r.closed(i)
	for _, owner := range []string{"self.", "this.", "env:"} {
		i += len(owner) * b2i(text.HasPrefixFold(t[i:], owner))
	}
	return r.lastName(ref, i)
}

// glueAt returns the length of what is skipped at text[i:]; words count before a parenthesis
// only.
func (r *Request) glueAt(i int) int {
	n := text.AnyPrefixFold(r.Text[i:min(len(r.Text), i+24)], glue)
	if n == 0 || !text.IsLetter(r.Text[i]) {
		return n
	}
	if rest := r.Text[i+n:]; len(rest) > 0 && rest[0] == '(' {
		return n
	}
	return 0
}

// closed reports whether the name at text[i:] ends with the mark that it begins with, as that of a
// variable of the Windows command line does.
func (r *Request) closed(i int) bool {
	end := i + text.Run(r.Text[i:min(len(r.Text), i+naming.MaxAffix)], text.IsIdent)
	return end < len(r.Text) && r.Text[end] == '%' && r.Text[i-1] == '%'
}

// lastName makes ref the last name of the expression at text[i:], a or a.b.
func (r *Request) lastName(ref reference, i int) (reference, bool) {
	t := r.Text
	for range 4 {
		n := text.Run(t[i:min(len(t), i+naming.MaxAffix)], text.IsIdent)
		if n == 0 || text.IsDigit(t[i]) {
			return ref, false
		}
		ref.id = text.Span{Start: i, End: i + n}
		joint := text.AnyPrefixFold(t[i+n:], []string{"?.", "->", "::", "."})
		if joint == 0 || i+n+joint >= len(t) || !text.IsIdent(t[i+n+joint]) {
			break
		}
		i += n + joint
	}
	end := ref.id.End
	return ref, end == len(t) || t[end] != '(' && (t[end] != '[' || ref.marked)
}

// setBefore returns the variable that stands before the name of the header it is the value of:
// setValue(id, forHTTPHeaderField: "...").
func (r *Request) setBefore(name text.Span) (id text.Span, ok bool) {
	before := bytes.TrimRight(r.lineBefore(name.Start), "\"'@ ")
	const label = "forhttpheaderfield:"
	n := len(before) - len(label)
	if n < 0 || !text.HasPrefixFold(before[n:], label) {
		return id, false
	}
	before = bytes.TrimRight(before[:n], ", ")
	end := name.Start - len(r.lineBefore(name.Start)) + len(before)
	word := text.LastIdent(before)
	return text.Span{Start: end - len(word), End: end}, len(word) > 0
}

// maxUses bounds how many uses of a variable are looked at.
const maxUses = 24

// givenTo returns the value that the text gives to the variable that ref names.
func (r *Request) givenTo(ref reference) (text.Span, secret.Verdict) {
	t := r.Text
	id := ref.id.Of(t)
	reader := r.Reader
	for uses, from := 0, 0; uses < maxUses; {
		at := bytes.Index(t[from:], id)
		if at < 0 || !r.Spend(at) {
			break
		}
		use := text.Span{Start: from + at, End: from + at + len(id)}
		from = use.End
		if use == ref.id || use.Start > 0 && text.IsIdent(t[use.Start-1]) || use.End < len(t) && text.IsIdent(t[use.End]) {
			continue
		}
		uses++
		reader.alone, reader.glued = !r.gives(use.End), false
		value, what := reader.assigned(use)
		if reader.alone || what == secret.NotToken {
			value, what = reader.paired(use)
		}
		if what == secret.NotToken {
			value, what = reader.defines(use)
		}
		if what != secret.NotToken && (ref.marked || r.Code || text.QuoteAt(t, value.End) > 0) {
			return value, what
		}
	}
	return text.Span{}, secret.NotToken
}

// definers define the variable whose name follows: define('NAME', 'value') of PHP, #define of C, set of fish.
var definers = []string{"define(", "#define", "set", "set -x", "set -gx", "set -g", "set -l", "set -U"}

// defines returns the value of a variable that is defined with a command.
func (r *Reader) defines(name text.Span) (text.Span, secret.Verdict) {
	before := bytes.TrimSpace(bytes.TrimRight(r.lineBefore(name.Start), "\"' "))
	i, _ := r.closers(name.End)
	for _, d := range definers {
		if string(before) == d {
			i += b2i(i < len(r.Text) && r.Text[i] == ',')
			i, _ = r.skipSpace(i, false)
			return r.judged(i, false)
		}
	}
	return text.Span{}, secret.NotToken
}

// gives reports whether what follows a name at text[i:] gives it a value: an operator, a type, or
// the value itself in quotes.
func (r *Request) gives(i int) bool {
	i, _ = r.closers(i)
	j, _ := r.skipSpace(i, false)
	t := r.Text[j:]
	return text.AnyPrefixFold(t, []string{"==", "=>", "!="}) == 0 && text.AnyPrefixFold(t, []string{"=", ":", "<-", "as ", "?=", "|"}) > 0 ||
		j > i && text.QuoteAt(r.Text, j) > 0
}

// spaced returns the value that follows the header at name with nothing but white space between,
// as in Clojure and Haskell.
func (r *Request) spaced(name text.Span) (text.Span, secret.Verdict) {
	i, quoted := r.closers(name.End)
	i += len(">>") * b2i(bytes.HasPrefix(r.Text[i:], []byte(">>"))) // of Erlang's <<"...">>
	i += b2i(i < len(r.Text) && i > name.End && r.Text[i] == ',')
	j, _ := r.skipSpace(i, true)
	quoted = quoted || bytes.HasSuffix(r.lineBefore(name.Start), []byte("[list ")) // of Tcl
	if !quoted && !r.Code || j == i && r.Text[i-1] != ',' {
		return text.Span{}, secret.NotToken
	}
	for j < len(r.Text) && bytes.IndexByte([]byte("[(<.~ "), r.Text[j]) >= 0 {
		j++
	}
	j, _ = r.skipSpace(j, true)
	if text.QuoteAt(r.Text, j) == 0 {
		return text.Span{}, secret.NotToken
	}
	return r.judged(j, false)
}

// sibling returns the value of the field that belongs to the one which has the header at name as
// its value: httpHeaderValue1 to httpHeaderName1, valueValue to keyValue.
func (r *Request) sibling(name text.Span) (text.Span, secret.Verdict) {
	field, _, _ := r.fieldBefore(name.Start)
	if field.Start == field.End {
		end := len(bytes.TrimRight(r.Text[:name.Start], "\"'\\:= \t"))
		field = text.Span{Start: end - len(text.LastIdent(r.Text[max(0, end-naming.MaxAffix):end])), End: end}
	}
	word := field.Of(r.Text)
	in := text.Span{Start: max(0, field.Start-maxSection), End: min(len(r.Text), name.End+maxSection)}
	for _, to := range [][2]string{{"name", "value"}, {"Name", "Value"}, {"NAME", "VALUE"}, {"key", "value"}, {"Key", "Value"}, {"KEY", "VALUE"}} {
		if len(word) <= len(to[0]) || !bytes.Contains(word, []byte(to[0])) || !r.Spend(in.End-in.Start) {
			continue
		}
		other := bytes.Replace(word, []byte(to[0]), []byte(to[1]), 1)
		for i := in.Start; ; i += len(other) {
			n := bytes.Index(r.Text[i:in.End], other)
			if n < 0 {
				break
			}
			i += n
			if v, what := r.assigned(text.Span{Start: i, End: i + len(other)}); what != secret.NotToken {
				return v, what
			}
		}
	}
	return text.Span{}, secret.NotToken
}

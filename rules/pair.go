package rules

import (
	"bytes"
	"strings"
)

// Where names are data, a name and its value are two fields of one object: env
// variables of a container, headers of a recorded request, rows of settings. These are
// what such fields are called.
var (
	nameFields  = set(strings.Fields("name key id variable var env header parameterkey parameter setting option forkey forhttpheaderfield field")...)
	valueFields = set(strings.Fields("value val values content default defaultvalue example text string parametervalue secretstring secret-string stringvalue body current initial data v secretvalue secret")...)
)

// isField reports whether name is one of fields, or ends in one: option_value.
func isField(fields map[string]bool, name []byte) bool {
	return holds(fields, name) || holds(fields, name[bytes.LastIndexAny(name, "_-")+1:])
}

// holdsValue reports whether the field called name is one for values: besides those of
// valueFields, gh's option -b and DynamoDB's type "S".
func (r *reader) holdsValue(name span, where whereField) bool {
	if name.end-name.start > 1 || name.start == 0 {
		return isField(valueFields, name.of(r.text))
	}
	around := r.text[name.start-1 : min(len(r.text), name.end+1)]
	return holds(valueFields, name.of(r.text)) || where == optionAfter && string(around) == "-b " || string(around) == `"S"`
}

// nameCommands are words that a name follows without an operator, and its value as an
// option or in a block: gh secret set NAME --body, variable "name" {.
var nameCommands = set("variable", "set", "put", "add")

// maxPair is how far apart the fields of a pair may lie.
const maxPair = 512

// paired returns the value of the pair whose name is at name.
func (r *reader) paired(name span) (span, verdict) {
	field, option, ok := r.fieldBefore(name.start)
	if !ok {
		return span{}, notToken
	}
	after, _ := r.closers(name.end)
	key := r.text[field.start:field.end]
	if len(key) > 3 && foldPrefix(key, "for") { // setValue("...", forKey: "NAME")
		return r.argumentBefore(field.start)
	}
	where := fieldAfter
	if option {
		where = optionAfter
	}
	if v, verdict := r.field(span{after, min(len(r.text), after+maxPair)}, key, where); verdict != notToken {
		return v, verdict
	}
	start, ok := r.objectBefore(field.start)
	if !ok {
		return span{}, notToken
	}
	return r.field(span{start, field.start}, nil, fieldBefore)
}

// declared returns the default of what is declared under the name at name, an argument in
// quotes or a symbol: add_argument("--NAME", type=str, default="..."). A list of arguments
// without parentheses ends with the line.
func (r *reader) declared(name span) (span, verdict) {
	t := r.text
	before := bytes.TrimRight(t[:name.start], "-\"'`:")
	i, quoted := r.closers(name.end)
	if len(before) == name.start || !quoted && t[name.start-1] != ':' || i >= len(t) || t[i] != ',' {
		return span{}, notToken
	}
	in := span{i, min(len(t), i+maxPair)}
	if !bytes.HasSuffix(bytes.TrimRight(before, " \t\r\n"), []byte("(")) {
		in.end = min(in.end, lineEnd(t, i))
	}
	return r.field(in, nil, fieldAfter)
}

// fieldBefore returns the field that text[i:] is the value of, if it is one for
// names, and whether it is a program's option (--name NAME).
func (r *reader) fieldBefore(i int) (field span, option, ok bool) {
	t := r.text
	back := func(class string) bool {
		from := i
		for i > 0 && from-i < 16 && bytes.IndexByte([]byte(class), t[i-1]) >= 0 {
			i--
		}
		return i < from
	}
	for from := i; i > 0 && from-i < maxAffix && tokenBytes[t[i-1]] && t[i-1] != '='; {
		i-- // the front of a longer name: x-neo-api-key, /prod/neoagent/secret-key
	}
	back("\"'`\\")
	spaced := back(" \t")
	joined := back(":=>")
	back(" \t")
	back("\"'`\\")
	end := i
	for i > 0 && end-i < 24 && isURLSafe(t[i-1]) {
		i--
	}
	option = !joined && spaced
	word := bytes.TrimLeft(t[i:end], "-")
	if holds(nameCommands, word) {
		return span{i, end}, true, joined || spaced
	}
	if option && !bytes.HasPrefix(t[i:end], []byte("--")) && !bytes.EqualFold(t[i:end], []byte("-name")) {
		return span{}, false, false
	}
	return span{end - len(word), end}, option, (joined || spaced) && isField(nameFields, word)
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
func (r *reader) field(in span, other []byte, where whereField) (span, verdict) {
	t := r.text
	depth, tries := 0, maxFields
	for i := in.start; i < in.end; i++ {
		c := t[i]
		switch {
		case c == '{' || c == '[' || c == '(':
			depth++
		case c == '}' || c == ']' || c == ')':
			if depth--; depth < 0 {
				return span{}, notToken
			}
		case c == '/' && i+1 < len(t) && t[i+1] == '>':
			return span{}, notToken
		case c == '\n':
			if next, _ := r.skipSpace(i+1, false); where == optionAfter && depth == 0 || bytes.HasPrefix(t[next:], []byte("- ")) {
				if i == in.start || t[i-1] != '\\' {
					return span{}, notToken
				}
			}
		case isLetter(c):
			n := run(t[i:min(in.end, i+24)], func(c byte) bool { return isAlnum(c) || c == '_' || c == '-' })
			name := t[i : i+n]
			if len(other) > 0 && bytes.EqualFold(name, other) && r.isKey(i+n) {
				return span{}, notToken
			}
			if r.holdsValue(span{i, i + n}, where) && (depth == 0 || where != fieldBefore) {
				v, what := r.assigned(span{i, i + n})
				if tries--; what != notToken || tries == 0 {
					return v, what
				}
			}
			i += n - 1
		}
	}
	return span{}, notToken
}

// isKey reports whether a field's name ends at text[i].
func (r *reader) isKey(i int) bool {
	i, _ = r.closers(i)
	i, _ = r.skipSpace(i, false)
	return i < len(r.text) && (r.text[i] == ':' || r.text[i] == '=')
}

// objectBefore returns where the object or statement begins that text[i] is in, if
// that is near: after the opening bracket, a list item's dash, or a semicolon.
func (r *reader) objectBefore(i int) (start int, ok bool) {
	depth := 0
	for end := max(0, i-maxPair); i > end; i-- {
		switch r.text[i-1] {
		case '}', ']', ')':
			depth++
		case '{', '[', '(':
			if depth--; depth < 0 {
				return i, true
			}
		case ';':
			return i, true
		case '-':
			if i < len(r.text) && r.text[i] == ' ' && len(bytes.TrimLeft(r.lineBefore(i-1), " ")) == 0 {
				return i, true
			}
		}
	}
	return i, i == 0
}

// lineBefore returns what the line of text[i] has before it, up to maxPair bytes.
func (r *reader) lineBefore(i int) []byte {
	before := r.text[max(0, i-maxPair):i]
	return before[bytes.LastIndexByte(before, '\n')+1:]
}

// argumentBefore returns the quoted argument before the one at text[i:].
func (r *reader) argumentBefore(i int) (span, verdict) {
	before := bytes.TrimRight(r.text[max(0, i-maxPair-maxPadding):i], " \t\r\n")
	if !bytes.HasSuffix(before, []byte(`",`)) {
		return span{}, notToken
	}
	end := len(r.text[:i]) - (i - max(0, i-maxPair-maxPadding)) + len(before) - len(`",`)
	start := end
	for start > 0 && end-start <= maxTokenLen && tokenBytes[r.text[start-1]] {
		start--
	}
	if start == 0 || r.text[start-1] != '"' {
		return span{}, notToken
	}
	v := span{start, end}
	return v, judge(v.of(r.text))
}

// row returns what an INSERT of SQL puts into the column at name: in the list of
// columns it stands in, the value with the same number in the first row that has a token
// there, or in what is selected.
func (r *reader) row(name span) (span, verdict) {
	t := r.text
	after, _ := r.closers(name.end)
	if after > name.end && t[after-1] == ')' {
		after--
	}
	if next, _ := r.skipSpace(after, true); next >= len(t) || t[next] != ',' && t[next] != ')' {
		return span{}, notToken
	}
	column := 0
	i := name.start
	for end := max(0, i-maxPair); ; i-- {
		if i == end {
			return span{}, notToken
		}
		if c := t[i-1]; c == '(' {
			break
		} else if c == ',' {
			column++
		} else if c == ')' || c == ';' || c == '=' {
			return span{}, notToken
		}
	}
	rest := t[name.end:min(len(t), name.end+maxPair)]
	n := bytes.IndexByte(rest, ')')
	if n < 0 {
		return span{}, notToken
	}
	i, _ = r.skipSpace(name.end+n+1, true)
	if foldPrefix(t[i:], "select ") {
		i += len("select ")
		for ; column > 0; column-- {
			var sep byte
			if i, sep = r.skipItem(i); sep != ',' {
				return span{}, notToken
			}
		}
		return r.judged(i, true)
	}
	if !foldPrefix(t[i:], "values") {
		return span{}, notToken
	}
	i, _ = r.skipSpace(i+len("values"), true)
	if i >= len(t) || t[i] != '(' {
		return span{}, notToken
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
		if v, what := r.judged(i, true); what != notToken {
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
	return span{}, notToken
}

// skipItem returns where the item of a list at text[i:] ends, after the comma or the
// bracket sep; 0 if there is none near.
func (r *reader) skipItem(i int) (after int, sep byte) {
	var quote byte
	for j := i; j < min(len(r.text), i+maxPair); j++ {
		switch c := r.text[j]; {
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

package facts

import (
	"slices"
	"strings"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/text"
	"github.com/neokeys/neokeys/rules/internal/secret"
	"github.com/neokeys/neokeys/rules/syntax"
)

// Imports reports whether the code imports the module name.
func (w *Flow) Imports(name string) bool {
	for i := range w.Tokens {
		if w.IsText(i) && w.Str(i) == name && (w.Str(i-1) == "from" || w.Str(i-1) == "import" || w.Str(i-1) == "(" && w.Str(i-2) == "require") {
			return true
		}
	}
	return false
}

// A Flow follows values through a file's code: which expressions are a Neo key, and
// which calls an address of Neo's goes into. It knows assignments, parameters'
// defaults, properties and what functions return, within the file, and takes a name
// that it cannot follow for unknown rather than for a key.
type Flow struct {
	File *File
	*syntax.Tree
	// Names are the tokens that key names are made of: by first token, the last.
	Names map[int]int
	// Named are the tokens that names begin with, in order.
	Named []int
	Words map[string][]int // tokens by word
	// sent are the definitions, by token, and the properties, by name, whose values
	// are sent to a Neo host as a key.
	sentDefs    map[int]bool
	sentMembers map[field]bool
	// carriers are the definitions, by token, of what has been given the header with a
	// key in it: a request, a session.
	carriers map[int]bool
}

// A field is a property of the object that a class makes.
type field struct {
	name  string
	class int // its scope
}

// maxFollowed is how many names a value is followed through.
const maxFollowed = 6

// Flow returns the data flow of the file, nil if its language is unknown or nothing of Neo's is
// in it.
func (f *File) Flow() *Flow { return f.flow.get(f, (*File).findFlow) }

func (f *File) findFlow() *Flow {
	if !f.HasNeo() {
		return nil
	}
	tree := f.Tree()
	if tree == nil {
		return nil
	}
	w := &Flow{File: f, Tree: tree, Names: map[int]int{}, Words: map[string][]int{},
		sentDefs: map[int]bool{}, sentMembers: map[field]bool{}, carriers: map[int]bool{}}
	for i, tok := range tree.Tokens {
		if tok.Kind == syntax.Word {
			s := tree.Str(i)
			w.Words[s] = append(w.Words[s], i)
		}
	}
	for _, n := range f.KeyNames() {
		first, last := tree.At(n.Start), tree.At(n.End-1)
		if first == syntax.None || last == syntax.None {
			continue
		}
		if tree.IsText(first) && (tree.Tokens[first].Start != n.Start || tree.Tokens[last].End != n.End) {
			continue // a name in prose
		}
		w.Names[first] = last
		w.Named = append(w.Named, first)
	}
	return w
}

// kind says what an expression is.
type kind uint8

const (
	other kind = iota
	isKey      // a key, or a text with a key in it
	// Holder is an object with a key in it.
	Holder
)

// A use is an expression that is a key, or holds one.
type use struct {
	Lo, Hi int // tokens
	Kind   kind
}

// KeyUses returns the expressions among the tokens from lo up to hi that are a key or hold
// one. Tests of a key (is it empty?) and bodies of functions do not count.
func (w *Flow) KeyUses(lo, hi, depth int) (all []use) {
	hi = min(hi, len(w.Tokens))
	for i := lo; i < hi && w.Spend(1); {
		if end := w.bodyAt(i); end > i {
			i = end
			continue
		}
		if !w.IsWord(i) && !w.IsText(i) || w.IsLabel(i) {
			i++
			continue
		}
		if w.IsText(i) && w.Tokens[i].Mate > i && !w.Tokens[i].Part && !w.literalKey(i) {
			i++ // what is interpolated comes next
			continue
		}
		k, end := w.value(i, depth)
		switch {
		case k != other:
			if !w.onlyAsked(i, end) {
				all = append(all, use{i, end, k})
			}
			i = max(end, i+1)
		default:
			i = w.skipCall(i, end, hi)
		}
	}
	return all
}

// skipCall returns where to go on after the expression from i up to end, which is no
// key: into its arguments if it is a call whose result has its arguments' text in it.
func (w *Flow) skipCall(i, end, hi int) int {
	for n := i; n < end && n < hi; n++ {
		c := w.CallAt(n)
		if c == nil {
			continue
		}
		if !Passing(w.Str(c.Name)) {
			return max(end, i+1)
		}
		return n + 1
	}
	return i + 1
}

// bodyAt returns the token after the body of a function that begins at token i, or i.
func (w *Flow) bodyAt(i int) int {
	if s := w.Scope(i); s != syntax.None && w.Scopes[s].Lo == i && w.Scopes[s].Function {
		return w.Scopes[s].Hi
	}
	return i
}

// IsLabel reports whether token i is the name of a property or of an argument.
func (w *Flow) IsLabel(i int) bool {
	next := w.Str(i + 1)
	if w.IsText(i + 1) {
		next = ""
	}
	up := w.Tokens[i].Up
	return (next == ":" || next == "=>") && up != syntax.None && w.Str(i-1) != "?" ||
		next == "=" && up != syntax.None && w.Str(up) == "("
}

// onlyAsked reports whether the expression from lo up to hi is only looked at: tested,
// compared, negated.
func (w *Flow) onlyAsked(lo, hi int) bool {
	if !w.IsText(lo - 1) {
		switch w.Str(lo - 1) {
		case "!", "typeof", "not", "==", "!=", "===", "!==", "if", "unless", "len", "in":
			return true
		}
	}
	if w.IsText(hi) {
		return false
	}
	switch w.Str(hi) {
	case "==", "!=", "===", "!==", "&&", "is", "and", "if", "instanceof":
		return true
	case "?":
		return w.Tokens[hi].Start > w.Tokens[hi-1].End // value? is no question
	}
	return false
}

// Passing reports whether the result of a call of this name has the text of its
// arguments in it.
func Passing(name string) bool {
	switch strings.ToLower(name) {
	case "stringify", "string", "str", "repr", "format", "sprintf", "encodeuricomponent", "encodeuri", "quote", "quote_plus",
		"queryescape", "pathescape", "urlencode", "rawurlencode", "dumps", "inspect", "tostring", "concat", "join", "btoa", "f",
		"append", "dict", "object", "json", "valueof", "from", "from_str", "from_static", "to_json", "errorf", "b",
		"print_r", "var_export", "http_build_query", "encode_www_form", "escapeshellarg", "shellescape":
		return true
	}
	return false
}

// value says what the expression is that begins at token i, a word or a string, and
// where it ends.
func (w *Flow) value(i, depth int) (kind, int) {
	if w.IsText(i) {
		return w.text(i, depth)
	}
	end := w.ChainEnd(i)
	if !w.Spend(end - i) {
		return other, end
	}
	for n := i; n < end; n++ {
		last, ok := w.Names[n]
		if !ok {
			continue
		}
		if w.IsText(n) && !w.reads(i, n, end) {
			return other, end
		}
		if w.IsWord(n) && w.Str(last+1) == "(" && !w.IsText(last+1) && w.CallAt(last+1) != nil && !strings.HasPrefix(strings.ToLower(w.Str(last)), "get") {
			return other, end // a function of that name
		}
		if w.inCall(i, n, end) && w.IsWord(n) {
			return other, end // an argument of a call
		}
		return w.rest(last+1, end)
	}
	return w.alias(i, end, depth)
}

// inCall reports whether token n is among the arguments of a call that is part of
// the expression from i up to end.
func (w *Flow) inCall(i, n, end int) bool {
	for up := w.Tokens[n].Up; up != syntax.None && up > i && up < end; up = w.Tokens[up].Up {
		if w.CallAt(up) != nil {
			return true
		}
	}
	return false
}

// reads reports whether token n, the name of a key's variable in quotes, is what the
// expression from i up to end gets the value of: env["NEO_API_KEY"], getenv("NEO_API_KEY").
func (w *Flow) reads(i, n, end int) bool {
	up := w.Tokens[n].Up
	if up == syntax.None || up < i || up != n-1 || w.inCall(i, up, end) {
		return false
	}
	if w.Str(up) == "[" {
		return true
	}
	c := w.CallAt(up)
	if c == nil {
		return false
	}
	name := strings.ToLower(w.Str(c.Name))
	for _, no := range []string{"set", "put", "has", "is", "delete", "contains", "includes", "assert", "expect"} {
		if strings.HasPrefix(name, no) && name != "settings" {
			return false
		}
	}
	for _, yes := range []string{"get", "env", "fetch", "var", "read", "require", "secret", "config", "property", "load", "lookup", "setting"} {
		if strings.Contains(name, yes) {
			return true
		}
	}
	return false
}

// rest says what a key's expression is after what follows the key, from n up to end.
func (w *Flow) rest(n, end int) (kind, int) {
	for ; n < end; n++ {
		if !w.IsWord(n) || w.Str(n-1) == "(" {
			continue
		}
		switch strings.ToLower(w.Str(n)) {
		case "trim", "strip", "tostring", "unwrap", "expect", "get", "value", "get_secret_value", "decode", "encode", "as_str", "as_deref",
			"clone", "unwrap_or_default", "unwrap_or", "to_s", "to_string", "to_owned", "freeze", "tolowercase", "orelse", "orelsethrow", "or_default", "ok", "chomp", "map_err":
		default:
			return other, end
		}
	}
	return isKey, end
}

// text says what the string literal that begins at token i is.
func (w *Flow) text(i, depth int) (kind, int) {
	last := max(i, w.Tokens[i].Mate)
	found := other
	for n := i; n <= last && n < len(w.Tokens); n++ {
		if w.IsText(n) && w.literalKey(n) {
			found = isKey
		}
	}
	if found == other && last > i && depth < maxFollowed && len(w.KeyUses(i+1, last, depth+1)) > 0 {
		found = isKey
	}
	return found, last + 1
}

// literalKey reports whether the string at token n has a key of the current API in it.
func (w *Flow) literalKey(n int) bool {
	text := w.Text[w.Tokens[n].Start:w.Tokens[n].End]
	at := strings.Index(string(text), finding.KeyPrefix)
	return at >= 0 && secret.Credible(text, at)
}

// alias says what the expression from i up to end is by what its first name stands for.
func (w *Flow) alias(i, end, depth int) (kind, int) {
	if depth >= maxFollowed {
		return other, end
	}
	member := w.Member(i, end)
	var defs []syntax.Def
	if member == syntax.None {
		if w.Str(i+1) == "(" && !w.IsText(i+1) && end > i+1 {
			return other, end // what a function makes is followed by the calls
		}
		defs = w.Resolve(i)
		for _, d := range defs {
			if w.sentDefs[d.Token] {
				return w.rest(i+1, end)
			}
		}
	} else {
		defs = w.MembersOf(i, member)
		if w.isSelf(i) && w.sentMembers[field{w.Str(member), w.ClassOf(i)}] {
			return w.rest(member+1, end)
		}
		if headersNames[strings.ToLower(w.Str(member))] && w.carries(i) {
			return w.headers(member+1, end)
		}
	}
	found := other
	for _, d := range defs {
		if d.Lo <= i && i < d.Hi || d.Lo >= d.Hi {
			continue
		}
		found = max(found, w.defined(d, depth+1))
	}
	if found == isKey && member != syntax.None {
		return w.rest(member+1, end)
	}
	if found == isKey {
		return w.rest(i+1, end)
	}
	if found == Holder && (member == syntax.None && end > i+1 || member != syntax.None && end > member+1) {
		return other, end
	}
	return found, end
}

// headersNames are what the headers of a request are called, in lower case.
var headersNames = text.Set("headers", "header", "defaultrequestheaders")

// carries reports whether token i names something that has been given the header with a
// key in it.
func (w *Flow) carries(i int) bool {
	return slices.ContainsFunc(w.Resolve(i), func(d syntax.Def) bool { return w.carriers[d.Token] })
}

// headers says what an expression is that names the headers of a request with a key in
// them, after those, from n up to end.
func (w *Flow) headers(n, end int) (kind, int) {
	for i := n; i < end; i++ {
		if strings.EqualFold(w.Str(i), "authorization") {
			return isKey, end
		}
	}
	if n < end {
		return other, end
	}
	return Holder, end
}

// defined says what the value of d is.
func (w *Flow) defined(d syntax.Def, depth int) kind {
	if w.IsLiteral(d.Lo, d.Hi) {
		if len(w.KeyUses(d.Lo+1, d.Hi, depth)) > 0 {
			return Holder
		}
		return other
	}
	found := other
	for i := d.Lo; i < d.Hi && w.Spend(1); {
		switch {
		case w.bodyAt(i) > i:
			return other
		case w.IsWord(i) && (w.Str(i) == "await" || w.Str(i) == "String" || w.Str(i) == "str" || w.Str(i) == "new" || w.Str(i) == "try"):
			i++
		case w.IsWord(i) || w.IsText(i):
			k, end := w.value(i, depth)
			if k != other && w.onlyAsked(i, end) {
				k = other
			}
			found = max(found, k)
			if k == other && w.IsWord(i) && end > i+1 && strings.Contains(string(w.Text[w.Tokens[i].Start:w.Tokens[end-1].End]), "(") {
				// What another call makes of a key is no key.
				if !Passing(w.Str(i)) {
					i = max(end, i+1)
					continue
				}
				i++
				continue
			}
			i = max(end, i+1)
		default:
			i++
		}
	}
	return found
}

// Member returns the token of the last name in the expression from i up to end if it
// is a.b, a["b"] or this.b; None if it has no such name, or calls something on the way.
func (w *Flow) Member(i, end int) int {
	n := i + 1
	last := syntax.None
	for n < end {
		s := w.Str(n)
		switch {
		case w.IsText(n):
			return last
		case s == "[" && w.IsText(n+1) && w.Str(n+2) == "]":
			last = n + 1
			n += 3
		case (s == "." || s == "?." || s == "->" || s == "::") && w.IsWord(n+1):
			if w.Str(n+2) == "(" && !w.IsText(n+2) {
				return last
			}
			last = n + 1
			n += 2
		case s == "!":
			n++
		default:
			return last
		}
	}
	return last
}

// isSelf reports whether token i names the object that the code belongs to.
func (w *Flow) isSelf(i int) bool {
	switch w.Str(i) {
	case "this", "self", "$this", "cls", "@":
		return true
	}
	return false
}

// MembersOf returns the definitions of the property at token member of what token i names.
func (w *Flow) MembersOf(i, member int) []syntax.Def {
	name := w.Str(member)
	all := w.Members(name)
	if w.isSelf(i) {
		class := w.ClassOf(i)
		all = slices.DeleteFunc(all, func(d syntax.Def) bool { return w.ClassOf(d.Token) != class })
		for _, n := range w.DefsOf(name) {
			if d := w.Defs[n]; class != syntax.None && !d.Member && d.Scope == class {
				all = append(all, d) // a field, as the class declares it
			}
		}
		return all
	}
	known := w.Resolve(i)
	var found []syntax.Def
	opaque := len(known) == 0
	for _, d := range known {
		if w.isResponse(d) {
			continue
		}
		if p, ok := w.Property(d.Lo, d.Hi, name); ok {
			found = append(found, p)
		}
		opaque = opaque || d.Lo >= d.Hi
	}
	for _, d := range all {
		if d.Root != syntax.None && w.Str(d.Root) == w.Str(i) {
			found = append(found, d)
		}
	}
	if len(found) == 0 && opaque && len(all) == 1 {
		return all // the one property of that name in the file
	}
	return found
}

// Offset returns where token i begins in the text, or the text's end.
func (w *Flow) Offset(i int) int {
	if i < len(w.Tokens) {
		return w.Tokens[i].Start
	}
	return len(w.Text)
}

// Quoted reports whether u is a key itself in quotes: literalsInURLs knows those that
// are in an address.
func (w *Flow) Quoted(u use) bool { return w.IsText(u.Lo) && w.Tokens[u.Lo].Mate == u.Lo }

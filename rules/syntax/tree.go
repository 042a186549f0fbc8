package syntax

import (
	"bytes"
	"sort"
	"strings"
)

// A Tree is program text with its structure.
type Tree struct {
	Lang     *Language
	Text     []byte
	Tokens   []Token
	Comments []Span
	// Scopes are the bodies of functions and classes, and other blocks; outer ones come
	// before inner ones.
	Scopes []Scope
	Calls  []Call
	Defs   []Def

	scopeOf    []int            // by token: the innermost scope, or None
	parameters map[int]int      // by opening parenthesis: the scope that they belong to
	named      map[string][]int // Defs by name
	rooted     map[string][]int // Calls by the name that their receiver begins with
	byOpen     []int32          // by token: the place in Calls, from 1 on, of the one with this opening bracket
	levels     map[int][]int    // Defs by the bracket that their values are in, by Lo
	ofRoot     map[int][]int    // Defs by Root

	// What is found out about a token is noted for the next time: 0 is not known yet.
	starts, chainEnds, statementEnds []int32
	lineEnds                         []int32 // of arguments without parentheses; nil where there are none
	work                             int
	whole                            bool  // the tokens are all there are
	commands                         []int // Calls without parentheses
}

// A Scope is a stretch of tokens in which names are known.
type Scope struct {
	Lo, Hi int // tokens Lo <= i < Hi
	Parent int // None at the top
	// Function and Class mark the body of a function or a class.
	Function, Class bool
	// Name is the token that names the function or class, None without a name.
	Name int
}

// A Call is a call, or what looks like one: a name and arguments.
type Call struct {
	// Start is the first token of the callee, its receiver included.
	Start int
	// Name is the token of the name right before the arguments.
	Name int
	// Lo and Hi delimit the arguments, without brackets.
	Lo, Hi int
}

// A Def is a name being given a value.
type Def struct {
	Name  string
	Token int
	// Lo and Hi delimit the value; empty for a parameter without a default.
	Lo, Hi int
	// Scope is where the name is known.
	Scope int
	// Root is, for a property or element of something (root.name = value), the
	// token of the name of that; None for a variable, and for a property in a literal.
	Root int
	// Member says that it is a property, a field or a named argument.
	Member bool
	// Declared says that it is known in its scope only, and not after that.
	Declared bool
	// Return says that it is what the function of that name returns.
	Return bool
}

// Parse finds the structure of text. It never fails.
func Parse(lang *Language, text []byte) *Tree {
	t := &Tree{Lang: lang, Text: text}
	if lang.Markup {
		text = scripts(text)
	}
	t.Tokens, t.Comments, t.whole = lex(lang, text)
	n := len(t.Tokens) + 1
	t.starts, t.chainEnds, t.statementEnds = make([]int32, n), make([]int32, n), make([]int32, n)
	if lang.Commands {
		t.lineEnds = make([]int32, n)
	}
	t.work = leastWork + len(text)/bytesPerWork
	t.findScopes()
	t.findCalls()
	t.findDefs()
	return t
}

// leastWork and bytesPerWork bound the number of steps in which values are followed in one text.
// Texts that people write need a few thousand, few of them a hundred thousand.
const leastWork, bytesPerWork = 250_000, 4

// Spend reports whether another n steps may be taken in following values. When they are
// used up, nothing more is found out about the text.
func (t *Tree) Spend(n int) bool {
	t.work -= n
	return t.work > 0
}

// GaveUp reports whether the steps have been used up, or the text has too many tokens to be read to its end.
func (t *Tree) GaveUp() bool { return t.work <= 0 || !t.whole }

// scripts returns text with everything but the content of its script elements blank.
func scripts(text []byte) []byte {
	code := bytes.Repeat([]byte{' '}, len(text))
	for i, c := range text {
		if c == '\n' {
			code[i] = c
		}
	}
	folded := bytes.ToLower(text)
	if len(folded) != len(text) { // not UTF-8
		folded = text
	}
	for pos := 0; ; {
		n := bytes.Index(folded[pos:], []byte("<script"))
		if n < 0 {
			return code
		}
		pos += n
		begin := bytes.IndexByte(text[pos:], '>')
		if begin < 0 {
			return code
		}
		pos += begin + 1
		end := bytes.Index(folded[pos:], []byte("</script"))
		if end < 0 {
			end = len(text) - pos
		}
		copy(code[pos:], text[pos:pos+end])
		pos += end
	}
}

// Str returns the text of token i; empty if there is no such token.
func (t *Tree) Str(i int) string {
	if i < 0 || i >= len(t.Tokens) {
		return ""
	}
	return string(t.Text[t.Tokens[i].Start:t.Tokens[i].End])
}

// is reports whether token i is the word or operator s.
func (t *Tree) is(i int, s string) bool {
	if i < 0 || i >= len(t.Tokens) {
		return false
	}
	tok := &t.Tokens[i]
	return tok.End-tok.Start == len(s) && tok.Kind != Text && string(t.Text[tok.Start:tok.End]) == s
}

// isOneOf reports whether token i is one of these words or operators.
func (t *Tree) isOneOf(i int, list ...string) bool {
	for _, s := range list {
		if t.is(i, s) {
			return true
		}
	}
	return false
}

// IsWord reports whether token i is a word.
func (t *Tree) IsWord(i int) bool {
	return i >= 0 && i < len(t.Tokens) && t.Tokens[i].Kind == Word
}

// IsText reports whether token i is of a string literal.
func (t *Tree) IsText(i int) bool {
	return i >= 0 && i < len(t.Tokens) && t.Tokens[i].Kind == Text
}

// At returns the token at offset pos of the text, or None.
func (t *Tree) At(pos int) int {
	i := sort.Search(len(t.Tokens), func(i int) bool { return t.Tokens[i].End > pos })
	if i < len(t.Tokens) && t.Tokens[i].Start <= pos {
		return i
	}
	return None
}

// InComment reports whether offset pos of the text is in a comment.
func (t *Tree) InComment(pos int) bool {
	i := sort.Search(len(t.Comments), func(i int) bool { return t.Comments[i].End > pos })
	return i < len(t.Comments) && t.Comments[i].Start <= pos
}

// next returns the token after i, or, for an opening bracket and the first token of a
// string, after all that belongs to it.
func (t *Tree) next(i int) int {
	if m := t.Tokens[i].Mate; m > i {
		return m + 1
	}
	return i + 1
}

// Continues reports whether token i, the first on its line, goes on with what the line
// before it says.
func (t *Tree) Continues(i int) bool {
	if !t.Lang.Newlines || i == 0 {
		return true
	}
	if t.among(i, &continuing) {
		return true
	}
	if t.Lang == PowerShell && t.is(i-1, "`") {
		return true
	}
	return t.among(i-1, &incomplete)
}

// marks are operators and brackets by their first byte.
type marks [256][]string

func marksOf(list string) (m marks) {
	for _, s := range strings.Fields(list) {
		m[s[0]] = append(m[s[0]], s)
	}
	return m
}

// among reports whether token i is one of marks.
func (t *Tree) among(i int, m *marks) bool {
	tok := &t.Tokens[i]
	if tok.Kind != Punct || tok.Start == tok.End {
		return false
	}
	for _, s := range m[t.Text[tok.Start]] {
		if string(t.Text[tok.Start:tok.End]) == s {
			return true
		}
	}
	return false
}

var (
	// A line that begins with one of these goes on with the line before it.
	continuing = marksOf(". ?. -> :: + && || ?? ? : = ) ] } |> * / % == === .= , ?->")
	// A line that ends with one of these goes on in the next.
	incomplete = marksOf(`. ?. -> :: + && || ?? ? : = := => ( [ { , \ |> * % == === .= += |`)
)

// StatementEnd returns the token after the expression or statement that goes on at i:
// where a semicolon, a comma, the end of its line or of what is around it ends it.
func (t *Tree) StatementEnd(i int) int {
	if i >= len(t.Tokens) {
		return len(t.Tokens)
	}
	up, start := t.Tokens[i].Up, i
	if end := t.statementEnds[i]; end > 0 {
		return int(end)
	}
	for first := true; i < len(t.Tokens); first = false {
		tok := t.Tokens[i]
		if up != None && i >= t.Tokens[up].Mate || tok.Kind == Punct && (t.is(i, ";") || t.is(i, ",")) {
			break
		}
		if tok.First && !first && !t.inRound(up) && !t.Continues(i) {
			break
		}
		if end := t.statementEnds[i]; end > 0 && !first {
			i = int(end)
			break
		}
		i = t.next(i)
	}
	end := min(i, len(t.Tokens))
	for i = start; i < end; i = t.next(i) {
		if t.statementEnds[i] > 0 {
			break
		}
		t.statementEnds[i] = int32(end)
	}
	return end
}

// inRound reports whether the bracket up is one in which a line's end ends nothing.
func (t *Tree) inRound(up int) bool { return up != None && !t.is(up, "{") }

// Scope returns the innermost scope around token i, or None.
func (t *Tree) Scope(i int) int {
	if i < 0 || i >= len(t.scopeOf) {
		return None
	}
	return t.scopeOf[i]
}

// Within reports whether scope inner is outer, or in it; None is around all.
func (t *Tree) Within(inner, outer int) bool {
	for ; inner != None; inner = t.Scopes[inner].Parent {
		if inner == outer {
			return true
		}
	}
	return outer == None
}

// ClassOf returns the innermost class around token i, or None.
func (t *Tree) ClassOf(i int) int {
	s := t.Scope(i)
	for s != None && !t.Scopes[s].Class {
		s = t.Scopes[s].Parent
	}
	return s
}

// DefsOf returns the indices in Defs of those of name, in the order of the text.
func (t *Tree) DefsOf(name string) []int { return t.named[name] }

// CallsOn returns the indices in Calls of those whose receiver begins with name.
func (t *Tree) CallsOn(name string) []int { return t.rooted[name] }

// CallAt returns the call whose arguments are in the brackets that begin with token
// open, or nil.
func (t *Tree) CallAt(open int) *Call {
	if open < 0 || open >= len(t.byOpen) || t.byOpen[open] == 0 {
		return nil
	}
	return &t.Calls[t.byOpen[open]-1]
}

// ValuesAt returns the definitions whose value token i is part of, not counting those
// in brackets further out than the bracket up.
func (t *Tree) ValuesAt(i, up int) []Def {
	list := t.levels[up]
	n := sort.Search(len(list), func(n int) bool { return t.Defs[list[n]].Lo > i })
	var found []Def
	for n--; n >= 0 && t.Spend(1); n-- {
		d := t.Defs[list[n]]
		if len(found) > 0 && d.Lo != found[0].Lo || d.Hi <= i {
			break
		}
		found = append(found, d)
	}
	return found
}

// CommandAt returns the call without parentheses that token i is an argument of, in the
// same brackets, or nil.
func (t *Tree) CommandAt(i int) *Call {
	n := sort.Search(len(t.commands), func(n int) bool { return t.Calls[t.commands[n]].Lo > i })
	for n--; n >= 0 && t.Spend(1); n-- {
		c := &t.Calls[t.commands[n]]
		if c.Hi <= i {
			return nil
		}
		if t.Tokens[c.Lo].Up == t.Tokens[i].Up {
			return c
		}
	}
	return nil
}

// ValuesAfter returns the definitions of properties of what token root names: root.name = value.
func (t *Tree) ValuesAfter(root int) []Def {
	var found []Def
	for _, n := range t.ofRoot[root] {
		found = append(found, t.Defs[n])
	}
	return found
}

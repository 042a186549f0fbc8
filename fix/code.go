package fix

import (
	"bytes"
	"strings"

	"github.com/neokeys/neokeys/internal/lazyregexp"
	"github.com/neokeys/neokeys/internal/text"
	"github.com/neokeys/neokeys/rules/syntax"
)

// code is program text in which keys become look-ups.
type code struct {
	*syntax.Tree
	*work
	dialect *dialect
	matches map[*lazyregexp.Regexp][][]byte
	uses    map[string][]int // tokens by word; nil before it is needed
}

// find returns the first match of re in the file, with its groups; nil for none.
func (c *code) find(re *lazyregexp.Regexp) [][]byte {
	m, known := c.matches[re]
	if !known {
		m = re.FindSubmatch(c.Text)
		c.matches[re] = m
	}
	return m
}

// A literal is a string literal in program text.
type literal struct {
	// token is the one with the key in it; first and last are all of the literal's.
	token, first, last int
	// open and close delimit the literal with its quotes and its prefix.
	open, close   int
	prefix, quote string
}

// fix makes a look-up of the key that is text[start:end] of w.
func (d *dialect) fix(w *work, start, end int, name string) (*change, string) {
	c := w.program(d)
	if c.InComment(start) {
		if d == phpDialect && c.inAttribute(start) {
			return no("an attribute takes constants only: replace the key by hand with " + name)
		}
		return spelledOut(start, end, name), ""
	}
	l, ok := c.literal(start, end)
	if !ok && d.bare != nil {
		if ch := d.bare(c, start, end, name); ch != nil {
			return ch, ""
		}
	}
	if !ok {
		return no("the key is not in a string that can be read with certainty: replace it by a look-up of " + name + " by hand")
	}
	if c.standsAlone(l) {
		return spelledOut(start, end, name), ""
	}
	if l.quote == "/" {
		return no("the key is in a regular expression: replace it by hand with " + name)
	}
	if ch := c.restated(l); ch != nil {
		return ch, ""
	}
	if ch, why := c.fallback(l, start, end, name); ch != nil || why != "" {
		return ch, why
	}
	if why := c.constantOnly(l); why != "" {
		return no(why + ": read " + name + " at run time instead, by hand")
	}
	if d.context != nil {
		if ch, why := d.context(c, l, start, end, name); ch != nil || why != "" {
			return ch, why
		}
	}
	return c.lookUp(l, start, end, name)
}

// lookUp replaces the key in a literal by the expression that reads the variable.
func (c *code) lookUp(l literal, start, end int, name string) (*change, string) {
	d := c.dialect
	expr, imports := d.lookup(c, name, l)
	if expr == "" {
		return no("no look-up can be written here: replace the key by hand with " + name)
	}
	before, after := c.Text[c.Tokens[l.token].Start:start], c.Text[end:c.Tokens[l.token].End]
	whole := l.first == l.last && isPadding(before) && isPadding(after)
	edits := imports
	switch {
	case whole:
		text := expr
		if d.alone != nil {
			text = d.alone(c, l, expr)
		}
		edits = append(edits, edit{l.open, l.close, c.besides(l, text)})
	case d.interpolate != nil && d.interpolate(c, l, expr) != "":
		edits = append(edits, edit{start, end, d.interpolate(c, l, expr)})
	case d.concat == "" || c.oneLineOnly(l):
		return no("the key is part of a string that cannot be taken apart here: replace it by hand with " + name)
	default:
		if d.part != nil {
			expr = d.part(l, expr)
		}
		edits = append(edits, c.split(l, start, end, expr)...)
	}
	return &change{title: "read " + name + " from the environment", safe: true, edits: edits, variable: name}, ""
}

// spelledOut replaces a key in prose by the name of its variable.
func spelledOut(start, end int, name string) *change {
	return &change{title: "name the variable instead of the key", safe: true, edits: []edit{{start, end, name}}}
}

// literal returns the string literal that text[start:end] is in one piece of.
func (c *code) literal(start, end int) (l literal, ok bool) {
	i := c.At(start)
	if i == syntax.None || !c.IsText(i) || c.Tokens[i].End < end {
		return l, false
	}
	l.token, l.first = i, i
	for l.first > 0 && (c.Tokens[l.first].Kind != syntax.Text || c.Tokens[l.first].Part || c.Tokens[l.first].Mate < i) {
		l.first--
	}
	l.last = c.Tokens[l.first].Mate
	if l.last < i || l.last >= len(c.Tokens) {
		return l, false
	}
	from := c.Tokens[l.first].Start
	if from == 0 {
		return l, false
	}
	l.quote = string(c.Text[from-1])
	if triple := strings.Repeat(l.quote, 3); from >= 3 && string(c.Text[from-3:from]) == triple && bytes.HasPrefix(c.Text[c.Tokens[l.last].End:], []byte(triple)) {
		l.quote = triple
	}
	if l.quote == "#" { // Rust's r#"..."#
		return l, false
	}
	l.close = c.Tokens[l.last].End + len(l.quote)
	if !bytes.HasPrefix(c.Text[c.Tokens[l.last].End:], []byte(l.quote)) {
		return l, false
	}
	l.open = from - len(l.quote)
	n := l.open
	for n > 0 && (text.IsAlnum(c.Text[n-1]) || strings.IndexByte("_#$@", c.Text[n-1]) >= 0) {
		n--
	}
	if word := string(c.Text[n:l.open]); word != "" && strings.Trim(word, c.dialect.prefixes) == "" {
		l.prefix, l.open = word, n
	}
	return l, true
}

// isPadding reports whether text is nothing but white space, plain or as an escape.
func isPadding(src []byte) bool {
	for len(src) > 0 {
		switch {
		case src[0] <= ' ':
			src = src[1:]
		case len(src) > 1 && src[0] == '\\' && strings.IndexByte("nrt", src[1]) >= 0:
			src = src[2:]
		default:
			return false
		}
	}
	return true
}

// standsAlone reports whether the literal is a statement by itself: documentation.
func (c *code) standsAlone(l literal) bool {
	if !c.Lang.Indented || c.Tokens[l.first].Up != syntax.None || !c.Tokens[l.first].First || c.Continues(l.first) && l.first > 0 && c.Str(l.first-1) != ":" {
		return false
	}
	return l.last+1 >= len(c.Tokens) || c.Tokens[l.last+1].First
}

// oneLineOnly reports whether the literal's lines cannot be divided among two literals.
func (c *code) oneLineOnly(l literal) bool {
	return len(l.quote) == 3 && c.Lang != syntax.Python && c.Lang != syntax.Kotlin && c.Lang != syntax.Dart && c.Lang != syntax.Groovy
}

// split takes the literal apart around the key: "Bearer " + expr.
func (c *code) split(l literal, start, end int, expr string) []edit {
	join := " " + c.dialect.concat + " "
	head, tail := l.quote+join+expr, join+l.prefix+l.quote
	left, right := "", ""
	from, to := start, end
	if start == c.Tokens[l.first].Start { // nothing is before the key
		head, from = expr, l.open
	}
	if end == c.Tokens[l.last].End {
		tail, to = "", l.close
	}
	if c.binds(l) {
		left, right = "(", ")"
	}
	if left != "" && from != l.open {
		edits := []edit{{l.open, l.open, left}, {from, to, head + tail}}
		if to == l.close {
			edits[1].new += right
			return edits
		}
		return append(edits, edit{l.close, l.close, right})
	}
	if left != "" && to != l.close {
		return []edit{{from, to, left + head + tail}, {l.close, l.close, right}}
	}
	return []edit{{from, to, c.besides(l, left+head+tail+right)}}
}

// besides joins an expression to a literal before or after it that the language would have
// joined without an operator.
func (c *code) besides(l literal, expr string) string {
	if !c.Lang.Adjacent && c.Lang != syntax.Dart && c.Lang != syntax.Ruby {
		return expr
	}
	if l.first > 0 && c.IsText(l.first-1) && c.gap(c.Tokens[l.first-1].End, l.open) {
		expr = "+ " + expr
	}
	if l.last+1 < len(c.Tokens) && c.IsText(l.last+1) && !c.Tokens[l.last+1].Part && c.gap(l.close, c.Tokens[l.last+1].Start) {
		expr += " +"
	}
	return expr
}

// gap reports whether only quotes, a prefix and white space are between two literals.
func (c *code) gap(from, to int) bool {
	return from <= to && strings.Trim(string(c.Text[from:to]), " \t\r\n\\\"'`"+c.dialect.prefixes) == ""
}

// before and after the literal, an operator that binds closer than concatenation, or goes on with
// what the literal is.
var closer = map[string]bool{
	".": true, "?.": true, "[": true, "::": true, "->": true, "%": true, "*": true, "/": true, "!": true, "not": true, "await": true, "?": false, "!!": true,
}

// binds reports whether what is beside the literal would take only a part of a concatenation.
func (c *code) binds(l literal) bool {
	next := c.Str(l.last + 1)
	if l.last+1 < len(c.Tokens) && c.Tokens[l.last+1].Kind == syntax.Punct && closer[next] && next != c.dialect.concat && (!c.Tokens[l.last+1].First || c.Continues(l.last+1)) {
		return true
	}
	if c.dialect.commands {
		return true
	}
	if c.dialect.operators && (infix(next) || infix(c.Str(l.first-1))) {
		return true
	}
	prev := c.Str(l.first - 1)
	return l.first > 0 && c.Tokens[l.first-1].Kind != syntax.Text && (prev == "%" || prev == "*" || prev == "/" || prev == "!" || prev == "-" && c.Lang == syntax.Rust)
}

// infix reports whether a token beside a literal joins it to something else: "a" -> "b".
func infix(token string) bool {
	switch token {
	case "", "=", "(", ")", ",", "{", "}", "[", "]", ";", "+", "=>", "return", "val", "var", "def", "else", ":":
		return false
	}
	return !isWordByte(token[0]) || token == "match"
}

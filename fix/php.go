package fix

import (
	"bytes"
	"strings"

	"github.com/neokeys/neokeys/internal/text"
	"github.com/neokeys/neokeys/rules/syntax"
)

// phpContext moves what PHP wants to be a constant to where it may be looked up.
func phpContext(c *code, l literal, start, end int, name string) (*change, string) {
	if c.Str(l.first-1) == "case" {
		return no("a case of an enum is a constant: replace the key by hand with " + name)
	}
	if c.Str(l.first-1) != "=" || l.first != l.last {
		return c.phpConstant(l, name)
	}
	up := c.Tokens[l.first].Up
	if up != syntax.None && c.Str(up) == "(" && c.CallAt(up) == nil {
		return no("a default of a parameter is a constant: read " + name + " in the function")
	}
	target := c.Str(l.first - 2)
	scope := c.Scope(l.first)
	inClass := scope != syntax.None && c.Scopes[scope].Class
	switch {
	case c.isConst(l.first - 2):
		if inClass {
			return c.phpClassConstant(l, scope, start, end, name)
		}
		if c.Tokens[l.first].Up != syntax.None {
			return no("the constant is part of a block: make it define(..., getenv('" + name + "'))")
		}
		return c.phpDefine(l, start, end, name)
	case !inClass && c.Str(l.first-3) == "static":
		return no("a static variable begins with a constant: read " + name + " where it is used")
	case inClass && strings.HasPrefix(target, "$"):
		return c.phpProperty(l, scope, start, end, name)
	}
	return nil, ""
}

// phpConstant refuses a literal that is part of a constant or of a default.
func (c *code) phpConstant(l literal, name string) (*change, string) {
	for i := l.first - 1; i >= 0 && i > l.first-60 && c.Str(i) != ";" && c.Str(i) != "{"; i-- {
		if c.Str(i) == "const" && !c.IsText(i) {
			return no("the key is part of a constant: replace it by hand with getenv('" + name + "')")
		}
	}
	if s := c.Scope(l.first); s != syntax.None && c.Scopes[s].Class {
		return no("the default of a property is a constant: set it in the constructor, to getenv('" + name + "')")
	}
	return nil, ""
}

// inAttribute reports whether the comment at offset pos is an attribute: #[Name("...")]
func (c *code) inAttribute(pos int) bool {
	for _, s := range c.Comments {
		if s.Start <= pos && pos < s.End {
			return bytes.HasPrefix(c.Text[s.Start:], []byte("#["))
		}
	}
	return false
}

// isConst reports whether token i is the name of a constant that is being declared, with or
// without its type.
func (c *code) isConst(i int) bool {
	return c.Str(i-1) == "const" || c.IsWord(i-1) && c.Str(i-2) == "const"
}

// phpDefine makes define('NAME', ...) of const NAME = ...
func (c *code) phpDefine(l literal, start, end int, name string) (*change, string) {
	ch, why := c.lookUp(l, start, end, name)
	word := l.first - 3
	if c.Str(word) != "const" || ch == nil {
		return nil, why
	}
	q := l.quote[:1]
	ch.edits = append(ch.edits,
		edit{c.Tokens[word].Start, l.open, "define(" + q + c.Str(l.first-2) + q + ", "},
		edit{l.close, l.close, ")"})
	// The edit of the literal ends where the parenthesis is inserted.
	for i := range ch.edits {
		if e := &ch.edits[i]; e.start == l.open {
			e.new += ")"
			ch.edits = ch.edits[:len(ch.edits)-1]
			return ch, why
		}
		if e := &ch.edits[i]; e.end == l.close {
			e.new += ")"
			ch.edits = ch.edits[:len(ch.edits)-1]
			return ch, why
		}
	}
	return ch, why
}

// phpProperty takes the default of a property away, and sets the property in the constructor.
func (c *code) phpProperty(l literal, class, start, end int, name string) (*change, string) {
	for i := l.first - 3; i > 0 && c.Str(i) != ";" && c.Str(i) != "{" && c.Str(i) != "}"; i-- {
		if c.Str(i) == "static" {
			return no("a static property has a constant for a default: set it where the class is loaded, to getenv('" + name + "')")
		}
	}
	before, after := string(c.Text[l.open:start]), string(c.Text[end:l.close])
	value := "getenv(" + l.quote[:1] + name + l.quote[:1] + ")"
	if len(before) > 1 {
		value = before + l.quote + " . " + value
	}
	if len(after) > 1 {
		value += " . " + l.quote + after
	}
	set := "$this->" + strings.TrimPrefix(c.Str(l.first-2), "$") + " = " + value + ";"
	nl, indent := c.eol(), indentOf(c.Text, l.open)
	ch := &change{title: "read " + name + " from the environment", safe: true, variable: name,
		edits: []edit{{c.Tokens[l.first-2].End, l.close, ""}}}
	for _, s := range c.Scopes {
		if s.Parent != class || !s.Function || s.Name == syntax.None || c.Str(s.Name) != "__construct" {
			continue
		}
		at := c.Tokens[s.Lo-1].End
		ch.edits = append(ch.edits, edit{at, at, nl + indent + indentStep(indent) + set})
		return ch, ""
	}
	semicolon := l.last + 1
	if c.Str(semicolon) != ";" {
		return no("the property cannot be taken apart: set it in the constructor, to getenv('" + name + "')")
	}
	at := c.Tokens[semicolon].End
	step := indentStep(indent)
	ch.edits = append(ch.edits, edit{at, at, nl + nl + indent + "public function __construct()" + nl + indent + "{" + nl + indent + step + set + nl + indent + "}"})
	return ch, ""
}

// indentStep returns what a file is indented by, one level deep.
func indentStep(indent string) string {
	if strings.HasPrefix(indent, "\t") {
		return "\t"
	}
	if n := len(indent); n == 2 {
		return "  "
	}
	return "    "
}

// phpClassConstant reads the variable where the file uses a constant of a class, and removes the
// constant. Other files may use one that is not private.
func (c *code) phpClassConstant(l literal, class, start, end int, name string) (*change, string) {
	by := "a constant of a class cannot be looked up: make it a static method that returns getenv('" + name + "')"
	constant, first := c.Str(l.first-2), l.first-2
	for first > 0 && !c.Tokens[first].First {
		first--
	}
	line, lineEnd := lineStart(c.Text, c.Tokens[first].Start), text.LineEnd(c.Text, l.close)
	if c.Str(l.last+1) != ";" || strings.TrimSpace(string(c.Text[l.close:lineEnd])) != ";" || l.open+1 != start || l.close-1 != end {
		return no(by)
	}
	own := ""
	if n := c.Scopes[class].Name; n != syntax.None {
		own = c.Str(n)
	}
	expr := "getenv(" + l.quote[:1] + name + l.quote[:1] + ")"
	ch := &change{title: "read " + name + " from the environment", safe: c.Str(first) == "private", variable: name,
		edits: []edit{{line, min(lineEnd+1, len(c.Text)), ""}}}
	for i := range c.Tokens {
		if !c.IsWord(i) || c.Str(i) != constant || c.Str(i-1) != "::" {
			continue
		}
		owner := c.Str(i - 2)
		if owner != "self" && owner != "static" && owner != own {
			continue
		}
		if s := c.Scope(i); s != syntax.None && c.Scopes[s].Class {
			return no(by) // a constant, too
		}
		ch.edits = append(ch.edits, edit{c.Tokens[i-2].Start, c.Tokens[i].End, expr})
	}
	return ch, ""
}

package fix

import (
	"strings"

	"github.com/neokeys/neokeys/rules/syntax"
)

// constantOnly returns why only a constant may stand where the literal is, or where the program
// uses the constant that it is the value of; empty if a look-up may stand there.
func (c *code) constantOnly(l literal) string {
	needs := c.dialect.constant
	if needs == nil {
		return ""
	}
	if why := needs(c, l.first, l.last); why != "" {
		return why
	}
	name := l.first - 2
	if c.Str(l.first-1) != "=" || !c.IsWord(name) || !variableLike(c.Str(name)) {
		return ""
	}
	for _, i := range c.usesOf(c.Str(name)) {
		if i != name {
			if why := needs(c, i, i); why != "" {
				return c.Str(name) + " is used where " + why
			}
		}
	}
	return ""
}

// usesOf returns the tokens that are the word name, in the order of the text.
func (c *code) usesOf(name string) []int {
	if c.uses == nil {
		c.uses = map[string][]int{}
		for i := range c.Tokens {
			if c.IsWord(i) && !c.Tokens[i].Part {
				c.uses[c.Str(i)] = append(c.uses[c.Str(i)], i)
			}
		}
	}
	return c.uses[name]
}

// variableLike reports whether a word is a name that a program gives, and not one of the
// language's own.
func variableLike(word string) bool { return len(word) > 0 && isWordByte(word[0]) && word != "case" }

const (
	inAnnotation = "an annotation takes constants only"
	inCase       = "a case takes constants only"
	inDefault    = "a default of a parameter is a constant"
	inConst      = "the value is part of a constant"
)

// javaConstant finds annotations and labels of a switch.
func javaConstant(c *code, first, _ int) string {
	if word := c.annotation(first); word != "" && (word != "@Value" || !c.IsText(first)) {
		return inAnnotation
	}
	return c.caseLabel(first)
}

// annotationConstant finds annotations, and is all that Kotlin and Groovy need: a branch of a when
// takes any expression.
func annotationConstant(c *code, first, _ int) string {
	if word := c.annotation(first); word != "" && (c.Lang != syntax.Kotlin || springValue[word] == "" || !c.IsText(first)) {
		return inAnnotation
	}
	return ""
}

// springValue are annotations by which Spring fills in a setting.
var springValue = map[string]string{"@Value": "@Value", "@field:Value": "@Value"}

// scalaConstant finds annotations and patterns.
func scalaConstant(c *code, first, last int) string {
	if c.annotation(first) != "" {
		return inAnnotation
	}
	if c.IsText(first) && (c.Str(last+1) == "=>" || c.Str(last+1) == "|" || c.Str(last+1) == "if") {
		return c.caseLabel(first)
	}
	return ""
}

// caseLabel finds a label of a switch: case "a", "b".
func (c *code) caseLabel(first int) string {
	for i := first - 1; i >= 0 && i > first-60; i-- {
		switch s := c.Str(i); {
		case !c.IsText(i) && s == "case":
			return inCase
		case c.Tokens[i].Up != c.Tokens[first].Up && c.Str(c.Tokens[i].Up) != "(" || s == "{" || s == "(":
			return ""
		case s != "," && s != "|" && s != "." && !c.IsText(i) && !c.IsWord(i):
			return ""
		case c.IsWord(i) && c.IsWord(i+1) && s != "or":
			return ""
		}
	}
	return ""
}

// cSharpConstant finds attributes, patterns, labels, defaults, and literals with a suffix.
func cSharpConstant(c *code, first, last int) string {
	for up := c.Tokens[first].Up; up != syntax.None; up = c.Tokens[up].Up {
		if c.Str(up) == "[" && c.Tokens[up].First {
			return "an attribute takes constants only"
		}
	}
	prev, next := c.Str(first-1), c.Str(last+1)
	switch {
	case prev == "is", prev == "not" && c.Str(first-2) == "is", prev == "or", next == "or" || next == "and", c.IsText(first) && next == "=>":
		return "a pattern takes constants only"
	case next == "u8" && c.IsText(first):
		return "the literal is one of bytes"
	case prev == "=" && c.defaultOfParameter(first):
		return inDefault
	}
	if !c.IsText(first) && c.declaresConst(first) {
		return inConst
	}
	return c.caseLabel(first)
}

// defaultOfParameter reports whether token i, after a =, is the default of a parameter.
func (c *code) defaultOfParameter(i int) bool {
	up := c.Tokens[i].Up
	return up != syntax.None && c.Str(up) == "(" && c.CallAt(up) == nil
}

// declaresConst reports whether the statement of token i begins with the word const, in the same
// brackets.
func (c *code) declaresConst(i int) bool {
	for j := i - 1; j >= 0 && j > i-40; j-- {
		s := c.Str(j)
		if c.Tokens[j].Up == c.Tokens[i].Up && (s == ";" || s == "{" || s == "}") || s == "{" && c.Tokens[i].Up == j {
			return false
		}
		if s == "const" && c.IsWord(j) {
			return true
		}
	}
	return false
}

// dartConstant finds constant expressions, annotations, labels and defaults.
func dartConstant(c *code, first, _ int) string {
	for i := first; i != syntax.None; i = c.Tokens[i].Up {
		up := c.Tokens[i].Up
		if i != first && strings.HasPrefix(c.Str(i-1), "@") {
			return inAnnotation
		}
		if i != first && strings.IndexByte("([{", c.Str(i)[0]) >= 0 && c.constBefore(i) {
			return inConst
		}
		if up != syntax.None && i == first && (c.Str(first-1) == "=" || c.Str(first-1) == ":") && c.isParameter(up) {
			return inDefault
		}
	}
	if !c.IsText(first) && c.declaresConst(first) {
		return inConst
	}
	return c.caseLabel(first)
}

// constBefore reports whether the bracket at token i belongs to a constant expression: const {...},
// const Name(...), const <T>[...].
func (c *code) constBefore(i int) bool {
	for j := i - 1; j >= 0 && j > i-12; j-- {
		s := c.Str(j)
		switch {
		case c.IsText(j):
			return false
		case s == "const":
			return true
		case !c.IsWord(j) && s != "." && s != "<" && s != ">" && s != ",":
			return false
		case s == "," && c.Str(j+1) != "" && !strings.Contains(c.between(j, i), ">"):
			return false
		}
	}
	return false
}

// between returns the text of the tokens from lo up to hi.
func (c *code) between(lo, hi int) string {
	return string(c.Text[c.Tokens[lo].Start:c.Tokens[hi].Start])
}

// isParameter reports whether a bracket of Dart holds parameters with defaults: it is the list of
// a function, or in one.
func (c *code) isParameter(up int) bool {
	if s := c.Str(up); (s == "{" || s == "[") && c.Tokens[up].Up != syntax.None && c.Str(c.Tokens[up].Up) == "(" {
		prev := c.Str(up - 1)
		if prev != "(" && prev != "," {
			return false
		}
		outer := c.Tokens[up].Up
		if c.CallAt(outer) == nil {
			return true
		}
		// A call with a map or a list ends with a semicolon, a function has a body.
		mate := c.Tokens[outer].Mate
		next := c.Str(mate + 1)
		return next == "{" || next == "=>" || next == "async" || next == ":"
	}
	return false
}

// swiftConstant finds raw values of an enum, and attributes.
func swiftConstant(c *code, first, _ int) string {
	if c.annotation(first) != "" {
		return inAnnotation
	}
	if c.Str(first-1) == "=" && c.IsText(first) {
		for i := first - 2; i >= 0 && i > first-60; i-- {
			switch s := c.Str(i); {
			case s == "case":
				return "a raw value is a constant"
			case s != "," && s != "=" && !c.IsText(i) && !c.IsWord(i), s == "let" || s == "var":
				return ""
			}
		}
	}
	return c.caseLabel(first)
}

// pythonConstant finds patterns and types that are literals.
func pythonConstant(c *code, first, _ int) string {
	if !c.IsText(first) {
		return ""
	}
	for i := first - 1; i >= 0 && i > first-40; i-- {
		if s := c.Str(i); s == "case" && c.Tokens[i].First && c.IsWord(i) {
			return inCase
		}
		if c.Tokens[i].First || c.Str(i) == "if" || c.Str(i) == ":" && c.Tokens[i].Up == c.Tokens[first].Up {
			break
		}
	}
	for up := c.Tokens[first].Up; up != syntax.None; up = c.Tokens[up].Up {
		if c.Str(up) == "[" && c.Str(up-1) == "Literal" {
			return "the literal is a type"
		}
	}
	return ""
}

// elixirConstant finds patterns, and attributes of a module, which the compiler sets.
func elixirConstant(c *code, first, last int) string {
	if c.Str(last+1) == "->" {
		return "a pattern is a constant"
	}
	start := first
	for start > 0 && (!c.Tokens[start].First || c.Tokens[start].Up != syntax.None && c.inBrackets(start)) {
		start--
	}
	switch word := c.Str(start); {
	case strings.HasPrefix(word, "@") && start < first-1:
		return "an attribute of a module is set when it is compiled"
	case word == "def" || word == "defp" || word == "defmacro":
		for up := c.Tokens[first].Up; up != syntax.None; up = c.Tokens[up].Up {
			if c.Str(up) == "(" && up-start <= 3 && !strings.Contains(c.between(up, first), `\\`) {
				return "a pattern is a constant"
			}
		}
	}
	return ""
}

// inBrackets reports whether token i is in brackets, and not only in a block.
func (c *code) inBrackets(i int) bool {
	s := c.Str(c.Tokens[i].Up)
	return s == "(" || s == "[" || s == "{"
}

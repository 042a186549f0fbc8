package fix

import (
	"strings"

	"github.com/neokeys/neokeys/rules/syntax"
)

var rustDialect = &dialect{
	lang: syntax.Rust, extensions: ".rs", prefixes: "rb#", context: rustContext, header: rustHeader,
	lookup: func(_ *code, name string, _ literal) (string, []edit) {
		return `std::env::var("` + name + `").expect("` + name + ` is not set")`, nil
	},
}

// rustMacros take a format for their first argument, which must be a literal.
var rustMacros = map[string]bool{"format": true, "print": true, "println": true, "eprint": true, "eprintln": true, "write": true, "writeln": true,
	"panic": true, "info": true, "debug": true, "warn": true, "error": true, "trace": true, "format_args": true}

// rustContext keeps the type of the literal, &str, where the program needs that.
func rustContext(c *code, l literal, start, end int, name string) (*change, string) {
	if strings.ContainsAny(l.prefix, "b#") || l.first != l.last && l.prefix != "" {
		return no("the key is in a raw string or one of bytes: replace it by hand with " + name)
	}
	expr, _ := c.dialect.lookup(c, name, l)
	ch := &change{title: "read " + name + " from the environment", safe: true, variable: name}
	up := c.Tokens[l.first].Up
	if up != syntax.None && c.Str(up-1) == "!" && rustMacros[c.Str(up-2)] && c.formatArgument(l, up) {
		close := c.Tokens[up].Mate
		if close >= len(c.Tokens) {
			return no("the macro is not closed")
		}
		argument := strings.ToLower(name)
		comma := ", "
		if c.Str(close-1) == "," {
			comma = " "
		}
		at := c.Tokens[close].Start
		ch.edits = []edit{{start, end, "{" + argument + "}"}, {at, at, comma + argument + " = " + expr}}
		return ch, ""
	}
	if up != syntax.None && c.Str(up-1) == "!" && (c.Str(up-2) == "concat" || c.Str(up-2) == "env") {
		return no("the macro takes constants only: replace the key by hand with " + name)
	}
	if isRustPattern(c, l) {
		return no("a pattern is a constant: compare with " + name + " by hand")
	}
	value := expr
	if pre, post := string(c.Text[c.Tokens[l.first].Start:start]), string(c.Text[end:c.Tokens[l.last].End]); !isPadding([]byte(pre)) || !isPadding([]byte(post)) {
		if l.first != l.last {
			return no("the key is part of a string that cannot be taken apart here: replace it by hand with " + name)
		}
		escape := strings.NewReplacer("{", "{{", "}", "}}")
		value = `format!(` + l.prefix + `"` + escape.Replace(pre) + "{}" + escape.Replace(post) + `", ` + expr + ")"
	}
	if word, at := c.rustConstant(l); at != syntax.None {
		return c.rustStatic(l, ch, value, word, at, name)
	}
	from, to := l.open, l.close
	switch method := c.Str(l.last + 2); {
	case c.Str(l.last+1) == "." && (method == "to_string" || method == "to_owned" || method == "into") && c.Str(l.last+3) == "(" && c.Str(l.last+4) == ")":
		to = c.Tokens[l.last+4].End
	case c.Str(l.last+1) == ".":
	case up != syntax.None && c.Str(up-1) == "from" && c.Str(up-2) == "::" && c.Str(up-3) == "String" && l.first == up+1 && l.last+1 == c.Tokens[up].Mate:
		from, to = c.Tokens[up-3].Start, c.Tokens[c.Tokens[up].Mate].End
	case c.returnsBorrowed(l):
		value += ".leak()"
	case c.livesLongEnough(l, up):
		value = "&*" + value
	default: // what keeps it may outlive the statement
		value = "&*" + value + ".leak()"
	}
	ch.edits = []edit{{from, to, value}}
	return ch, ""
}

// formatArgument reports whether the literal is the format of the macro whose parenthesis is up.
func (c *code) formatArgument(l literal, up int) bool {
	if l.first == up+1 {
		return true
	}
	name := c.Str(up - 2)
	return (name == "write" || name == "writeln") && c.Str(l.first-1) == ","
}

// isRustPattern reports whether the literal is on the left of an arm of a match.
func isRustPattern(c *code, l literal) bool {
	return c.Str(l.last+1) == "=>" || c.Str(l.last+1) == "|" && c.Str(l.last+2) != "|" && c.Str(l.first-1) != "="
}

// rustConstant returns the token const or static of the item whose value the literal is.
func (c *code) rustConstant(l literal) (word string, at int) {
	for i := l.first - 1; i >= 0 && i > l.first-20; i-- {
		switch s := c.Str(i); s {
		case ";", "{", "}", "let":
			return "", syntax.None
		case "const", "static":
			if c.Tokens[i].Up == c.Tokens[l.first].Up && c.Str(i-1) != "'" {
				return s, i
			}
			if s == "const" {
				return s, i
			}
		}
	}
	return "", syntax.None
}

// rustStatic makes a function of a constant, and calls of its uses.
func (c *code) rustStatic(l literal, ch *change, value, word string, at int, name string) (*change, string) {
	by := "a " + word + " cannot be looked up: make it a function that returns std::env::var(\"" + name + "\"), and call it"
	// const NAME: &str = "...";
	if c.Str(l.first-1) != "=" || c.Str(at+2) != ":" || c.Str(l.last+1) != ";" || !strings.HasSuffix(c.Str(l.first-2), "str") || c.Str(at+3) != "&" {
		return no(by)
	}
	constant := c.Str(at + 1)
	for _, n := range []int{at - 1, at - 2, at - 4} {
		if c.Str(n) == "pub" {
			ch.safe = false // other files may use it
		}
	}
	function := strings.ToLower(constant)
	if c.hasWord(function) {
		function = "read_" + function
	}
	if c.hasWord(function) {
		return no(by)
	}
	for i := range c.Tokens {
		if !c.IsWord(i) {
			continue
		}
		switch s := c.Str(i); {
		case s != constant || i == at+1:
		case c.Str(i+1) == "=>" || c.Str(i+1) == "|" && c.Str(i+2) != "|":
			return no(by) // a pattern
		case c.Tokens[i].Part:
			return no(by) // {NAME} in a format
		default:
			ch.edits = append(ch.edits, edit{c.Tokens[i].End, c.Tokens[i].End, "()"}, edit{c.Tokens[i].Start, c.Tokens[i].End, function})
		}
	}
	ch.edits = mergeAdjacent(ch.edits)
	ch.edits = append(ch.edits, edit{c.Tokens[at].Start, c.Tokens[l.last+1].End,
		"fn " + function + "() -> &'static str {" + c.eol() + "    static VALUE: std::sync::OnceLock<String> = std::sync::OnceLock::new();" + c.eol() +
			"    VALUE.get_or_init(|| " + value + ")" + c.eol() + "}"})
	if c.Tokens[at].Up != syntax.None {
		return no(by) // in a function or an impl
	}
	return ch, ""
}

// mergeAdjacent joins an insertion after a word to the replacement of the word.
func mergeAdjacent(edits []edit) []edit {
	var out []edit
	for i := 0; i+1 < len(edits); i += 2 {
		out = append(out, edit{edits[i+1].start, edits[i+1].end, edits[i+1].new + edits[i].new})
	}
	return out
}

// returnsBorrowed reports whether the literal is what a function returns.
func (c *code) returnsBorrowed(l literal) bool {
	next := c.Str(l.last + 1)
	prev := c.Str(l.first - 1)
	return prev == "return" || next == "}" && prev == "{" || next == "}" && (prev == ";" || prev == "}") || prev == "=>" && (next == "," || next == "}")
}

// keeps are methods that keep a reference to an argument.
var keeps = map[string]bool{"insert": true, "push": true, "push_back": true, "push_front": true, "entry": true, "or_insert": true, "extend": true, "replace": true, "Some": true, "Ok": true, "Cow": true}

// livesLongEnough reports whether a value that is borrowed for the statement, or for as long as the
// variable that it declares, will do: it is compared, or an argument of a call whose result is not
// kept.
func (c *code) livesLongEnough(l literal, up int) bool {
	prev, next := c.Str(l.first-1), c.Str(l.last+1)
	switch {
	case prev == "==" || prev == "!=" || next == "==" || next == "!=":
		return true
	case prev == "=" && next == ";":
		return c.Str(l.first-3) == "let" && c.IsWord(l.first-2)
	case up == syntax.None || c.Str(up) != "(" || c.Tokens[up].Mate >= len(c.Tokens):
		return false
	case c.Str(up-1) == "!":
		return rustMacros[c.Str(up-2)]
	}
	for i := up; i >= 0 && c.Str(i) != ";" && c.Str(i) != "{" && c.Str(i) != "}"; i-- {
		if s := c.Str(i); s == "let" || s == "return" || s == "=" || keeps[s] && !c.IsText(i) {
			return false
		}
	}
	return c.Str(c.Tokens[up].Mate+1) != "}"
}

// hasWord reports whether the program has a word, outside of strings.
func (c *code) hasWord(word string) bool {
	for i := range c.Tokens {
		if c.IsWord(i) && c.Str(i) == word {
			return true
		}
	}
	return false
}

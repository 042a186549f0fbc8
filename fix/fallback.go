package fix

import (
	"strings"

	"github.com/neokeys/neokeys/internal/lazyregexp"
	"github.com/neokeys/neokeys/internal/text"
	"github.com/neokeys/neokeys/rules"
	"github.com/neokeys/neokeys/rules/syntax"
)

var (
	// reading is an expression that reads an environment variable.
	reading = lazyregexp.New(`(?i)(?:\b|_)env\b|_SERVER\b|getenv|environ|fetch_env|get_env`)
	// setting is a function that sets one.
	setting = lazyregexp.New(`(?i)(?:^|[._:])(?:set|put)\w*$`)
	// wanted is what stands between an expression and what is used in want of its value.
	wanted = map[string]bool{"||": true, "??": true, "?:": true, "or": true, "//": true}

	variableName = lazyregexp.New(`^[A-Z][A-Z0-9_]*$`)
	lastName     = lazyregexp.New(`([A-Za-z][A-Za-z0-9_]*)["'\])}!]*$`)
)

// fallback removes a key that is used only where a variable is not set: env.NAME || "...",
// get("NAME", "..."). It returns nil for any other, or why it cannot be removed.
func (c *code) fallback(l literal, start, end int, name string) (*change, string) {
	before, after := c.Text[c.Tokens[l.token].Start:start], c.Text[end:c.Tokens[l.token].End]
	if l.first != l.last || !isPadding(before) || !isPadding(after) || l.first < 2 {
		return nil, ""
	}
	op, left := l.first-1, l.first-2
	if pair := c.Str(left) + c.Str(op); pair == "?:" || pair == "//" { // two tokens
		left--
	}
	if ch := c.otherwise(l); ch != nil {
		return ch, ""
	}
	switch {
	case wanted[c.Str(op)] || left < op-1:
		return c.alternative(l, left, name)
	case c.Str(op) == ",":
		return c.secondArgument(l, op), ""
	case c.Str(op) == "=" && c.Str(op-1) == "default" && c.Str(op-2) == ",":
		return c.secondArgument(l, op-2), ""
	case c.Str(op) == "=" && c.dialect == javaScriptDialect && typeScriptUnwrap(c) == "":
		return c.destructured(l), ""
	}
	return nil, ""
}

// alternative removes the right side of an operator whose left side, which ends with token left,
// reads a variable.
func (c *code) alternative(l literal, left int, name string) (*change, string) {
	if left < 0 {
		return nil, ""
	}
	from := left
	for m := c.Tokens[from].Mate; m != syntax.None && m < from; m = c.Tokens[from].Mate {
		from = m - 1
		if from < 0 {
			return nil, ""
		}
	}
	first := c.Tokens[c.ChainStart(from)].Start
	expr := string(c.Text[first:c.Tokens[left].End])
	if len(expr) > 200 || !reading.MatchString(expr) {
		return nil, ""
	}
	m := lastName.FindStringSubmatch(expr)
	if m == nil || !variableName.MatchString(m[1]) {
		return nil, ""
	}
	if strings.HasPrefix(expr, "import.meta.env") {
		if _, ok := rules.ClientPrefix(m[1]); ok {
			return no(inClient)
		}
		expr := javaScriptLookup(c, name) + typeScriptUnwrap(c) // bundlers write import.meta.env into what browsers load
		return &change{title: "read " + name + " from the environment", safe: true, variable: name, edits: []edit{{first, l.close, expr}}}, ""
	}
	end := c.Tokens[left].End
	after := ""
	if c.dialect.unwrap != nil {
		after = c.dialect.unwrap(c)
	}
	return withoutFallback(m[1], edit{end, l.close, after}), ""
}

func withoutFallback(variable string, edits ...edit) *change {
	return &change{title: "do without the key as a fallback for " + variable, safe: true, edits: edits, variable: variable}
}

// secondArgument removes the last argument, after the comma at token comma, of a call that reads
// the variable its first argument names.
func (c *code) secondArgument(l literal, comma int) *change {
	up := c.Tokens[l.first].Up
	call := c.CallAt(up)
	name := comma - 1
	if call == nil || !c.IsText(name) || c.Tokens[name].Part || name != call.Lo || l.last+1 != call.Hi && (c.Str(l.last+1) != "," || l.last+2 != call.Hi) {
		return nil
	}
	variable := c.Str(name)
	callee := string(c.Text[c.Tokens[call.Start].Start:c.Tokens[call.Name].End])
	if !variableName.MatchString(variable) || setting.MatchString(callee) || !reading.MatchString(callee) && callee != "config" && callee != "System.getProperty" {
		return nil
	}
	second := edit{c.Tokens[comma].Start, l.close, ""}
	switch {
	case c.Lang == syntax.Python && (callee == "os.environ.get" || callee == "os.getenv"):
		opening := edit{c.Tokens[call.Name-1].Start, c.Tokens[call.Lo].Start - 1, ".environ["}
		if callee == "os.environ.get" {
			opening.new = "["
		}
		return withoutFallback(variable, opening, edit{c.Tokens[comma].Start, c.Tokens[call.Hi].End, "]"})
	case c.dialect == scalaDialect && callee == "sys.env.getOrElse": // sys.env("NAME")
		return withoutFallback(variable, edit{c.Tokens[call.Name-1].Start, c.Tokens[call.Name].End, ""}, second)
	case c.Lang == syntax.Java || c.Lang == syntax.Kotlin: // System.getenv().getOrDefault("NAME", "...")
		if c.Str(call.Name) != "getOrDefault" {
			return nil
		}
		return withoutFallback(variable, edit{c.Tokens[call.Name].Start, c.Tokens[call.Name].End, "get"}, second)
	}
	return withoutFallback(variable, second)
}

// destructured removes the default of a variable in a pattern: { NAME = "..." } = process.env
func (c *code) destructured(l literal) *change {
	up := c.Tokens[l.first].Up
	variable := c.Str(l.first - 2)
	if up == syntax.None || c.Str(up) != "{" || !variableName.MatchString(variable) || c.Tokens[up].Mate >= len(c.Tokens) {
		return nil
	}
	mate := c.Tokens[up].Mate
	rest := strings.TrimLeft(string(c.Text[c.Tokens[mate].End:text.LineEnd(c.Text, c.Tokens[mate].End)]), " ")
	if prev := c.Str(l.first - 3); prev != "{" && prev != "," || !strings.HasPrefix(rest, "= process.env") {
		return nil
	}
	return withoutFallback(variable, edit{c.Tokens[l.first-2].End, l.close, ""})
}

// otherwise are calls on the value of a variable that give another one where it is not set: what
// they begin and end with, and what says instead that it has to be set.
var otherwise = map[*syntax.Language][]struct {
	before, after *lazyregexp.Regexp
	required      string
}{
	syntax.Rust: {{
		lazyregexp.New(`env::var\("([A-Z][A-Z0-9_]*)"\)(\s*\.unwrap_or(?:_else)?\((?:\|_?\w*\|\s*)?(?:String::from\()?)$`),
		lazyregexp.New(`^(?:\.(?:to_string|to_owned|into)\(\))?\)?\)`), `.expect("NAME is not set")`}},
	syntax.Ruby: {{
		lazyregexp.New(`ENV\.fetch\(['"]([A-Z][A-Z0-9_]*)['"]\)(\s*\{\s*)$`), lazyregexp.New(`^\s*\}`), ""}},
	syntax.Java: {{
		lazyregexp.New(`Optional\.ofNullable\(System\.getenv\("([A-Z][A-Z0-9_]*)"\)\)(\s*\.orElse\()$`), lazyregexp.New(`^\)`), `.orElseThrow()`}},
}

// otherwise removes such a call.
func (c *code) otherwise(l literal) *change {
	head := c.Text[max(0, l.open-200):l.open]
	tail := c.Text[l.close:min(len(c.Text), l.close+50)]
	for _, o := range otherwise[c.Lang] {
		m, n := o.before.FindSubmatchIndex(head), o.after.FindIndex(tail)
		if m == nil || n == nil {
			continue
		}
		variable := string(head[m[2]:m[3]])
		if opened := strings.Count(string(head[m[4]:m[5]]), "("); opened != closing(string(tail[:n[1]])) {
			continue
		}
		return withoutFallback(variable, edit{l.open - len(head) + m[4], l.close + n[1], strings.ReplaceAll(o.required, "NAME", variable)})
	}
	return nil
}

// closing returns how many more parentheses are closed in s than opened.
func closing(s string) int { return strings.Count(s, ")") - strings.Count(s, "(") }

// settings are statements that set an environment variable, up to the value.
var settings = lazyregexp.New(`^(?:(?:process|Bun)\.env(?:\.|\[["'])([A-Z][A-Z0-9_]*)(?:["']\])?\s*(?:\|\||\?\?)?=|Deno\.env\.set\(["']([A-Z][A-Z0-9_]*)["'],|\$env:([A-Z][A-Z0-9_]*)\s*=|` +
	`os\.environ(?:\[|\.setdefault\()["']([A-Z][A-Z0-9_]*)["'](?:\]\s*=|,)|ENV\[['"]([A-Z][A-Z0-9_]*)['"]\]\s*(?:\|\|)?=|\$ENV\{['"]?([A-Z][A-Z0-9_]*)['"]?\}\s*(?:\|\||//)?=)\s*$`)

// restated removes a statement that sets the variable which the key is to be read from: nil for
// what is none, or shares its line, or is all that there is in a block by indentation.
func (c *code) restated(l literal) *change {
	line, lineEnd := lineStart(c.Text, l.open), text.LineEnd(c.Text, l.close)
	if line == 0 && c.lineAt(0) > 0 {
		line = c.lineAt(0)
	}
	before := string(c.Text[line:l.open])
	after := strings.TrimRight(string(c.Text[l.close:lineEnd]), " \t\r")
	m := settings.FindStringSubmatch(strings.TrimLeft(before, " \t"))
	if m == nil || after != "" && after != ";" && after != ")" && after != ");" || c.Lang.Indented && strings.TrimLeft(before, " \t") != before {
		return nil
	}
	first := l.first
	for first > 0 && c.Tokens[first].Start >= line {
		first--
	}
	if c.Tokens[first].Start < line && !c.endsStatement(first) {
		return nil
	}
	variable := strings.Join(m[1:], "")
	return &change{title: "leave " + variable + " to the environment", safe: true, variable: variable, edits: []edit{{line, min(lineEnd+1, len(c.Text)), ""}}}
}

// endsStatement reports whether what comes after token i is a statement of its own.
func (c *code) endsStatement(i int) bool {
	switch s := c.Str(i); s {
	case ";", "{", "}":
		return true
	case ")", "=>", "else", "do", "then":
		return c.Lang.Indented
	default:
		return c.Lang.Newlines
	}
}

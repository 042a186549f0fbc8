package fix

import (
	"path"
	"sort"
	"strings"

	"github.com/neokeys/neokeys/internal/lazyregexp"
	"github.com/neokeys/neokeys/rules/syntax"
)

// A dialect says how programs of one language read an environment variable.
type dialect struct {
	lang       *syntax.Language
	extensions string // of files, with dots
	// prefixes are the letters that may stand before the quote of a literal.
	prefixes string
	// lookup returns the expression that reads a variable, and the edits by which the file
	// can use it: imports. It is empty where there is no such expression.
	lookup func(c *code, name string, l literal) (expr string, imports []edit)
	// alone returns the expression as it stands in the place of a whole literal; nil for as
	// it is.
	alone func(c *code, l literal, expr string) string
	// bare returns the change for a key that is in no literal, and nil where that means nothing;
	// it is nil for languages in which it never does.
	bare func(c *code, start, end int, name string) *change
	// constant returns why only a constant may stand in the place of tokens first to last, the
	// literal or a name for it; empty if a look-up may stand there. It is nil for languages with
	// no such places, and for those whose context knows them.
	constant func(c *code, first, last int) string
	// part returns the expression as it stands beside parts of a literal; nil for as it is.
	part func(l literal, expr string) string
	// header returns the edits by which a call sends expr in a header; nil for calls that make no
	// request that it knows. It is nil for languages of which it knows none.
	header func(c *code, call *syntax.Call, expr string) []edit
	// unwrap is what makes a value of one that may be missing; nil where there is no such thing.
	unwrap func(c *code) string
	// concat is the operator that joins two strings; empty if there is none.
	concat string
	// commands says that an operator between arguments of a command needs parentheses.
	commands bool
	// operators says that names and other operators bind as closely as concatenation does.
	operators bool
	// interpolate returns what to write in the literal so that the expression is put into it;
	// empty if the literal takes no expressions. It is nil if none does.
	interpolate func(c *code, l literal, expr string) string
	// context looks at where the literal stands: it returns the change to make there instead
	// of a plain look-up, or why none can be made, or neither.
	context func(c *code, l literal, start, end int, name string) (*change, string)
}

// dialects are the languages of which programs are mended.
var dialects = []*dialect{
	javaScriptDialect, pythonDialect, goDialect, javaDialect, kotlinDialect, scalaDialect, groovyDialect, cSharpDialect, phpDialect,
	rubyDialect, perlDialect, elixirDialect, rustDialect, swiftDialect, dartDialect, powershellDialect,
}

var javaScriptDialect = &dialect{
	lang: syntax.JavaScript, extensions: ".js .mjs .cjs .jsx .ts .mts .cts .tsx",
	lookup: func(c *code, name string, _ literal) (string, []edit) { return javaScriptLookup(c, name), nil },
	alone:  func(c *code, _ literal, expr string) string { return expr + typeScriptUnwrap(c) },
	unwrap: typeScriptUnwrap,
	concat: "+",
	interpolate: func(_ *code, l literal, expr string) string {
		if l.quote == "`" {
			return "${" + expr + "}"
		}
		return ""
	},
	context: javaScriptContext, header: javaScriptHeader,
}

// typeScriptUnwrap returns what says that a variable is set, where types are checked.
func typeScriptUnwrap(c *code) string {
	if ext := path.Ext(c.Path); ext == ".ts" || ext == ".tsx" || ext == ".mts" || ext == ".cts" {
		return "!"
	}
	return ""
}

var (
	importsEnv  = lazyregexp.New(`(?m)^\s*(?:import\s*\{[^}]*\benv\b\s*[,}]|(?:const|let|var)\s*\{[^}=]*\benv\b[^}]*\}\s*=\s*(?:require\(['"](?:node:)?process['"]\)|process\b\s*[;\r\n]))`)
	nodeProcess = lazyregexp.New(`\bprocess\b`)
	processEnv  = lazyregexp.New(`\bprocess\.env\b`)
	bunEnv      = lazyregexp.New(`\bBun\.env\b`)
	usesDeno    = lazyregexp.New(`\bDeno\.|['"](?:jsr:|npm:|https://deno\.land/|https://esm\.sh/)`)
)

// javaScriptLookup returns how the file's runtime reads a variable. import.meta.env never holds a
// secret: bundlers write it into what browsers load.
func javaScriptLookup(c *code, name string) string {
	switch {
	case c.find(bunEnv) != nil:
		return "Bun.env." + name
	case c.find(usesDeno) != nil && c.find(processEnv) == nil:
		return `Deno.env.get("` + name + `")`
	case c.find(importsEnv) != nil && c.find(nodeProcess) != nil:
		return "env." + name
	}
	return "process.env." + name
}

// javaScriptContext finds the places in which JavaScript takes no expression, or a marked one.
func javaScriptContext(c *code, l literal, start, end int, name string) (*change, string) {
	prev, next := c.Str(l.first-1), c.Str(l.last+1)
	inBraces := c.Tokens[l.first].Up != syntax.None && c.Str(c.Tokens[l.first].Up) == "{"
	switch {
	case l.quote == "`" && l.open > 0 && isWordByte(c.Text[l.open-1]) && l.first == l.last && prev != "return" && prev != "case":
		return nil, "" // a tagged template takes an interpolation like any other
	case next == ":" && inBraces && (prev == "{" || prev == ","):
		expr := javaScriptLookup(c, name) + typeScriptUnwrap(c)
		return &change{title: "read " + name + " from the environment", safe: true, variable: name, edits: []edit{{l.open, l.close, "[" + expr + "]"}}}, ""
	case next == "as" && c.Str(l.last+2) == "const" && l.first == l.last:
		ch, why := c.lookUp(l, start, end, name)
		if ch != nil {
			ch.edits = append(ch.edits, edit{l.close, c.Tokens[l.last+2].End, ""})
			ch.edits = joined(ch.edits)
		}
		return ch, why
	case prev == "=" && c.declares(l.first):
		return no("what is only declared has a constant for its value: replace the key by hand")
	case (prev == "from" || prev == "import" || prev == "type"), prev == "=" && c.Str(l.first-3) == "type":
		return no("no expression can stand here: replace the key by hand")
	case prev == "=" && c.inEnum(l.first):
		return no("a member of an enum is a constant: read " + name + " where it is used")
	case prev == "=" && c.isAttribute(l):
		expr := javaScriptLookup(c, name)
		before, after := c.Text[c.Tokens[l.token].Start:start], c.Text[end:c.Tokens[l.token].End]
		value := "{`" + string(before) + "${" + expr + "}" + string(after) + "`}"
		if isPadding(before) && isPadding(after) {
			value = "{" + expr + "}"
		}
		return &change{title: "read " + name + " from the environment", safe: true, variable: name, edits: []edit{{l.open, l.close, value}}}, ""
	}
	return nil, ""
}

// declares reports whether the statement of token i only declares: declare const NAME = "...";
func (c *code) declares(i int) bool {
	for j := i - 1; j >= 0 && j > i-8; j-- {
		if c.Str(j) == "declare" && c.Tokens[j].First {
			return true
		}
	}
	return false
}

// joined makes one edit of those that stand side by side.
func joined(edits []edit) (out []edit) {
	sort.SliceStable(edits, func(i, j int) bool { return edits[i].start < edits[j].start })
	for _, e := range edits {
		if n := len(out); n > 0 && out[n-1].end == e.start {
			out[n-1].end, out[n-1].new = e.end, out[n-1].new+e.new
			continue
		}
		out = append(out, e)
	}
	return out
}

func isWordByte(b byte) bool {
	return b == '_' || b == '$' || '0' <= b && b <= '9' || 'a' <= b|0x20 && b|0x20 <= 'z'
}

// inEnum reports whether token i is in the braces of an enum.
func (c *code) inEnum(i int) bool {
	up := c.Tokens[i].Up
	return up != syntax.None && c.Str(up) == "{" && c.Str(up-2) == "enum"
}

// isAttribute reports whether the literal is the value of an attribute in JSX: <Client key="...".
func (c *code) isAttribute(l literal) bool {
	if ext := path.Ext(c.Path); ext != ".jsx" && ext != ".tsx" && ext != ".js" || l.quote == "`" {
		return false
	}
	if c.Tokens[l.first-1].End != l.open || !c.IsWord(l.first-2) {
		return false
	}
	for i := l.first - 2; i > 0 && i > l.first-200; i-- {
		switch s := c.Str(i); {
		case c.IsText(i):
		case s == "<" && c.IsWord(i+1) && c.Tokens[i+1].Start == c.Tokens[i].End:
			return true
		case s == ">" || s == ";" || s == "(" || s == "const" || s == "let" || s == "var" || s == "<":
			return false
		case s == "}" && c.Tokens[i].Mate != syntax.None && c.Tokens[i].Mate < i:
			i = c.Tokens[i].Mate
		}
	}
	return false
}

// dialectOf returns the dialect of a file; nil if it is no program text that is known.
func dialectOf(name string, src []byte) *dialect {
	ext := strings.ToLower(path.Ext(name))
	for _, d := range dialects {
		for known := range strings.FieldsSeq(d.extensions) {
			if ext == known {
				return d
			}
		}
	}
	if ext != "" {
		return nil
	}
	lang := syntax.Of(name, src[:min(len(src), headLen)])
	for _, d := range dialects {
		if lang != nil && d.lang == lang {
			return d
		}
	}
	return nil
}

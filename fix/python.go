package fix

import (
	"bytes"
	"strings"

	"github.com/neokeys/neokeys/internal/lazyregexp"
	"github.com/neokeys/neokeys/internal/text"
	"github.com/neokeys/neokeys/rules/syntax"
)

var pythonDialect = &dialect{
	lang: syntax.Python, extensions: ".py .pyw", prefixes: "rRbBuUfFtT",
	lookup: pythonLookup,
	alone: func(_ *code, l literal, expr string) string {
		if strings.ContainsAny(l.prefix, "bB") {
			return expr + ".encode()"
		}
		return expr
	},
	part: func(l literal, expr string) string {
		if strings.ContainsAny(l.prefix, "bB") {
			return expr + ".encode()"
		}
		return expr
	},
	concat: "+", constant: pythonConstant, header: pythonHeader,
	interpolate: func(_ *code, l literal, expr string) string {
		if !strings.ContainsAny(l.prefix, "fF") {
			return ""
		}
		return "{" + expr + "}"
	},
	context: func(c *code, l literal, _, _ int, name string) (*change, string) {
		if strings.ContainsAny(l.prefix, "bB") && l.first != l.last {
			return no("the key is in a string of bytes: replace it by hand with " + name)
		}
		if c.assigns("os") {
			return no("os is something else in this file: read " + name + " by hand")
		}
		return nil, ""
	},
}

var (
	pythonOS      = lazyregexp.New(`(?m)^import[ \t]+(?:[^#\r\n]*,[ \t]*)?os(?:[ \t]+as[ \t]+([A-Za-z_]\w*))?[ \t]*(?:[,;#\r\n]|$)`)
	pythonEnviron = lazyregexp.New(`(?m)^from[ \t]+os[ \t]+import[ \t]+\(?(?:[^#\r\n]*,[ \t]*)?(environ|getenv)(?:[ \t]+as[ \t]+([A-Za-z_]\w*))?[ \t]*(?:[,;#)\r\n]|$)`)
)

// pythonLookup returns os.environ["NAME"], by what the file calls os. A variable that is not set
// is then an error where it is read, and not a None in a header.
func pythonLookup(c *code, name string, l literal) (string, []edit) {
	quote := `"`
	inside := strings.ContainsAny(l.prefix, "fF")
	if l.quote[0] == '\'' != inside { // in an f-string, the other quote
		quote = "'"
	}
	index := "[" + quote + name + quote + "]"
	if m := c.find(pythonOS); m != nil {
		if alias := string(m[1]); alias != "" {
			return alias + ".environ" + index, nil
		}
		return "os.environ" + index, nil
	}
	if m := c.find(pythonEnviron); m != nil {
		called := string(m[1])
		if alias := string(m[2]); alias != "" {
			called = alias
		}
		if string(m[1]) == "getenv" {
			return called + "(" + quote + name + quote + ")", nil
		}
		return called + index, nil
	}
	return "os.environ" + index, []edit{c.pythonImport()}
}

// assigns reports whether the program gives a name another meaning.
func (c *code) assigns(name string) bool {
	for _, i := range c.usesOf(name) {
		if c.Str(i+1) == "=" && c.Str(i-1) != "." && !c.isKeyword(i) || c.Str(i-1) == "for" || c.Str(i-1) == "as" && c.Str(i-2) != "os" {
			return true
		}
	}
	return false
}

// isKeyword reports whether token i names an argument of a call.
func (c *code) isKeyword(i int) bool {
	up := c.Tokens[i].Up
	return up != syntax.None && c.CallAt(up) != nil
}

// standard are modules of Python's library that stand in the first group of imports.
var standard = text.Set("abc", "argparse", "asyncio", "base64", "collections", "concurrent", "contextlib", "copy", "csv", "dataclasses", "datetime", "decimal",
	"email", "enum", "functools", "getpass", "glob", "hashlib", "hmac", "html", "http", "io", "itertools", "json", "logging", "math", "multiprocessing",
	"pathlib", "pickle", "platform", "pprint", "queue", "random", "re", "secrets", "shlex", "shutil", "signal", "socket", "sqlite3", "ssl", "string",
	"struct", "subprocess", "sys", "tempfile", "textwrap", "threading", "time", "traceback", "types", "typing", "unittest", "urllib", "uuid", "warnings", "xml", "zipfile")

// pythonImport adds `import os` where the file's imports are, in their order.
func (c *code) pythonImport() edit {
	nl := c.eol()
	first, after := syntax.None, 0
	for i := range c.Tokens {
		tok := c.Tokens[i]
		if !tok.First || tok.Part || tok.Up != syntax.None || tok.Start != c.lineAt(tok.Start) {
			continue
		}
		word := c.Str(i)
		if i == 0 && tok.Kind == syntax.Text || word == "from" && c.Str(i+1) == "__future__" {
			after = i + 1
			continue
		}
		if tok.Kind == syntax.Text && first == syntax.None && i <= after+1 {
			continue // the quotes of the documentation have a prefix
		}
		if word != "import" && word != "from" {
			if first == syntax.None { // there are no imports
				at := c.aboveComments(tok.Start)
				return edit{at, at, "import os" + nl + nl}
			}
			break
		}
		if !standard[c.Str(i+1)] {
			if first == syntax.None {
				return edit{tok.Start, tok.Start, "import os" + nl + nl}
			}
			break // the next group
		}
		first = i
		if word == "from" || c.Str(i+1) > "os" {
			return edit{tok.Start, tok.Start, "import os" + nl}
		}
	}
	if first == syntax.None {
		at := c.lineAt(0)
		return edit{at, at, "import os" + nl + nl}
	}
	at := text.LineEnd(c.Text, c.Tokens[c.StatementEnd(first)-1].End)
	if at < len(c.Text) {
		return edit{at + 1, at + 1, "import os" + nl}
	}
	return edit{at, at, nl + "import os"}
}

// lineAt returns where the line of text[pos] begins, behind a mark of the byte order.
func (c *code) lineAt(pos int) int {
	start := lineStart(c.Text, pos)
	if start == 0 && bytes.HasPrefix(c.File.Text, []byte(byteOrderMark)) {
		return len(byteOrderMark)
	}
	return start
}

// aboveComments returns where the comments begin that stand right above the line at pos, but for
// those that the file begins with.
func (c *code) aboveComments(pos int) int {
	at := pos
	for at > 0 {
		line := lineStart(c.Text, at-1)
		if !strings.HasPrefix(strings.TrimSpace(string(c.Text[line:at])), "#") {
			return at
		}
		at = line
	}
	return pos
}

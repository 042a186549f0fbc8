package fix

import (
	"bytes"
	"strings"

	"github.com/neokeys/neokeys/internal/lazyregexp"
	"github.com/neokeys/neokeys/internal/text"
	"github.com/neokeys/neokeys/rules/syntax"
)

var powershellDialect = &dialect{
	lang: syntax.PowerShell, extensions: ".ps1 .psm1", commands: true, lookup: plain("$env:NAME"), concat: "+",
	interpolate: func(c *code, l literal, expr string) string {
		if l.quote != `"` {
			return ""
		}
		if end := c.Tokens[l.token].End; strings.ContainsAny(string(c.Text[end:min(end+1, len(c.Text))]), `"`) {
			return expr
		}
		return "$(" + expr + ")"
	},
	context: func(c *code, l literal, start, end int, name string) (*change, string) {
		if l.open == 0 || c.Text[l.open-1] != '@' || l.quote != "'" {
			return nil, ""
		}
		// A here-string that expands nothing, @'...'@, becomes one that does.
		body := c.Text[l.open+1 : l.close-1]
		if bytes.ContainsAny(body, "$`") {
			return no("the key is in a here-string that expands no variables: replace it by hand with $env:" + name)
		}
		return &change{title: "read " + name + " from the environment", safe: true, variable: name,
			edits: []edit{{l.open, l.open + 1, `"`}, {start, end, "$($env:" + name + ")"}, {l.close - 1, l.close, `"`}}}, ""
	},
	bare: func(c *code, start, end int, name string) *change {
		line := c.Text[lineStart(c.Text, start):start]
		rest := c.Text[end:text.LineEnd(c.Text, end)]
		if !powershellOption.Match(line) || len(rest) > 0 && !text.IsBlank(rest[0]) && rest[0] != '\r' && rest[0] != ')' && rest[0] != ';' {
			return nil
		}
		return &change{title: "read " + name + " from the environment", safe: true, variable: name, edits: []edit{{start, end, "$env:" + name}}}
	},
}

// powershellOption is a command up to an argument of it without quotes, which may expand variables.
var powershellOption = lazyregexp.New(`^\s*(?:[$\w]+\s*=\s*)?(?:&\s*)?[A-Za-z][\w.\\/:-]*(?:\s+[^'"@({;|#]+|\s+"[^"$` + "`" + `]*")*\s+$`)

package fix

import (
	"bytes"
	"path"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"github.com/neokeys/neokeys/internal/lazyregexp"
)

// isShell reports whether a file is a script for a shell that the parser knows.
func isShell(name string, src []byte) bool {
	switch strings.ToLower(path.Ext(name)) {
	case ".sh", ".bash", ".ksh", ".zsh", ".bats", ".envrc":
		return true
	case "":
		first, _, _ := bytes.Cut(src, []byte("\n"))
		return bytes.HasPrefix(first, []byte("#!")) && (bytes.HasSuffix(bytes.TrimSpace(first), []byte("sh")) || bytes.Contains(first, []byte("bash ")) || bytes.Contains(first, []byte("/sh ")))
	}
	return false
}

// A shellPlace is where in a script a key stands.
type shellPlace struct {
	comment  bool
	single   *syntax.SglQuoted
	double   bool // in double quotes, or in a here-document that expands
	heredoc  bool // in one that does not expand
	fallback *syntax.ParamExp
	found    bool
}

// shell returns what to edit for the key that is text[start:end], in a script that begins at base.
func (w *work) shell(script *shellScript, base, start, end int, name string) (*change, string) {
	if script == nil {
		return no("the script does not parse: replace the key by hand with $" + name)
	}
	at := script.place(start - base)
	expansion := w.braced(name, end)
	if assignment.Match(w.Text[lineStart(w.Text, start):start]) {
		expansion = "${" + name + ":?}" // an early end, rather than requests without a key
	}
	ch := &change{title: "read " + name + " from the environment", safe: true, variable: name}
	switch {
	case at.comment:
		return spelledOut(start, end, name), ""
	case at.heredoc:
		return no("the key is in a here-document that expands no variables: take the quotes off its delimiter, and write $" + name)
	case at.fallback != nil && !variableName.MatchString(at.fallback.Param.Value): // ${1:-...}
		ch.edits = []edit{{start, end, w.braced(name, end)}}
	case at.fallback != nil:
		p := at.fallback
		variable := p.Param.Value
		from, to := base+int(p.Pos().Offset()), base+int(p.End().Offset())
		ch.title, ch.variable = "do without the key as a fallback for "+variable, variable
		ch.edits = []edit{{from, to, "${" + variable + "}"}}
	case at.single != nil:
		ch.edits = w.singleQuoted(at.single, base, start, end, expansion)
	case at.double:
		ch.edits = []edit{{start, end, expansion}}
	case at.found:
		ch.edits = []edit{{start, end, `"` + expansion + `"`}}
	default:
		return no("the key is not in a word that can be read with certainty: replace it by hand with $" + name)
	}
	return ch, ""
}

// braced returns the expansion of a variable, with braces if letters follow it.
func (w *work) braced(name string, end int) string {
	if end < len(w.Text) && isWordByte(w.Text[end]) && w.Text[end] != '$' {
		return "${" + name + "}"
	}
	return "$" + name
}

// singleQuoted puts a variable into a string in single quotes: with double quotes around all of
// it, where that changes nothing else, else with a string in double quotes in the middle.
func (w *work) singleQuoted(q *syntax.SglQuoted, base, start, end int, expansion string) []edit {
	from, to := base+int(q.Left.Offset()), base+int(q.End().Offset())
	if !q.Dollar && !strings.ContainsAny(q.Value, "\"$`\\!") {
		return []edit{{from, from + 1, `"`}, {start, end, expansion}, {to - 1, to, `"`}}
	}
	return []edit{{start, end, `'"` + expansion + `"'`}}
}

// maxScript is the size in bytes of the longest script that is parsed: the parser calls itself as
// deep as a text is nested.
const maxScript = 64 << 10

var (
	// assignment is a line up to the value that a variable is given.
	assignment = lazyregexp.New(`(?:^|[\s;&(])[A-Za-z_][A-Za-z0-9_]*=["']?$`)
	// defaults are the operators before what stands for a variable that is not set.
	defaults = map[syntax.ParExpOperator]bool{syntax.DefaultUnset: true, syntax.DefaultUnsetOrNull: true, syntax.AssignUnset: true, syntax.AssignUnsetOrNull: true}
)

// A shellScript is a script as a shell reads it.
type shellScript struct{ file *syntax.File }

// parseShell returns nil for what does not parse.
func parseShell(text []byte) (s *shellScript) {
	if len(text) > maxScript {
		return nil
	}
	defer func() {
		if recover() != nil { // a mistake in the parser
			s = nil
		}
	}()
	f, err := syntax.NewParser(syntax.KeepComments(true), syntax.Variant(syntax.LangBash)).Parse(bytes.NewReader(text), "")
	if err != nil {
		return nil
	}
	return &shellScript{f}
}

// place finds what the byte at offset pos of the script is a part of.
func (s *shellScript) place(pos int) (at shellPlace) {
	inside := func(n syntax.Node) bool {
		return n.Pos().IsValid() && int(n.Pos().Offset()) <= pos && pos < int(n.End().Offset())
	}
	syntax.Walk(s.file, func(n syntax.Node) bool {
		switch n := n.(type) {
		case nil:
			return false
		case *syntax.Comment:
			at.comment = at.comment || inside(n)
		case *syntax.Redirect:
			if n.Hdoc != nil && inside(n.Hdoc) {
				at = shellPlace{found: true, heredoc: quotedWord(n.Word), double: !quotedWord(n.Word)}
			}
		case *syntax.SglQuoted:
			if inside(n) {
				at.single, at.double, at.found = n, false, true
			}
		case *syntax.DblQuoted:
			if inside(n) {
				at.single, at.double, at.found = nil, true, true
			}
		case *syntax.CmdSubst:
			if inside(n) {
				at.single, at.double, at.found = nil, false, false
			}
		case *syntax.ParamExp:
			if inside(n) && n.Exp != nil && defaults[n.Exp.Op] && n.Exp.Word != nil && inside(n.Exp.Word) {
				at.fallback = n
			}
		case *syntax.Lit:
			at.found = at.found || inside(n)
		}
		return true
	})
	return at
}

// quotedWord reports whether a delimiter has quotes, so that nothing is expanded.
func quotedWord(w *syntax.Word) bool {
	for _, p := range w.Parts {
		switch p := p.(type) {
		case *syntax.Lit:
			if strings.Contains(p.Value, `\`) {
				return true
			}
		default:
			return true
		}
	}
	return false
}

// expansion returns what a shell expands to the variable in the place of script[start:end]; empty
// if that is not known.
func expansion(script string, start, end int, name string) string {
	p := parseShell([]byte(script))
	if p == nil {
		return ""
	}
	plain := "$" + name
	if end < len(script) && isWordByte(script[end]) && script[end] != '$' {
		plain = "${" + name + "}"
	}
	switch place := p.place(start); {
	case place.comment:
		return name
	case place.heredoc || place.fallback != nil:
		return ""
	case place.single != nil:
		return `'"` + plain + `"'`
	case place.double:
		return plain
	case place.found:
		return `"` + plain + `"`
	}
	return ""
}

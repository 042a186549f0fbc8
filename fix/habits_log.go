package fix

import (
	"bytes"
	"strings"

	sh "mvdan.cc/sh/v3/syntax"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/text"
	"github.com/neokeys/neokeys/rules/syntax"
)

const redacted = "[redacted]"

// unclear says of a call that logs what to do by hand.
const unclear = "what is logged cannot be read with certainty: take the key out of the call"

// keyLogged writes something else to the log.
func (w *work) keyLogged(f *finding.Finding, start, end int) (*change, string) {
	ch := &change{title: "keep the key out of the log"}
	word := string(w.Text[start:end])
	if d := dialectOf(w.Path, w.Text); d != nil {
		return w.program(d).redact(ch, start, end)
	}
	switch {
	case word == "-v" || word == "--verbose" || strings.HasPrefix(word, "--trace"):
		ch.edits = []edit{w.withoutWord(start, end)}
	case strings.HasPrefix(word, "$"), start > 0 && w.Text[start-1] == '$', start > 1 && string(w.Text[start-2:start]) == "${":
		for start > 0 && (w.Text[start-1] == '$' || w.Text[start-1] == '{') {
			start--
		}
		if end < len(w.Text) && w.Text[end] == '}' && w.Text[start+1] == '{' && word[len(word)-1] != '}' {
			end++
		}
		ch.edits = w.redactedWord(start, end)
	}
	if ch.edits == nil {
		return no(instead(f))
	}
	return ch, ""
}

// prints are commands that do nothing but write their arguments.
var prints = text.Set("echo", "printf", "print", "logger", "say", "wall")

// redactedWord returns the edits of a script after which a command does not print the variable that
// is text[start:end]: nil for a command that does more with it than print it.
func (w *work) redactedWord(start, end int) []edit {
	if isShell(w.Path, w.Text) {
		script := w.script()
		if script == nil {
			return nil
		}
		call, _ := script.command(start)
		if call == nil {
			return nil
		}
		if !prints[call.Args[0].Lit()] {
			return w.withoutVerbose(call)
		}
		if script.feeds(call) {
			return nil
		}
	}
	if !w.oddQuotes(lineStart(w.Text, start), start) {
		return []edit{{start, end, "'" + redacted + "'"}}
	}
	return []edit{{start, end, redacted}}
}

// feeds reports whether something else than a log gets what a command prints: a command after it in
// a pipe, a file, or a word.
func (s *shellScript) feeds(call *sh.CallExpr) (fed bool) {
	within := func(n sh.Node) bool {
		return n.Pos().Offset() <= call.Pos().Offset() && call.End().Offset() <= n.End().Offset()
	}
	sh.Walk(s.file, func(n sh.Node) bool {
		switch n := n.(type) {
		case *sh.CmdSubst:
			fed = fed || within(n)
		case *sh.BinaryCmd:
			if (n.Op == sh.Pipe || n.Op == sh.PipeAll) && within(n.X) {
				next, ok := n.Y.Cmd.(*sh.CallExpr)
				fed = fed || !ok || len(next.Args) == 0 || next.Args[0].Lit() != "tee"
			}
		case *sh.Stmt:
			for _, r := range n.Redirs {
				fed = fed || n.Cmd == sh.Command(call) && r.Op != sh.DplOut && r.Word.Lit() != "/dev/stderr"
			}
		}
		return true
	})
	return fed
}

// withoutVerbose returns the edit that has curl not show the headers that it sends.
func (w *work) withoutVerbose(call *sh.CallExpr) []edit {
	for _, a := range call.Args {
		if s := a.Lit(); s == "-v" || s == "--verbose" {
			return []edit{w.withoutWord(int(a.Pos().Offset()), int(a.End().Offset()))}
		}
	}
	return nil
}

// redact replaces an expression by a word.
func (c *code) redact(ch *change, start, end int) (*change, string) {
	i := c.At(start)
	if i == syntax.None || c.IsText(i) {
		return no(unclear)
	}
	if c.dialect == rustDialect && c.Tokens[i].Part && bytes.Contains(c.Text[end:], []byte(string(c.Text[start:end])+" = ")) {
		return no("a macro takes the value by its name: take the key out of the call by hand") // "{key}", key = ...
	}
	start, end = c.environmentVariable(start, end)
	if c.dialect == phpDialect { // what joins it to the next string is no part of it
		end = start + len(strings.TrimRight(string(c.Text[start:end]), ". "))
	}
	if c.Tokens[i].Part { // $key in a string
		for start > 0 && strings.IndexByte("${", c.Text[start-1]) >= 0 {
			start--
		}
		if end < len(c.Text) && c.Text[end] == '}' && c.Text[start] != '$' || end < len(c.Text) && c.Text[end] == '}' && bytes.HasPrefix(c.Text[start:], []byte("${")) {
			end++
		}
		ch.edits = []edit{{start, end, redacted}}
		return ch, ""
	}
	if first, ok := c.memberOf(i); !ok {
		return no(unclear)
	} else if first != i {
		i, start = first, c.Tokens[first].Start
	}
	if up := c.Tokens[i].Up; up != syntax.None && c.Tokens[up].Part && up == i-1 {
		mate := c.Tokens[up].Mate
		if mate < len(c.Tokens) && c.Tokens[mate-1].End == end {
			ch.edits = []edit{{c.Tokens[up].Start, c.Tokens[mate].End, redacted}}
			return ch, ""
		}
		return no(unclear)
	}
	quote := `"`
	if c.dialect == phpDialect || c.dialect == rubyDialect {
		quote = "'"
	}
	new := quote + redacted + quote
	switch prev := c.Str(i - 1); {
	case prev == "..." || prev == "**" || prev == "*" && c.Lang == syntax.Python:
		return no(unclear)
	case c.dialect == javaScriptDialect && c.shorthand(i):
		new = c.Str(i) + ": " + new
	}
	ch.edits = []edit{{start, end, new}}
	return ch, ""
}

// memberOf returns the first token of the expression that names a member with token i: a of a.b.c.
func (c *code) memberOf(i int) (first int, ok bool) {
	switch prev := c.Str(i - 1); {
	case prev == "." && c.dialect.concat != ".", prev == "?.", prev == "::", prev == "->", prev == "?->":
		first = c.ChainStart(i)
		return first, first < i-1
	}
	return i, true
}

// shorthand reports whether token i is a property of an object by its name alone: { key }
func (c *code) shorthand(i int) bool {
	up := c.Tokens[i].Up
	if up == syntax.None || c.Str(up) != "{" || c.Tokens[up].Part {
		return false
	}
	prev, next := c.Str(i-1), c.Str(i+1)
	return (prev == "{" || prev == ",") && (next == "}" || next == ",")
}

// environmentVariable returns all of PowerShell's $env:NAME, of which text[start:end] is a part, and
// any other text as it is.
func (c *code) environmentVariable(start, end int) (from, to int) {
	const drive = "$env:"
	if c.dialect != powershellDialect {
		return start, end
	}
	if bytes.HasSuffix(c.Text[:start], []byte(drive)) {
		return start - len(drive), end
	}
	if bytes.HasPrefix(c.Text[start:], []byte(drive)) {
		return start, start + len(drive) + text.Run(c.Text[start+len(drive):], isWordByte)
	}
	return start, end
}

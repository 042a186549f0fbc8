package fix

import (
	"strings"

	sh "mvdan.cc/sh/v3/syntax"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/lazyregexp"
	"github.com/neokeys/neokeys/rules/syntax"
)

// parameter is the name of a parameter of a URL right before its value.
var parameter = lazyregexp.New(`([?&])[A-Za-z_-]+=$`)

// keyInURL sends the key in a header instead.
func (w *work) keyInURL(f *finding.Finding, start, end int) (*change, string) {
	switch d := dialectOf(w.Path, w.Text); {
	case d == javaScriptDialect || d == pythonDialect:
		if ch := w.program(d).headerInstead(start, end); ch != nil {
			return ch, ""
		}
	case d == nil && isShell(w.Path, w.Text):
		if ch := w.curlHeader(start, end); ch != nil {
			return ch, ""
		}
	}
	return no(instead(f))
}

// headerInstead takes a parameter out of the URL that a call gets, and adds a header to the call;
// nil for calls that it does not know.
func (c *code) headerInstead(start, end int) *change {
	i := c.At(start)
	if i == syntax.None {
		return nil
	}
	expr := string(c.Text[start:end])
	cut, inner := c.parameterAt(i, start, end)
	if cut == nil {
		return nil
	}
	call := c.CallAt(inner)
	if call == nil {
		return nil
	}
	callee := string(c.Text[c.Tokens[call.Start].Start:c.Tokens[call.Name].End])
	ch := &change{title: "send the key in the Authorization header", edits: cut}
	arguments := string(c.Text[c.Tokens[call.Lo-1].End:c.Tokens[min(call.Hi, len(c.Tokens)-1)].Start])
	if strings.Contains(strings.ToLower(arguments), "headers") || call.Hi >= len(c.Tokens) {
		return nil
	}
	close := c.Tokens[call.Hi].Start
	if c.dialect == pythonDialect {
		if module, _, _ := strings.Cut(callee, "."); module != "requests" && module != "httpx" && module != "session" {
			return nil
		}
		ch.edits = append(ch.edits, edit{close, close, `, headers={"Authorization": "Bearer " + ` + expr + "}"})
		return ch
	}
	if callee != "fetch" {
		return nil
	}
	header := "headers: { Authorization: `Bearer ${" + expr + "}` }"
	second := c.StatementEnd(call.Lo) + 1
	switch {
	case second > call.Hi:
		ch.edits = append(ch.edits, edit{close, close, ", { " + header + " }"})
	case c.Str(second) == "{":
		at := c.Tokens[second].End
		ch.edits = append(ch.edits, edit{at, at, " " + header + ","})
	default:
		return nil
	}
	return ch
}

// parameterAt returns the edits that take the parameter with the value at token i out of a URL, and
// the bracket of the call that gets the URL.
func (c *code) parameterAt(i, start, end int) (cut []edit, call int) {
	up := c.Tokens[i].Up
	if up > 2 && c.Str(up) == "{" && c.Str(up-1) == "=" && c.Str(up-2) == "params" && c.Str(up-3) == "," && c.Str(i-1) == ":" && c.Tokens[up].Mate == i+1 && i-2 == up+1 {
		return []edit{{c.Tokens[up-3].Start, c.Tokens[i+1].End, ""}}, c.Tokens[up].Up // params={"api_key": key}
	}
	if up != syntax.None && c.Tokens[up].Part { // in a template
		mate := c.Tokens[up].Mate
		if mate+1 >= len(c.Tokens) || c.Tokens[mate-1].End != end || !c.IsText(up-1) || !c.IsText(mate+1) {
			return nil, 0
		}
		before := string(c.Text[c.Tokens[up-1].Start:c.Tokens[up-1].End])
		m := parameter.FindStringSubmatchIndex(before)
		if m == nil {
			return nil, 0
		}
		from, to := c.Tokens[up-1].Start+m[0], c.Tokens[mate].End
		if before[m[2]] == '?' && to < len(c.Text) && c.Text[to] == '&' {
			from, to = from+1, to+1 // the next parameter is the first
		}
		return []edit{{from, to, ""}}, c.Tokens[up].Up
	}
	plus := i - 1
	if c.Str(plus) != "+" || !c.IsText(plus-1) || c.Str(i+1) == "+" {
		return nil, 0
	}
	literal := c.Tokens[plus-1]
	m := parameter.FindStringSubmatchIndex(string(c.Text[literal.Start:literal.End]))
	if m == nil || c.Tokens[i].Start != start {
		return nil, 0
	}
	return []edit{{literal.Start + m[0], literal.End, ""}, {literal.End + 1, end, ""}}, up
}

// command returns the simple command that the byte at offset pos is in, and which of its words.
func (s *shellScript) command(pos int) (call *sh.CallExpr, word int) {
	sh.Walk(s.file, func(n sh.Node) bool {
		if c, ok := n.(*sh.CallExpr); ok {
			for i, a := range c.Args {
				if int(a.Pos().Offset()) <= pos && pos < int(a.End().Offset()) {
					call, word = c, i
				}
			}
		}
		return true
	})
	return call, word
}

// curlHeader has curl send a header in the place of a parameter of the URL.
func (w *work) curlHeader(start, end int) *change {
	script := w.script()
	if script == nil {
		return nil
	}
	call, n := script.command(start)
	if call == nil || call.Args[0].Lit() != "curl" {
		return nil
	}
	word := call.Args[n]
	from, to := int(word.Pos().Offset()), int(word.End().Offset())
	m := parameter.FindSubmatchIndex(w.Text[from:start])
	if m == nil {
		return nil
	}
	cut := edit{from + m[0], end, ""}
	if w.Text[from+m[2]] == '?' && end < to && w.Text[end] == '&' {
		cut.start, cut.end = cut.start+1, cut.end+1
	}
	return &change{title: "send the key in the Authorization header", edits: []edit{
		{from, from, `-H "Authorization: Bearer ` + string(w.Text[start:end]) + `" `}, cut}}
}

// option matches an option of a command whose value is the next word.
var option = lazyregexp.New(`^--?[A-Za-z][A-Za-z0-9-]*$`)

// alone is a word that is nothing but a variable.
var alone = lazyregexp.New(`^"?\$\{?[A-Z][A-Z0-9_]*\}?"?$`)

// commandLine keeps the key out of the arguments of a command, which others on the machine can
// read.
func (w *work) commandLine(f *finding.Finding, start, end int) (*change, string) {
	if !isShell(w.Path, w.Text) || w.script() == nil {
		return no(instead(f))
	}
	call, n := w.script().command(start)
	if call == nil || n == 0 {
		return no(instead(f))
	}
	offsets := func(i int) (from, to int) { return int(call.Args[i].Pos().Offset()), int(call.Args[i].End().Offset()) }
	from, to := offsets(n)
	before, _ := offsets(n - 1)
	command := call.Args[0].Lit()
	first := int(call.Args[0].Pos().Offset())
	value, name := string(w.Text[from:to]), strings.Trim(string(w.Text[start:end]), `"${}`)
	switch previous := call.Args[n-1].Lit(); {
	case (command == "curl") && (previous == "-H" || previous == "--header"):
		if w.takesInput(call, first) {
			return no("curl's standard input is taken: write the header into a file that only you can read, and pass it with -H @FILE")
		}
		return &change{title: "pass the header on standard input", edits: []edit{{first, first, `printf '%s\n' ` + value + " | "}, {from, to, "@-"}}}, ""
	case (command == "docker" || command == "podman") && previous == "--build-arg":
		argument, variable, ok := strings.Cut(value, "=")
		variable = strings.Trim(variable, `"'${}`)
		if !ok || !variableName.MatchString(variable) {
			return no(instead(f))
		}
		return &change{title: "pass the key as a secret of the build", variable: variable, edits: []edit{{before, to, "--secret id=" + argument + ",env=" + variable}}}, ""
	case n > 1 && option.MatchString(previous) && variableName.MatchString(name) && alone.MatchString(value):
		cut := w.withoutWord(before, to)
		return &change{title: "pass the key in the environment, if " + command + " reads " + name, variable: name, edits: []edit{{first, first, name + `="$` + name + `" `}, cut}}, ""
	}
	return no(instead(f))
}

// takesInput reports whether something else uses the standard input of a command.
func (w *work) takesInput(call *sh.CallExpr, first int) bool {
	for _, a := range call.Args {
		if s := a.Lit(); s == "@-" || s == "-" || strings.HasSuffix(s, "=@-") {
			return true
		}
	}
	line := strings.TrimRight(string(w.Text[lineStart(w.Text, first):first]), " \t")
	rest := w.Text[int(call.End().Offset()):]
	return strings.HasSuffix(line, "|") || strings.HasPrefix(strings.TrimLeft(string(rest[:min(len(rest), 8)]), " \t"), "<")
}

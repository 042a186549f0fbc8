package fix

import (
	"strings"

	sh "mvdan.cc/sh/v3/syntax"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/lazyregexp"
)

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

package setup

import (
	"os"
	"strings"
)

// written marks what init adds to a file that it shares with others.
const written = "# neokeys, written by `neokeys init`"

// clientHooks are the hooks on a developer's machine: git's script for each, what it is good for,
// and what follows the name of its command.
var clientHooks = []struct {
	name           string
	script         *string
	why, arguments string
}{
	{"pre-commit", &preCommit, "a commit that would record a key is refused", ""},
	{"commit-msg", &commitMsg, "a commit whose message holds a key is refused", ` "$1"`},
	{"pre-push", &prePush, "a push of commits that hold a key is refused", ` "$@"`},
}

// huskyLines returns the lines that have a script of husky's run neokeys. They come before what
// the script does already, which may end it; what that reads from standard input is given back.
func huskyLines(hook, arguments string, alone bool) string {
	command := "neokeys hook " + hook + arguments
	switch {
	case alone:
		return written + "\n" + command + "\n"
	case hook != "pre-push":
		return written + "\n" + command + " || exit $?\n"
	}
	return written + `
neokeys_refs=$(cat)
if [ -n "$neokeys_refs" ]; then
	printf '%s\n' "$neokeys_refs" | ` + command + ` || exit $?
	exec <<NEOKEYS_REFS
$neokeys_refs
NEOKEYS_REFS
fi
`
}

// husky plans the scripts of a repository whose hooks husky manages.
func (p *Plan) husky(project *Project) {
	for _, h := range clientHooks {
		name := ".husky/" + h.name
		old, err := os.ReadFile(project.path(name))
		switch {
		case err == nil && strings.Contains(string(old), "neokeys"):
			p.note(name + " runs neokeys already.")
		case err != nil:
			// Husky 9 runs it as an argument of sh, older ones as a program.
			p.Changes = append(p.Changes, Change{Path: project.path(name), Why: h.why, Mode: 0o755, root: project.Root,
				Text: "#!/bin/sh\n" + huskyLines(h.name, h.arguments, true)})
		default:
			at := beginning(string(old))
			lines := huskyLines(h.name, h.arguments, strings.TrimSpace(string(old[at:])) == "")
			p.edit(project, name, string(old), string(old[:at])+lines+string(old[at:]), h.why, lines)
		}
	}
}

// beginning returns the offset in a script behind its first comments and what loads husky.
func beginning(script string) int {
	at := 0
	for line := range strings.Lines(script) {
		text := strings.TrimSpace(line)
		if !strings.HasSuffix(line, "\n") || text != "" && text[0] != '#' && !strings.Contains(text, "husky.sh") {
			break
		}
		at += len(line)
	}
	return at
}

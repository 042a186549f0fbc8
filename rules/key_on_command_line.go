package rules

import (
	_ "embed"
	"slices"
	"strings"

	"github.com/neokeys/neokeys/finding"
)

//go:embed key_on_command_line.md
var keyOnCommandLineDoc string

// KeyOnCommandLine finds keys that programs are given as arguments.
var KeyOnCommandLine = &Rule{
	ID:               "key-on-command-line",
	Title:            "Neo key as an argument of a program",
	Severity:         finding.Warning,
	CWEs:             []int{214, 522},
	SecuritySeverity: 5.5,
	Doc:              keyOnCommandLineDoc,
	Anchors:          habitAnchors,
	MatchFile:        matchKeyOnCommandLine,
}

func matchKeyOnCommandLine(f *File, report func(Match)) {
	report = once(report)
	say := func(start, end int, severity finding.Severity, message string) {
		report(Match{Start: start, End: end, Severity: severity, Confidence: finding.High, Message: message})
	}
	for _, c := range f.shellCommands() {
		if len(c.args) == 0 || inShell[c.name] || isCmdlet(c.name) || c.own {
			continue
		}
		builds := false
		for i, a := range c.args[1:] {
			builds = builds || a.text == "build" || a.text == "bud"
			name, build := buildArg(c.args, i+1)
			if build && builds && f.isKeyName(name) {
				say(a.start, a.end, finding.Warning, "a build argument stays in the image's history")
				continue
			}
			v, ok := a.key(f)
			switch {
			case !ok || v.name == "" && isHTTPClient(c.name) || c.name == "env" && assigns(a.text):
			case strings.Contains(a.text[:v.at], "://"): // key-in-url has more to say about it
			case isHTTPClient(c.name) && isHeaderArg(c.args, i+1):
				say(v.start, v.end, finding.Note, "other users of this machine see "+c.name+"'s arguments, and the key, in ps; give it the header as -H @file")
			default:
				say(v.start, v.end, finding.Warning, "other users of this machine see "+c.name+"'s arguments, and the key, in ps; most programs take a key from their environment or standard input")
			}
		}
	}
	for _, s := range f.yamlBuildArgs() {
		say(s.start, s.end, finding.Warning, "a build argument stays in the image's history")
	}
	for _, s := range f.yamlArguments() {
		say(s.start, s.end, finding.Warning, "whoever can list processes sees the program's arguments, and the key; it is in the program's environment already")
	}
	if w := f.flowing(); w != nil {
		for _, m := range w.spawned() {
			say(m.start, m.end, finding.Warning, "other users of this machine see a program's arguments, and the key, in ps; give it the key in its environment or on standard input")
		}
	}
}

// inShell are the commands that shells carry out themselves: nothing shows their arguments.
var inShell = set("echo", "printf", "export", "test", "[", ":", "read", "local", "declare", "typeset", "readonly", "set", "unset", "return", "exit",
	"true", "false", "source", ".", "cd", "let", "shift", "trap", "alias", "case", "if")

// assigns reports whether an argument is NAME=value.
func assigns(text string) bool {
	name, _, ok := strings.Cut(text, "=")
	return ok && run([]byte(name), func(c byte) bool { return isAlnum(c) || c == '_' }) == len(name)
}

// isCmdlet reports whether name is that of a command of PowerShell's own, such as Write-Host.
func isCmdlet(name string) bool {
	verb, noun, ok := strings.Cut(name, "-")
	return ok && verb != "" && noun != "" && isUpper(verb[0]) && isUpper(noun[0])
}

// buildArg returns the name of the variable that argument i gives to an image's build.
func buildArg(args []argument, i int) (name string, ok bool) {
	text := args[i].text
	if rest, found := strings.CutPrefix(text, "--build-arg="); found {
		text = rest
	} else if args[i-1].text != "--build-arg" {
		return "", false
	}
	name, _, _ = strings.Cut(text, "=")
	return name, true
}

// isHeaderArg reports whether argument i is a header.
func isHeaderArg(args []argument, i int) bool {
	before := args[i-1].text
	return before == "-H" || before == "--header" || strings.HasPrefix(args[i].text, "-H") || strings.HasPrefix(args[i].text, "--header=") ||
		strings.HasPrefix(strings.ToLower(args[i].text), "authorization:")
}

// yamlBuildArgs returns where a YAML file gives a key to an image's build: the build-args
// of a workflow's action, the args of a compose file's build.
func (f *File) yamlBuildArgs() (all []mark) {
	for _, s := range f.settings() {
		if s.key == "build-args" || s.key == "build-arg" {
			names := f.keyNames()
			from, _ := slices.BinarySearchFunc(names, s.start, func(n keyName, start int) int { return n.start - start })
			for _, n := range names[from:] {
				if n.end > s.end {
					break
				}
				if n.end < len(f.Text) && f.Text[n.end] == '=' {
					all = append(all, mark{n.start, n.end, ""})
				}
			}
			continue
		}
		if n := len(s.path); n < 2 || s.path[n-1] != "args" || s.path[n-2] != "build" {
			continue
		}
		if s.key != "-" && f.isKeyName(s.key) {
			all = append(all, mark{s.keyStart, s.keyEnd, ""})
		} else if name, _, _ := strings.Cut(s.value, "="); s.key == "-" && f.isKeyName(name) {
			all = append(all, mark{s.start, s.start + len(name), ""})
		}
	}
	return all
}

// yamlArguments returns where a YAML file gives a key to a program as one word of a list of
// arguments: $(NAME) in Kubernetes, ${NAME} in a compose file.
func (f *File) yamlArguments() (all []mark) {
	for _, s := range f.settings() {
		if s.key != "-" || len(s.path) == 0 || strings.Contains(s.value, " ") {
			continue
		}
		if in := s.path[len(s.path)-1]; in != "args" && in != "command" && in != "entrypoint" {
			continue
		}
		_, rest, ok := strings.Cut(s.value, "$")
		name := strings.TrimLeft(rest, "${(")
		n := run([]byte(name), func(c byte) bool { return isAlnum(c) || c == '_' })
		if ok && f.isKeyName(name[:n]) {
			all = append(all, mark{s.start, s.end, ""})
		}
	}
	return all
}

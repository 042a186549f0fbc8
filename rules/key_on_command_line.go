package rules

import (
	_ "embed"
	"slices"
	"strings"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/text"
	"github.com/neokeys/neokeys/rules/internal/facts"
	"github.com/neokeys/neokeys/rules/internal/formats"
	"github.com/neokeys/neokeys/rules/internal/naming"
	"github.com/neokeys/neokeys/rules/internal/secret"
	"github.com/neokeys/neokeys/rules/syntax"
)

//go:embed key_on_command_line.md
var keyOnCommandLineDoc string

// KeyOnCommandLine finds keys that programs are given as arguments.
var KeyOnCommandLine = &Rule{
	ID:               "key-on-command-line",
	Title:            "Neo key passed as a program argument",
	Severity:         finding.Warning,
	CWEs:             []int{214, 522},
	SecuritySeverity: 5.5,
	Doc:              keyOnCommandLineDoc,
	Anchors:          naming.Anchors,
	MatchFile:        matchKeyOnCommandLine,
}

func matchKeyOnCommandLine(f *File, report func(Match)) {
	report = once(report)
	say := func(start, end int, severity finding.Severity, message string) {
		report(Match{Start: start, End: end, Severity: severity, Confidence: finding.High, Message: message})
	}
	for _, c := range f.ShellCommands() {
		if len(c.Args) == 0 || inShell[c.Name] || isCmdlet(c.Name) || c.Own {
			continue
		}
		builds := false
		for i, a := range c.Args[1:] {
			builds = builds || a.Text == "build" || a.Text == "bud"
			name, build := buildArg(c.Args, i+1)
			if build && builds && f.IsKeyName(name) {
				say(a.Start, a.End, finding.Warning, "the image history keeps build arguments")
				continue
			}
			v, ok := f.KeyIn(&a)
			if !ok {
				v, ok = f.TokenIn(c.Args, i+1)
			}
			switch {
			case !ok || v.Name == "" && facts.IsHTTPClient(c.Name) || c.Name == "env" && assigns(a.Text):
			case strings.Contains(a.Text[:v.At], "://"): // key-in-url has more to say about it
			case facts.IsHTTPClient(c.Name) && isHeaderArg(c.Args, i+1):
				say(v.Start, v.End, finding.Note, "other users of the machine can read "+c.Name+"'s arguments in ps; pass the header with -H @file")
			default:
				say(v.Start, v.End, finding.Warning, "other users of the machine can read "+c.Name+"'s arguments in ps; pass the key in the environment or on standard input")
			}
		}
	}
	for _, s := range yamlBuildArgs(f) {
		say(s.Start, s.End, finding.Warning, "the image history keeps build arguments")
	}
	for _, s := range slices.Concat(yamlArguments(f), serverArguments(f)) {
		say(s.Start, s.End, finding.Warning, "anyone who can list processes can read the program's arguments; let the program read the key from its environment")
	}
	if w := f.Flow(); w != nil {
		for _, m := range w.Spawned() {
			say(m.Start, m.End, finding.Warning, "other users of the machine can read a program's arguments in ps; pass the key in the environment or on standard input")
		}
	}
}

// inShell are the commands that shells carry out themselves: nothing shows their arguments.
var inShell = text.Set("echo", "printf", "export", "test", "[", ":", "read", "local", "declare", "typeset", "readonly", "set", "unset", "return", "exit",
	"true", "false", "source", ".", "cd", "let", "shift", "trap", "alias", "case", "if")

// assigns reports whether an argument is NAME=value.
func assigns(src string) bool {
	name, _, ok := strings.Cut(src, "=")
	return ok && text.Run([]byte(name), func(c byte) bool { return text.IsAlnum(c) || c == '_' }) == len(name)
}

// isCmdlet reports whether name is that of a command of PowerShell's own, such as Write-Host.
func isCmdlet(name string) bool {
	verb, noun, ok := strings.Cut(name, "-")
	return ok && verb != "" && noun != "" && text.IsUpper(verb[0]) && text.IsUpper(noun[0])
}

// buildArg returns the name of the variable that argument i gives to an image's build.
func buildArg(args []formats.Argument, i int) (name string, ok bool) {
	text := args[i].Text
	if rest, found := strings.CutPrefix(text, "--build-arg="); found {
		text = rest
	} else if args[i-1].Text != "--build-arg" {
		return "", false
	}
	name, _, _ = strings.Cut(text, "=")
	return name, true
}

// isHeaderArg reports whether argument i is a header.
func isHeaderArg(args []formats.Argument, i int) bool {
	before := args[i-1].Text
	return before == "-H" || before == "--header" || strings.HasPrefix(args[i].Text, "-H") || strings.HasPrefix(args[i].Text, "--header=") ||
		strings.HasPrefix(strings.ToLower(args[i].Text), "authorization:")
}

// yamlBuildArgs returns where a YAML file gives a key to an image's build: the build-args
// of a workflow's action, the args of a compose file's build.
func yamlBuildArgs(f *File) (all []facts.Mark) {
	for _, s := range f.Settings() {
		if s.Key == "build-args" || s.Key == "build-arg" {
			names := f.KeyNames()
			from, _ := slices.BinarySearchFunc(names, s.Start, func(n naming.KeyName, start int) int { return n.Start - start })
			for _, n := range names[from:] {
				if n.End > s.End {
					break
				}
				if n.End < len(f.Text) && f.Text[n.End] == '=' {
					all = append(all, facts.Mark{Start: n.Start, End: n.End, What: ""})
				}
			}
			continue
		}
		if n := len(s.Path); n < 2 || s.Path[n-1] != "args" || s.Path[n-2] != "build" {
			continue
		}
		if s.Key != "-" && f.IsKeyName(s.Key) {
			all = append(all, facts.Mark{Start: s.KeyStart, End: s.KeyEnd, What: ""})
		} else if name, _, _ := strings.Cut(s.Value, "="); s.Key == "-" && f.IsKeyName(name) {
			all = append(all, facts.Mark{Start: s.Start, End: s.Start + len(name), What: ""})
		}
	}
	return all
}

// yamlArguments returns where a YAML file gives a key to a program as one word of a list of
// arguments: $(NAME) in Kubernetes, ${NAME} in a compose file.
func yamlArguments(f *File) (all []facts.Mark) {
	for _, s := range f.Settings() {
		if s.Key != "-" || len(s.Path) == 0 || strings.Contains(s.Value, " ") {
			continue
		}
		if in := s.Path[len(s.Path)-1]; in != "args" && in != "command" && in != "entrypoint" {
			continue
		}
		if expandsKey(f, s.Value) || holdsKey(s.Value) {
			all = append(all, facts.Mark{Start: s.Start, End: s.End, What: ""})
		}
	}
	return all
}

// expandsKey reports whether a key's variable is put into word: ${NAME}, $(NAME), $NAME.
func expandsKey(f *File, word string) bool {
	_, rest, ok := strings.Cut(word, "$")
	name := strings.TrimLeft(strings.TrimPrefix(strings.TrimLeft(rest, "${("), "env:"), "$")
	n := text.Run([]byte(name), func(c byte) bool { return text.IsAlnum(c) || c == '_' })
	return ok && f.IsKeyName(name[:n])
}

// holdsKey reports whether a key of the current API is in word.
func holdsKey(word string) bool {
	at := strings.Index(word, finding.KeyPrefix)
	return at >= 0 && secret.Credible([]byte(word), at)
}

// serverArguments returns where a file of JSON gives a key to a program that it has run, such as a
// server for a model's tools, among the words of its args.
func serverArguments(f *File) (all []facts.Mark) {
	w := f.Flow()
	if w == nil || w.Lang != syntax.JSON {
		return nil
	}
	for _, d := range w.Members("args") {
		if w.Sep(d.Lo) != "[" || !runsCommand(w, d.Token) {
			continue
		}
		before := ""
		for i := d.Lo + 1; i < d.Hi && w.Spend(1); i++ {
			if !w.IsText(i) {
				continue
			}
			word := w.Str(i)
			if expandsKey(f, word) || holdsKey(word) || f.IsToken(before, word) {
				all = append(all, facts.Mark{Start: w.Tokens[i].Start, End: w.Tokens[i].End})
			}
			before = word
		}
	}
	return all
}

// runsCommand reports whether the object that has the property at token i says which program is run.
func runsCommand(w *facts.Flow, i int) bool {
	for _, d := range w.Members("command") {
		if w.Tokens[d.Token].Up == w.Tokens[i].Up {
			return true
		}
	}
	return false
}

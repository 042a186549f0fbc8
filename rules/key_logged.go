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
	"github.com/neokeys/neokeys/rules/syntax"
)

//go:embed key_logged.md
var keyLoggedDoc string

// KeyLogged finds keys that are written to logs and terminals.
var KeyLogged = &Rule{
	ID:               "key-logged",
	Title:            "Neo key written to a log",
	Severity:         finding.Warning,
	CWEs:             []int{532, 117},
	SecuritySeverity: 6.5,
	Doc:              keyLoggedDoc,
	Anchors:          naming.Anchors,
	MatchFile:        matchKeyLogged,
}

func matchKeyLogged(f *File, report func(Match)) {
	report = once(report)
	say := func(start, end int, message string) {
		report(Match{Start: start, End: end, Severity: finding.Warning, Confidence: finding.High, Message: message})
	}
	calls := f.APICalls() // also finds the names that are sent as a key
	commands := f.ShellCommands()
	for i, c := range commands {
		var before, after formats.Command
		if i > 0 {
			before = commands[i-1]
		}
		if i+1 < len(commands) {
			after = commands[i+1]
		}
		commandLogs(&c, f, &before, &after, say)
	}
	for _, c := range calls {
		for _, m := range c.Verbose {
			say(m.Start, m.End, m.What+" logs the request headers, and the key with them")
		}
	}
	w := f.Flow()
	if w == nil || len(w.Names) == 0 && len(calls) == 0 && !strings.Contains(string(f.Text), finding.KeyPrefix) {
		return
	}
	logged := func(lo, hi int, by string) {
		for _, u := range w.KeyUses(lo, hi, 0) {
			if w.Quoted(u) {
				continue
			}
			message := "key passed to " + by + ": it ends up in logs"
			if u.Kind == facts.Holder {
				message = "value with a key in it passed to " + by + ": it ends up in logs"
			}
			say(w.Tokens[u.Lo].Start, w.Tokens[u.Hi-1].End, message)
		}
	}
	for n := range w.Calls {
		if c := &w.Calls[n]; logs(w, c) {
			logged(c.Lo, c.Hi, w.Str(c.Name))
		}
	}
	statements := w.Lang.PrintStatements
	for i := range w.Tokens {
		if len(statements) > 0 && w.IsWord(i) && statements[w.Str(i)] && w.Sep(i-1) != "->" {
			logged(i+1, w.StatementEnd(i+1), w.Str(i))
		}
	}
}

// printing are functions that write to a terminal or a log, by themselves or as methods of
// what terminals names. As methods of anything else they write to files and connections.
var printing = text.Set("print", "println", "printf", "eprintln", "eprint", "puts", "pp", "var_dump", "print_r", "var_export", "dd", "dump",
	"nslog", "os_log", "debugprint", "error_log", "dbg", "pprint", "ddd", "writeline", "writeln", "inspect")

var terminals = text.Set("out", "err", "stdout", "stderr", "$stdout", "$stderr", "fmt", "console", "debug", "trace", "std", "kernel", "pprint", "swift")

// reporting are methods that send what they are given to where errors are collected.
var reporting = text.Set("capturemessage", "addbreadcrumb", "setextra")

// levels are names of methods that write to a log, if what they belong to is one.
var levels = text.Set("log", "trace", "debug", "verbose", "info", "notice", "warn", "warning", "error", "err", "fatal", "critical", "exception", "alert",
	"panic", "logf", "tracef", "debugf", "infof", "warnf", "warningf", "errorf", "fatalf", "panicf", "debugw", "infow", "warnw", "errorw",
	"fatalln", "panicln", "print", "printf", "println", "dir", "table", "d", "e", "i", "v", "w", "wtf", "loginformation", "logwarning", "logerror",
	"logdebug", "logtrace", "logcritical", "infocontext", "debugcontext", "warncontext", "errorcontext", "write", "msg", "msgf", "str", "information", "group")

// logs reports whether c writes its arguments to a log or a terminal.
func logs(w *facts.Flow, c *syntax.Call) bool {
	name := strings.ToLower(w.Str(c.Name))
	if w.Lang == syntax.PowerShell {
		return w.Lang.Prints[name]
	}
	if reporting[name] || printing[name] && prints(w, c, name) {
		return true
	}
	if name == "fprintf" || name == "fprintln" || name == "fprint" {
		return isTerminal(w, c.Lo, w.StatementEnd(c.Lo))
	}
	if c.Start == c.Name && w.Lang.Prints[name] {
		return true
	}
	if !levels[name] {
		return false
	}
	if c.Start == c.Name { // a macro, or log(...)
		return name == "log" || w.Lang == syntax.Rust && w.Sep(c.Name+1) == "!"
	}
	for i := c.Start; i < c.Name; i++ {
		s := strings.ToLower(w.Str(i))
		switch {
		case !w.IsWord(i):
		case name == "write":
			if s == "stdout" || s == "stderr" {
				return true
			}
		case len(name) == 1 || name == "wtf":
			if s == "log" || s == "timber" || s == "logger" {
				return true
			}
		case s == "log", strings.HasSuffix(s, "_log"), strings.HasSuffix(w.Str(i), "Log"), strings.HasSuffix(s, "logger"), s == "logging", s == "console", s == "slog", s == "timber", s == "winston",
			s == "pino", s == "zap", s == "tracing", s == "sugar", s == "debug", s == "trace", s == "logs", s == "ulog", s == "consola", s == "signale":
			return true
		}
	}
	return false
}

// prints reports whether c, a call of a function that prints, writes to a terminal or a log.
func prints(w *facts.Flow, c *syntax.Call, name string) bool {
	switch name {
	case "print_r", "var_export":
		if w.Str(c.Hi-1) == "true" {
			return false // returns what it would print
		}
	case "dump", "inspect", "writeline", "writeln":
		if c.Start == c.Name && (name != "dump" || w.Lang != syntax.PHP) {
			return false
		}
	case "print":
		for i := c.Lo; i < c.Hi && w.Spend(1); i++ {
			if w.Str(i) == "file" && w.Sep(i+1) == "=" { // Python's
				return isTerminal(w, i+2, w.StatementEnd(i+2))
			}
		}
	}
	return c.Start == c.Name || isTerminal(w, c.Start, c.Name)
}

// isTerminal reports whether the tokens from lo up to hi name what writes to a terminal.
func isTerminal(w *facts.Flow, lo, hi int) bool {
	for i := lo; i < hi && w.Spend(1); i++ {
		if s := w.Str(i); w.IsWord(i) && (terminals[strings.ToLower(s)] || s == "IO") {
			return true
		}
	}
	return false
}

// writers are the commands that write their arguments to the terminal.
var writers = text.Set("echo", "printf", "Write-Host", "Write-Output", "Write-Verbose", "Write-Debug", "Write-Warning")

// commandLogs reports the keys that a command writes to a log or a terminal. before and after are
// the commands on either side of it.
func commandLogs(c *formats.Command, f *File, before, after *formats.Command, say func(start, end int, message string)) {
	if len(c.Args) == 0 && !c.Traced {
		return
	}
	shown := !c.Piped && !c.Redirected || c.Into == "tee" && !after.Piped && !after.Redirected
	for _, a := range slices.Concat(c.Args, c.Assign) {
		v, ok := f.KeyIn(&a)
		switch {
		case !ok:
		case c.Traced && v.Name != "":
			say(v.Start, v.End, "set -x prints this command with the key filled in")
		case writers[c.Name] && shown && v.Name != "" && !strings.Contains(a.Text, "::add-mask::") && !strings.Contains(a.Text, "issecret=true"):
			say(v.Start, v.End, "key passed to "+c.Name+": it ends up in logs")
		}
	}
	if shown && len(c.Args) > 1 {
		last := c.Args[len(c.Args)-1]
		lists := c.Name == "grep" && len(c.Args) == 2 && before.Into == "grep" && (before.Name == "env" || before.Name == "printenv" || before.Name == "set")
		if (lists || c.Name == "printenv") && f.IsKeyName(strings.TrimLeft(strings.TrimRight(last.Text, "="), "^")) {
			say(last.Start, last.End, c.Name+" prints the key: it ends up in logs")
		}
	}
	if !facts.IsHTTPClient(c.Name) {
		return
	}
	uses := false
	for _, a := range c.Args[1:] {
		_, ok := f.KeyIn(&a)
		uses = uses || ok || f.NamesHost(a.Start, a.End)
	}
	for _, a := range c.Args[1:] {
		if uses && shows(c, a.Text) {
			say(a.Start, a.End, c.Name+" "+a.Text+" prints the request headers, and the key with them")
		}
	}
}

// shows reports whether opt makes the command write the headers that it sends.
func shows(c *formats.Command, opt string) bool {
	switch c.Name {
	case "curl", "curlie":
		return opt == "--verbose" || strings.HasPrefix(opt, "--trace") && opt != "--trace-time" && opt != "--trace-ids" && opt != "--trace-config" || facts.ShortOption(opt, 'v')
	case "wget":
		return opt == "-d" || opt == "--debug"
	}
	return opt == "-v" || opt == "-vv" || opt == "--verbose"
}

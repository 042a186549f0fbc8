package rules

import (
	_ "embed"
	"slices"
	"strings"

	"github.com/neokeys/neokeys/finding"
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
	Anchors:          habitAnchors,
	MatchFile:        matchKeyLogged,
}

func matchKeyLogged(f *File, report func(Match)) {
	report = once(report)
	say := func(start, end int, message string) {
		report(Match{Start: start, End: end, Severity: finding.Warning, Confidence: finding.High, Message: message})
	}
	calls := f.apiCalls() // also tells which names are sent as a key
	commands := f.shellCommands()
	for i, c := range commands {
		var before, after command
		if i > 0 {
			before = commands[i-1]
		}
		if i+1 < len(commands) {
			after = commands[i+1]
		}
		c.logs(f, &before, &after, say)
	}
	for _, c := range calls {
		for _, m := range c.verbose {
			say(m.start, m.end, m.what+" has the request's headers, and the key in them, written to the log")
		}
	}
	w := f.flowing()
	if w == nil || len(w.names) == 0 && len(calls) == 0 && !strings.Contains(string(f.Text), finding.KeyPrefix) {
		return
	}
	logged := func(lo, hi int, by string) {
		for _, u := range w.keyUses(lo, hi, 0) {
			if w.quoted(u) {
				continue
			}
			message := "a key is handed to " + by + ": logs are kept, copied and read by many"
			if u.kind == holder {
				message = "what is handed to " + by + " has a key in it: logs are kept, copied and read by many"
			}
			say(w.Tokens[u.lo].Start, w.Tokens[u.hi-1].End, message)
		}
	}
	for n := range w.Calls {
		if c := &w.Calls[n]; w.logs(c) {
			logged(c.Lo, c.Hi, w.Str(c.Name))
		}
	}
	statements := map[*syntax.Language][]string{syntax.PHP: {"echo", "print"}, syntax.C: {"cout", "cerr", "clog"}}[w.Lang]
	for i := range w.Tokens {
		if len(statements) > 0 && w.IsWord(i) && slices.Contains(statements, w.Str(i)) && w.sep(i-1) != "->" {
			logged(i+1, w.StatementEnd(i+1), w.Str(i))
		}
	}
}

// printing are functions that write to a terminal or a log, by themselves or as methods of
// what terminals names. As methods of anything else they write to files and connections.
var printing = set("print", "println", "printf", "eprintln", "eprint", "puts", "pp", "var_dump", "print_r", "var_export", "dd", "dump",
	"nslog", "os_log", "debugprint", "error_log", "dbg", "pprint", "ddd", "writeline", "writeln", "inspect")

var terminals = set("out", "err", "stdout", "stderr", "$stdout", "$stderr", "fmt", "console", "debug", "trace", "std", "kernel", "pprint", "swift")

// reporting are methods that send what they are given to where errors are collected.
var reporting = set("capturemessage", "addbreadcrumb", "setextra")

// levels are names of methods that write to a log, if what they belong to is one.
var levels = set("log", "trace", "debug", "verbose", "info", "notice", "warn", "warning", "error", "err", "fatal", "critical", "exception", "alert",
	"panic", "logf", "tracef", "debugf", "infof", "warnf", "warningf", "errorf", "fatalf", "panicf", "debugw", "infow", "warnw", "errorw",
	"fatalln", "panicln", "print", "printf", "println", "dir", "table", "d", "e", "i", "v", "w", "wtf", "loginformation", "logwarning", "logerror",
	"logdebug", "logtrace", "logcritical", "infocontext", "debugcontext", "warncontext", "errorcontext", "write", "msg", "msgf", "str", "information", "group")

// logs reports whether c writes its arguments to a log or a terminal.
func (w *flow) logs(c *syntax.Call) bool {
	name := strings.ToLower(w.Str(c.Name))
	if w.Lang == syntax.PowerShell {
		return name == "host" || name == "output" || name == "verbose" || name == "debug" || name == "warning" || name == "information"
	}
	if reporting[name] || printing[name] && w.prints(c, name) {
		return true
	}
	if name == "fprintf" || name == "fprintln" || name == "fprint" {
		return w.isTerminal(c.Lo, w.StatementEnd(c.Lo))
	}
	if c.Start == c.Name && (name == "p" && w.Lang == syntax.Ruby || name == "echo" && w.Lang == syntax.Groovy) {
		return true
	}
	if !levels[name] {
		return false
	}
	if c.Start == c.Name { // a macro, or log(...)
		return name == "log" || w.Lang == syntax.Rust && w.sep(c.Name+1) == "!"
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
func (w *flow) prints(c *syntax.Call, name string) bool {
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
			if w.Str(i) == "file" && w.sep(i+1) == "=" { // Python's
				return w.isTerminal(i+2, w.StatementEnd(i+2))
			}
		}
	}
	return c.Start == c.Name || w.isTerminal(c.Start, c.Name)
}

// isTerminal reports whether the tokens from lo up to hi name what writes to a terminal.
func (w *flow) isTerminal(lo, hi int) bool {
	for i := lo; i < hi && w.Spend(1); i++ {
		if s := w.Str(i); w.IsWord(i) && (terminals[strings.ToLower(s)] || s == "IO") {
			return true
		}
	}
	return false
}

// writers are the commands that write their arguments to the terminal.
var writers = set("echo", "printf", "Write-Host", "Write-Output", "Write-Verbose", "Write-Debug", "Write-Warning")

// logs reports the keys that a command writes to a log or a terminal. before and after are
// the commands on either side of it.
func (c *command) logs(f *File, before, after *command, say func(start, end int, message string)) {
	if len(c.args) == 0 && !c.traced {
		return
	}
	shown := !c.piped && !c.redirected || c.into == "tee" && !after.piped && !after.redirected
	for _, a := range slices.Concat(c.args, c.assign) {
		v, ok := a.key(f)
		switch {
		case !ok:
		case c.traced && v.name != "":
			say(v.start, v.end, "the shell shows this command with the key filled in (set -x)")
		case writers[c.name] && shown && v.name != "" && !strings.Contains(a.text, "::add-mask::") && !strings.Contains(a.text, "issecret=true"):
			say(v.start, v.end, "a key is handed to "+c.name+": what a script writes is kept in logs")
		}
	}
	if shown && len(c.args) > 1 {
		last := c.args[len(c.args)-1]
		lists := c.name == "grep" && len(c.args) == 2 && before.into == "grep" && (before.name == "env" || before.name == "printenv" || before.name == "set")
		if (lists || c.name == "printenv") && f.isKeyName(strings.TrimLeft(strings.TrimRight(last.text, "="), "^")) {
			say(last.start, last.end, c.name+" writes the key to where logs are made of it")
		}
	}
	if !isHTTPClient(c.name) {
		return
	}
	uses := false
	for _, a := range c.args[1:] {
		_, ok := a.key(f)
		uses = uses || ok || f.namesHost(a.start, a.end)
	}
	for _, a := range c.args[1:] {
		if uses && c.shows(a.text) {
			say(a.start, a.end, c.name+" "+a.text+" writes the request's headers, and the key in them, to the terminal or log")
		}
	}
}

// shows reports whether opt makes the command write the headers that it sends.
func (c *command) shows(opt string) bool {
	switch c.name {
	case "curl", "curlie":
		return opt == "--verbose" || strings.HasPrefix(opt, "--trace") && opt != "--trace-time" && opt != "--trace-ids" && opt != "--trace-config" || shortOption(opt, 'v')
	case "wget":
		return opt == "-d" || opt == "--debug"
	}
	return opt == "-v" || opt == "-vv" || opt == "--verbose"
}

package rules

import (
	"bytes"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"github.com/neokeys/neokeys/finding"
)

// A command is a program being run by a shell script, or by what is written in one:
// a Makefile, a Dockerfile, a workflow.
type command struct {
	name       string     // what is run, without its folder
	start, end int        // the name's place
	args       []argument // the name and the arguments
	piped      bool       // its output goes into another program
	into       string     // the name of that, if it is the next one
	own        bool       // it is a function of the script
	redirected bool       // its output goes into a file or a variable
	// traced tells that the shell shows it with its arguments filled in: set -x.
	traced bool
	assign []argument // NAME=value before the name
}

// An argument is a word of a command, or the value of an assignment.
type argument struct {
	start, end int
	// text is the word without quotes, with expanded in place of what the shell
	// puts in.
	text string
	vars []variable
	name string // of an assignment
}

const expanded = "\x00"

// A variable is one that a word is expanded with.
type variable struct {
	name       string
	start, end int
	at         int // where expanded stands for it in the word's text
}

// A script is shell text in a file; what is not of the script is blank.
type script struct {
	text []byte
	base int // its offset in the file
}

const (
	// maxScript is how much is parsed at a time: the parser calls itself as deep as
	// a text is nested.
	maxScript = 32 << 10
	// maxNesting is how many parentheses may be open in a script that people write.
	maxNesting = 100
	// maxRestarts is how often parsing goes on after what is no shell syntax.
	maxRestarts = 16
)

// shellCommands returns the commands that the file runs, in the order of the text.
func (f *File) shellCommands() []command {
	return f.commands.get(func() []command {
		var all []command
		for _, s := range f.scripts() {
			all = append(all, parseScript(s)...)
		}
		return all
	})
}

func parseScript(s script) []command {
	b := &scriptReader{parser: syntax.NewParser(syntax.Variant(syntax.LangBash)), functions: map[string]bool{}}
	if first, _, _ := bytes.Cut(s.text, []byte("\n")); bytes.HasPrefix(first, []byte("#!")) {
		_, options, _ := bytes.Cut(first, []byte(" -"))
		b.traced = bytes.IndexByte(options, 'x') >= 0
	}
	for len(s.text) > 0 {
		n := len(s.text)
		if n > maxScript {
			n = bytes.LastIndexByte(s.text[:maxScript], '\n') + 1
			if n == 0 {
				n = maxScript
			}
		}
		b.read(script{s.text[:n], s.base})
		s.text, s.base = s.text[n:], s.base+n
	}
	for i := range b.commands {
		b.commands[i].own = b.functions[b.commands[i].name]
	}
	return b.commands
}

type scriptReader struct {
	parser   *syntax.Parser
	commands []command
	// functions are the script's own.
	functions map[string]bool
	base      int
	traced    bool
}

func (b *scriptReader) read(s script) {
	defer func() { _ = recover() }() // a mistake in the parser must not end the scan
	for range maxRestarts {
		if nesting(s.text) > maxNesting {
			return
		}
		b.base = s.base
		done := 0
		var err error
		for st, e := range b.parser.StmtsSeq(bytes.NewReader(s.text)) {
			if e != nil {
				err = e // the last; the iterator does not always heed a break
				continue
			}
			b.statement(st, false)
			done = int(st.End().Offset())
		}
		if err == nil {
			return
		}
		// Go on with the line after the one that makes no sense.
		if p, ok := err.(syntax.ParseError); ok && p.Pos.IsValid() { //nolint:errorlint // the parser returns this type itself
			done = max(done, int(p.Pos.Offset()))
		}
		done = min(done, len(s.text))
		n := bytes.IndexByte(s.text[done:], '\n')
		if n < 0 {
			return
		}
		s = script{s.text[done+n+1:], s.base + done + n + 1}
	}
}

func nesting(text []byte) int {
	open, most := 0, 0
	for _, c := range text {
		switch c {
		case '(':
			open++
			most = max(most, open)
		case ')':
			open = max(0, open-1)
		}
	}
	return most
}

// statement reads a statement and what is in it.
func (b *scriptReader) statement(st *syntax.Stmt, piped bool) {
	var redirected bool
	for _, r := range st.Redirs {
		switch r.Op {
		case syntax.RdrOut, syntax.AppOut, syntax.RdrAll, syntax.AppAll, syntax.RdrClob:
			redirected = redirected || r.Word == nil || !isLogFile(b.word(r.Word).text)
		}
	}
	switch c := st.Cmd.(type) {
	case *syntax.BinaryCmd:
		pipe := c.Op == syntax.Pipe || c.Op == syntax.PipeAll
		b.statement(c.X, pipe || piped)
		next := len(b.commands)
		b.statement(c.Y, piped)
		if pipe && next > 0 && next < len(b.commands) {
			b.commands[next-1].into = b.commands[next].name
		}
		return
	case *syntax.CallExpr:
		b.call(c, piped, redirected)
	}
	if st.Cmd == nil {
		return
	}
	// Other statements are in loops, functions and substitutions.
	syntax.Walk(st.Cmd, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.Stmt:
			b.statement(n, piped || redirected)
			return false
		case *syntax.CmdSubst:
			for _, inner := range n.Stmts {
				b.statement(inner, true)
			}
			return false
		case *syntax.ProcSubst:
			for _, inner := range n.Stmts {
				b.statement(inner, true)
			}
			return false
		case *syntax.FuncDecl:
			if n.Name != nil {
				b.functions[n.Name.Value] = true
			}
		case *syntax.DeclClause:
			for _, a := range n.Args {
				if a.Name != nil && a.Value != nil {
					w := b.word(a.Value)
					w.name = a.Name.Value
					b.commands = append(b.commands, command{name: n.Variant.Value, assign: []argument{w}, traced: b.traced})
				}
			}
		}
		return true
	})
}

// isLogFile reports whether what is written to the file at name is for people to read.
func isLogFile(name string) bool {
	return strings.HasPrefix(name, "/dev/std") || strings.HasSuffix(name, ".log")
}

func (b *scriptReader) call(c *syntax.CallExpr, piped, redirected bool) {
	out := command{piped: piped, redirected: redirected, traced: b.traced}
	for _, a := range c.Assigns {
		if a.Name != nil && a.Value != nil {
			w := b.word(a.Value)
			w.name = a.Name.Value
			out.assign = append(out.assign, w)
		}
	}
	for _, a := range c.Args {
		out.args = append(out.args, b.word(a))
	}
	if len(out.args) > 0 {
		first := out.args[0]
		out.start, out.end = first.start, first.end
		out.name = first.text[strings.LastIndexByte(first.text, '/')+1:]
		if out.name == "set" {
			b.set(out.args[1:])
		}
	}
	b.commands = append(b.commands, out)
}

// set notes whether the shell traces commands from here on.
func (b *scriptReader) set(args []argument) {
	for i, a := range args {
		switch {
		case (a.text == "-o" || a.text == "+o") && i+1 < len(args) && args[i+1].text == "xtrace":
			b.traced = a.text == "-o"
		case strings.HasPrefix(a.text, "-") && !strings.HasPrefix(a.text, "--") && strings.Contains(a.text, "x"):
			b.traced = true
		case strings.HasPrefix(a.text, "+") && strings.Contains(a.text, "x"):
			b.traced = false
		}
	}
}

// word reads what a word is made of.
func (b *scriptReader) word(w *syntax.Word) argument {
	out := argument{start: b.base + int(w.Pos().Offset()), end: b.base + int(w.End().Offset())}
	var text strings.Builder
	var parts func([]syntax.WordPart)
	parts = func(list []syntax.WordPart) {
		for _, p := range list {
			switch p := p.(type) {
			case *syntax.Lit:
				text.WriteString(strings.NewReplacer("\\\n", "", `\"`, `"`, `\ `, " ").Replace(p.Value))
			case *syntax.SglQuoted:
				text.WriteString(p.Value)
			case *syntax.DblQuoted:
				parts(p.Parts)
			case *syntax.ParamExp:
				at := text.Len()
				text.WriteString(expanded)
				if p.Param != nil && gives(p) {
					out.vars = append(out.vars, variable{p.Param.Value, b.base + int(p.Pos().Offset()), b.base + int(p.End().Offset()), at})
				}
			default:
				text.WriteString(expanded)
			}
		}
	}
	parts(w.Parts)
	out.text = text.String()
	return out
}

// gives reports whether an expansion gives the variable's value: ${X} and ${X:?unset} do,
// its length, a part of it, ${X//?/*} and ${X:+set} do not.
func gives(p *syntax.ParamExp) bool {
	if p.Length || p.Slice != nil || p.Repl != nil {
		return false
	}
	return p.Exp == nil || p.Exp.Op != syntax.AlternateUnset && p.Exp.Op != syntax.AlternateUnsetOrNull
}

// key returns the first variable of w that is a key's, or the key itself that is in w.
func (w *argument) key(f *File) (v variable, ok bool) {
	for _, v := range w.vars {
		if f.isKeyName(strings.Trim(v.name, "_")) {
			return v, true
		}
	}
	if at := strings.Index(w.text, finding.KeyPrefix); at >= 0 && credible([]byte(w.text), at) {
		return variable{"", w.start, w.end, at}, true
	}
	return v, false
}

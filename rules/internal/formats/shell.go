package formats

import (
	"bytes"
	"strings"
	"sync"

	"mvdan.cc/sh/v3/syntax"
)

// A Command is a program being run by a shell script, or by what is written in one:
// a Makefile, a Dockerfile, a workflow.
type Command struct {
	Name       string     // what is run, without its folder
	Start, End int        // the name's place
	Args       []Argument // the name and the arguments
	Piped      bool       // its output goes into another program
	Into       string     // the name of that, if it is the next one
	Own        bool       // it is a function of the script
	Redirected bool       // its output goes into a file or a variable
	// Traced says that the shell shows it with its arguments filled in: set -x.
	Traced bool
	Assign []Argument // NAME=value before the name
}

// An Argument is a word of a command, or the value of an assignment.
type Argument struct {
	Start, End int
	// Text is the word without quotes, with expanded in place of what the shell
	// puts in.
	Text string
	Vars []Variable
	Name string // of an assignment
}

// Expanded stands in an [Argument]'s text for what the shell fills in.
const Expanded = "\x00"

// A Variable is one that a word is expanded with.
type Variable struct {
	Name       string
	Start, End int
	At         int // where expanded stands for it in the word's text
}

// A Script is shell text in a file; what is not of the script is blank.
type Script struct {
	Text []byte
	Base int // its offset in the file
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

// shellDensity is that of shell scripts: statements are the most work, words less.
var shellDensity = densityOf(";|&\n(`{", " \t$=<>\"'")

// maxShellWork bounds the work on the scripts of one file. It is what some 300 KB take that people write.
const maxShellWork = 150_000

// ParseScripts returns the commands of the scripts of one file, in the order of the text, and whether it has
// read all of them.
func ParseScripts(scripts []Script) (all []Command, whole bool) {
	b := &scriptReader{parser: parsers.Get().(*syntax.Parser), work: maxShellWork}
	defer func() { parsers.Put(b.parser) }()
	for _, s := range scripts {
		all = append(all, b.script(s)...)
	}
	return all, !b.gaveUp
}

// script returns the commands of a script.
func (b *scriptReader) script(s Script) []Command {
	b.functions, b.commands, b.traced = map[string]bool{}, nil, false
	if first, _, _ := bytes.Cut(s.Text, []byte("\n")); bytes.HasPrefix(first, []byte("#!")) {
		_, options, _ := bytes.Cut(first, []byte(" -"))
		b.traced = bytes.IndexByte(options, 'x') >= 0
	}
	for len(s.Text) > 0 && !b.gaveUp {
		n := len(s.Text)
		if n > maxScript {
			n = bytes.LastIndexByte(s.Text[:maxScript], '\n') + 1
			if n == 0 {
				n = maxScript
			}
		}
		b.read(Script{s.Text[:n], s.Base})
		s.Text, s.Base = s.Text[n:], s.Base+n
	}
	for i := range b.commands {
		b.commands[i].Own = b.functions[b.commands[i].Name]
	}
	return b.commands
}

// spend returns what of s may be parsed.
func (b *scriptReader) spend(s Script) Script {
	n, left := shellDensity.upTo(s.Text, b.work)
	b.work, b.gaveUp = left, b.gaveUp || n < len(s.Text)
	s.Text = s.Text[:n]
	return s
}

// parsers are used again, since each has a buffer of its own and a file may have many scripts.
var parsers = sync.Pool{New: func() any { return newParser() }}

func newParser() *syntax.Parser { return syntax.NewParser(syntax.Variant(syntax.LangBash)) }

type scriptReader struct {
	parser   *syntax.Parser
	commands []Command
	// functions are the script's own.
	functions map[string]bool
	base      int
	traced    bool
	// work is what is left of maxShellWork. gaveUp says that not all was read.
	work   int
	gaveUp bool
}

func (b *scriptReader) read(s Script) {
	defer func() {
		if recover() != nil { // a mistake in the parser must not end the scan
			b.parser = newParser()
		}
	}()
	for range maxRestarts {
		if nesting(s.Text) > maxNesting {
			b.gaveUp = true
			return
		}
		if s = b.spend(s); len(s.Text) == 0 {
			return
		}
		b.base = s.Base
		done := 0
		var err error
		for st, e := range b.parser.StmtsSeq(bytes.NewReader(s.Text)) {
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
		done = min(done, len(s.Text))
		n := bytes.IndexByte(s.Text[done:], '\n')
		if n < 0 {
			return
		}
		s = Script{s.Text[done+n+1:], s.Base + done + n + 1}
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
			redirected = redirected || r.Word == nil || !isLogFile(b.word(r.Word).Text)
		}
	}
	switch c := st.Cmd.(type) {
	case *syntax.BinaryCmd:
		pipe := c.Op == syntax.Pipe || c.Op == syntax.PipeAll
		b.statement(c.X, pipe || piped)
		next := len(b.commands)
		b.statement(c.Y, piped)
		if pipe && next > 0 && next < len(b.commands) {
			b.commands[next-1].Into = b.commands[next].Name
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
					w.Name = a.Name.Value
					b.commands = append(b.commands, Command{Name: n.Variant.Value, Assign: []Argument{w}, Traced: b.traced})
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
	out := Command{Piped: piped, Redirected: redirected, Traced: b.traced}
	for _, a := range c.Assigns {
		if a.Name != nil && a.Value != nil {
			w := b.word(a.Value)
			w.Name = a.Name.Value
			out.Assign = append(out.Assign, w)
		}
	}
	for _, a := range c.Args {
		out.Args = append(out.Args, b.word(a))
	}
	if len(out.Args) > 0 {
		first := out.Args[0]
		out.Start, out.End = first.Start, first.End
		out.Name = first.Text[strings.LastIndexByte(first.Text, '/')+1:]
		if out.Name == "set" {
			b.set(out.Args[1:])
		}
	}
	b.commands = append(b.commands, out)
}

// set notes whether the shell traces commands from here on.
func (b *scriptReader) set(args []Argument) {
	for i, a := range args {
		switch {
		case (a.Text == "-o" || a.Text == "+o") && i+1 < len(args) && args[i+1].Text == "xtrace":
			b.traced = a.Text == "-o"
		case strings.HasPrefix(a.Text, "-") && !strings.HasPrefix(a.Text, "--") && strings.Contains(a.Text, "x"):
			b.traced = true
		case strings.HasPrefix(a.Text, "+") && strings.Contains(a.Text, "x"):
			b.traced = false
		}
	}
}

// unescaped takes away backslashes.
var unescaped = strings.NewReplacer("\\\n", "", `\"`, `"`, `\ `, " ")

// word reads what a word is made of.
func (b *scriptReader) word(w *syntax.Word) Argument {
	out := Argument{Start: b.base + int(w.Pos().Offset()), End: b.base + int(w.End().Offset())}
	var text strings.Builder
	var parts func([]syntax.WordPart)
	parts = func(list []syntax.WordPart) {
		for _, p := range list {
			switch p := p.(type) {
			case *syntax.Lit:
				text.WriteString(unescaped.Replace(p.Value))
			case *syntax.SglQuoted:
				text.WriteString(p.Value)
			case *syntax.DblQuoted:
				parts(p.Parts)
			case *syntax.ParamExp:
				at := text.Len()
				text.WriteString(Expanded)
				if p.Param != nil && gives(p) {
					out.Vars = append(out.Vars, Variable{p.Param.Value, b.base + int(p.Pos().Offset()), b.base + int(p.End().Offset()), at})
				}
			default:
				text.WriteString(Expanded)
			}
		}
	}
	parts(w.Parts)
	out.Text = text.String()
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

package facts

import (
	"slices"
	"strings"

	"github.com/neokeys/neokeys/internal/text"
	"github.com/neokeys/neokeys/rules/syntax"
)

// Spawned returns the keys that the code gives to programs as arguments.
func (w *Flow) Spawned() (all []Mark) {
	if w.Lang == syntax.PowerShell {
		return w.powerShellArguments()
	}
	for n := range w.Calls {
		c := &w.Calls[n]
		if !slices.ContainsFunc(w.Lang.Spawns, func(f syntax.Function) bool { return w.calls(c, f) }) {
			continue
		}
		for _, u := range w.KeyUses(c.Lo, c.Hi, 0) {
			if u.Kind == isKey && !w.Quoted(u) && w.isArgument(u.Lo, c) {
				all = append(all, Mark{w.Tokens[u.Lo].Start, w.Tokens[u.Hi-1].End, ""})
			}
		}
	}
	return all
}

// calls reports whether c is a call of f.
func (w *Flow) calls(c *syntax.Call, f syntax.Function) bool {
	if !f.Names[w.Str(c.Name)] {
		return false
	}
	owner := ""
	if c.Start != c.Name {
		owner = w.Str(c.Start)
	}
	return f.Owners == nil || slices.Contains(f.Owners, owner)
}

// isArgument reports whether token i, among the arguments of c, is one of the program's: not
// in an object, such as its environment, nor what it reads.
func (w *Flow) isArgument(i int, c *syntax.Call) bool {
	for up := w.Tokens[i].Up; up != syntax.None && up >= c.Lo && w.Spend(1); up = w.Tokens[up].Up {
		if w.Str(up) == "{" && !w.Tokens[up].Part && !w.Lang.BraceLists {
			return false
		}
	}
	for _, d := range w.ValuesAt(i, c.Lo-1) {
		if d.Name == "env" || d.Name == "input" || d.Name == "stdin" {
			return false
		}
	}
	return true
}

// powerShellWords begin statements that run no program.
var powerShellWords = text.Set("if", "elseif", "while", "foreach", "switch", "function", "return", "param", "throw", "begin", "process", "end", "try", "class", "using")

// powerShellArguments returns the keys on the command lines of programs, as opposed to those
// of PowerShell's own commands, which no list of processes shows.
func (w *Flow) powerShellArguments() (all []Mark) {
	for _, i := range w.Named {
		first := i
		for first > 0 && w.Spend(1) && !w.Tokens[first].First && w.Sep(first-1) != ";" && w.Sep(first-1) != "|" {
			first--
		}
		at := first
		if w.Sep(at) == "&" {
			at++
		}
		name, _, _ := strings.Cut(string(w.Text[w.Tokens[at].Start:w.Tokens[i].Start]), " ")
		assigns := w.Sep(at+1) == "=" || strings.HasPrefix(name, "$") || strings.HasPrefix(name, "[") || strings.HasPrefix(name, "(")
		cmdlet := w.IsWord(at) && strings.Contains(name, "-") || name == "echo"
		if at >= i || name == "" || assigns || cmdlet || powerShellWords[strings.ToLower(name)] || w.IsText(at) && at == first {
			continue
		}
		if w.Str(i-1) == ":" || w.Tokens[i].Part { // $env:NAME
			all = append(all, Mark{w.Tokens[i].Start, w.Tokens[w.Names[i]].End, ""})
		}
	}
	return all
}

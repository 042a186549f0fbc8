package rules

import (
	"slices"
	"strings"

	"github.com/neokeys/neokeys/rules/syntax"
)

// A spawner is a function that runs a program: its name, and what it may belong to; nothing
// for a function of its own.
type spawner struct {
	names  map[string]bool
	owners []string
}

var (
	goSpawners   = []spawner{{set("Command", "CommandContext"), []string{"exec"}}}
	javaSpawners = []spawner{{set("exec"), []string{"Runtime", "runtime"}}, {set("ProcessBuilder"), nil}}
	spawners     = map[*syntax.Language][]spawner{
		syntax.Python: {
			{set("run", "Popen", "call", "check_call", "check_output"), []string{"subprocess"}},
			{set("system", "popen"), []string{"os"}},
			{set("Popen", "check_call", "check_output", "create_subprocess_exec", "create_subprocess_shell"), []string{"", "asyncio"}},
		},
		syntax.JavaScript: {
			{set("exec", "execSync", "execFile", "execFileSync", "spawn", "spawnSync", "execa", "execaSync"), []string{"", "cp", "child_process", "childProcess", "shell"}},
		},
		syntax.Go:     goSpawners,
		syntax.Java:   javaSpawners,
		syntax.Kotlin: javaSpawners,
		syntax.CSharp: {{set("Start"), []string{"Process"}}, {set("ProcessStartInfo"), nil}},
		syntax.PHP:    {{set("exec", "shell_exec", "system", "passthru", "proc_open", "popen"), []string{""}}},
		syntax.Ruby:   {{set("system", "exec", "spawn"), []string{""}}, {set("capture2", "capture2e", "capture3", "popen", "popen3"), []string{"Open3", "IO"}}},
		syntax.Rust:   {{set("arg", "args"), []string{"Command"}}},
	}
)

// spawned returns the keys that the code gives to programs as arguments.
func (w *flow) spawned() (all []mark) {
	if w.Lang == syntax.PowerShell {
		return w.powerShellArguments()
	}
	for n := range w.Calls {
		c := &w.Calls[n]
		if !slices.ContainsFunc(spawners[w.Lang], func(s spawner) bool { return w.spawns(c, s) }) {
			continue
		}
		for _, u := range w.keyUses(c.Lo, c.Hi, 0) {
			if u.kind == isKey && !w.quoted(u) && w.isArgument(u.lo, c) {
				all = append(all, mark{w.Tokens[u.lo].Start, w.Tokens[u.hi-1].End, ""})
			}
		}
	}
	return all
}

func (w *flow) spawns(c *syntax.Call, s spawner) bool {
	if !s.names[w.Str(c.Name)] {
		return false
	}
	owner := ""
	if c.Start != c.Name {
		owner = w.Str(c.Start)
	}
	return s.owners == nil || slices.Contains(s.owners, owner)
}

// isArgument reports whether token i, among the arguments of c, is one of the program's: not
// in an object, such as its environment, nor what it reads.
func (w *flow) isArgument(i int, c *syntax.Call) bool {
	for up := w.Tokens[i].Up; up != syntax.None && up >= c.Lo && w.Spend(1); up = w.Tokens[up].Up {
		if w.Str(up) == "{" && !w.Tokens[up].Part && w.Lang != syntax.CSharp && w.Lang != syntax.Java && w.Lang != syntax.Go {
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
var powerShellWords = set("if", "elseif", "while", "foreach", "switch", "function", "return", "param", "throw", "begin", "process", "end", "try", "class", "using")

// powerShellArguments returns the keys on the command lines of programs, as opposed to those
// of PowerShell's own commands, which no list of processes shows.
func (w *flow) powerShellArguments() (all []mark) {
	for _, i := range w.named {
		first := i
		for first > 0 && w.Spend(1) && !w.Tokens[first].First && w.sep(first-1) != ";" && w.sep(first-1) != "|" {
			first--
		}
		at := first
		if w.sep(at) == "&" {
			at++
		}
		name, _, _ := strings.Cut(string(w.Text[w.Tokens[at].Start:w.Tokens[i].Start]), " ")
		assigns := w.sep(at+1) == "=" || strings.HasPrefix(name, "$") || strings.HasPrefix(name, "[") || strings.HasPrefix(name, "(")
		cmdlet := w.IsWord(at) && strings.Contains(name, "-") || name == "echo"
		if at >= i || name == "" || assigns || cmdlet || powerShellWords[strings.ToLower(name)] || w.IsText(at) && at == first {
			continue
		}
		if w.Str(i-1) == ":" || w.Tokens[i].Part { // $env:NAME
			all = append(all, mark{w.Tokens[i].Start, w.Tokens[w.names[i]].End, ""})
		}
	}
	return all
}

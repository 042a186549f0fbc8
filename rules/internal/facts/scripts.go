package facts

import (
	"bytes"
	"path"
	"strings"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/text"
	"github.com/neokeys/neokeys/rules/internal/formats"
	"github.com/neokeys/neokeys/rules/internal/secret"
	"github.com/neokeys/neokeys/rules/syntax"
)

// Scripts returns the shell scripts in the file.
func (f *File) Scripts() []formats.Script {
	base := strings.ToLower(path.Base(f.Place.Path))
	switch {
	case formats.IsShell(base, f.Text):
		return []formats.Script{{Text: f.Text, Base: 0}}
	case base == "makefile" || base == "gnumakefile" || base == "justfile" || strings.HasSuffix(base, ".mk") || strings.HasPrefix(base, "makefile."):
		return []formats.Script{{Text: formats.Recipes(f.Text), Base: 0}}
	case formats.IsDockerfile(base):
		return formats.DockerScripts(f.Instructions())
	case formats.IsYAML(base):
		return f.yamlScripts()
	case base == "package.json":
		return f.packageScripts()
	case syntax.Of(base, nil) == syntax.Groovy:
		return f.stepScripts()
	case base == "procfile":
		return []formats.Script{{Text: formats.BlankUpTo(f.Text, ':'), Base: 0}}
	}
	return nil
}

// packageScripts returns the scripts of an npm package.
func (f *File) packageScripts() (all []formats.Script) {
	w := f.Flow()
	if w == nil {
		return nil
	}
	for _, d := range w.Members("scripts") {
		if !w.IsLiteral(d.Lo, d.Hi) {
			continue
		}
		for i := d.Lo + 1; i < d.Hi; i++ {
			if w.IsText(i) && w.Str(i-1) == ":" {
				all = append(all, w.quotedScript(i))
			}
		}
	}
	return all
}

// stepScripts returns the scripts that a Jenkins pipeline runs: sh "...", sh(script: "...").
func (f *File) stepScripts() (all []formats.Script) {
	w := f.Flow()
	for n := range w.Calls {
		c := &w.Calls[n]
		if w.Str(c.Name) != "sh" {
			continue
		}
		for i := c.Lo; i < c.Hi && w.Spend(1); i++ {
			if w.IsText(i) && !w.Tokens[i].Part && (i == c.Lo || w.Str(i-2) == "script") {
				all = append(all, w.quotedScript(i))
				break
			}
		}
	}
	return all
}

// quotedScript returns the script that is the string that begins at token i.
func (w *Flow) quotedScript(i int) formats.Script {
	start, end := w.Tokens[i].Start, w.Tokens[max(i, w.Tokens[i].Mate)].End
	text := bytes.ReplaceAll(w.Text[start:end], []byte(`\"`), []byte(` "`))
	return formats.Script{Text: bytes.ReplaceAll(text, []byte(`\$`), []byte(` $`)), Base: start}
}

// ShellCommands returns the commands that the file runs, in the order of the text.
func (f *File) ShellCommands() []formats.Command { return f.commands.get(f, (*File).findShellCommands) }

func (f *File) findShellCommands() []formats.Command {
	if !f.HasNeo() {
		return nil
	}
	all, whole := formats.ParseScripts(f.Scripts())
	f.gaveUp = f.gaveUp || !whole
	return all
}

// KeyIn returns the first variable of w that is a key's, or the key itself that is in w.
func (f *File) KeyIn(w *formats.Argument) (v formats.Variable, ok bool) {
	for _, v := range w.Vars {
		if f.IsKeyName(strings.Trim(v.Name, "_")) {
			return v, true
		}
	}
	if at := strings.Index(w.Text, finding.KeyPrefix); at >= 0 && secret.Credible([]byte(w.Text), at) {
		return formats.Variable{Name: "", Start: w.Start, End: w.End, At: at}, true
	}
	return v, false
}

// TokenIn returns the raw token that argument i of a command is, by the option before it, or
// that it gives to a key's variable: --neo-api-key TOKEN, -e NAME=TOKEN. So is what a header for
// the older API has.
func (f *File) TokenIn(args []formats.Argument, i int) (v formats.Variable, ok bool) {
	a := &args[i]
	if !f.IsToken(args[i-1].Text, a.Text) && !f.isSent(a) {
		return v, false
	}
	return formats.Variable{Start: a.Start, End: a.End, At: 0}, true
}

// IsToken reports whether an argument is, or has in it, a raw token by the name of a key's
// variable, in it or in the argument before.
func (f *File) IsToken(before, word string) bool {
	name, value, ok := strings.Cut(word, "=")
	if !ok {
		name, value = before, word
	}
	if strings.HasPrefix(value, finding.KeyPrefix) || !secret.IsLiteral(strings.Trim(value, `"'`)) {
		return false
	}
	name = strings.TrimLeft(name, "-")
	return f.IsKeyName(name) || ok && len(name) > 1 && (name[0] == 'e' || name[0] == 'D' || name[0] == 'P') && f.IsKeyName(name[1:])
}

// isSent reports whether the argument is a header that sends a raw token to the older API.
func (f *File) isSent(a *formats.Argument) bool {
	if !text.HasPrefixFold([]byte(strings.TrimLeft(a.Text, "-H ")), "authorization:") {
		return false
	}
	return f.sent.get(f, (*File).findSent)[a.Start]
}

func (f *File) findSent() map[int]bool {
	sent := map[int]bool{}
	for _, c := range f.APICalls() {
		for _, h := range c.Headers {
			if len(h.Values) > 0 && secret.Judge(h.Values[0].Of(f.Text)) == secret.Token {
				sent[h.Start] = true
			}
		}
	}
	return sent
}

// Settings returns the scalars of the YAML file in the order of the text. Of a file that is
// no YAML, such as a template, they are the lines that look like it.
func (f *File) Settings() []formats.Setting { return f.yaml.get(f, (*File).findSettings) }

func (f *File) findSettings() []formats.Setting {
	if !formats.IsYAML(strings.ToLower(path.Base(f.Place.Path))) {
		return nil
	}
	all, whole := formats.Settings(f.Text)
	f.gaveUp = f.gaveUp || !whole
	return all
}

// yamlScripts returns the shell scripts in a YAML file.
func (f *File) yamlScripts() (all []formats.Script) {
	base := strings.ToLower(path.Base(f.Place.Path))
	for _, s := range f.Settings() {
		key := s.Key
		if key == "-" && len(s.Path) > 0 {
			key = s.Path[len(s.Path)-1]
		}
		if !formats.ScriptKeys[key] {
			continue
		}
		text := formats.WithoutExpressions(f.Text[s.Start:s.End])
		// PowerShell's variables of the environment, as a shell has them.
		text = bytes.ReplaceAll(text, []byte("$env:"), []byte("    $"))
		if s.Folded {
			for i, c := range text {
				if c == '\n' {
					text[i] = ' '
				}
			}
		}
		if key == "test" || key == "args" || key == "entrypoint" || key == "command" && s.Key == "-" {
			if !strings.Contains(s.Value, " ") || strings.Contains(base, "openapi") {
				continue // one word of a list
			}
		}
		all = append(all, formats.Script{Text: text, Base: s.Start})
	}
	return all
}

package rules

import (
	"bytes"
	"path"
	"slices"
	"strings"

	"github.com/neokeys/neokeys/rules/syntax"
)

// scripts returns the shell scripts in the file.
func (f *File) scripts() []script {
	base := strings.ToLower(path.Base(f.Place.Path))
	switch {
	case isShell(base, f.Text):
		return []script{{f.Text, 0}}
	case base == "makefile" || base == "gnumakefile" || base == "justfile" || strings.HasSuffix(base, ".mk") || strings.HasPrefix(base, "makefile."):
		return []script{{recipes(f.Text), 0}}
	case isDockerfile(base):
		return dockerScripts(f.Text)
	case isYAML(base):
		return f.yamlScripts()
	case base == "package.json":
		return f.packageScripts()
	case syntax.Of(base, nil) == syntax.Groovy:
		return f.stepScripts()
	case base == "procfile":
		return []script{{blankUpTo(f.Text, ':'), 0}}
	}
	return nil
}

func isShell(base string, text []byte) bool {
	switch path.Ext(base) {
	case ".sh", ".bash", ".zsh", ".ksh", ".bats", ".command":
		return true
	}
	switch base {
	case ".envrc", ".bashrc", ".zshrc", ".profile", ".bash_profile", ".zprofile", ".bash_aliases":
		return true
	}
	if !bytes.HasPrefix(text, []byte("#!")) {
		return false
	}
	first, _, _ := bytes.Cut(text, []byte("\n"))
	fields := bytes.Fields(first)
	last := fields[len(fields)-1]
	if bytes.HasPrefix(last, []byte("-")) && len(fields) > 1 {
		last = fields[len(fields)-2]
	}
	return slices.Contains([]string{"sh", "bash", "zsh", "ksh", "dash", "ash"}, strings.TrimPrefix(path.Base(string(last)), "#!"))
}

func isYAML(base string) bool {
	return strings.HasSuffix(base, ".yml") || strings.HasSuffix(base, ".yaml")
}

// recipes returns a Makefile's text with everything but the recipes blank, and make's
// variables written as a shell's.
func recipes(text []byte) []byte {
	out := slices.Clone(text)
	inRecipe := false
	pos := 0
	for line := range bytes.Lines(text) {
		continued := inRecipe && pos > 1 && text[pos-1] == '\n' && text[pos-2] == '\\'
		inRecipe = line[0] == '\t' || continued || inRecipe && line[0] == ' '
		if !inRecipe {
			blank(out[pos : pos+len(line)])
		} else if !continued {
			for i := pos; i < pos+len(line) && bytes.IndexByte([]byte("\t @-+"), out[i]) >= 0; i++ {
				out[i] = ' '
			}
		}
		pos += len(line)
	}
	for i := 0; i+1 < len(out); i++ {
		if out[i] != '$' {
			continue
		}
		switch out[i+1] {
		case '$':
			out[i] = ' '
			if i > 0 && out[i-1] != ' ' { // inside a word the space would part it
				out[i] = '.'
			}
			i++
		case '(':
			n := run(out[i+2:], func(c byte) bool { return isAlnum(c) || c == '_' })
			if end := i + 2 + n; n > 0 && end < len(out) && out[end] == ')' {
				out[i+1], out[end] = '{', '}'
			}
		}
	}
	return out
}

// blank makes text spaces, but for the ends of its lines.
func blank(text []byte) {
	for i, c := range text {
		if c != '\n' {
			text[i] = ' '
		}
	}
}

// blankUpTo returns text with each line blank up to its first mark.
func blankUpTo(text []byte, mark byte) []byte {
	out := slices.Clone(text)
	pos := 0
	for line := range bytes.Lines(text) {
		if n := bytes.IndexByte(line, mark); n >= 0 {
			blank(out[pos : pos+n+1])
		}
		pos += len(line)
	}
	return out
}

// withoutExpressions returns text with the expressions of a workflow, ${{ secrets.X }},
// as a shell's variables, ${__secrets_X__}, so that a shell's parser takes them for that.
func withoutExpressions(text []byte) []byte {
	out := slices.Clone(text)
	for pos := 0; ; {
		n := bytes.Index(out[pos:], []byte("${{"))
		if n < 0 {
			return out
		}
		pos += n
		end := bytes.Index(out[pos:], []byte("}}"))
		if end < 0 || end > 200 {
			pos += 3
			continue
		}
		for i := pos + 2; i < pos+end+1; i++ {
			if !isAlnum(out[i]) {
				out[i] = '_'
			}
		}
		pos += end + 2
	}
}

// packageScripts returns the scripts of an npm package.
func (f *File) packageScripts() (all []script) {
	w := f.flowing()
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
func (f *File) stepScripts() (all []script) {
	w := f.flowing()
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
func (w *flow) quotedScript(i int) script {
	start, end := w.Tokens[i].Start, w.Tokens[max(i, w.Tokens[i].Mate)].End
	text := bytes.ReplaceAll(w.Text[start:end], []byte(`\"`), []byte(` "`))
	return script{bytes.ReplaceAll(text, []byte(`\$`), []byte(` $`)), start}
}

package formats

import (
	"bytes"
	"path"
	"slices"
	"strings"

	"github.com/neokeys/neokeys/internal/text"
)

// IsShell reports whether a file of this name, in lower case, or with this text is a script
// for a shell of the Bourne kind.
func IsShell(base string, text []byte) bool {
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

// IsYAML reports whether a file of this name, in lower case, is YAML.
func IsYAML(base string) bool {
	return strings.HasSuffix(base, ".yml") || strings.HasSuffix(base, ".yaml")
}

// Recipes returns a Makefile's text with everything but the recipes blank, and make's
// variables written as a shell's.
func Recipes(src []byte) []byte {
	out := slices.Clone(src)
	inRecipe := false
	pos := 0
	for line := range bytes.Lines(src) {
		continued := inRecipe && pos > 1 && src[pos-1] == '\n' && src[pos-2] == '\\'
		inRecipe = line[0] == '\t' || continued || inRecipe && line[0] == ' '
		if !inRecipe {
			text.Blank(out[pos : pos+len(line)])
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
			n := text.Run(out[i+2:], func(c byte) bool { return text.IsAlnum(c) || c == '_' })
			if end := i + 2 + n; n > 0 && end < len(out) && out[end] == ')' {
				out[i+1], out[end] = '{', '}'
			}
		}
	}
	return out
}

// BlankUpTo returns text with each line blank up to its first mark.
func BlankUpTo(src []byte, mark byte) []byte {
	out := slices.Clone(src)
	pos := 0
	for line := range bytes.Lines(src) {
		if n := bytes.IndexByte(line, mark); n >= 0 {
			text.Blank(out[pos : pos+n+1])
		}
		pos += len(line)
	}
	return out
}

// WithoutExpressions returns text with the expressions of a workflow, ${{ secrets.X }},
// as a shell's variables, ${__secrets_X__}, so that a shell's parser takes them for that.
func WithoutExpressions(src []byte) []byte {
	out := slices.Clone(src)
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
			if !text.IsAlnum(out[i]) {
				out[i] = '_'
			}
		}
		pos += end + 2
	}
}

package report

import (
	"bufio"
	"bytes"
	"io"
	"strconv"
	"strings"

	"github.com/fatih/color"
	"github.com/rogpeppe/go-internal/diff"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/rules"
)

// A Patch is how fixes change a file.
type Patch struct {
	// Path is slash-separated and relative to where the patch is to be applied.
	Path string
	Old  []byte
	// Edits are in order and do not overlap.
	Edits []finding.Edit
	// Created says that the file is not there yet.
	Created bool
}

// WritePatches writes patches as a unified diff, as git does. With o.ShowSecrets, it is one that
// git applies. Otherwise it is for reading: the keys of r are redacted, and no control character
// of a file reaches a terminal.
func WritePatches(w io.Writer, patches []Patch, r *finding.Result, o Options) error {
	var all strings.Builder
	for _, p := range patches {
		all.WriteString(p.unified())
	}
	if o.ShowSecrets {
		_, err := io.WriteString(w, all.String())
		return err
	}
	b := bufio.NewWriter(w)
	ps := piecesOf(r)
	for line := range strings.Lines(r.Redact(all.String())) {
		line = strings.TrimRight(line, "\r\n")
		_, _ = b.WriteString(colored(visibleLine(rules.Mask(ps.masked(line))), o.Color) + "\n")
	}
	return b.Flush()
}

// unified returns the patch of one file.
func (p *Patch) unified() string {
	var text []byte
	done := 0
	for i := range p.Edits {
		e := &p.Edits[i]
		text = append(append(text, p.Old[done:e.Offset]...), e.New...)
		done = int(e.EndOffset)
	}
	text = append(text, p.Old[done:]...)
	from, to, created := gitPath("a/"+p.Path), gitPath("b/"+p.Path), ""
	before := from
	if p.Created {
		before, created = "/dev/null", "new file mode 100644\n"
	}
	unified := diff.Diff(before, p.Old, to, text)
	_, unified, _ = bytes.Cut(unified, []byte{'\n'}) // "diff", which git says in its own way
	return "diff --git " + from + " " + to + "\n" + created + string(unified)
}

// gitPath quotes a path as git does, if it holds more than visible ASCII.
func gitPath(path string) string {
	plain := true
	var b strings.Builder
	for i := range len(path) {
		switch c := path[i]; {
		case c == '"' || c == '\\':
			plain = false
			b.WriteByte('\\')
			b.WriteByte(c)
		case c < ' ' || c >= 0x7f:
			plain = false
			b.WriteString(`\` + strconv.FormatUint(uint64(c)|0o1000, 8)[1:])
		default:
			b.WriteByte(c)
		}
	}
	if plain {
		return path
	}
	return `"` + b.String() + `"`
}

// visibleLine is visible for a line of code, in which tabs stay.
func visibleLine(line string) string {
	parts := strings.Split(line, "\t")
	for i := range parts {
		parts[i] = visible(parts[i])
	}
	return strings.Join(parts, "\t")
}

// colored gives a line of a diff the color that git gives it.
func colored(line string, on bool) string {
	if !on || line == "" {
		return line
	}
	var attribute color.Attribute
	switch {
	case strings.HasPrefix(line, "diff "), strings.HasPrefix(line, "--- "), strings.HasPrefix(line, "+++ "):
		attribute = color.Bold
	case line[0] == '-':
		attribute = color.FgRed
	case line[0] == '+':
		attribute = color.FgGreen
	case line[0] == '@':
		attribute = color.FgCyan
	default:
		return line
	}
	c := color.New(attribute)
	c.EnableColor()
	return c.Sprint(line)
}

// WriteLines writes lines that name paths and places of r's findings, without keys and control
// characters.
func WriteLines(w io.Writer, text string, r *finding.Result) error {
	b := bufio.NewWriter(w)
	ps := piecesOf(r)
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		_, _ = b.WriteString(visibleLine(rules.Mask(ps.masked(r.Redact(line)))) + "\n")
	}
	return b.Flush()
}

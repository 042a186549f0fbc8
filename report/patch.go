package report

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/aymanbagabas/go-udiff"
	"github.com/fatih/color"

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
		diff, err := p.unified()
		if err != nil {
			return fmt.Errorf("%s: %w", visible(p.Path), err)
		}
		all.WriteString(diff)
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
func (p *Patch) unified() (string, error) {
	var edits []udiff.Edit
	for i := range p.Edits {
		e := &p.Edits[i]
		edits = append(edits, udiff.Edit{Start: int(e.Offset), End: int(e.EndOffset), New: e.New})
	}
	old, created := gitPath("a/"+p.Path), ""
	if p.Created {
		old, created = "/dev/null", "new file mode 100644\n"
	}
	diff, err := udiff.ToUnified(old, gitPath("b/"+p.Path), string(p.Old), edits, udiff.DefaultContextLines)
	if err != nil {
		return "", err
	}
	if p.Created { // there is no line 1 in what is not there
		diff = strings.Replace(diff, "@@ -1,0 ", "@@ -0,0 ", 1)
	}
	return "diff --git " + gitPath("a/"+p.Path) + " " + gitPath("b/"+p.Path) + "\n" + created + diff, nil
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

package cli

import (
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"

	"github.com/neokeys/neokeys/internal/lazyregexp"
	"github.com/neokeys/neokeys/report"
)

// A wrapped writes lines of prose, which go on in a new line where the terminal ends. It keeps the
// first error.
type wrapped struct {
	out   io.Writer
	width int
	err   error
}

func newWrapped(out io.Writer) *wrapped { return &wrapped{out: out, width: widthOf(out)} }

// widthOf returns how many columns a terminal has; 0 for what is none.
func widthOf(out io.Writer) int {
	f, ok := out.(*os.File)
	if !ok {
		return 0
	}
	width, _, err := term.GetSize(int(f.Fd()))
	if err != nil {
		return 0
	}
	return width
}

// printf writes a line, whose continuations are indented as it is itself.
func (w *wrapped) printf(format string, args ...any) {
	if w.err == nil {
		_, w.err = io.WriteString(w.out, reflow(fmt.Sprintf(format, args...), w.width)+"\n")
	}
}

// wrapping returns out with lines that go on in a new one where the terminal ends; out itself, if it is
// no terminal. Each Write has whole lines, or ends in the part of one that a person answers.
func wrapping(out io.Writer) io.Writer {
	if width := widthOf(out); width > 0 {
		return lineWriter{out, width}
	}
	return out
}

type lineWriter struct {
	out   io.Writer
	width int
}

func (w lineWriter) Write(p []byte) (int, error) {
	lines := strings.Split(string(p), "\n")
	for i := range lines {
		lines[i] = wrapLine(lines[i], w.width)
	}
	if _, err := io.WriteString(w.out, strings.Join(lines, "\n")); err != nil {
		return 0, err
	}
	return len(p), nil
}

// colorCode is what changes the color of a terminal and takes no column.
var colorCode = lazyregexp.New("\x1b\\[[0-9;]*m")

// columns returns how many columns of a terminal s takes.
func columns(s string) int { return report.Cells(colorCode.ReplaceAllString(s, "")) }

// reflow breaks the lines of a text so that they fit into width columns; 0 is no bound. Lines that are
// not indented are joined to paragraphs first. The others are kept apart. All go on under the second
// column of a table, if they have one.
func reflow(text string, width int) string {
	const least = 30 // less is no room for anything
	if width < least {
		return text
	}
	var b strings.Builder
	paragraph := ""
	end := func() {
		if paragraph != "" {
			b.WriteString(wrapLine(paragraph, width) + "\n")
			paragraph = ""
		}
	}
	for _, line := range strings.Split(text, "\n") {
		switch {
		case line == "" || line[0] == ' ' || line[0] == '\t':
			end()
			b.WriteString(wrapLine(line, width) + "\n")
		case paragraph == "":
			paragraph = line
		default:
			paragraph += " " + line
		}
	}
	end()
	return strings.TrimSuffix(b.String(), "\n")
}

// column2 is the beginning of a line up to its second column.
var column2 = lazyregexp.New(`^ *\S+( \S+)*  +`)

// hang returns how far the continuations of a line are indented.
func hang(line string, width int) int {
	indent := len(line) - len(strings.TrimLeft(line, " "))
	if second := column2.FindString(line); second != "" && len(second) <= width/2 {
		return len(second)
	} else if indent > 0 && indent+2 < width/2 {
		return indent + 2
	}
	return 0
}

// wrapLine breaks a line at spaces so that it fits into width columns.
func wrapLine(line string, width int) string {
	if columns(line) <= width {
		return line
	}
	margin := strings.Repeat(" ", hang(line, width))
	var b strings.Builder
	column, spaces := 0, ""
	for i, word := range strings.Split(line, " ") {
		if i > 0 {
			spaces += " "
		}
		n := columns(word)
		switch {
		case n == 0:
			continue
		case column+len(spaces)+n > width && column > len(margin):
			b.WriteString("\n" + margin)
			column = len(margin)
		default:
			b.WriteString(spaces)
			column += len(spaces)
		}
		b.WriteString(word)
		column, spaces = column+n, ""
	}
	return b.String()
}

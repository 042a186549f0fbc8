package cli

import (
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"

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
		_, w.err = io.WriteString(w.out, wrapLine(fmt.Sprintf(format, args...), w.width)+"\n")
	}
}

// wrapLine breaks a line at spaces so that it fits into width columns; 0 is no bound.
func wrapLine(line string, width int) string {
	indent := line[:len(line)-len(strings.TrimLeft(line, " "))]
	if width <= len(indent)+20 || report.Cells(line) <= width {
		return line
	}
	var b strings.Builder
	column := 0
	for i, word := range strings.Fields(line) {
		n := report.Cells(word)
		switch {
		case i == 0:
			b.WriteString(indent)
			column = len(indent)
		case column+1+n > width:
			b.WriteString("\n" + indent)
			column = len(indent)
		default:
			b.WriteString(" ")
			column++
		}
		b.WriteString(word)
		column += n
	}
	return b.String()
}

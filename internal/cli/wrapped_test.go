package cli

import (
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/neokeys/neokeys/report"
)

func TestReflow(t *testing.T) {
	for _, test := range []struct {
		text  string
		width int
		want  string
	}{
		{"short", 40, "short"},
		{"two lines that\nare one paragraph of some length", 40, "two lines that are one paragraph of some\nlength"},
		{"a\n\nb", 40, "a\n\nb"},
		{"  --flag NAME  what the flag is for, at length", 32, "  --flag NAME  what the flag is\n               for, at length"},
		{"    code that is longer than the terminal", 32, "    code that is longer than the\n      terminal"},
		{"averyveryveryverylongwordthatdoesnotfit at all", 30, "averyveryveryverylongwordthatdoesnotfit\nat all"},
		{"as it is, however long it may be", 0, "as it is, however long it may be"},
	} {
		if got := reflow(test.text, test.width); got != test.want {
			t.Errorf("%q in %d columns is\n%s\nwant\n%s", test.text, test.width, got, test.want)
		}
	}
}

// The help of every command fits into a narrow terminal, but for words that are longer.
func TestHelpFits(t *testing.T) {
	const width = 60
	var check func(cmd *cobra.Command)
	check = func(cmd *cobra.Command) {
		for _, line := range strings.Split(reflow(helpOf(cmd), width), "\n") {
			if n := report.Cells(line); n > width && strings.ContainsAny(strings.TrimSpace(line), " ") {
				t.Errorf("%s: %d columns: %q", cmd.CommandPath(), n, line)
			}
		}
		for _, c := range cmd.Commands() {
			check(c)
		}
	}
	check(Root())
}

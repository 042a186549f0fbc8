package cli

import (
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// A command that is built alone is the same as among all others, and no other is built.
func TestOneSubcommand(t *testing.T) {
	all := map[string]string{} // help by path
	walkCommands(Root(), func(path string, c *cobra.Command) { all[path] = helpOf(c) })
	var check func(list []subcommand, above ...string)
	check = func(list []subcommand, above ...string) {
		for _, s := range list {
			args := append(slices.Clone(above), s.name)
			path := strings.Join(append([]string{"neokeys"}, args...), " ")
			built := map[string]*cobra.Command{}
			walkCommands(newRoot(&environment{}, append(args, "--help")...), func(path string, c *cobra.Command) { built[path] = c })
			if c := built[path]; c == nil || helpOf(c) != all[path] {
				t.Errorf("%s is not the command that it is among all others", path)
			}
			for other := range built {
				if !strings.HasPrefix(path, other) && !strings.HasPrefix(other, path) {
					t.Errorf("%s is built for %s", other, path)
				}
			}
			check(s.below, args...)
		}
	}
	check(subcommands)
}

// What is no command's name may be anything: help, completion, a slip.
func TestAllSubcommands(t *testing.T) {
	want := len(Root().Commands())
	for _, args := range [][]string{nil, {"--help"}, {"help", "scan"}, {"__complete", "scan", ""}, {"completion", "bash"}, {"scam"}, {"-v", "scan"}} {
		if got := len(newRoot(&environment{}, args...).Commands()); got != want {
			t.Errorf("newRoot(%q) has %d commands, want %d", args, got, want)
		}
	}
	if got := len(newRoot(&environment{}, "hook", "pre-comit").Commands()[0].Commands()); got != 4 {
		t.Errorf("neokeys hook pre-comit has %d commands below hook, want 4", got)
	}
}

package cli

import (
	"slices"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// walkCommands calls f for every command, by its path.
func walkCommands(c *cobra.Command, f func(path string, c *cobra.Command)) {
	f(c.CommandPath(), c)
	for _, sub := range c.Commands() {
		walkCommands(sub, f)
	}
}

// Commands that search have the same flags, but for those that they would ignore.
func TestFlagsOfSearches(t *testing.T) {
	reporting := []string{"scan", "git", "audit", "hook pre-commit", "hook pre-push", "hook pre-receive"}
	hooks := reporting[3:]
	groups := []struct{ flags, commands []string }{
		{[]string{"jobs", "max-archive-depth", "ignore-unopened", "rule", "disable", "config", "no-config", "severity"}, append(slices.Clone(reporting), "baseline")},
		{[]string{"format", "fail-on", "exit-zero", "show-secrets", "color", "quiet", "verbose", "explain",
			"verify", "only", "verify-cache", "baseline", "no-baseline"}, reporting},
		{[]string{"max-key-age"}, append([]string{"git", "audit", "baseline"}, hooks...)},
		{[]string{"no-ignore", "max-file-size"}, []string{"scan", "audit", "baseline"}},
		{[]string{"all-names"}, []string{"git", "audit", "baseline"}},
	}
	commands := map[string]*cobra.Command{}
	walkCommands(Root(), func(path string, c *cobra.Command) { commands[path] = c })
	for _, g := range groups {
		for _, name := range g.flags {
			for _, command := range append(slices.Clone(reporting), "baseline") {
				has := commands["neokeys "+command].Flags().Lookup(name) != nil
				if want := slices.Contains(g.commands, command); has != want {
					t.Errorf("neokeys %s has --%s: %v, want %v", command, name, has, want)
				}
			}
		}
	}
}

// A flag means the same wherever it is: its letter, and its words but for what it is by default.
func TestFlagsMeanTheSame(t *testing.T) {
	known := map[string]*pflag.Flag{}
	differ := []string{
		"max-key-age",                 // what it is without
		"jobs",                        // requests, of neokeys site
		"depth",                       // links, of neokeys site
		"verify", "interval", "watch", // of neokeys verify
		"verbose", "proof", "show-secrets", // of neokeys key and purge
		"format", "color", "output", "hook", "server", "history", "help", "chain", "yes",
	}
	walkCommands(Root(), func(path string, c *cobra.Command) {
		c.Flags().VisitAll(func(f *pflag.Flag) {
			if k := known[f.Name]; k != nil && !slices.Contains(differ, f.Name) && (k.Usage != f.Usage || k.Shorthand != f.Shorthand) {
				t.Errorf("%s: --%s is declared twice: %q and %q", path, f.Name, k.Usage, f.Usage)
			}
			known[f.Name] = f
		})
	})
}

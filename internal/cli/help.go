package cli

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// newHelp returns a help command that, unlike cobra's own, fails for what is no command.
func newHelp() *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND]",
		Short: "Help about any command",
		ValidArgsFunction: func(cmd *cobra.Command, args []string, typed string) (names []cobra.Completion, _ cobra.ShellCompDirective) {
			about, rest, err := cmd.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			for _, c := range about.Commands() {
				if c.IsAvailableCommand() && strings.HasPrefix(c.Name(), typed) {
					names = append(names, cobra.CompletionWithDesc(c.Name(), c.Short))
				}
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			about, rest, err := cmd.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return fmt.Errorf("no command is called %q\nRun 'neokeys --help' for a list", strings.Join(args, " "))
			}
			about.InitDefaultHelpFlag()
			return about.Help()
		},
	}
}

// help prints the help of a command as wide as the terminal is.
func help(cmd *cobra.Command, _ []string) {
	out := cmd.OutOrStdout()
	_, _ = fmt.Fprint(out, reflow(helpOf(cmd), widthOf(out)))
}

// helpOf returns the help of a command.
func helpOf(cmd *cobra.Command) string {
	cmd.InitDefaultHelpFlag()
	cmd.InitDefaultVersionFlag()
	return strings.TrimRight(cmp.Or(cmd.Long, cmd.Short), "\n ") + "\n\n" + cmd.UsageString()
}

// refuseUnknown makes the commands below cmd that only hold others fail for what is none
// of these, where cobra shows their help as if that had been asked for.
func refuseUnknown(cmd *cobra.Command) {
	for _, c := range cmd.Commands() {
		if c.HasSubCommands() && !c.Runnable() {
			c.Args = nil
			c.RunE = func(c *cobra.Command, args []string) error {
				if len(args) == 0 {
					return c.Help()
				}
				return fmt.Errorf("unknown command %q for %q\nRun '%[2]s --help' for a list", args[0], c.CommandPath())
			}
		}
		refuseUnknown(c)
	}
}

package cli

import (
	"fmt"

	"github.com/spf13/cobra"
)

func newConfig(env *environment) *cobra.Command {
	p := policy{noBaseline: true}
	cmd := &cobra.Command{
		Use:   "config [PATH]",
		Short: "Print the configuration that is in force",
		Long: `Print the configuration that is in force for a scan of PATH (default the current
folder), each setting with where its value comes from: a line of .neokeys.toml, a
flag, or the default. What is printed is itself a configuration file.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if err := p.loadFrom(argument(args, ".")); err != nil {
				return err
			}
			_, err := fmt.Fprint(env.out, p.settings.Format())
			return err
		},
	}
	p.registerConfig(cmd)
	return cmd
}

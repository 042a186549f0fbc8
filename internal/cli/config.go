package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"github.com/neokeys/neokeys/rules"
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
			path := argument(args, ".")
			if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
				return fmt.Errorf("%s: no such file or folder", path)
			}
			if err := p.loadFrom(path); err != nil {
				return err
			}
			own := map[string]string{}
			for _, r := range rules.All() {
				own[r.ID] = r.Severity.String()
			}
			_, err := fmt.Fprint(env.out, p.settings.Format(own))
			return err
		},
	}
	p.registerConfig(cmd)
	return cmd
}

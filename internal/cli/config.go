package cli

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/neokeys/neokeys/internal/policy"
	"github.com/neokeys/neokeys/rules"
)

func newConfig(env *environment) *cobra.Command {
	var p projectFlags
	cmd := &cobra.Command{
		Use:   "config [PATH]",
		Short: "Print the configuration in force",
		Long: `Print the configuration in force for a scan of PATH (default the current folder): each
setting with the origin of its value (a line of .neokeys.toml, a flag or the default), and
the baseline. The output is itself a configuration file.

Each file uses the nearest .neokeys.toml from its folder up to the root of its worktree,
which replaces those further up, and the nearest baseline. A submodule without one uses
that of the worktree around it, whose baseline always applies as well. In a scan that
begins above it, a configuration that git ignores, or one in vendor, node_modules or a
submodule, can only add: it turns nothing off.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			path := argument(args, ".")
			if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
				return fmt.Errorf("%s: no such file or folder%s", path, meantPath(path))
			}
			said, err := p.flags()
			if err != nil {
				return err
			}
			policies, err := policy.OnDisk(said, []string{path})
			if err != nil {
				return err
			}
			own := map[string]string{}
			for _, r := range rules.All() {
				own[r.ID] = r.Severity.String()
			}
			in := policies.First()
			_, err = fmt.Fprintf(env.out, "# Configuration: %s\n# Baseline: %s\n\n%s",
				orNone(in.Config.Path), orNone(strings.Join(in.Baselines(), ", ")), in.Config.Format(own))
			return err
		},
	}
	p.register(cmd)
	return cmd
}

// orNone returns the name of a file, or says there is none.
func orNone(file string) string { return cmp.Or(file, "none") }

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
		Short: "Print the configuration that is in force",
		Long: `Print the configuration that is in force for a scan of PATH (default the current
folder), each setting with where its value comes from: a line of .neokeys.toml, a
flag, or the default, and the baseline. What is printed is itself a configuration file.

Each file goes by the nearest .neokeys.toml from its folder up to the root of its worktree,
which replaces those further up; so does the baseline. In a submodule without one, that of
the worktree around it applies, whose baseline counts there in any case. In a scan that
begins above it, one that git ignores, or that is in vendor, node_modules or a submodule,
only adds: it turns nothing off.`,
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

// orNone returns the name of a file, or says that there is none.
func orNone(file string) string { return cmp.Or(file, "none") }

package cli

import (
	"errors"
	"fmt"
	"os"
	"os/exec"

	"github.com/spf13/cobra"
)

// fleetProgram is the program that neokeys fleet runs. It has a database and a queue, which a
// hook should not have to compile.
const fleetProgram = "neokeys-fleet"

var errNoFleet = errors.New("neokeys-fleet is not on the PATH: it is in the same release as neokeys, " +
	"or `go install github.com/neokeys/neokeys/cmd/neokeys-fleet@latest` makes it")

func newFleet(env *environment) *cobra.Command {
	return &cobra.Command{
		Use:   "fleet [ARGUMENT...]",
		Short: "Search many repositories and follow their keys: runs neokeys-fleet",
		Long: `Run neokeys-fleet with the arguments. It searches thousands of repositories and keeps what it
finds in a database: which keys there are, where, since when and whose, which still work, and
what has changed. docs/fleet.md explains it.`,
		Example: `  neokeys fleet add repositories.txt
  neokeys fleet run
  neokeys fleet report`,
		DisableFlagParsing: true,
		RunE: func(cmd *cobra.Command, args []string) error {
			path, err := exec.LookPath(fleetProgram)
			if err != nil {
				if len(args) == 1 && (args[0] == "--help" || args[0] == "-h") {
					_ = cmd.Help() // it always returns nil
				}
				return errNoFleet
			}
			return env.runFleet(cmd, path, args)
		},
	}
}

// runFleet runs the program, whose exit status is the command's.
func (env *environment) runFleet(cmd *cobra.Command, path string, args []string) error {
	fleet := exec.CommandContext(cmd.Context(), path, args...)
	fleet.Stdin, fleet.Stdout, fleet.Stderr = env.in, env.out, env.err
	// It hands back what it is at, and ends by itself.
	fleet.Cancel = func() error { return fleet.Process.Signal(os.Interrupt) }
	err := fleet.Run()
	var ended *exec.ExitError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &ended) && ended.ExitCode() >= 0:
		return status(ended.ExitCode())
	}
	return fmt.Errorf("%s: %w", path, err)
}

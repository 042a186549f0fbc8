// Package cli is the command line: commands and flags. It is the only package of neokeys
// that prints or prompts; what status a result leads to is in internal/program.
package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/neokeys/neokeys/internal/program"
	build "github.com/neokeys/neokeys/internal/version"
	"github.com/neokeys/neokeys/rules"
)

// Short names for the exit statuses.
const (
	statusClean    = program.Clean
	statusFindings = program.Findings
	statusFailed   = program.Failed
)

type status = program.Status

// environment is what a command has to do with the world outside.
type environment struct {
	in       io.Reader
	out, err *os.File
}

// Main runs the command line args, without the program's name, and returns the exit
// status.
func Main(args []string, in io.Reader, out, errOut *os.File) int {
	collectLater()
	root := newRoot(&environment{in, out, errOut}, args...)
	return program.Run(root, args, in, out, errOut, func(err error) {
		// A key may have been typed in the place of a command or a flag.
		newWrapped(errOut).printf("neokeys: %s", rules.Mask(meant(root, err).Error()))
	})
}

// Root returns the command with all its subcommands, for documentation to be made of.
func Root() *cobra.Command {
	return newRoot(&environment{os.Stdin, os.Stdout, os.Stderr})
}

// newRoot returns the command for a run with args: if these begin with the name of a subcommand,
// only that one is below it.
func newRoot(env *environment, args ...string) *cobra.Command {
	var printVersion bool
	root := &cobra.Command{
		Use:   "neokeys",
		Short: "Find leaked Neo API keys and bad key habits before they ship",
		Long: `neokeys finds leaked Neo API keys (neo_sk_<env>_<secret>) and raw tokens of the
older API in source, configuration, bundles and binaries.

Exit status: 0 nothing found; 1 findings; 2 the scan could not be carried out, or
was incomplete or had nothing to search, and found nothing.`,
		SilenceErrors: true,
		SilenceUsage:  true,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if !printVersion {
				return cmd.Help()
			}
			_, err := fmt.Fprintf(env.out, "neokeys %s\n", version())
			return err
		},
	}
	// Cobra's own --version takes its text before it is asked for, and to know that may take a
	// look at a repository; with a template it makes the program a fifth larger.
	root.Flags().BoolVarP(&printVersion, "version", "v", false, "version for neokeys")
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		var unknown *pflag.NotExistError
		switch {
		case !errors.As(err, &unknown):
		case unknown.GetSpecifiedShortnames() != "":
			// What follows the letter may be a secret.
			err = fmt.Errorf("unknown shorthand flag: -%s", unknown.GetSpecifiedName())
		default:
			err = fmt.Errorf("%w%s", err, meantFlag(cmd, unknown.GetSpecifiedName()))
		}
		return fmt.Errorf("%w\nRun '%s --help' for usage", err, cmd.CommandPath())
	})
	if slices.Equal(args, []string{"--version"}) {
		return root // which needs nothing else
	}
	addCommands(root, env, subcommands, args)
	root.SetHelpCommand(newHelp())
	root.SetHelpFunc(help)
	root.CompletionOptions.DisableDefaultCmd = len(root.Commands()) == 1
	root.InitDefaultCompletionCmd()
	refuseUnknown(root)
	completeNoFiles(root)
	return root
}

// version returns the version of this build, without v.
func version() string { return build.Of().Version }

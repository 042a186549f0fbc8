package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/neokeys/neokeys/internal/setup"
)

func newDoctor(env *environment) *cobra.Command {
	return &cobra.Command{
		Use:   "doctor [REPO]",
		Short: "Say which hooks of a repository run neokeys, and why others do not",
		Long: `Say which of git's hooks run neokeys in this clone of a repository, and why the others do
not: a core.hooksPath of husky or lefthook, a hook manager that is not installed
in this clone, a hook that is not executable, an old neokeys, a configuration that is not
read, a neokeys that graphical programs do not find. Each problem comes with the command that
mends it. doctor writes nothing. It runs git, and the neokeys on PATH for its version.

Exit status: 0 all hooks run neokeys and there is no problem; 1 a hook does not, or there is a
problem; 2 the hooks could not be examined.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			project, err := setup.Look(argument(args, ""))
			if err != nil {
				return err
			}
			d, err := project.Diagnose(version())
			if err != nil {
				return err
			}
			printDiagnosis(env, d)
			if !d.Healthy() {
				return statusFindings
			}
			return nil
		},
	}
}

func printDiagnosis(env *environment, d *setup.Diagnosis) {
	print := func(format string, args ...any) { _, _ = fmt.Fprintf(wrapping(env.out), format, args...) }
	mend := func(p setup.Problem) {
		if p.Mend != "" {
			print("    to mend it: %s\n", plainly(p.Mend))
		}
	}
	for _, h := range d.Hooks {
		if h.Runs {
			print("%-11s runs neokeys, by %s\n", h.Name, plainly(h.Through))
			continue
		}
		print("%-11s does not run neokeys: %s\n", h.Name, plainly(h.Problem.What))
		mend(h.Problem)
	}
	for _, p := range d.Problems {
		print("\n%s\n", plainly(p.What))
		mend(p)
	}
	if d.Healthy() {
		print("\nNothing is to be mended.\n")
	}
}

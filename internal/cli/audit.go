package cli

import (
	"github.com/spf13/cobra"
)

func newAudit(env *environment) *cobra.Command {
	var f flags
	cmd := &cobra.Command{
		Use:   "audit [REPO]",
		Short: "Find every key in a repository's files and history, in one report",
		Long: `Search the files and the whole history of a git repository with all rules and, with
--verify, ask the API which keys still work. The report lists everything that ` + "`neokeys scan`" + ` and
` + "`neokeys git`" + ` find as one list of keys, the most urgent first. A key in a file is listed
once, with the date it was added.

REPO is a worktree, a folder in one, or a bare repository, which has only a history. The
default is the repository of the current folder.`,
		Example: `  neokeys audit
  neokeys audit --verify -f text -f sarif=neokeys.sarif ~/src/shop`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return f.run(cmd, env, func() (*target, error) {
				path := argument(args, ".")
				repo, err := openRepo(path)
				if err != nil {
					return nil, err
				}
				return auditTarget(repo, path+" (files and history)"), nil
			})
		},
	}
	f.register(cmd)
	f.search.registerFiles(cmd)
	f.search.registerHistory(cmd)
	f.project.registerInline(cmd)
	f.output.registerUnused(cmd)
	return cmd
}

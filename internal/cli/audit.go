package cli

import (
	"github.com/spf13/cobra"
)

func newAudit(env *environment) *cobra.Command {
	var f flags
	cmd := &cobra.Command{
		Use:   "audit [REPO]",
		Short: "Find every key in a repository's files and history, in one report",
		Long: `Search the files and the whole history of a git repository, by all rules, and with
--verify ask the API which keys still work: everything that ` + "`neokeys scan`" + ` and
` + "`neokeys git`" + ` find, in one list of keys in the order in which to deal with them. A key
that lies in a file is told once, with since when.

REPO is a worktree, or a folder in one, or a bare repository, which has a history only;
without it, the repository of the current folder is audited.`,
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
				return auditTarget(repo, path+" (files and history)")
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

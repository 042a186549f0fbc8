package cli

import (
	"github.com/spf13/cobra"
)

func newScan(env *environment) *cobra.Command {
	var f flags
	cmd := &cobra.Command{
		Use:   "scan [PATH ...]",
		Short: "Find keys in files and folders",
		Long: `Find Neo API keys in files and folders; - is standard input, and without a PATH the
current folder is scanned: what is piped in is read only if - is named, as hooks and
CI services often give a program a pipe that holds nothing.

In a git worktree, files that git ignores are left out unless they are tracked or
lie in a folder that ships to browsers (dist, build, public, ...) and is not inside
another folder that git ignores, such as node_modules. A .neokeysignore file, with the
syntax of .gitignore, leaves out more. A PATH that is named is always scanned, and so is
all in it if git ignores it.

Archives and compressed files (zip, apk, ipa, aab, jar, tar, gzip, bzip2, xz, zstd) are opened,
whatever their names: the place of a key is then app.apk!/assets/app.js.`,
		Example: `  neokeys scan
  neokeys scan src .env dist
  git diff | neokeys scan -
  neokeys scan -f text -f sarif=neokeys.sarif`,
		RunE: func(cmd *cobra.Command, paths []string) error {
			if len(paths) == 0 {
				paths = []string{"."}
			}
			return f.run(cmd, env, func() (*target, error) { return filesTarget(env, paths), nil })
		},
	}
	f.register(cmd)
	f.search.registerFiles(cmd)
	f.search.registerEmpty(cmd)
	return cmd
}

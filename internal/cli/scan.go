package cli

import (
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/neokeys/neokeys/scanner"
	"github.com/neokeys/neokeys/scanner/git"
	"github.com/neokeys/neokeys/scanner/gitdir"
)

func newScan(env *environment) *cobra.Command {
	var f flags
	cmd := &cobra.Command{
		Use:   "scan [PATH ...]",
		Short: "Find keys in files and folders",
		Long: `Find Neo API keys in files and folders. The default PATH is the current folder; - is
standard input. Standard input is read only if - is named, because hooks and CI services
often give a program an empty pipe.

In a git worktree, files that git ignores are skipped, unless they are tracked or in a
folder that ships to browsers (dist, build, public, ...) and is not inside another ignored
folder, such as node_modules. A .neokeysignore file, in the syntax of .gitignore, skips
more. A PATH that you name is always scanned; if git ignores it, so is everything in it.

A PATH that is a git directory, such as a bare repository, a bundle or a folder of packs, is
searched as neokeys git does.
For a repository below a PATH, the report says that its history is not searched.

If standard input is a unified diff, as of git diff and git log -p (also with --stat, --oneline,
--graph or colours), findings in added lines have the path and line of the file. Text outside of
hunks is searched as text, and so are the lines of --word-diff. Removed and context lines are only
counted.

Archives, compressed files, databases and documents (zip, apk, jar, tar, deb, rpm, asar, 7z,
gzip, xz, zstd, lz4, brotli, SQLite, PDF, docx, ...; docs/archives.md lists them) are opened,
whatever their names: the place of a key is then app.apk!/assets/app.js.`,
		Example: `  neokeys scan
  neokeys scan src .env dist
  git diff | neokeys scan --allow-empty -
  neokeys scan -f text -f sarif=neokeys.sarif`,
		RunE: func(cmd *cobra.Command, paths []string) error {
			if len(paths) == 0 {
				paths = []string{"."}
			}
			return f.run(cmd, env, func() (*target, error) { return scanTarget(paths) })
		},
	}
	f.register(cmd)
	f.search.registerFiles(cmd)
	f.search.registerEmpty(cmd)
	f.search.registerDiff(cmd)
	f.project.registerInline(cmd)
	f.output.registerUnused(cmd)
	return cmd
}

// scanTarget returns what is at paths. A git directory is its history, as for neokeys git.
func scanTarget(paths []string) (*target, error) {
	if len(paths) == 1 && paths[0] != scanner.Stdin && git.IsStored(paths[0]) {
		repo, err := openRepo(paths[0])
		if err != nil {
			return nil, err
		}
		return historyTarget(repo, paths[0]+" (history)"), nil
	}
	for _, path := range paths {
		switch repository, itself := insideRepository(path); {
		case itself && len(paths) == 1:
			repo, err := openRepo(path)
			if err != nil {
				return nil, err
			}
			return historyTarget(repo, path+" (history)"), nil
		case repository != "":
			return nil, fmt.Errorf("%s: git keeps objects there, and no key in them can be seen in the files; `neokeys git %s` searches the history", path, repository)
		}
	}
	return filesTarget(paths), nil
}

// insideRepository returns the git directory that path is, or whose objects it is or holds; empty if
// it is another file or folder.
func insideRepository(path string) (repository string, itself bool) {
	if path == scanner.Stdin {
		return "", false
	}
	if _, err := gitdir.At(path); err == nil {
		return path, true
	}
	for at := filepath.Clean(path); ; at = filepath.Dir(at) {
		if parent := filepath.Dir(at); filepath.Base(at) == "objects" {
			if _, err := gitdir.At(parent); err == nil {
				return parent, false
			}
		}
		if at == filepath.Dir(at) {
			return "", false
		}
	}
}

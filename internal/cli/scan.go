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
		Long: `Find Neo API keys in files and folders; - is standard input, and without a PATH the
current folder is scanned: what is piped in is read only if - is named, as hooks and
CI services often give a program a pipe that holds nothing.

In a git worktree, files that git ignores are left out unless they are tracked or
lie in a folder that ships to browsers (dist, build, public, ...) and is not inside
another folder that git ignores, such as node_modules. A .neokeysignore file, with the
syntax of .gitignore, leaves out more. A PATH that is named is always scanned, and so is
all in it if git ignores it.

A PATH that is a git directory, such as a bare repository, a bundle or a folder of packs, is
searched as neokeys git does.
For a repository below a PATH, the report says that its history is not searched.

If standard input begins as a unified diff does, as that of git diff and git log -p, what it
adds is reported with the file and the line in it; what is in no hunk is searched as text, and
lines that it removes or shows around others are only counted.

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
			return f.run(cmd, env, func() (*target, error) { return scanTarget(env, paths) })
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
func scanTarget(env *environment, paths []string) (*target, error) {
	if len(paths) == 1 && paths[0] != scanner.Stdin && git.IsStored(paths[0]) {
		repo, err := openRepo(paths[0])
		if err != nil {
			return nil, err
		}
		return historyTarget(repo, paths[0]+" (history)")
	}
	for _, path := range paths {
		switch repository, itself := insideRepository(path); {
		case itself && len(paths) == 1:
			repo, err := openRepo(path)
			if err != nil {
				return nil, err
			}
			return historyTarget(repo, path+" (history)")
		case repository != "":
			return nil, fmt.Errorf("%s: git keeps objects there, and no key in them can be seen in the files; `neokeys git %s` searches the history", path, repository)
		}
	}
	return filesTarget(env, paths), nil
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

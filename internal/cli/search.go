package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/spf13/pflag"

	"github.com/neokeys/neokeys/rules"
	"github.com/neokeys/neokeys/scanner"
	"github.com/neokeys/neokeys/scanner/git"
)

// argument returns the argument that a command may have, or what it means to leave it out.
func argument(args []string, without string) string {
	if len(args) == 0 {
		return without
	}
	return args[0]
}

// checkJobs looks at the value of --jobs.
func checkJobs(n int) error {
	if n < 0 {
		return fmt.Errorf("--jobs: %d is negative; 0 is one a processor", n)
	}
	return nil
}

// maxArchiveDepth bounds the memory that each level of archives takes.
const maxArchiveDepth = 16

func registerArchiveDepth(f *pflag.FlagSet, depth *int) {
	f.IntVar(depth, "max-archive-depth", scanner.ArchiveDepth, "open archives and compressed files that lie in up to `N`-1 others; 0 opens none")
}

// checkArchiveDepth looks at the value of --max-archive-depth.
func checkArchiveDepth(n int) error {
	if n < 0 || n > maxArchiveDepth {
		return fmt.Errorf("--max-archive-depth: %d is not from 0 to %d; 0 opens no archive", n, maxArchiveDepth)
	}
	return nil
}

// openRepo opens the repository that a command is to search.
func openRepo(path string) (*git.Repo, error) {
	repo, err := git.Open(path, os.Getenv)
	var here *fs.PathError
	switch {
	case errors.Is(err, git.ErrNotRepository):
		err = fmt.Errorf("%w; `neokeys scan` searches files that are in none", err)
	case errors.As(err, &here) && here.Path == path:
		err = fmt.Errorf("%s: %w; give the path of a repository, or none for that of the current folder", path, here.Err)
	}
	return repo, err
}

// places returns what the project says of its places.
func (p *policy) places() rules.Places { return rules.Places{Browser: p.settings.BrowserFolders} }

// complete gives a search of a repository the rules, and what else the project has a say
// in.
func (o *output) complete(search *git.Options) (err error) {
	search.Places = o.policy.places()
	search.Progress = new(scanner.Progress)
	search.Rules, err = o.set()
	return err
}

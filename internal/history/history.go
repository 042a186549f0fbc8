// Package history finds out what the projects in a repository say about a search of its whole
// history. It prints nothing.
package history

import (
	"path/filepath"

	"github.com/neokeys/neokeys/internal/policy"
	"github.com/neokeys/neokeys/scanner/git"
)

// Root returns the absolute folder that the paths in a repository are relative to.
func Root(repo *git.Repo) string {
	if repo.Worktree == "" {
		return absolute(repo.Dir)
	}
	return absolute(repo.Worktree)
}

// Absolute returns where a path in a repository leads. What would lead out of it, as a name in
// a damaged one may, stays at its root.
func Absolute(root, path string) string {
	local := filepath.FromSlash(path)
	if !filepath.IsLocal(local) {
		return filepath.Join(root, filepath.Base(local))
	}
	return filepath.Join(root, local)
}

// Policies returns what the projects in a repository say about a search of its history. A bare
// repository is judged by HEAD's files, another by those in its worktree. The caller must call
// done when the search has ended.
func Policies(repo *git.Repo, said policy.Flags) (ps *policy.Policies, done func(), err error) {
	root := Root(repo)
	if repo.Worktree == "" {
		base, err := repo.Base("")
		if err != nil {
			return nil, nil, err
		}
		if ps, err = policy.BeforeChange(said, policy.Change{Root: root, Base: base, Tip: base}); err != nil {
			base.Close()
			return nil, nil, err
		}
		meet(ps, root, base)
		return ps, base.Close, nil
	}
	if ps, err = policy.OnDisk(said, []string{root}); err != nil {
		return nil, nil, err
	}
	ps.HeedIgnoreFiles(root)
	if index, err := repo.Tip(""); err == nil { // else the search says what is wrong
		defer index.Close()
		meet(ps, root, index)
	}
	return ps, func() {}, nil
}

// meet has ps meet the projects in a repository: the anchors of all of them are searched for at
// once.
func meet(ps *policy.Policies, root string, files *git.Snapshot) {
	for _, path := range files.Find(policy.Marks...) {
		if filepath.IsLocal(filepath.FromSlash(path)) {
			ps.At(filepath.Join(root, filepath.FromSlash(filepath.Dir(path))))
		}
	}
}

func absolute(path string) string {
	if full, err := filepath.Abs(path); err == nil {
		return full
	}
	return path
}

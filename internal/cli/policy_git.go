package cli

import "github.com/neokeys/neokeys/scanner/git"

// loadRepoPolicy is loadPolicy for a search of a repository: of a change, whose base then
// has the say, or, if whole, of all its history. The caller must call done after write.
func (o *output) loadRepoPolicy(repo *git.Repo, whole bool, commits string) (done func(), err error) {
	root := repo.Worktree
	if root == "" {
		root = repo.Dir
	}
	root = absolute(root)
	if whole && repo.Worktree != "" {
		o.root = root
		o.policy.ignores = newIgnoreFiles(diskFiles{root})
		return func() {}, o.loadPolicy(root)
	}
	base, err := repo.Base(commits)
	if err != nil {
		return nil, err
	}
	tip := base
	if !whole {
		if tip, err = repo.Tip(commits); err != nil {
			base.Close()
			return nil, err
		}
	}
	done = func() { base.Close(); tip.Close() }
	if err := o.loadBasePolicy(root, base, tip); err != nil {
		done()
		return nil, err
	}
	return done, nil
}

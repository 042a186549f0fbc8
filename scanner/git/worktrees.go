package git

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/neokeys/neokeys/scanner/gitdir"
)

// Worktrees returns the folders of all worktrees of the repository that can be found: the one
// it was opened by, the main one and the linked ones.
func (r *Repo) Worktrees() []string {
	var trees []string
	if r.Worktree != "" {
		trees = append(trees, r.Worktree)
	}
	if c, err := readConfig(filepath.Join(r.Common, "config")); err == nil && c.value("core.worktree") != "" {
		trees = append(trees, gitdir.Join(r.Common, c.value("core.worktree")))
	} else if filepath.Base(r.Common) == ".git" {
		trees = append(trees, filepath.Dir(r.Common))
	}
	linked := filepath.Join(r.Common, "worktrees")
	entries, _ := os.ReadDir(linked) // there need be none
	for _, e := range entries {
		// gitrepository-layout(5): worktrees/<id>/gitdir holds the path of the .git file.
		dir := filepath.Join(linked, e.Name())
		if file, err := gitdir.ReadLine(filepath.Join(dir, "gitdir")); err == nil {
			trees = append(trees, filepath.Dir(gitdir.Join(dir, file)))
		}
	}
	return trees
}

// HasRefs reports whether there is a ref whose full name begins with prefix.
func (r *Repo) HasRefs(prefix string) bool {
	return slices.ContainsFunc(r.refs(func(string, error) {}), func(ref ref) bool { return strings.HasPrefix(ref.name, prefix) })
}

package worktree

import (
	"path/filepath"
	"strings"

	"github.com/neokeys/neokeys/scanner/gitdir"
)

// maxAlternates is how much is read of the list of repositories that one borrows from, in bytes.
const maxAlternates = 64 << 10

// LFS returns the folders with objects of Git LFS: the repository's, and those of the repositories that
// it borrows from.
func (t *Tree) LFS() []string {
	own := filepath.Join(t.dir.Common, "lfs")
	settings, _ := gitdir.ReadConfig(filepath.Join(t.dir.Common, "config")) // with an error, those before it
	for _, s := range settings {
		if s.Name() == "lfs.storage" && s.Value != "" {
			own = gitdir.Join(t.dir.Common, s.Value)
		}
	}
	folders := []string{filepath.Join(own, "objects")}
	objects := filepath.Join(t.dir.Common, "objects")
	list, _ := gitdir.ReadFile(filepath.Join(objects, "info", "alternates"), maxAlternates) // most have none
	for line := range strings.Lines(string(list)) {
		if line = strings.TrimRight(line, "\r\n"); line != "" && line[0] != '#' {
			folders = append(folders, filepath.Join(filepath.Dir(gitdir.Join(objects, line)), "lfs", "objects"))
		}
	}
	return folders
}

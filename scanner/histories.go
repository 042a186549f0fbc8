package scanner

import (
	"os"
	"path/filepath"

	"github.com/neokeys/neokeys/scanner/gitdir"
)

// maxHistories is how many histories are remembered by name.
const maxHistories = 1000

// history notes that there is a history at path, which is not searched.
func (c *collector) history(path string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.result.Histories) < maxHistories {
		c.result.Histories = append(c.result.Histories, path)
	}
}

// meetRepository notes that the folder at path is a git directory, if it is one, and reports
// whether it did. Its objects are then not searched as files.
func (w *walker) meetRepository(path string, entries []os.DirEntry) bool {
	parts := 0
	for _, e := range entries {
		switch e.Name() {
		case "HEAD", "objects", "refs":
			parts++
		}
	}
	if parts < 3 || !HasHistory(path) {
		return false
	}
	w.scan.out.history(path)
	return true
}

// HasHistory reports whether path is a git directory, or a .git file that leads to one, and there
// are objects in it.
func HasHistory(path string) bool {
	dir, err := gitdir.At(path)
	if err != nil {
		return false
	}
	objects, _ := os.ReadDir(filepath.Join(dir.Common, "objects")) // without any there is none
	for _, e := range objects {
		if len(e.Name()) == 2 {
			return true
		}
	}
	packs, _ := filepath.Glob(filepath.Join(dir.Common, "objects", "pack", "*.pack"))
	return len(packs) > 0
}

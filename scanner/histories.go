package scanner

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"

	"github.com/neokeys/neokeys/scanner/gitdir"
)

// maxHistories is how many histories are remembered by name.
const maxHistories = 1000

// beginnings are those of files in which git keeps many objects, compressed so that no key in
// them can be seen: packs (gitformat-pack(5)) and bundles (gitformat-bundle(5)).
var beginnings = [][]byte{[]byte("PACK\x00\x00\x00"), []byte("# v2 git bundle\n"), []byte("# v3 git bundle\n")}

// history notes that there is a history at path, which is not searched.
func (c *collector) history(path string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.result.Histories) < maxHistories {
		c.result.Histories = append(c.result.Histories, path)
	}
}

// meetHistory notes that the input is one in which git keeps objects.
func (s *stream) meetHistory() {
	if s.nest.outer == nil && !s.past && slices.ContainsFunc(beginnings, func(b []byte) bool { return bytes.HasPrefix(s.text, b) }) {
		s.out.history(s.path)
	}
}

// meetRepository notes that the folder at path is a git directory, if it is one.
func (w *walker) meetRepository(path string, entries []os.DirEntry) {
	parts := 0
	for _, e := range entries {
		switch e.Name() {
		case "HEAD", "objects", "refs":
			parts++
		}
	}
	if parts == 3 && HasHistory(path) {
		w.scan.out.history(path)
	}
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

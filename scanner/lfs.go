package scanner

import (
	"errors"
	"os"
	"path/filepath"
	"sync"

	"github.com/neokeys/neokeys/scanner/gitdir"
	"github.com/neokeys/neokeys/scanner/worktree"
)

// lfs is what a scan knows of Git LFS, which leaves pointers in a worktree where it did not bring the
// files. Its methods may be called by all workers at once.
type lfs struct {
	mu      sync.Mutex
	folders map[string][]string // with objects, by the root of the worktree
	absent  map[[32]byte]bool   // objects that are not here
}

// open opens the object that a pointer in the worktree with the given root names. It notes those
// that are not here.
func (l *lfs) open(p gitdir.Pointer, root string) (*os.File, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	folders, ok := l.folders[root]
	if !ok {
		if l.folders == nil {
			l.folders, l.absent = map[string][]string{}, map[[32]byte]bool{}
		}
		if tree := worktree.At(root); root != "" && tree != nil {
			folders = tree.LFS()
		}
		l.folders[root] = folders
	}
	f, err := gitdir.OpenLFS(p, folders)
	if errors.Is(err, gitdir.ErrNoLFS) {
		l.absent[p.Hash] = true
	}
	return f, err
}

// searchPointed searches the object of Git LFS that a file points to, if its text is a pointer and the
// object is here: git would put that in the file's place.
func (w *walker) searchPointed(s *stream, path string, text []byte) {
	p, ok := gitdir.ParsePointer(text)
	if !ok {
		return
	}
	if limit := w.scan.MaxFileSize; limit > 0 && p.Size > limit {
		w.scan.out.skip(path, "larger than --max-file-size")
		return
	}
	full, err := filepath.Abs(path)
	if err != nil {
		full = path
	}
	f, err := w.scan.lfs.open(p, w.scan.projects.root(filepath.Dir(full)))
	switch {
	case errors.Is(err, gitdir.ErrNoLFS):
		return
	case err != nil:
		w.scan.out.problem(path, err)
		return
	}
	defer f.Close() // only read from
	n, err := s.search(w.ctx, path, f)
	w.scan.readError(path, n, err)
}

package git

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/neokeys/neokeys/scanner/gitdir"
	"github.com/neokeys/neokeys/scanner/pack"
)

// openLFS opens the object that p names. The error is [gitdir.ErrNoLFS] if it is not here.
func (s *search) openLFS(p gitdir.Pointer) (*os.File, error) { return gitdir.OpenLFS(p, s.lfsDirs()) }

// lfsDirs returns the folders with objects of Git LFS: the repository's, and those beside the
// object directories that it borrows from.
func (s *search) lfsDirs() []string {
	dirs := []string{filepath.Join(s.repo.lfs, "objects")}
	for _, objects := range s.objects.Dirs() {
		dirs = append(dirs, filepath.Join(filepath.Dir(objects), "lfs", "objects"))
	}
	return dirs
}

// content returns what is to be searched of a blob: the text or, if that is long, a reader of
// it, which the caller must close. Of a Git LFS pointer it is the object, if that is here; if
// not, absent is true.
func (s *search) content(id pack.ID) (text []byte, long io.ReadCloser, absent bool, err error) {
	text, long, err = s.objects.blob(id)
	if err != nil || long != nil {
		return text, long, false, err
	}
	p, ok := gitdir.ParsePointer(text)
	if !ok {
		return text, nil, false, nil
	}
	f, err := s.openLFS(p)
	switch {
	case errors.Is(err, gitdir.ErrNoLFS):
		return text, nil, true, nil
	case err != nil:
		return nil, nil, false, err
	}
	return nil, f, false, nil
}

// pointed reports whether something is found in the object of Git LFS that a blob points to. It
// notes the objects that are not here.
func (v *sweepVisitor) pointed(o *pack.Object) bool {
	if o.Kind != pack.Blob || v.openLFS == nil || o.Size >= gitdir.MaxPointer {
		return false
	}
	p, ok := gitdir.ParsePointer(o.Text)
	if !ok {
		return false
	}
	f, err := v.openLFS(p)
	if err != nil {
		if v.absent == nil {
			v.absent = map[[32]byte]bool{}
		}
		v.absent[p.Hash] = true
		return false
	}
	defer f.Close() // only read from
	return v.unpack(o.ID(), f)
}

// absentLFS says that n objects of Git LFS were not searched. That is usual in a clone, so
// that the result is no less complete.
func (s *search) absentLFS(n int) {
	if n > 0 {
		s.notice(gitdir.AbsentLFS(n))
	}
}

// unsearchedLFS says that the object of Git LFS that a file points to was not searched although
// it is about to leave this machine.
func (s *search) unsearchedLFS(path string, _ pack.ID) {
	s.problem(path, fmt.Errorf("%w, so that this file was not searched: `git lfs fetch` brings it", gitdir.ErrNoLFS))
}

package git

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/neokeys/neokeys/scanner/gitdir"
	"github.com/neokeys/neokeys/scanner/pack"
)

// A pointer is what Git LFS commits in place of a file:
// https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md
type pointer struct {
	oid  string // SHA-256 of the file, in hexadecimal
	hash [32]byte
	size int64
}

// maxPointer is the length in bytes that a pointer must be shorter than.
const maxPointer = 1024

// pointerVersions begin the first line of a pointer; the second is that of the time when Git
// LFS was called Hawser.
var pointerVersions = [][]byte{
	[]byte("version https://git-lfs.github.com/spec/"), []byte("version https://hawser.github.com/spec/"),
}

// parsePointer returns the pointer that text is, if it is one.
func parsePointer(text []byte) (p pointer, ok bool) {
	if len(text) >= maxPointer || !bytes.HasPrefix(text, pointerVersions[0]) && !bytes.HasPrefix(text, pointerVersions[1]) {
		return p, false
	}
	sized := false
	for line := range strings.Lines(string(text)) {
		key, value, _ := strings.Cut(strings.TrimRight(line, "\r\n"), " ")
		switch key {
		case "oid":
			p.oid, _ = strings.CutPrefix(value, "sha256:")
		case "size":
			var err error
			p.size, err = strconv.ParseInt(value, 10, 64)
			sized = err == nil && p.size >= 0
		}
	}
	if len(p.oid) != 2*len(p.hash) || p.oid != strings.ToLower(p.oid) {
		return p, false
	}
	_, err := hex.Decode(p.hash[:], []byte(p.oid))
	return p, sized && err == nil
}

// errNoLFS is the error of an object of Git LFS that is not here.
var errNoLFS = errors.New("an object of Git LFS is not here")

// openLFS opens the object that p names. The error is errNoLFS if it is not here.
func (s *search) openLFS(p pointer) (*os.File, error) {
	for _, dir := range s.lfsDirs() {
		f, err := gitdir.Open(filepath.Join(dir, p.oid[:2], p.oid[2:4], p.oid))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if info, err := f.Stat(); err != nil || info.Size() != p.size {
			_ = f.Close() // only read from
			return nil, fmt.Errorf("the object of Git LFS is damaged: it has not the %d bytes that its pointer says; "+
				"`git lfs fsck` repairs it: %w", p.size, errors.Join(err, errNoLFS))
		}
		return f, nil
	}
	return nil, errNoLFS
}

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
	p, ok := parsePointer(text)
	if !ok {
		return text, nil, false, nil
	}
	f, err := s.openLFS(p)
	switch {
	case errors.Is(err, errNoLFS):
		return text, nil, true, nil
	case err != nil:
		return nil, nil, false, err
	}
	return nil, f, false, nil
}

// pointed reports whether something is found in the object of Git LFS that a blob points to. It
// notes the objects that are not here.
func (v *sweepVisitor) pointed(o *pack.Object) bool {
	if o.Kind != pack.Blob || v.openLFS == nil || o.Size >= maxPointer {
		return false
	}
	p, ok := parsePointer(o.Text)
	if !ok {
		return false
	}
	f, err := v.openLFS(p)
	if err != nil {
		if v.absent == nil {
			v.absent = map[[32]byte]bool{}
		}
		v.absent[p.hash] = true
		return false
	}
	defer f.Close() // only read from
	return v.unpack(o.ID(), f)
}

// absentLFS says that n objects of Git LFS were not searched. That is usual in a clone, so
// that the result is no less complete.
func (s *search) absentLFS(n int) {
	const help = "`git lfs fetch --all` brings what is missing"
	switch {
	case n == 1:
		s.notice("one object of Git LFS is not here and was not searched; " + help)
	case n > 1:
		s.notice(fmt.Sprintf("%d objects of Git LFS are not here and were not searched; %s", n, help))
	}
}

// unsearchedLFS says that the object of Git LFS that a file points to was not searched although
// it is about to leave this machine.
func (s *search) unsearchedLFS(path string, _ pack.ID) {
	s.problem(path, fmt.Errorf("%w, so that this file was not searched: `git lfs fetch` brings it", errNoLFS))
}

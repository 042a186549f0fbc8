package gitdir

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// A Pointer is what Git LFS commits in place of a file:
// https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md
type Pointer struct {
	OID  string // SHA-256 of the file, in hexadecimal
	Hash [32]byte
	Size int64 // in bytes
}

// MaxPointer is the length in bytes that a pointer must be shorter than.
const MaxPointer = 1024

// pointerVersions begin the first line of a pointer; the second is that of the time when Git
// LFS was called Hawser.
var pointerVersions = [][]byte{
	[]byte("version https://git-lfs.github.com/spec/"), []byte("version https://hawser.github.com/spec/"),
}

// ParsePointer returns the pointer that text is, if it is one.
func ParsePointer(text []byte) (p Pointer, ok bool) {
	if len(text) >= MaxPointer || !bytes.HasPrefix(text, pointerVersions[0]) && !bytes.HasPrefix(text, pointerVersions[1]) {
		return p, false
	}
	sized := false
	for line := range strings.Lines(string(text)) {
		key, value, _ := strings.Cut(strings.TrimRight(line, "\r\n"), " ")
		switch key {
		case "oid":
			p.OID, _ = strings.CutPrefix(value, "sha256:")
		case "size":
			var err error
			p.Size, err = strconv.ParseInt(value, 10, 64)
			sized = err == nil && p.Size >= 0
		}
	}
	if len(p.OID) != 2*len(p.Hash) || p.OID != strings.ToLower(p.OID) {
		return p, false
	}
	_, err := hex.Decode(p.Hash[:], []byte(p.OID))
	return p, sized && err == nil
}

// ErrNoLFS is the error of an object of Git LFS that is not here.
var ErrNoLFS = errors.New("an object of Git LFS is not here")

// OpenLFS opens the object that p names in one of the folders with objects of Git LFS. The error is
// [ErrNoLFS] if it is in none.
func OpenLFS(p Pointer, folders []string) (*os.File, error) {
	for _, folder := range folders {
		f, err := Open(filepath.Join(folder, p.OID[:2], p.OID[2:4], p.OID))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if info, err := f.Stat(); err != nil || info.Size() != p.Size {
			_ = f.Close() // only read from
			return nil, fmt.Errorf("the object of Git LFS is damaged: it has not the %d bytes that its pointer says; "+
				"`git lfs fsck` repairs it: %w", p.Size, errors.Join(err, ErrNoLFS))
		}
		return f, nil
	}
	return nil, ErrNoLFS
}

// AbsentLFS says that n objects of Git LFS are not here; empty for none.
func AbsentLFS(n int) string {
	const help = "`git lfs fetch --all` brings what is missing"
	switch n {
	case 0:
		return ""
	case 1:
		return "one object of Git LFS is not here and was not searched; " + help
	}
	return fmt.Sprintf("%d objects of Git LFS are not here and were not searched; %s", n, help)
}

package gitdir

import (
	"bytes"
	"crypto/sha1" //nolint:gosec // git's checksum of an index
	"crypto/sha256"
	"encoding/binary"
	"fmt"
)

// Without returns an index without the entries of paths, as `git rm --cached` leaves it: they are
// no longer tracked. Extensions are caches, which git makes anew, and are left out. An index of
// version 4, a split or sparse one, and an unmerged path are errors.
func Without(index []byte, hashSize int, paths [][]byte) ([]byte, error) {
	if len(index) < indexHeader+hashSize || string(index[:4]) != "DIRC" {
		return nil, damaged("it does not begin as one")
	}
	version, count := binary.BigEndian.Uint32(index[4:]), binary.BigEndian.Uint32(index[8:])
	if version != 2 && version != 3 {
		return nil, fmt.Errorf("git's index has version %d, which is not written here", version)
	}
	out := bytes.Clone(index[:indexHeader])
	at, body, kept := indexHeader, len(index)-hashSize, uint32(0)
	for range count {
		n, path, stage, err := entryAt(index[at:body], hashSize)
		if err != nil {
			return nil, err
		}
		if !contains(paths, path) {
			out = append(out, index[at:at+n]...)
			kept++
		} else if stage != 0 {
			return nil, fmt.Errorf("%s is unmerged", path)
		}
		at += n
	}
	for at < body {
		if body-at < 8 {
			return nil, errCut
		}
		if c := index[at]; c < 'A' || c > 'Z' {
			return nil, fmt.Errorf("git's index has the extension %q, which is not written here", index[at:at+4])
		}
		size := int64(binary.BigEndian.Uint32(index[at+4:]))
		if int64(body-at-8) < size {
			return nil, errCut
		}
		at += 8 + int(size)
	}
	binary.BigEndian.PutUint32(out[8:], kept)
	if hashSize == sha256.Size {
		sum := sha256.Sum256(out)
		return append(out, sum[:]...), nil
	}
	sum := sha1.Sum(out) //nolint:gosec // as above
	return append(out, sum[:]...), nil
}

// entryAt returns the length of the entry that data begins with, in versions 2 and 3, its path and
// its stage.
func entryAt(data []byte, hashSize int) (n int, path []byte, stage uint16, err error) {
	fixed := entryStat + hashSize + 2
	if len(data) < fixed {
		return 0, nil, 0, errCut
	}
	flags := binary.BigEndian.Uint16(data[fixed-2:])
	if flags&flagExtended != 0 {
		fixed += 2
	}
	if len(data) < fixed {
		return 0, nil, 0, errCut
	}
	end := bytes.IndexByte(data[fixed:], 0)
	if end < 0 {
		return 0, nil, 0, errCut
	}
	n = (fixed + end + 8) &^ 7 // padded with one to eight zeros
	if n > len(data) {
		return 0, nil, 0, errCut
	}
	return n, data[fixed : fixed+end], flags >> 12 & 3, nil
}

func contains(paths [][]byte, path []byte) bool {
	for _, p := range paths {
		if bytes.Equal(p, path) {
			return true
		}
	}
	return false
}

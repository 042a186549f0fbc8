package git

import (
	"bytes"
	"errors"
	"strings"

	"github.com/neokeys/neokeys/scanner/pack"
)

// The modes of tree and index entries.
const (
	modeType      = 0o170000
	modeFolder    = 0o040000
	modeFile      = 0o100000
	modeLink      = 0o120000
	modeSubmodule = 0o160000
)

// A treeEntry is one name in a folder.
type treeEntry struct {
	name []byte
	id   pack.ID
	mode uint32
}

func (e *treeEntry) isFolder() bool { return e.mode&modeType == modeFolder }

// isFile reports whether the entry's content is a blob of the repository's: a file's
// text, or a symbolic link's target.
func (e *treeEntry) isFile() bool {
	return e.mode&modeType == modeFile || e.mode&modeType == modeLink
}

var errTree = errors.New("damaged: not a tree")

// entrySpan returns where in text the mode of the tree entry that begins at at ends, and where
// the entry itself does; ok is false if there is no whole entry.
func entrySpan(text []byte, at, hashSize int) (space, end int, ok bool) {
	// The usual modes have five digits, for a folder, or six.
	space = at + 6
	if text[at] == '4' {
		space = at + 5
	}
	if space >= len(text) || text[space] != ' ' {
		n := bytes.IndexByte(text[at:], ' ')
		if n < 0 {
			return 0, 0, false
		}
		space = at + n
	}
	n := bytes.IndexByte(text[space:], 0)
	end = space + n + 1 + hashSize
	return space, end, n > 0 && end <= len(text)
}

// nextEntry takes the first entry off the text of a tree, which must not be empty.
func nextEntry(text []byte, hashSize int) (e treeEntry, rest []byte, err error) {
	space, end, ok := entrySpan(text, 0, hashSize)
	if !ok || space == 0 || space > 8 {
		return e, nil, errTree
	}
	for _, c := range text[:space] {
		if c < '0' || c > '7' {
			return e, nil, errTree
		}
		e.mode = e.mode<<3 | uint32(c-'0')
	}
	e.name = text[space+1 : end-hashSize-1]
	e.id = pack.NewID(text[end-hashSize : end])
	if len(e.name) == 0 {
		return e, nil, errTree
	}
	return e, text[end:], nil
}

// parseTree returns the entries of a tree. With an error it returns those before the
// damage.
func parseTree(text []byte, hashSize int) ([]treeEntry, error) {
	entries := make([]treeEntry, 0, len(text)/(hashSize+16)+1)
	for len(text) > 0 {
		e, rest, err := nextEntry(text, hashSize)
		if err != nil {
			return entries, err
		}
		entries = append(entries, e)
		text = rest
	}
	return entries, nil
}

// compareNames orders the names of a folder as trees and the index have them: a
// folder's as if it ended in a slash.
func compareNames(a []byte, aFolder bool, b []byte, bFolder bool) int {
	n := min(len(a), len(b))
	if c := bytes.Compare(a[:n], b[:n]); c != 0 {
		return c
	}
	return int(byteAt(a, n, aFolder)) - int(byteAt(b, n, bFolder))
}

func byteAt(name []byte, i int, folder bool) byte {
	switch {
	case i < len(name):
		return name[i]
	case folder:
		return '/'
	}
	return 0
}

// join puts a name behind the path of its folder; the top folder's path is empty.
func join(folder string, name []byte) string {
	if folder == "" {
		return string(name)
	}
	return strings.Join([]string{folder, string(name)}, "/")
}

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

// nextEntry takes the first entry off the text of a tree.
func nextEntry(text []byte, hashSize int) (e treeEntry, rest []byte, err error) {
	i := 0
	for ; i < len(text) && i < 8 && text[i] != ' '; i++ {
		if text[i] < '0' || text[i] > '7' {
			return e, nil, errTree
		}
		e.mode = e.mode<<3 | uint32(text[i]-'0')
	}
	if i == 0 || i == len(text) || text[i] != ' ' {
		return e, nil, errTree
	}
	text = text[i+1:]
	n := bytes.IndexByte(text, 0)
	if n <= 0 || len(text) < n+1+hashSize {
		return e, nil, errTree
	}
	e.name = text[:n]
	e.id = pack.NewID(text[n+1 : n+1+hashSize])
	return e, text[n+1+hashSize:], nil
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

package gitdir

import (
	"bytes"
	"strconv"
)

// A CachedTree names the tree that a folder of the index would be recorded as, unless
// something in the folder has changed since.
type CachedTree struct {
	Entries int    // of the index that the tree stands for; negative if not known
	ID      []byte // nil if not known

	name    []byte
	folders []*CachedTree
}

// Folder returns what is known of a folder in t, or nil.
func (t *CachedTree) Folder(name []byte) *CachedTree {
	if t == nil {
		return nil
	}
	for _, f := range t.folders {
		if bytes.Equal(f.name, name) {
			return f
		}
	}
	return nil
}

// maxCachedDepth is deeper than any folder of a repository that can be checked out.
const maxCachedDepth = 4096

// parseCachedTree reads the cache-tree extension. It only saves time, so a damaged one
// is as good as none.
func parseCachedTree(b []byte, hashSize int) *CachedTree {
	t, _, ok := parseCachedFolder(b, hashSize, 0)
	if !ok {
		return nil
	}
	return t
}

func parseCachedFolder(b []byte, hashSize, depth int) (t *CachedTree, rest []byte, ok bool) {
	name, b, ok1 := bytes.Cut(b, []byte{0})
	entries, b, ok2 := bytes.Cut(b, []byte{' '})
	folders, b, ok3 := bytes.Cut(b, []byte{'\n'})
	count, err1 := strconv.Atoi(string(entries))
	subs, err2 := strconv.Atoi(string(folders))
	if !ok1 || !ok2 || !ok3 || err1 != nil || err2 != nil || depth > maxCachedDepth {
		return nil, nil, false
	}
	t = &CachedTree{name: name, Entries: count}
	if count >= 0 {
		if len(b) < hashSize {
			return nil, nil, false
		}
		t.ID = b[:hashSize]
		b = b[hashSize:]
	}
	for range subs {
		var sub *CachedTree
		if sub, b, ok = parseCachedFolder(b, hashSize, depth+1); !ok {
			return nil, nil, false
		}
		t.folders = append(t.folders, sub)
	}
	return t, b, true
}

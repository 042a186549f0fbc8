package gitdir

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"sort"
)

// An Index is what the next commit would record. The format is that of
// gitformat-index(5), in its versions 2 to 4. All of it is in memory, since what is
// wanted of it is wanted within the milliseconds that a commit hook has.
type Index struct {
	Entries Entries     // by path and stage
	Tree    *CachedTree // nil if the index has none
	sparse  bool        // an entry whose path ends in a slash is a folder
}

// damaged returns an error that says what is wrong with an index.
func damaged(what string) error { return errors.New("git's index is damaged: " + what) }

var errCut = damaged("it is cut off")

// ReadIndex reads the index file at path; one that is not there is an empty index. The
// other part of a split one is in the git directory at dir.
func ReadIndex(path, dir string, hashSize int) (*Index, error) {
	data, err := ReadFile(path, MaxFile)
	if errors.Is(err, fs.ErrNotExist) {
		return &Index{}, nil
	}
	if err != nil {
		return nil, err
	}
	x, err := ParseIndex(data, hashSize, func(name string) ([]byte, error) {
		return ReadFile(filepath.Join(dir, name), MaxFile)
	})
	if err != nil {
		return nil, &fs.PathError{Op: "read", Path: path, Err: err}
	}
	return x, nil
}

// ParseIndex reads an index. If it is a split one, it asks for the file with the other
// part by its name. It keeps data.
func ParseIndex(data []byte, hashSize int, shared func(name string) ([]byte, error)) (*Index, error) {
	x, base, err := parseIndex(data, hashSize)
	if err != nil || base == nil {
		return x, err
	}
	name := "sharedindex." + hex.EncodeToString(base.id)
	data, err = shared(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, damaged(name + ", which it is a change to, is not there")
	}
	if err != nil {
		return nil, err
	}
	whole, nested, err := parseIndex(data, hashSize)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if nested != nil {
		return nil, damaged("it is a change to a change")
	}
	return x, x.join(whole, base)
}

// from returns the entries but for those before path.
func (x *Index) from(path []byte) Entries {
	n := x.Entries.Len()
	return x.Entries.Slice(sort.Search(n, func(i int) bool { return bytes.Compare(x.Entries.Path(i), path) >= 0 }), n)
}

// Find returns the file at path, unless there is none or it is unmerged.
func (x *Index) Find(path []byte) *Entry {
	list := x.from(path)
	if list.Len() == 0 || !bytes.Equal(list.Path(0), path) {
		return nil
	}
	if e := list.At(0); e.Stage == 0 {
		return &e
	}
	return nil
}

// Has reports whether the file or submodule at path is tracked.
func (x *Index) Has(path []byte) bool {
	if x.has(path) {
		return true
	}
	for i := 0; x.sparse && i < len(path); i++ {
		if path[i] == '/' && x.has(path[:i+1]) {
			return true // for all that is known
		}
	}
	return false
}

func (x *Index) has(path []byte) bool {
	list := x.from(path)
	return list.Len() > 0 && bytes.Equal(list.Path(0), path)
}

// HasUnder reports whether anything in the folder at path is tracked.
func (x *Index) HasUnder(path []byte) bool {
	path = append(bytes.Clone(path), '/')
	list := x.from(path)
	return list.Len() > 0 && bytes.HasPrefix(list.Path(0), path) || x.sparse && x.Has(path)
}

// parseIndex reads one file of an index, and for a split one what it says of its base.
func parseIndex(data []byte, hashSize int) (x *Index, base *link, err error) {
	if len(data) < indexHeader+hashSize || string(data[:4]) != "DIRC" {
		return nil, nil, damaged("it does not begin as one")
	}
	version, count := binary.BigEndian.Uint32(data[4:]), binary.BigEndian.Uint32(data[8:])
	if version < 2 || version > 4 {
		return nil, nil, fmt.Errorf("git's index has version %d, which is not supported; this program knows 2, 3 and 4", version)
	}
	// The checksum is left alone, as git leaves it: the file is replaced as a whole.
	rest := data[indexHeader : len(data)-hashSize]
	if int64(count) > int64(len(rest)/minEntry) {
		return nil, nil, errCut
	}
	x = &Index{}
	var n int
	if x.Entries, n, err = parseEntries(data[:len(data)-hashSize], version, int(count), hashSize); err != nil {
		return nil, nil, err
	}
	rest = rest[n-indexHeader:]
	base, err = x.parseExtensions(rest, hashSize)
	if err != nil {
		return nil, nil, err
	}
	if base == nil && count > 0 && len(x.Entries.Path(0)) == 0 {
		return nil, nil, damaged("an entry has no path")
	}
	return x, base, nil
}

// parseExtensions reads what follows the entries. An extension that begins with a
// capital letter may be passed over by who does not know it.
func (x *Index) parseExtensions(b []byte, hashSize int) (base *link, err error) {
	for len(b) > 0 {
		if len(b) < 8 {
			return nil, errCut
		}
		name, size := string(b[:4]), uint64(binary.BigEndian.Uint32(b[4:]))
		if size > uint64(len(b)-8) {
			return nil, errCut
		}
		body := b[8 : 8+size]
		b = b[8+size:]
		switch {
		case name == "TREE":
			x.Tree = parseCachedTree(body, hashSize)
		case name == "link":
			if base, err = parseLink(body, hashSize); err != nil {
				return nil, err
			}
		case name == "sdir":
			x.sparse = true
		case name[0] < 'A' || name[0] > 'Z':
			return nil, fmt.Errorf("git's index has the extension %q, which is not supported", name)
		}
	}
	return base, nil
}

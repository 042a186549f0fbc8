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
	Entries []Entry     // by path and stage
	Tree    *CachedTree // nil if the index has none
	sparse  bool        // an entry whose path ends in a slash is a folder
}

// An Entry is a file, a link, a submodule or, in a sparse index, a folder.
type Entry struct {
	Path  []byte
	ID    []byte
	Mode  uint32
	Stage uint8 // above 0 if the file is unmerged
	// Intent says that only the intention to add the file is recorded.
	Intent bool
}

const (
	indexHeader   = 12
	entryStat     = 40 // bytes of file status before an entry's id, the mode among them
	entryMode     = 24 // offset of the mode
	flagExtended  = 1 << 14
	flagIntent    = 1 << 13 // of the extended flags
	minEntry      = entryStat + 20 + 2 + 1
	maxIndexPath  = 64 << 10  // bytes
	maxIndexPaths = 512 << 20 // bytes in all paths of version 4, which are made of pieces
)

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
func (x *Index) from(path []byte) []Entry {
	i := sort.Search(len(x.Entries), func(i int) bool { return bytes.Compare(x.Entries[i].Path, path) >= 0 })
	return x.Entries[i:]
}

// Find returns the file at path, unless there is none or it is unmerged.
func (x *Index) Find(path []byte) *Entry {
	e := x.from(path)
	if len(e) == 0 || !bytes.Equal(e[0].Path, path) || e[0].Stage != 0 {
		return nil
	}
	return &e[0]
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
	e := x.from(path)
	return len(e) > 0 && bytes.Equal(e[0].Path, path)
}

// HasUnder reports whether anything in the folder at path is tracked.
func (x *Index) HasUnder(path []byte) bool {
	path = append(bytes.Clone(path), '/')
	e := x.from(path)
	return len(e) > 0 && bytes.HasPrefix(e[0].Path, path) || x.sparse && x.Has(path)
}

// parseIndex reads one file of an index, and for a split one what it says of its base.
func parseIndex(data []byte, hashSize int) (*Index, *link, error) {
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
	p := entryParser{version: version, hashSize: hashSize}
	x := &Index{Entries: make([]Entry, count)}
	var previous []byte
	for i := range x.Entries {
		e := &x.Entries[i]
		n, err := p.parse(e, rest, previous)
		if err != nil {
			return nil, nil, err
		}
		if bytes.Compare(previous, e.Path) > 0 {
			return nil, nil, damaged("its entries are not in order")
		}
		previous, rest = e.Path, rest[n:]
	}
	base, err := x.parseExtensions(rest, hashSize)
	if err != nil {
		return nil, nil, err
	}
	if base == nil && count > 0 && len(x.Entries[0].Path) == 0 {
		return nil, nil, damaged("an entry has no path")
	}
	return x, base, nil
}

// An entryParser reads entries.
type entryParser struct {
	version  uint32
	hashSize int
	room     []byte // for paths that are put together
	taken    int    // bytes of such paths
}

// parse reads the entry that b begins with and returns its length. previous is the path of
// the one before it.
func (p *entryParser) parse(e *Entry, b, previous []byte) (int, error) {
	head := entryStat + p.hashSize + 2
	if len(b) < head {
		return 0, errCut
	}
	flags := binary.BigEndian.Uint16(b[head-2:])
	e.Mode = binary.BigEndian.Uint32(b[entryMode:])
	e.ID = b[entryStat : entryStat+p.hashSize]
	e.Stage = uint8(flags >> 12 & 3)
	if flags&flagExtended != 0 {
		if p.version < 3 || len(b) < head+2 {
			return 0, damaged("it has flags that its version does not know")
		}
		e.Intent = binary.BigEndian.Uint16(b[head:])&flagIntent != 0
		head += 2
	}
	strip := uint64(0)
	if p.version == 4 {
		n := 0
		if strip, n = offsetNumber(b[head:]); n == 0 || strip > uint64(len(previous)) {
			return 0, errCut
		}
		head += n
	}
	end := bytes.IndexByte(b[head:], 0)
	if end < 0 {
		return 0, errCut
	}
	e.Path = b[head : head+end]
	if p.version == 4 {
		var err error
		e.Path, err = p.concat(previous[:len(previous)-int(strip)], e.Path)
		return head + end + 1, err
	}
	// One to eight zeros make the size a multiple of eight.
	size := (head + end + 8) &^ 7
	if size > len(b) {
		return 0, errCut
	}
	return size, nil
}

// concat puts a path together.
func (p *entryParser) concat(a, b []byte) ([]byte, error) {
	n := len(a) + len(b)
	if p.taken += n; n > maxIndexPath || p.taken > maxIndexPaths {
		return nil, damaged("its paths are too long")
	}
	if cap(p.room)-len(p.room) < n {
		p.room = make([]byte, 0, max(n, 256<<10))
	}
	start := len(p.room)
	p.room = append(append(p.room, a...), b...)
	return p.room[start:len(p.room):len(p.room)], nil
}

// offsetNumber reads a number as the pack format writes a delta's offset, and returns
// how many bytes it takes; 0 if it is none.
func offsetNumber(b []byte) (n uint64, size int) {
	for i, c := range b[:min(len(b), 8)] {
		if i > 0 {
			n++
		}
		n = n<<7 | uint64(c&0x7f)
		if c&0x80 == 0 {
			return n, i + 1
		}
	}
	return 0, 0
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

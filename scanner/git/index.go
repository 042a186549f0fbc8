package git

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"sort"
	"strconv"

	"github.com/neokeys/neokeys/scanner/pack"
)

// An index is what the next commit would record, as gitformat-index(5) has it. It is
// read here because all that is wanted of some 50,000 entries are the few that differ
// from HEAD, within the milliseconds that a commit hook has.
type index struct {
	entries []indexEntry // sorted by path and stage
	tree    *cachedTree  // nil if the index has none
}

type indexEntry struct {
	path  []byte
	id    pack.ID
	mode  uint32
	stage uint8
	// intent tells that only the intention to add the file is recorded.
	intent bool
}

// A cachedTree tells which tree a folder of the index would be recorded as, unless
// something in the folder has changed since.
type cachedTree struct {
	name    []byte
	entries int // of the index that the tree stands for; negative if not known
	id      pack.ID
	folders []*cachedTree
}

// folder returns what is known of a folder in t, or nil.
func (t *cachedTree) folder(name []byte) *cachedTree {
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

const (
	indexStat     = 40 // bytes of file status before an entry's id, the mode among them
	indexMode     = 24 // offset of the mode
	flagExtended  = 1 << 14
	flagIntent    = 1 << 13 // of the extended flags
	minIndexEntry = indexStat + 20 + 2 + 1
)

var errIndexCut = errors.New("it is cut off")

// readIndex reads an index file; one that is not there is an empty one.
func readIndex(path string, hashSize int) (*index, error) {
	data, err := readFile(path, maxFile)
	if errors.Is(err, fs.ErrNotExist) {
		return &index{}, nil
	}
	if err != nil {
		return nil, err
	}
	x, err := parseIndex(data, hashSize)
	if err != nil {
		return nil, fmt.Errorf("%s: git's index cannot be read: %w", path, err)
	}
	return x, nil
}

// readIndex returns the repository's index, which is read once.
func (r *Repo) readIndex() (x *index, err error) {
	if r.index == nil {
		r.index, err = readIndex(r.Index, r.hashSize)
	}
	return r.index, err
}

// find returns the file at path, unless there is none or it is unmerged.
func (x *index) find(path string) *indexEntry {
	i := sort.Search(len(x.entries), func(i int) bool { return string(x.entries[i].path) >= path })
	if i == len(x.entries) || string(x.entries[i].path) != path || x.entries[i].stage != 0 {
		return nil
	}
	return &x.entries[i]
}

func parseIndex(data []byte, hashSize int) (*index, error) {
	if len(data) < 12+hashSize || string(data[:4]) != "DIRC" {
		return nil, errors.New("it does not begin as one")
	}
	version, count := binary.BigEndian.Uint32(data[4:]), binary.BigEndian.Uint32(data[8:])
	if version < 2 || version > 4 {
		return nil, fmt.Errorf("version %d is not supported; this program knows 2, 3 and 4", version)
	}
	// The checksum is left alone, as git leaves it: the file is replaced as a whole.
	rest := data[12 : len(data)-hashSize]
	if int(count) > len(rest)/minIndexEntry+1 && version < 4 {
		return nil, errIndexCut
	}
	x := &index{entries: make([]indexEntry, 0, min(int(count), len(rest)/minIndexEntry+1))}
	var previous []byte
	for range count {
		e, n, err := parseIndexEntry(rest, previous, version, hashSize)
		if err != nil {
			return nil, err
		}
		if k := len(x.entries); k > 0 && bytes.Compare(x.entries[k-1].path, e.path) > 0 {
			return nil, errors.New("its entries are not in order")
		}
		x.entries = append(x.entries, e)
		previous, rest = e.path, rest[n:]
	}
	return x, x.parseExtensions(rest, hashSize)
}

// parseIndexEntry reads the entry that b begins with and returns its length.
func parseIndexEntry(b, previous []byte, version uint32, hashSize int) (indexEntry, int, error) {
	head := indexStat + hashSize + 2
	if len(b) < head {
		return indexEntry{}, 0, errIndexCut
	}
	flags := binary.BigEndian.Uint16(b[head-2:])
	e := indexEntry{
		mode:  binary.BigEndian.Uint32(b[indexMode:]),
		id:    pack.NewID(b[indexStat : indexStat+hashSize]),
		stage: uint8(flags >> 12 & 3),
	}
	if flags&flagExtended != 0 {
		if version < 3 || len(b) < head+2 {
			return e, 0, errors.New("it has flags that its version does not know")
		}
		e.intent = binary.BigEndian.Uint16(b[head:])&flagIntent != 0
		head += 2
	}
	if version == 4 {
		strip, n := offsetNumber(b[head:])
		end := bytes.IndexByte(b[head+n:], 0)
		if n == 0 || end < 0 || strip > uint64(len(previous)) {
			return e, 0, errIndexCut
		}
		kept := len(previous) - int(strip)
		if kept+end > maxIndexPath {
			return e, 0, errors.New("a path in it is too long")
		}
		e.path = slices.Concat(previous[:kept], b[head+n:head+n+end])
		return e, head + n + end + 1, nil
	}
	end := bytes.IndexByte(b[head:], 0)
	if end < 0 {
		return e, 0, errIndexCut
	}
	e.path = b[head : head+end]
	size := (head + end + 8) &^ 7
	if size > len(b) {
		return e, 0, errIndexCut
	}
	return e, size, nil
}

// maxIndexPath bounds a path that is put together of pieces of the ones before.
const maxIndexPath = 64 << 10

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
func (x *index) parseExtensions(b []byte, hashSize int) error {
	for len(b) > 0 {
		if len(b) < 8 {
			return errIndexCut
		}
		name, size := string(b[:4]), uint64(binary.BigEndian.Uint32(b[4:]))
		if size > uint64(len(b)-8) {
			return errIndexCut
		}
		body := b[8 : 8+size]
		b = b[8+size:]
		switch {
		case name == "TREE":
			x.tree = parseCachedTree(body, hashSize)
		case name == "link":
			return errors.New("split indexes are not supported; `git update-index --no-split-index` makes it a whole one")
		case name == "sdir": // a sparse index: some entries are folders
		case name[0] < 'A' || name[0] > 'Z':
			return fmt.Errorf("it has the unknown extension %q", name)
		}
	}
	return nil
}

// maxCachedDepth is deeper than any folder of a repository that can be checked out.
const maxCachedDepth = 4096

// parseCachedTree reads the cache-tree extension. It only saves time, so a damaged one
// is as good as none.
func parseCachedTree(b []byte, hashSize int) *cachedTree {
	t, _, ok := parseCachedFolder(b, hashSize, 0)
	if !ok {
		return nil
	}
	return t
}

func parseCachedFolder(b []byte, hashSize, depth int) (t *cachedTree, rest []byte, ok bool) {
	name, b, ok1 := bytes.Cut(b, []byte{0})
	entries, b, ok2 := bytes.Cut(b, []byte{' '})
	folders, b, ok3 := bytes.Cut(b, []byte{'\n'})
	count, err1 := strconv.Atoi(string(entries))
	subs, err2 := strconv.Atoi(string(folders))
	if !ok1 || !ok2 || !ok3 || err1 != nil || err2 != nil || depth > maxCachedDepth {
		return nil, nil, false
	}
	t = &cachedTree{name: name, entries: count}
	if count >= 0 {
		if len(b) < hashSize {
			return nil, nil, false
		}
		t.id = pack.NewID(b[:hashSize])
		b = b[hashSize:]
	}
	for range subs {
		var sub *cachedTree
		if sub, b, ok = parseCachedFolder(b, hashSize, depth+1); !ok {
			return nil, nil, false
		}
		t.folders = append(t.folders, sub)
	}
	return t, b, true
}

package gitdir

import (
	"bytes"
	"encoding/binary"
	"slices"
)

// An Entry is a file, a link, a submodule or, in a sparse index, a folder.
type Entry struct {
	Path  []byte
	ID    []byte
	Mode  uint32
	Stage uint8 // above 0 if the file is unmerged
	// Intent says that only the intention to add the file is recorded.
	Intent bool
}

// Entries is a list of an index's entries. An index may have a million, and few are looked at, so
// that each is parsed when it is asked for.
type Entries struct {
	data     []byte   // the index
	at       []uint32 // where in data each entry begins
	hashSize int
	// paths are those of version 4, which are made of pieces, and starts is where in them each begins.
	paths  []byte
	starts []uint32
	// list is all there is of entries that were put together from two indexes.
	list []Entry
}

const (
	indexHeader   = 12
	entryStat     = 40 // bytes of file status before an entry's id, the mode among them
	entryMode     = 24 // offset of the mode
	flagExtended  = 1 << 14
	flagLength    = 1<<12 - 1 // of the path; all ones if it is that long or longer
	flagIntent    = 1 << 13   // of the extended flags
	minEntry      = entryStat + 20 + 2 + 1
	maxIndexPath  = 64 << 10  // bytes
	maxIndexPaths = 512 << 20 // bytes in all paths of version 4, which are made of pieces
)

// Len returns how many entries there are.
func (l Entries) Len() int {
	if l.list != nil {
		return len(l.list)
	}
	return len(l.at)
}

// Slice returns the entries from i on, up to but not including j.
func (l Entries) Slice(i, j int) Entries {
	switch {
	case l.list != nil:
		l.list = l.list[i:j]
	case l.starts != nil:
		l.at, l.starts = l.at[i:j], l.starts[i:j+1]
	default:
		l.at = l.at[i:j]
	}
	return l
}

// At returns an entry, which keeps the index in memory.
func (l Entries) At(i int) Entry {
	if l.list != nil {
		return l.list[i]
	}
	b := l.data[l.at[i]:]
	head := entryStat + l.hashSize + 2
	flags := binary.BigEndian.Uint16(b[head-2:])
	return Entry{
		Path:   l.Path(i),
		ID:     b[entryStat : entryStat+l.hashSize],
		Mode:   binary.BigEndian.Uint32(b[entryMode:]),
		Stage:  uint8(flags >> 12 & 3),
		Intent: flags&flagExtended != 0 && binary.BigEndian.Uint16(b[head:])&flagIntent != 0,
	}
}

// Path returns the path of an entry.
func (l Entries) Path(i int) []byte {
	switch {
	case l.list != nil:
		return l.list[i].Path
	case l.starts != nil:
		return l.paths[l.starts[i]:l.starts[i+1]:l.starts[i+1]]
	}
	b := l.data[l.at[i]:]
	head := entryStat + l.hashSize + 2
	flags := binary.BigEndian.Uint16(b[head-2:])
	if flags&flagExtended != 0 {
		head += 2
	}
	path, _ := pathAt(b[head:], flags)
	return path
}

// pathAt returns the path that b begins with, which a zero ends. Its length is among the flags unless
// it is too long.
func pathAt(b []byte, flags uint16) ([]byte, error) {
	n := int(flags & flagLength)
	if n == flagLength {
		if n = bytes.IndexByte(b, 0); n < 0 {
			return nil, errCut
		}
	}
	switch {
	case n >= len(b):
		return nil, errCut
	case b[n] != 0:
		return nil, damaged("a path is longer than it says")
	}
	return b[:n:n], nil
}

// all returns the entries, parsed.
func (l Entries) all() []Entry {
	if l.list != nil {
		return l.list
	}
	all := make([]Entry, l.Len())
	for i := range all {
		all[i] = l.At(i)
	}
	return all
}

// parseEntries finds out where in an index its entries begin, and where the last one ends.
func parseEntries(data []byte, version uint32, count, hashSize int) (l Entries, end int, err error) {
	l = Entries{data: data, at: make([]uint32, count), hashSize: hashSize}
	if version == 4 {
		l.starts = make([]uint32, 1, count+1)
		l.paths = make([]byte, 0, len(data)) // most are shorter than what else an entry has
	}
	var previous []byte
	end = indexHeader
	for i := range l.at {
		l.at[i] = uint32(end)
		path, n, err := l.parse(data[end:], version, previous)
		if err != nil {
			return l, 0, err
		}
		if bytes.Compare(previous, path) > 0 {
			return l, 0, damaged("its entries are not in order")
		}
		previous = path
		end += n
	}
	return l, end, nil
}

// parse returns the path of the entry that b begins with, and its length. previous is the path of the
// one before it.
func (l *Entries) parse(b []byte, version uint32, previous []byte) (path []byte, length int, err error) {
	head := entryStat + l.hashSize + 2
	if len(b) < head {
		return nil, 0, errCut
	}
	flags := binary.BigEndian.Uint16(b[head-2:])
	if flags&flagExtended != 0 {
		if version < 3 || len(b) < head+2 {
			return nil, 0, damaged("it has flags that its version does not know")
		}
		head += 2
	}
	if version == 4 {
		path, n, err := l.join(b[head:], previous)
		return path, head + n, err
	}
	if path, err = pathAt(b[head:], flags); err != nil {
		return nil, 0, err
	}
	// One to eight zeros make the size a multiple of eight.
	if length = (head + len(path) + 8) &^ 7; length > len(b) {
		return nil, 0, errCut
	}
	return path, length, nil
}

// join puts a path of version 4 together: how much of the one before it falls away, and what follows.
// It returns how many bytes of b say so.
func (l *Entries) join(b, previous []byte) (path []byte, length int, err error) {
	strip, n := offsetNumber(b)
	if n == 0 || strip > uint64(len(previous)) {
		return nil, 0, errCut
	}
	end := bytes.IndexByte(b[n:], 0)
	if end < 0 {
		return nil, 0, errCut
	}
	keep := len(previous) - int(strip)
	if keep+end > maxIndexPath || len(l.paths)+keep+end > maxIndexPaths {
		return nil, 0, damaged("its paths are too long")
	}
	start := len(l.paths)
	l.paths = slices.Grow(l.paths, keep+end)
	l.paths = append(append(l.paths, previous[:keep]...), b[n:n+end]...)
	l.starts = append(l.starts, uint32(len(l.paths)))
	return l.paths[start:], n + end + 1, nil
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

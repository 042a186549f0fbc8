package worktree

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"sort"
)

const (
	sha1Size   = 20
	sha256Size = 32

	maxName  = 64 << 10  // bytes in a path
	maxNames = 512 << 20 // bytes in all paths
)

// An Index is the paths that are tracked, without the rest that git keeps of them. The
// format is gitformat-index(5).
type Index struct {
	names  []byte   // one after another, in order
	ends   []uint32 // where each ends
	shared *Index   // the other half of a split index
}

// Len returns how many paths are tracked. One in conflict may count up to three times.
func (x *Index) Len() int {
	if x == nil {
		return 0
	}
	return len(x.ends) + x.shared.Len()
}

// Has reports whether the file or submodule at path, relative to the worktree's root,
// is tracked.
func (x *Index) Has(path []byte) bool {
	for ; x != nil; x = x.shared {
		if n := x.search(path); n < len(x.ends) && bytes.Equal(x.name(n), path) {
			return true
		}
	}
	return false
}

// HasUnder reports whether anything in the folder at path is tracked.
func (x *Index) HasUnder(path []byte) bool {
	path = append(bytes.Clone(path), '/')
	for ; x != nil; x = x.shared {
		if n := x.search(path); n < len(x.ends) && bytes.HasPrefix(x.name(n), path) {
			return true
		}
	}
	return false
}

// search returns the number of the first name that is not before path.
func (x *Index) search(path []byte) int {
	return sort.Search(len(x.ends), func(i int) bool { return bytes.Compare(x.name(i), path) >= 0 })
}

func (x *Index) name(i int) []byte {
	start := uint32(0)
	if i > 0 {
		start = x.ends[i-1]
	}
	return x.names[start:x.ends[i]]
}

func readIndex(gitDir string, hashSize int) (*Index, error) {
	x, base, err := readIndexFile(filepath.Join(gitDir, "index"), hashSize)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil // nothing is tracked yet
	}
	if err != nil || len(bytes.Trim(base, "\x00")) == 0 {
		return x, err
	}
	x.shared, _, err = readIndexFile(filepath.Join(gitDir, "sharedindex."+hex.EncodeToString(base)), hashSize)
	return x, err
}

func readIndexFile(path string, hashSize int) (x *Index, base []byte, err error) {
	f, err := openFile(path)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close() // only read from
	x, base, err = decodeIndex(f, hashSize)
	if err != nil {
		err = &fs.PathError{Op: "read", Path: path, Err: err}
	}
	return x, base, err
}

// decodeIndex reads an index. It also returns the hash that names the shared index of a
// split one.
func decodeIndex(r io.Reader, hashSize int) (*Index, []byte, error) {
	in := bufio.NewReaderSize(r, 256<<10)
	var header struct {
		Signature [4]byte
		Version   uint32
		Entries   uint32
	}
	if err := binary.Read(in, binary.BigEndian, &header); err != nil {
		return nil, nil, short(err)
	}
	if string(header.Signature[:]) != "DIRC" || header.Version < 2 || header.Version > 4 {
		return nil, nil, errors.New("is not an index that neokeys can read")
	}
	x := &Index{}
	var name []byte
	for range header.Entries {
		var err error
		if name, err = readEntry(in, header.Version, hashSize, name); err != nil {
			return nil, nil, short(err)
		}
		if len(name) == 0 {
			continue // stands for one in the shared index
		}
		if n := len(x.ends); n > 0 && bytes.Compare(x.name(n-1), name) > 0 {
			return nil, nil, errors.New("is damaged: its paths are not in order")
		}
		if len(x.names)+len(name) > maxNames {
			return nil, nil, errors.New("is damaged: its paths are too long")
		}
		x.names = append(x.names, name...)
		x.ends = append(x.ends, uint32(len(x.names)))
	}
	base, err := readLink(in, hashSize)
	return x, base, err
}

// readEntry reads an entry and returns its name, which in version 4 begins like that of
// the one before it, and reuses that one's memory.
func readEntry(in *bufio.Reader, version uint32, hashSize int, name []byte) ([]byte, error) {
	const (
		stat     = 40 // bytes before the hash
		extended = 0x4000
	)
	size := stat + hashSize + 2
	fixed, err := in.Peek(size)
	if err != nil {
		return nil, err
	}
	if binary.BigEndian.Uint16(fixed[size-2:])&extended != 0 && version >= 3 {
		size += 2
	}
	if _, err := in.Discard(size); err != nil {
		return nil, err
	}
	keep := 0
	if version == 4 {
		drop, err := readOffset(in)
		if err != nil {
			return nil, err
		}
		if drop > uint64(len(name)) {
			return nil, errors.New("is damaged: a path is shorter than nothing")
		}
		keep = len(name) - int(drop)
	}
	name = name[:keep]
	for {
		part, err := in.ReadSlice(0)
		name = append(name, part...)
		if len(name) > maxName {
			return nil, errors.New("is damaged: a path is too long")
		}
		if err == nil {
			break
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return nil, err
		}
	}
	name = name[:len(name)-1]
	if version < 4 {
		// One to eight zeros make the entry's size a multiple of eight; the
		// first of them ended the name.
		if _, err := in.Discard(7 - (size+len(name))%8); err != nil {
			return nil, err
		}
	}
	return name, nil
}

// readOffset reads a number as git's decode_varint does.
func readOffset(in *bufio.Reader) (uint64, error) {
	c, err := in.ReadByte()
	n := uint64(c & 0x7f)
	for err == nil && c&0x80 != 0 {
		if n > maxName {
			return 0, errors.New("is damaged: a path is too long")
		}
		c, err = in.ReadByte()
		n = (n+1)<<7 | uint64(c&0x7f)
	}
	return n, err
}

// readLink looks through the extensions behind the entries for the hash of a shared
// index.
func readLink(in *bufio.Reader, hashSize int) ([]byte, error) {
	for {
		head, err := in.Peek(8 + hashSize) // the file ends with a hash of its own
		if err != nil {
			if errors.Is(err, io.EOF) {
				return nil, nil
			}
			return nil, err
		}
		if string(head[:4]) == "link" {
			return bytes.Clone(head[8:]), nil
		}
		size := int64(binary.BigEndian.Uint32(head[4:]))
		if _, err := io.CopyN(io.Discard, in, 8+size); err != nil {
			return nil, short(err)
		}
	}
}

// short says of an index that ended too early that it did.
func short(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("is damaged: it ends too early")
	}
	return err
}

package pack

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/neokeys/neokeys/scanner/gitdir"
)

// A packFile is an open pack. It is read with ReadAt and not mapped: mapped pages count
// as the program's memory, and a mapped file that someone cuts short is fatal.
type packFile struct {
	path     string
	file     packSource
	hashSize int
	end      int64 // where the objects end and the pack's checksum begins
	count    int   // objects, by the pack's own account

	idx   *os.File
	index atomic.Pointer[index] // nil until there is one

	mu       sync.Mutex // held while the index is loaded, and the families are found
	loaded   bool       // index is in memory and has been checked
	full     bool       // the index must have ids
	families *families  // nil until they were asked for
}

const packHeader = 12

// A packSource is what a pack is read from.
type packSource interface {
	io.ReaderAt
	io.Closer
}

// A section is a packSource that is a part of a file.
type section struct {
	*io.SectionReader
	io.Closer
}

// openPack opens the pack at path and its index, if it has one that is any good. The pack begins
// at offset; behind other bytes it has no index.
func openPack(path string, offset int64, hashSize int, problem func(Problem)) (*packFile, error) {
	f, err := gitdir.Open(path)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err != nil {
		_ = f.Close()
		return nil, err
	}
	p := &packFile{path: path, file: f, hashSize: hashSize}
	if offset > 0 {
		p.file = section{io.NewSectionReader(f, offset, info.Size()-offset), f}
	}
	strange, err := p.begin(info.Size() - offset)
	if err == nil && offset == 0 {
		if err := p.openIndex(); err != nil && !errors.Is(err, os.ErrNotExist) {
			problem(Problem{Path: p.indexPath(), Err: withoutIndex(err)})
		}
	}
	if err == nil && p.idx == nil {
		err = strange
	}
	if err != nil {
		_ = f.Close()
		return nil, err
	}
	if strange != nil {
		problem(Problem{Path: path, Err: fmt.Errorf("%w; what its index lists is read all the same", strange)})
	}
	return p, nil
}

func withoutIndex(err error) error {
	return fmt.Errorf("%w; its pack is read without it, which is slow: `git index-pack` makes a new one", err)
}

// begin reads the header of a pack of size bytes. It returns what is strange about that, so that only the
// index says there is a pack.
func (p *packFile) begin(size int64) (strange, err error) {
	var head [packHeader]byte
	if _, err := p.file.ReadAt(head[:], 0); err != nil {
		if errors.Is(err, io.EOF) {
			err = damage("the pack is cut off")
		}
		return nil, err
	}
	if v := be32(head[4:]); v != 2 && v != 3 {
		strange = damage("the pack has the unknown version %d", v)
	}
	if string(head[:4]) != "PACK" {
		strange = damage("not a pack")
	}
	p.count = int(be32(head[8:]))
	p.end = max(packHeader, size-int64(p.hashSize))
	return strange, nil
}

func (p *packFile) indexPath() string { return strings.TrimSuffix(p.path, ".pack") + ".idx" }

func (p *packFile) openIndex() error {
	f, err := gitdir.Open(p.indexPath())
	if err != nil {
		return err
	}
	x, err := openIndex(f, p.hashSize)
	if err != nil {
		_ = f.Close()
		return err
	}
	p.idx = f
	p.index.Store(x)
	return nil
}

func (p *packFile) close() {
	_ = p.file.Close()
	if p.idx != nil {
		_ = p.idx.Close()
	}
}

// load returns the index, in memory. If there is none that can be trusted, the pack is
// gone through for one.
func (p *packFile) load(s *Store) *index {
	p.mu.Lock()
	defer p.mu.Unlock()
	x := p.index.Load()
	if p.loaded {
		return x
	}
	p.loaded = true
	if x != nil {
		var err error
		x, err = x.load()
		if err == nil && x.n != p.count {
			err = damage("the index lists %d objects, the pack has %d", x.n, p.count)
		}
		if err == nil {
			p.checkTrailer(s, x)
			p.index.Store(x)
			return x
		}
		s.problem(Problem{Path: p.indexPath(), Err: withoutIndex(err)})
	}
	if x = p.loadOffsets(s); x != nil && !p.full {
		p.index.Store(x)
		return x
	}
	x = p.scan(s)
	if s.interrupted() != nil {
		p.loaded = false // it is a part of the pack
		return x
	}
	p.index.Store(x)
	return x
}

// name makes sure that the pack's index has ids.
func (p *packFile) name(s *Store) *index {
	p.mu.Lock()
	if x := p.index.Load(); x != nil && x.names != nil {
		p.full, p.loaded, p.families = true, false, nil
		p.index.Store(nil)
	}
	p.mu.Unlock()
	return p.load(s)
}

// checkTrailer compares the checksum at the pack's end with the one that the index
// knows. The sum itself is not made: it would cost more than reading the objects, each
// of which has its own.
func (p *packFile) checkTrailer(s *Store, x *index) {
	trailer := make([]byte, p.hashSize)
	if _, err := p.file.ReadAt(trailer, p.end); err != nil || !bytes.Equal(trailer, x.trailer) {
		s.problem(Problem{Path: p.path, Err: damage("the checksum at its end is not the one its index has: the pack is cut off or was changed")})
	}
}

// lookup returns where the pack has an object. Where ids have to be found out first, want is the kind
// that it has, or 0.
func (p *packFile) lookup(s *Store, id *ID, want Kind) (offset int64, found bool, err error) {
	x := p.index.Load()
	if x == nil {
		x = p.load(s)
	}
	if x.names != nil {
		i, found := x.names.find(id.Bytes(), want)
		if !found {
			return 0, false, nil
		}
		return x.offset(i), true, nil
	}
	o, found, err := x.lookup(id.Bytes())
	if err == nil && found && o >= uint64(p.end) {
		return 0, false, damage("the pack is cut off before the object")
	}
	return int64(o), found, err
}

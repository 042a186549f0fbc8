package pack

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"slices"
	"sync"
	"sync/atomic"
)

// families are the objects of one pack as delta families: base objects, and below each the
// deltas made from it. Objects are numbered in their order in the pack. A pack may
// have tens of millions of them, so what is known of each is kept in a few plain arrays.
type families struct {
	p     *packFile
	index *index
	order

	kind  []Kind   // of roots their kind, of others ofsDelta or refDelta; broken
	first []uint32 // first child, as number plus one
	next  []uint32 // next child of the same parent, as number plus one

	mu       sync.Mutex
	suspects []uint32 // objects whose bytes are not those that the index knows
	// isSuspect has the suspects, and inDoubt the families that have one, by their base objects:
	// even what kinds of objects they hold may be wrong.
	isSuspect, inDoubt bitset
	bases              map[uint32]ID    // of deltas whose base is not in this pack
	broken             map[uint32]error // of objects whose head or base is no good
}

// broken is the kind of an object that cannot be read, which makes it a root.
const broken Kind = 0

// raw returns the bytes of object i's id.
func (f *families) raw(i uint32) []byte {
	if f.index.names != nil {
		id := f.index.names.id(i)
		return bytes.Clone(id.Bytes())
	}
	return f.index.id(f.place(i))
}

func (f *families) id(i uint32) ID {
	if f.index.names != nil {
		return f.index.names.id(i)
	}
	return NewID(f.raw(i))
}

// end returns where object i ends.
func (f *families) end(i uint32) int64 {
	if int(i)+1 < len(f.keys) {
		return f.offset(i + 1)
	}
	return max(f.p.end, f.offset(i))
}

// crc returns the checksum of object i's bytes in the pack, which the index must have.
func (f *families) crc(i uint32) uint32 { return be32(f.index.crcs[4*f.place(i):]) }

// loadFamilies returns the delta families of the pack, whose index is x. That requires a full
// pass over the pack; the result is kept until forget is called.
func (p *packFile) loadFamilies(ctx context.Context, x *index, jobs int) (*families, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	var err error
	if p.families == nil {
		p.families, err = newFamilies(ctx, p, x, jobs)
	}
	return p.families, err
}

func (p *packFile) forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.families = nil
}

// newFamilies finds out which object of the pack is made from which.
func newFamilies(ctx context.Context, p *packFile, x *index, jobs int) (*families, error) {
	f := &families{p: p, index: x, order: x.order, bases: map[uint32]ID{}, broken: map[uint32]error{}}
	f.kind = make([]Kind, x.n)
	parent := make([]uint32, x.n) // as number plus one
	if err := f.readHeads(ctx, parent, jobs); err != nil {
		return nil, err
	}
	f.link(parent)
	f.suspect(parent)
	return f, nil
}

const (
	// headBatch is how many objects' heads one worker reads at a time.
	headBatch = 4 << 10
	// checkEvery is after how many objects a loop looks whether it is interrupted.
	checkEvery = 64
	// window is how many bytes of a pack are read at a time where they are read
	// in a row.
	window = 256 << 10
)

// readHeads reads the head of each object, and sets its kind and parent.
func (f *families) readHeads(ctx context.Context, parent []uint32, jobs int) error {
	var at atomic.Int64
	var failed atomic.Pointer[error]
	var all sync.WaitGroup
	for range jobs {
		all.Go(func() {
			r := reader{file: f.p.file, end: f.p.end, ahead: window}
			var crcs [headBatch]uint32
			for failed.Load() == nil {
				from := int(at.Add(headBatch)) - headBatch
				if from >= f.len() {
					return
				}
				to := min(from+headBatch, f.len())
				if f.index.crcs != nil {
					// They lie far apart: fetching many at once lets the
					// processor wait for several of them together.
					for i := from; i < to; i++ {
						crcs[i-from] = f.crc(uint32(i))
					}
				}
				for i := from; i < to; i++ {
					if i%checkEvery == 0 && ctx.Err() != nil {
						err := ctx.Err()
						failed.Store(&err)
						return
					}
					if err := f.readHead(&r, uint32(i), crcs[i-from], parent); err != nil {
						why := err // which takes memory only here
						failed.Store(&why)
						return
					}
				}
			}
		})
	}
	all.Wait()
	if err := failed.Load(); err != nil {
		return *err
	}
	return nil
}

// readHead reads the head of object i, whose checksum is to be crc if the index has one.
// It fails only if the pack cannot be read.
func (f *families) readHead(r *reader, i, crc uint32, parent []uint32) error {
	offset := f.offset(i)
	whole := f.index.crcs != nil && f.end(i)-offset <= window
	n := maxHead
	if whole {
		n = int(f.end(i) - offset)
	}
	b, err := r.bytes(offset, n)
	if err != nil {
		return err
	}
	if whole && crc32.ChecksumIEEE(b) != crc {
		f.mu.Lock()
		f.suspects = append(f.suspects, i)
		f.mu.Unlock()
	}
	e, err := parseEntry(b, offset, f.index.hashSize)
	if err != nil {
		f.breakOff(i, err)
		return nil
	}
	f.kind[i] = e.kind
	switch e.kind {
	case ofsDelta:
		base, ok := f.before(i, e.base)
		if !ok {
			f.breakOff(i, damage("the base of the delta is not where it should be"))
			return nil
		}
		parent[i] = base + 1
	case refDelta:
		if f.index.names != nil {
			f.breakOff(i, damage("the base of the delta is named by its id in a pack without ids"))
			return nil
		}
		if place, ok := f.index.find(e.baseID); ok {
			parent[i] = f.at(f.index.offsetOf(place)) + 1
		} else {
			f.mu.Lock()
			f.bases[i] = NewID(e.baseID)
			f.mu.Unlock()
		}
	}
	return nil
}

// suspect marks the suspects, which are then hashed when they are made, and their families. Each
// parent is passed once.
func (f *families) suspect(parent []uint32) {
	if len(f.suspects) == 0 {
		return
	}
	f.isSuspect, f.inDoubt = newBitset(f.len()), newBitset(f.len())
	for _, i := range f.suspects {
		f.isSuspect.add(int(i))
		for at := i + 1; at != 0 && !f.inDoubt.has(int(at-1)); at = parent[at-1] {
			f.inDoubt.add(int(at - 1))
		}
	}
}

// breakOff notes that object i cannot be read.
func (f *families) breakOff(i uint32, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.kind[i] = broken
	f.broken[i] = err
}

// link makes lists of children out of parents. The child with the most descendants is the
// last: when it is reached its parent is needed no more, so that never more texts
// are held than there are doublings of the pack.
func (f *families) link(parent []uint32) {
	n := len(parent)
	f.first, f.next = make([]uint32, n), make([]uint32, n)
	heavy := f.heaviest(parent)
	for i, h := range heavy {
		if h > 0 && parent[h-1] == uint32(i)+1 {
			f.first[i] = h
		}
	}
	for i, p := range slices.Backward(parent) {
		if p > 0 && heavy[p-1] != uint32(i)+1 {
			f.next[i] = f.first[p-1]
			f.first[p-1] = uint32(i) + 1
		}
	}
}

// heaviest returns for each object the child with the most descendants, as number plus
// one. Objects that are their own ancestors it breaks off.
func (f *families) heaviest(parent []uint32) []uint32 {
	size, heavy := make([]uint32, len(parent)), make([]uint32, len(parent))
	count := func(i uint32) { // once all of i's descendants are
		size[i]++
		if p := parent[i]; p > 0 {
			size[p-1] += size[i]
			if h := heavy[p-1]; h == 0 || size[h-1] < size[i] {
				heavy[p-1] = i + 1
			}
		}
	}
	behind := true // every parent lies before its children, as git writes them
	for i, p := range parent {
		behind = behind && int(p) <= i
	}
	if behind {
		for i := range slices.Backward(parent) {
			count(uint32(i))
		}
		return heavy
	}
	waiting := f.next // children not yet counted, for now
	defer clear(f.next)
	for _, p := range parent {
		if p > 0 {
			waiting[p-1]++
		}
	}
	for i := range parent {
		// Begin at each leaf, and go up as long as all below is counted.
		at, counted := uint32(i), waiting[i] == 0 && size[i] == 0
		for counted {
			if count(at); parent[at] == 0 {
				break
			}
			at = parent[at] - 1
			waiting[at]--
			counted = waiting[at] == 0
		}
	}
	for i := range parent {
		if waiting[i] > 0 {
			f.breakOff(uint32(i), damage("the delta is, by way of others, its own base"))
			parent[i] = 0
		}
	}
	return heavy
}

// A reader reads pieces of a pack, best in a row.
type reader struct {
	file  io.ReaderAt
	end   int64
	ahead int   // how many bytes to read at a time
	at    int64 // where buf begins
	buf   []byte
}

// bytes returns the n bytes at offset, or as many as there are before the end. They
// stay as they are until the next call.
func (r *reader) bytes(offset int64, n int) ([]byte, error) {
	n = int(max(0, min(int64(n), r.end-offset)))
	if r.holds(offset, n) {
		return r.buf[offset-r.at:][:n], nil
	}
	if size := max(n, r.ahead); cap(r.buf) < size {
		r.buf = make([]byte, size)
	}
	r.buf = r.buf[:max(0, min(int64(max(n, r.ahead)), r.end-offset))]
	m, err := r.file.ReadAt(r.buf, offset)
	if err != nil && !errors.Is(err, io.EOF) {
		r.buf = r.buf[:0]
		return nil, fmt.Errorf("%w at byte %d", err, offset)
	}
	r.at, r.buf = offset, r.buf[:m]
	return r.buf[:min(n, m)], nil
}

// holds reports whether the n bytes at offset have been read already.
func (r *reader) holds(offset int64, n int) bool {
	return offset >= r.at && offset+int64(n) <= r.at+int64(len(r.buf))
}

package pack

import (
	"bytes"
	"crypto/sha1" //nolint:gosec // git's hash
	"crypto/sha256"
	"errors"
	"hash"
	"io"
	"math"
	"slices"
	"sort"
)

// An index maps ids of objects to their offsets in a pack. It can look up single objects on
// disk, or be loaded as a whole.
type index struct {
	r        io.ReaderAt
	version  int
	n        int    // objects
	names    *names // in place of ids, for a pack that has come without; nil for others
	hashSize int
	fanout   [257]uint32 // fanout[b] is how many ids begin with a byte less than b

	// Of a loaded index, in the order of ids:
	ids     []byte
	crcs    []byte // nil in version 1
	offsets []byte // 4 bytes each
	large   []byte // 8 bytes each: the offsets that are beyond 31 bits
	trailer []byte // the pack's own checksum
	order
}

const (
	indexMagic  = "\xfftOc"
	largeOffset = 1 << 31
)

func newHash(size int) hash.Hash {
	if size == sha256.Size {
		return sha256.New()
	}
	return sha1.New() //nolint:gosec // git's hash
}

// openIndex reads the beginning of an index.
func openIndex(r io.ReaderAt, hashSize int) (*index, error) {
	x := &index{r: r, hashSize: hashSize, version: 1}
	var head [8 + 4*256]byte
	n, err := r.ReadAt(head[:], 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	table := head[:n]
	if bytes.HasPrefix(table, []byte(indexMagic)) {
		if n < len(head) {
			return nil, damage("the index is cut off")
		}
		x.version = int(be32(head[4:]))
		if x.version != 2 {
			return nil, damage("the index has the unknown version %d", x.version)
		}
		table = table[8:]
	}
	if len(table) < 4*256 {
		return nil, damage("the index is cut off")
	}
	for i := range 256 {
		x.fanout[i+1] = be32(table[4*i:])
		if x.fanout[i+1] < x.fanout[i] {
			return nil, damage("the index counts backwards")
		}
	}
	if uint64(x.fanout[256]) > math.MaxInt/64 { // never where an int has 64 bits
		return nil, damage("the index lists %d objects: too many for this machine", x.fanout[256])
	}
	x.n = int(x.fanout[256])
	return x, nil
}

// load returns the index with all of it in memory, and checked.
func (x *index) load() (*index, error) {
	loaded := *x
	return &loaded, loaded.read()
}

func (x *index) read() error {
	l := loader{r: io.NewSectionReader(x.r, 0, math.MaxInt64)}
	if x.version == 1 {
		l.take(4 * 256)
		entries := l.take(x.n * (4 + x.hashSize))
		x.ids = make([]byte, 0, len(entries))
		x.offsets = make([]byte, 0, len(entries))
		for ; len(entries) >= 4+x.hashSize; entries = entries[4+x.hashSize:] {
			x.offsets = append(x.offsets, entries[:4]...)
			x.ids = append(x.ids, entries[4:4+x.hashSize]...)
		}
	} else {
		l.take(8 + 4*256)
		x.ids = l.take(x.n * x.hashSize)
		x.crcs = l.take(x.n * 4)
		x.offsets = l.take(x.n * 4)
		beyond := 0
		for o := x.offsets; len(o) >= 4; o = o[4:] {
			beyond += int(o[0] >> 7)
		}
		x.large = l.take(beyond * 8)
	}
	x.trailer = l.take(x.hashSize)
	own := l.take(x.hashSize)
	switch {
	case l.err == io.EOF || l.err == io.ErrUnexpectedEOF: //nolint:errorlint // from io.ReadFull
		return damage("the index is cut off")
	case l.err != nil:
		return l.err
	}
	// Each takes about as long as the other.
	sum := make(chan []byte, 1)
	go func() { sum <- sumOf(x.hashSize, l.taken[:len(l.taken)-1]) }()
	err := x.check()
	if !bytes.Equal(own, <-sum) {
		return damage("the index's checksum is wrong")
	}
	return err
}

// sumOf returns the hash of all pieces in a row.
func sumOf(hashSize int, pieces [][]byte) []byte {
	h := newHash(hashSize)
	for _, b := range pieces {
		// A hash of much at once is one call of assembly, which cannot be interrupted:
		// the collector of garbage would spin until it is done.
		for part := range slices.Chunk(b, 64<<10) {
			_, _ = h.Write(part) // never fails
		}
	}
	return h.Sum(nil)
}

// A loader reads a file from its beginning.
type loader struct {
	r     io.Reader
	taken [][]byte
	err   error
}

// take returns the next n bytes. The memory it takes follows what is really there.
func (l *loader) take(n int) []byte {
	if l.err != nil || n <= 0 {
		return nil
	}
	// Unlike slices.Grow, make clears memory in pieces, between which the collector of garbage
	// can stop it. It would otherwise send signals until it can, for as long as reading takes.
	b := make([]byte, 0, min(n, firstTable))
	for len(b) < n && l.err == nil {
		b = slices.Grow(b, min(n-len(b), max(firstTable, len(b))))
		room := b[len(b):min(cap(b), n)]
		var m int
		m, l.err = io.ReadFull(l.r, room)
		b = b[:len(b)+m]
	}
	l.taken = append(l.taken, b)
	return b
}

// firstTable is how much memory is taken for a table before any of it was read.
const firstTable = 32 << 20

// check makes sure that what is loaded is in order, which lookups rely on.
func (x *index) check() error {
	for i := range x.n {
		if i > 0 && bytes.Compare(x.id(i-1), x.id(i)) >= 0 {
			return damage("the index is not in order")
		}
		if o := be32(x.offsets[4*i:]); x.version == 2 && o >= largeOffset && int(o-largeOffset) >= len(x.large)/8 {
			return damage("the index has an offset that it does not list")
		}
	}
	for b := range 256 {
		from, to := int(x.fanout[b]), int(x.fanout[b+1])
		if from < to && (int(x.id(from)[0]) != b || int(x.id(to - 1)[0]) != b) {
			return damage("the index's first table is wrong")
		}
	}
	var err error
	x.order, err = newOrder(x)
	return err
}

// id returns the i-th id of a loaded index.
func (x *index) id(i int) []byte { return x.ids[i*x.hashSize : (i+1)*x.hashSize] }

// offsetOf returns where the i-th object of a loaded index lies.
func (x *index) offsetOf(i int) uint64 {
	o := be32(x.offsets[4*i:])
	if x.version == 1 || o < largeOffset {
		return uint64(o)
	}
	return be64(x.large[8*(o-largeOffset):])
}

// find returns the place of id in a loaded index.
func (x *index) find(id []byte) (int, bool) {
	first, end := int(x.fanout[id[0]]), int(x.fanout[int(id[0])+1])
	from, to := x.narrow(id, first, end)
	i := from + sort.Search(to-from, func(i int) bool { return bytes.Compare(x.id(from+i), id) >= 0 })
	return i, i < end && bytes.Equal(x.id(i), id)
}

// findAfter is find for an id whose place is not before from, and likely to be near.
func (x *index) findAfter(id []byte, from int) (int, bool) {
	key := be64(id)
	before := func(i int) bool {
		k := be64(x.ids[i*x.hashSize:])
		return k < key || k == key && bytes.Compare(x.id(i), id) < 0
	}
	to, step := from, 8
	for to < x.n && before(to) {
		from, to, step = to+1, to+step, 2*step
	}
	i := from + sort.Search(min(to, x.n)-from, func(i int) bool { return !before(from + i) })
	return i, i < x.n && bytes.Equal(x.id(i), id)
}

// narrow returns a part of from to to that id's place is in, or behind whose end it is.
// Ids are hashes, which are evenly spread: how far id is from either end says where it is to
// within a few dozen places. Where they were made to lie otherwise, the distance that is
// looked at doubles.
func (x *index) narrow(id []byte, from, to int) (int, int) {
	n := to - from
	guess := from + int(uint64(be32(id[1:]))*uint64(n)>>32)
	if guess >= to {
		return from, to
	}
	step := 8 + int(math.Sqrt(float64(n)))/2
	if bytes.Compare(x.id(guess), id) < 0 {
		from = guess + 1
		for from+step < to {
			if bytes.Compare(x.id(from+step), id) >= 0 {
				return from, from + step
			}
			from, step = from+step+1, 2*step
		}
		return from, to
	}
	to = guess
	for to-step > from {
		if bytes.Compare(x.id(to-step), id) < 0 {
			return to - step + 1, to
		}
		to, step = to-step, 2*step
	}
	return from, to
}

// lookup returns the offset of id in the pack. It reads little of an index that is not
// loaded.
func (x *index) lookup(id []byte) (offset uint64, found bool, err error) {
	if x.ids != nil {
		i, ok := x.find(id)
		if !ok {
			return 0, false, nil
		}
		return x.offsetOf(i), true, nil
	}
	first, stride := int64(8+4*256), int64(x.hashSize)
	if x.version == 1 {
		first, stride = 4*256+4, stride+4
	}
	var at [maxHash]byte
	from, to := int64(x.fanout[id[0]]), int64(x.fanout[int(id[0])+1])
	for from < to {
		mid := from + (to-from)/2
		if _, err := x.r.ReadAt(at[:x.hashSize], first+mid*stride); err != nil {
			return 0, false, indexError(err)
		}
		switch c := bytes.Compare(at[:x.hashSize], id); {
		case c < 0:
			from = mid + 1
		case c > 0:
			to = mid
		default:
			offset, err := x.offsetOnDisk(mid)
			return offset, err == nil, indexError(err)
		}
	}
	return 0, false, nil
}

// offsetOnDisk is offsetOf for an index that is not loaded.
func (x *index) offsetOnDisk(i int64) (uint64, error) {
	n := int64(x.n)
	first, stride := 8+4*256+n*int64(x.hashSize+4), int64(4)
	if x.version == 1 {
		first, stride = 4*256, int64(x.hashSize+4)
	}
	var b [8]byte
	if _, err := x.r.ReadAt(b[:4], first+i*stride); err != nil {
		return 0, err
	}
	o := be32(b[:])
	if x.version == 1 || o < largeOffset {
		return uint64(o), nil
	}
	_, err := x.r.ReadAt(b[:], first+4*n+8*int64(o-largeOffset))
	return be64(b[:]), err
}

func indexError(err error) error {
	if err == io.EOF { //nolint:errorlint // ReadAt's contract
		return damage("the index is cut off")
	}
	return err
}

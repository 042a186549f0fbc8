package pack

import (
	"bytes"
	"fmt"
	"hash"
	"hash/crc32"
	"io"
	"slices"
	"strconv"
)

// A scan makes an index for a pack that has none that is any good: it inflates all there
// is, one object after the other, and names each by its hash. That is slow, but nothing
// else helps. Of a pack in an archive it finds only where the objects are, if no delta names its
// base by its id: they are hashed when a sweep has their texts.
type scan struct {
	s     *Store
	p     *packFile
	cache cache
	links []link
	ids   []ID
	at    map[int64]int // from offset to number in links
	known map[ID]int
	// wasted is how many bytes were inflated that were no object, and remade how many were made a
	// second time.
	wasted, remade int64
	total          int64  // bytes of all texts
	made           []bool // by number in links
	short          []byte // room for a text
	// waiting lists the deltas that were met before their base was named.
	waiting map[ID][]int
	// others is the store by the indexes that other packs have: to ask the store itself could be
	// to ask for the index that is being made. It is only asked for objects.
	others Store
}

// scan returns an index of what can be read of the pack.
func (p *packFile) scan(s *Store) *index {
	c := &scan{s: s, p: p, at: map[int64]int{}, known: map[ID]int{}, waiting: map[ID][]int{}, cache: cache{inner: s.cache.inner}}
	c.find()
	c.checkSum()
	if s.cache.inner && !p.full && !slices.ContainsFunc(c.links, func(l link) bool { return l.e.kind == refDelta }) {
		return c.unnamed()
	}
	c.ids, c.made = make([]ID, len(c.links)), make([]bool, len(c.links))
	c.others.dirs, c.others.hashSize, c.others.limits = s.dirs, s.hashSize, s.limits
	var packs []*packFile
	for _, q := range s.packList() {
		if q != p && q.index.Load() != nil {
			packs = append(packs, q)
		}
	}
	c.others.packs.Store(&packs)
	for i := range c.links {
		if s.interrupted() != nil {
			break
		}
		if c.full() {
			c.tooMuch(i)
			break
		}
		c.name(i)
	}
	for base, deltas := range c.waiting {
		for _, i := range deltas {
			c.problem(i, fmt.Errorf("what it is made from, %s, is %w", base, ErrNotFound))
		}
	}
	return c.makeIndex()
}

// How many bytes of text may be made in vain: so many, and so many for each byte of the pack. Packs
// that git makes need a small part of that.
const (
	maxWasted     = 1 << 30
	wastedPerByte = 64
)

var errTooDeep = damage("its deltas are too deep to be followed without an index: `git index-pack` makes one")

// full reports whether no more text is to be made.
func (c *scan) full() bool { return c.s.limits.Total > 0 && c.total > c.s.limits.Total }

// tooMuch notes that object i and what is behind it is not read.
func (c *scan) tooMuch(i int) {
	c.s.problem(Problem{Path: c.p.path, Err: fmt.Errorf("the object at byte %d and what is behind it was not read: %w", c.links[i].offset, ErrTooMuch)})
}

// readerOf returns a reader of r that ends when the store is interrupted.
func readerOf(s *Store, r io.Reader) io.Reader {
	return readerFunc(func(p []byte) (int, error) {
		if err := s.interrupted(); err != nil {
			return 0, err
		}
		return r.Read(p)
	})
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// problem notes that an object cannot be read. Its name is in its text.
func (c *scan) problem(i int, err error) {
	if c.s.interrupted() != nil {
		return // it is not the object's fault
	}
	c.s.problem(Problem{Path: c.p.path, Err: fmt.Errorf("the object at byte %d: %w", c.links[i].offset, err)})
}

// find finds where objects begin. Behind one that is damaged it looks for the next
// that is not.
func (c *scan) find() {
	damaged := int64(-1)
	for offset := int64(packHeader); offset < c.p.end && c.s.interrupted() == nil && !c.full(); {
		l, size, err := c.measure(offset)
		if c.s.interrupted() != nil {
			return
		}
		if err != nil {
			if c.wasted > maxWasted+wastedPerByte*c.p.end {
				c.s.problem(Problem{Path: c.p.path, Err: fmt.Errorf("the object at byte %d: %w; so much is damaged that what is behind it was not read", offset, err)})
				return
			}
			if damaged < 0 {
				damaged = offset
				c.s.problem(Problem{Path: c.p.path, Err: fmt.Errorf("the object at byte %d: %w", offset, err)})
			}
			offset = c.plausible(offset + 1)
			continue
		}
		damaged = -1
		c.at[offset] = len(c.links)
		c.links = append(c.links, l)
		offset += size
	}
}

// checkSum compares the pack with the checksum at its end. Without an index nothing else
// detects a changed kind of an object.
func (c *scan) checkSum() {
	h := newHash(c.p.hashSize)
	trailer := make([]byte, c.p.hashSize)
	_, err := io.Copy(h, readerOf(c.s, io.NewSectionReader(c.p.file, 0, c.p.end)))
	if c.s.interrupted() != nil {
		return
	}
	if err == nil {
		_, err = c.p.file.ReadAt(trailer, c.p.end)
	}
	if err == nil && !bytes.Equal(trailer, h.Sum(nil)) {
		err = damage("the pack's checksum is wrong")
	}
	if err != nil {
		c.s.problem(Problem{Path: c.p.path, Err: err})
	}
}

// within returns a reader of r that ends where c becomes full.
func (c *scan) within(r io.Reader) io.Reader {
	if c.s.limits.Total == 0 {
		return r
	}
	return io.LimitReader(r, c.s.limits.Total-c.total+1)
}

// measure reads the object at offset and returns how many bytes of the pack it takes. Where c becomes
// full on the way, it does not read on, and the size is wrong.
func (c *scan) measure(offset int64) (link, int64, error) {
	l, err := c.p.entryAt(offset)
	if err != nil {
		return l, 0, err
	}
	var used int
	var ok bool
	if c.short, used, ok = l.appendShort(c.short[:0]); ok {
		c.total += int64(len(c.short))
		return l, int64(l.e.head + used), nil
	}
	t, err := l.stream()
	if err != nil {
		return l, 0, err
	}
	defer t.release()
	n, err := io.Copy(io.Discard, c.within(readerOf(c.s, t)))
	if err != nil {
		c.wasted += n
		return l, 0, err
	}
	c.total += n
	end, err := t.section.Seek(0, io.SeekCurrent)
	return l, int64(l.e.head) + end - int64(t.buf.Buffered()), err
}

// plausible returns the first place at or after offset where there is the head of an
// object and then that of a zlib stream.
func (c *scan) plausible(offset int64) int64 {
	r := reader{file: c.p.file, end: c.p.end, ahead: window}
	for ; offset < c.p.end; offset++ {
		if offset%4096 == 0 && c.s.interrupted() != nil {
			return c.p.end
		}
		b, err := r.bytes(offset, maxHead+6)
		if err != nil {
			return c.p.end
		}
		if e, err := parseEntry(b, offset, c.p.hashSize); err == nil && checkHeader(b[e.head:]) == nil {
			return offset
		}
	}
	return offset
}

// name names object i, and then those that waited for it.
func (c *scan) name(i int) {
	for todo := []int{i}; len(todo) > 0; {
		i, todo = todo[len(todo)-1], todo[:len(todo)-1]
		id, missing, err := c.hash(i)
		switch {
		case err != nil:
			c.problem(i, err)
		case !missing.IsZero():
			c.waiting[missing] = append(c.waiting[missing], i)
		default:
			c.ids[i] = id
			if _, ok := c.known[id]; !ok {
				c.known[id] = i
			}
			todo = append(todo, c.waiting[id]...)
			delete(c.waiting, id)
		}
	}
}

// hash returns the name of object i, or that of a base which is not known yet.
func (c *scan) hash(i int) (id, missing ID, err error) {
	if l := c.links[i]; l.e.kind <= Tag && l.e.size > bigText {
		t, err := l.stream()
		if err != nil {
			return ID{}, ID{}, err
		}
		defer t.release()
		h := startHash(c.p.hashSize, l.e.kind, t.left)
		_, err = io.Copy(h, readerOf(c.s, t))
		return NewID(h.Sum(nil)), ID{}, err
	}
	kind, text, missing, err := c.text(i)
	if err != nil || !missing.IsZero() {
		return ID{}, missing, err
	}
	return hashOf(c.p.hashSize, kind, text), ID{}, nil
}

// text returns the text of object i, or the name of a base which is not known yet.
func (c *scan) text(i int) (kind Kind, text []byte, missing ID, err error) {
	var chain []int
	for {
		l := &c.links[i]
		var ok bool
		if kind, text, ok = c.cache.get(c.p, l.offset); ok {
			break
		}
		chain = append(chain, i)
		if l.e.kind <= Tag {
			kind = l.e.kind
			break
		}
		if l.e.kind == ofsDelta {
			if i, ok = c.at[l.e.base]; !ok {
				return 0, nil, ID{}, damage("the base of the delta is not where it should be")
			}
			continue
		}
		id := NewID(l.e.baseID)
		if i, ok = c.known[id]; ok {
			continue
		}
		if kind, text, ok = c.elsewhere(&id); !ok {
			return 0, nil, id, nil
		}
		break
	}
	var delta []byte
	for _, i := range slices.Backward(chain) {
		l := c.links[i]
		if c.made[i] {
			c.remade += int64(len(text))
		}
		c.made[i] = true
		switch {
		case c.s.interrupted() != nil:
			err = c.s.interrupted()
		case c.remade > maxWasted+wastedPerByte*c.p.end:
			err = errTooDeep
		case l.e.size > uint64(c.s.maxText()):
			err = ErrTooLarge
		case l.e.kind <= Tag:
			text, err = l.appendText(nil)
		default:
			if delta, err = l.appendText(delta[:0]); err == nil {
				text, _, err = applyDelta(nil, text, delta, nil, c.s.maxText())
			}
		}
		if err != nil {
			return 0, nil, ID{}, err
		}
		if l.e.kind > Tag {
			c.total += int64(len(text))
		}
		c.cache.put(c.p, l.offset, kind, text)
	}
	return kind, text, ID{}, nil
}

// elsewhere returns an object that is loose or in another pack, one with an index.
func (c *scan) elsewhere(id *ID) (Kind, []byte, bool) {
	kind, text, err := c.others.object(id, 0, c.s.maxText(), nil)
	return kind, text, err == nil
}

// makeIndex puts what was named in the form of a loaded index.
func (c *scan) makeIndex() *index {
	var order []int
	for _, i := range c.known {
		order = append(order, i)
	}
	slices.SortFunc(order, func(a, b int) int { return bytes.Compare(c.ids[a].Bytes(), c.ids[b].Bytes()) })
	x := &index{version: 2, n: len(order), hashSize: c.p.hashSize, ids: []byte{}}
	for _, i := range order {
		id, offset := &c.ids[i], uint64(c.links[i].offset)
		x.fanout[int(id.raw[0])+1]++
		x.ids = append(x.ids, id.Bytes()...)
		if offset >= largeOffset {
			x.large = be.AppendUint64(x.large, offset)
			offset = largeOffset | uint64(len(x.large)/8-1)
		}
		x.offsets = be.AppendUint32(x.offsets, uint32(offset))
	}
	for b := range 256 {
		x.fanout[b+1] += x.fanout[b]
	}
	x.order, _ = newOrder(x) // it is in order, each object at another place
	c.sumEntries(x)
	return x
}

// unnamed returns an index without ids of what was found. An object that may not be whole, as c became full there, is
// not in it.
func (c *scan) unnamed() *index {
	if n := len(c.links); n > 0 && c.full() {
		c.tooMuch(n - 1)
		c.links = c.links[:n-1]
	}
	x := &index{version: 2, n: len(c.links), hashSize: c.p.hashSize}
	x.bits = placeBits(x.n)
	for i, l := range c.links {
		x.keys = append(x.keys, uint64(l.offset)<<x.bits|uint64(i))
	}
	c.sumEntries(x)
	x.names = &names{p: c.p, s: c.s, x: x}
	return x
}

// sumEntries gives an index the checksums of the objects' bytes as they were when the scan read them: no text
// has to be hashed again.
func (c *scan) sumEntries(x *index) {
	x.crcs = make([]byte, 4*x.n)
	f := families{p: c.p, index: x, order: x.order}
	r := reader{file: c.p.file, end: c.p.end, ahead: window}
	for i := range uint32(x.n) {
		if i%checkEvery == 0 && c.s.interrupted() != nil {
			return
		}
		n := f.end(i) - f.offset(i)
		if n > window {
			continue // nobody looks at it
		}
		if b, err := r.bytes(f.offset(i), int(n)); err == nil { // or the sum is wrong, and the text is hashed
			be.PutUint32(x.crcs[4*f.place(i):], crc32.ChecksumIEEE(b))
		}
	}
}

// startHash returns the hash of an object whose text of size bytes is still to be
// written to it.
func startHash(hashSize int, kind Kind, size int64) hash.Hash {
	h := newHash(hashSize)
	_, _ = io.WriteString(h, kind.String()+" "+strconv.FormatInt(size, 10)+"\x00") // never fails
	return h
}

// hashOf returns the name of an object.
func hashOf(hashSize int, kind Kind, text []byte) ID {
	h := startHash(hashSize, kind, int64(len(text)))
	_, _ = h.Write(text) // never fails
	return NewID(h.Sum(nil))
}

// checkID returns an error if the object of that kind and text is not the one named id.
func checkID(id ID, kind Kind, text []byte) error { return wholeBody(text).check(id, kind) }

// check is checkID for a text that may be in pieces.
func (b body) check(id ID, kind Kind) error {
	if b.hash(int(id.size), kind) != id {
		return errWrongID
	}
	return nil
}

var errWrongID = damage("its text is not the one it is named for")

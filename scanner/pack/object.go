package pack

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"sync"

	"github.com/neokeys/neokeys/scanner/pack/inflate"
)

// Has reports whether the store has an object, readable or not.
func (s *Store) Has(id ID) bool {
	return s.has(&id) || s.refresh() && s.has(&id)
}

// Knows is Has without looking for packs that have appeared since it last did.
func (s *Store) Knows(id ID) bool { return s.has(&id) }

// Unknown returns those of ids, which lie one after another, that Knows is false for. To ask
// for many at once is much faster: the order in which they are looked up is that in which
// the indexes have them.
func (s *Store) Unknown(ids []byte) []ID {
	keys := make([]uint64, len(ids)/s.hashSize)
	for i := range keys {
		keys[i] = uint64(be32(ids[i*s.hashSize:]))<<32 | uint64(i)
	}
	radixSort(keys, 32, 32)
	packs := s.packList()
	near := make([]int, len(packs)) // the place of the last id in each
	var unknown []ID
	last := -1
	for i, k := range keys {
		at := int(uint32(k)) * s.hashSize
		raw := ids[at:][:s.hashSize]
		if last >= 0 && k>>32 == keys[i-1]>>32 && bytes.Equal(raw, ids[last:][:s.hashSize]) {
			continue
		}
		last = at
		if !inLoaded(packs, near, raw) {
			if id := NewID(raw); !s.has(&id) {
				unknown = append(unknown, id)
			}
		}
	}
	return unknown
}

// inLoaded reports whether one of packs whose index is loaded has an id. near is from where in each
// index it is looked for: for ids in order that is where the last one was. One that is out of order
// may not be found.
func inLoaded(packs []*packFile, near []int, id []byte) bool {
	for i, p := range packs {
		x := p.index.Load()
		if x == nil || x.ids == nil || x.names != nil {
			continue
		}
		var found bool
		if near[i], found = x.findAfter(id, near[i]); found {
			return true
		}
	}
	return false
}

func (s *Store) has(id *ID) bool {
	const want = 0
	if int(id.size) != s.hashSize {
		return false
	}
	for _, p := range s.packList() {
		if _, found, err := p.lookup(s, id, want); found || err != nil {
			return true
		}
	}
	return s.hasLoose(id)
}

// Object returns an object's kind and text, which the caller must not change. The error is
// ErrNotFound if there is no such object, and ErrTooLarge, with the kind, if its
// text is longer than limit or MaxText.
func (s *Store) Object(id ID, limit int) (Kind, []byte, error) { return s.ObjectOf(0, id, limit) }

// ObjectOf is Object for an object that is expected to be of kind want, which it may not be. That
// saves time where ids have yet to be found out.
func (s *Store) ObjectOf(want Kind, id ID, limit int) (Kind, []byte, error) {
	if int(id.size) != s.hashSize {
		return 0, nil, ErrNotFound
	}
	limit = min(limit, s.maxText())
	kind, text, err := s.object(&id, want, limit, nil)
	for range maxMoves {
		if !errors.Is(err, ErrNotFound) || !s.refresh() && !s.beingRepacked() {
			break
		}
		kind, text, err = s.object(&id, want, limit, nil)
	}
	return kind, text, err
}

// maxMoves is how often an object is looked for again that git may just have put from a pack into a file
// of its own, or the other way.
const maxMoves = 3

// object looks for a copy that can be read, not in the pack except, and if there is none
// says what is wrong with one.
func (s *Store) object(id *ID, want Kind, limit int, except *packFile) (Kind, []byte, error) {
	failed := ErrNotFound
	for _, p := range s.packList() {
		if p == except {
			continue
		}
		offset, found, err := p.lookup(s, id, want)
		if found {
			var kind Kind
			var text []byte
			kind, text, err = s.text(p, offset, limit)
			if err == nil || errors.Is(err, ErrTooLarge) {
				return kind, text, err
			}
		}
		if err != nil {
			failed = err
		}
	}
	kind, text, err := s.looseObject(id, limit)
	if errors.Is(err, ErrNotFound) {
		err = failed
	}
	return kind, text, err
}

// A link is one object of a delta chain.
type link struct {
	p      *packFile
	offset int64
	e      entry
}

// entryAt reads the head of the object at offset.
func (p *packFile) entryAt(offset int64) (link, error) {
	l := link{p: p, offset: offset}
	if offset < packHeader || offset >= p.end {
		return l, damage("the pack is cut off before the object")
	}
	head := make([]byte, min(maxHead, p.end-offset))
	n, err := p.file.ReadAt(head, offset)
	if err != nil && !errors.Is(err, io.EOF) {
		return l, err
	}
	l.e, err = parseEntry(head[:n], offset, p.hashSize)
	return l, err
}

// text returns the text of the object at offset in p.
func (s *Store) text(p *packFile, offset int64, limit int) (Kind, []byte, error) {
	chain, base, kind, err := s.chain(p, offset)
	if err != nil {
		return 0, nil, err
	}
	if n := len(chain); base == nil && n > 1 && chain[n-1].e.size > uint64(limit) {
		if size, err := chain[0].makes(); err == nil && size > uint64(limit) {
			return kind, nil, ErrTooLarge // which is cheaper to know before its base is made
		}
	}
	text := base
	var delta []byte
	for i, l := range slices.Backward(chain) {
		most := s.maxText() // a base may be longer than what is made of it
		if i == 0 {
			most = limit
		}
		if l.e.size > uint64(most) && l.e.kind <= Tag || l.e.size > uint64(s.maxText()) {
			return kind, nil, ErrTooLarge
		}
		if l.e.kind <= Tag {
			text, err = l.appendText(nil)
		} else if delta, err = l.appendText(delta[:0]); err == nil {
			text, _, err = applyDelta(nil, text, delta, nil, most)
		}
		if err != nil {
			s.lost.add(chain[:i+1], err)
			return kind, nil, err
		}
		s.cache.put(l.p, l.offset, kind, text)
	}
	if len(text) > limit {
		return kind, nil, ErrTooLarge
	}
	return kind, text, nil
}

// chain returns the deltas that lead to the object at offset, that object first. The
// last one is no delta, unless its base's text is known: then that is returned.
func (s *Store) chain(p *packFile, offset int64) (chain []link, base []byte, kind Kind, err error) {
	defer func() {
		if err != nil {
			s.lost.add(chain, err)
		}
	}()
	var seen map[cacheKey]bool // kept only where a chain could lead in a circle
	for {
		if len(chain) > 0 && s.lost.has(p, offset) {
			return chain, nil, 0, errNoBase
		}
		if kind, text, ok := s.cache.get(p, offset); ok {
			return chain, text, kind, nil
		}
		l, err := p.entryAt(offset)
		if err != nil {
			return chain, nil, 0, err
		}
		e := l.e
		chain = append(chain, l)
		switch e.kind {
		case ofsDelta:
			offset = e.base
		case refDelta:
			if seen == nil {
				seen = map[cacheKey]bool{}
			}
			if seen[cacheKey{p, offset}] {
				return chain, nil, 0, damage("the delta is, by way of others, its own base")
			}
			seen[cacheKey{p, offset}] = true
			id := NewID(e.baseID)
			base, kind, err := s.base(&p, &offset, &id)
			if err != nil {
				return chain, nil, 0, fmt.Errorf("the base of the delta, %s: %w", id, err)
			}
			if base != nil {
				return chain, base, kind, nil
			}
		default:
			return chain, nil, e.kind, nil
		}
	}
}

// base finds the base of a ref-delta in p: best in p itself, else in another pack, to which
// it then moves p and offset, or else loose, when it returns its text.
func (s *Store) base(p **packFile, offset *int64, id *ID) ([]byte, Kind, error) {
	failed := ErrNotFound
	for _, q := range append([]*packFile{*p}, s.packList()...) {
		o, found, err := q.lookup(s, id, 0)
		if found {
			*p, *offset = q, o
			return nil, 0, nil
		}
		if err != nil {
			failed = err
		}
	}
	kind, text, err := s.looseObject(id, s.maxText())
	if errors.Is(err, ErrNotFound) {
		err = failed
	}
	if text == nil {
		text = []byte{}
	}
	return text, kind, err
}

// stream returns a reader of what the stream of an entry holds.
func (l link) stream() (*textReader, error) {
	if l.e.size > math.MaxInt64 {
		return nil, damage("a size beyond 63 bits")
	}
	start := l.offset + int64(l.e.head)
	section := io.NewSectionReader(l.p.file, start, l.p.end-start)
	t, err := newTextReader(section, int64(l.e.size))
	if err == nil {
		t.section, t.likely = section, likelyRatio*section.Size()
	}
	return t, err
}

// appendText appends to dst what the stream of an entry holds.
func (l link) appendText(dst []byte) ([]byte, error) {
	if text, _, ok := l.appendShort(dst); ok {
		return text, nil
	}
	if text, ok := l.appendWhole(dst); ok {
		return text, nil
	}
	t, err := l.stream()
	if err != nil {
		return dst, err
	}
	defer t.release()
	return t.appendAll(dst)
}

// A shortReader inflates streams that are short, each at once.
type shortReader struct {
	inflater
	src [shortStream]byte
}

// shortStream is how many bytes a short stream has at most.
const shortStream = 64 << 10

// shortReaders are kept, since making one takes longer than most streams.
var shortReaders = sync.Pool{New: func() any { return new(shortReader) }}

// appendShort is appendText for a stream that is short, and returns how long that is. It returns
// false for others, and for those that are damaged.
func (l link) appendShort(dst []byte) (text []byte, used int, ok bool) {
	if l.e.size > firstRoom {
		return dst, 0, false
	}
	z := shortReaders.Get().(*shortReader)
	defer shortReaders.Put(z)
	start := l.offset + int64(l.e.head)
	src := z.src[:max(0, min(l.p.end-start, longestStream(int64(l.e.size)), shortStream))]
	n, err := l.p.file.ReadAt(src, start)
	if err != nil && !errors.Is(err, io.EOF) {
		return dst, 0, false // the stream is read again, and says so
	}
	text, used, err = z.inflate(dst, src[:n], int(l.e.size), true)
	return text, used, err == nil
}

// appendWhole is appendText for a text that is not big, from memory. It returns false for others, and for
// streams that are damaged. How long the stream is it finds out by trying.
func (l link) appendWhole(dst []byte) (text []byte, ok bool) {
	size := int(min(l.e.size, bigText+1))
	if size > bigText {
		return dst, false
	}
	z := shortReaders.Get().(*shortReader)
	defer shortReaders.Put(z)
	start := l.offset + int64(l.e.head)
	most := max(0, min(l.p.end-start, longestStream(int64(size))))
	dst = slices.Grow(dst, size+inflate.Slack)
	for n := min(most, max(shortStream, int64(size)/8)); ; n = min(most, 4*n) {
		src := make([]byte, n, n+inflate.Slack)
		if m, err := l.p.file.ReadAt(src, start); int64(m) < n || err != nil && !errors.Is(err, io.EOF) || size > maxRatio*m {
			return dst, false
		}
		text, _, err := z.whole.Zlib(dst, src, size, true)
		if !errors.Is(err, inflate.ErrTruncated) || n == most {
			return text, err == nil
		}
	}
}

// longestStream returns how many bytes zlib takes at most for a text: it stores, in blocks, what does
// not get shorter.
func longestStream(size int64) int64 { return size + size>>8 + 64 }

// Reader returns an object's kind, its size in bytes and a reader of its text, which
// the caller must close. The text of an object that is stored whole may be of any
// length; for others Object's limits apply.
func (s *Store) Reader(id ID) (Kind, int64, io.ReadCloser, error) {
	if int(id.size) != s.hashSize {
		return 0, 0, nil, ErrNotFound
	}
	for _, p := range s.packList() {
		offset, found, err := p.lookup(s, &id, Blob)
		if !found || err != nil {
			continue
		}
		chain, base, kind, err := s.chain(p, offset)
		switch n := len(chain); {
		case err != nil || base != nil || n == 0: // an empty text that is remembered has no bytes
		case n == 1:
			if t, err := chain[0].stream(); err == nil {
				return kind, t.left, t, nil
			}
		case chain[n-1].e.size > bigText:
			if b, err := s.pieces(chain); err == nil {
				r := b.asSpans().reader()
				return kind, r.Size(), textInMemory{r}, nil
			}
		}
	}
	if kind, t, err := s.openLoose(&id); err == nil {
		return kind, t.left, t, nil
	}
	kind, text, err := s.Object(id, s.maxText())
	return kind, int64(len(text)), io.NopCloser(bytes.NewReader(text)), err
}

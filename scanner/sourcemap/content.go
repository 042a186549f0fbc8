package sourcemap

import (
	"bytes"
	"encoding/binary"
	"slices"
)

const (
	// contentWindow is how much of a source is searched at a time.
	contentWindow = 64 << 10
	// partSize is the length of the parts that secrets are found by. Eight characters of a
	// random key stand nowhere by accident.
	partSize = 8
	// maxParts is how many parts of a secret are looked for, counted from its end: the
	// beginnings of keys are all alike.
	maxParts = 3
	// maxHits is how many places of one part are remembered.
	maxHits = 32
	// maxSecrets is how many secrets are looked for; what is beyond is looked up in the
	// mappings alone.
	maxSecrets = 1000
)

// A needle is a secret that is looked for in all sources, as a whole and in parts: a source
// may make it of several strings.
type needle struct {
	secret []byte
	whole  []hit
	parts  []hit
}

// A part is some characters of a needle's secret, up to the one at end.
type part struct {
	of   *needle
	end  int
	hits int
}

// A hit is a place in a source. Line and column are from 1, the column in code points.
type hit struct {
	sourceID
	line, column int
}

// A sourceID is a source of a map, or of one section of it.
type sourceID struct{ section, source int }

// A haystack searches the sources that a map holds, one after another, and knows where in
// them certain bytes of the map are.
type haystack struct {
	parts  map[uint64][]*part
	starts [1 << 16]bool // the first two bytes of the parts
	before int           // how much of the text before a part is looked at
	marks  []mark        // in order of offset, those that are not yet passed

	// Of the current source:
	id       sourceID
	buf      []byte
	searched int    // up to where in buf parts that begin there were looked for
	base     cursor // where buf begins
	at       cursor // somewhere in it
	due      []due  // marks that are in it, in order
}

// A mark is a byte of the map whose place in a source is wanted.
type mark struct {
	offset int64
	answer func(hit)
}

type due struct {
	offset int // in the source
	answer func(hit)
}

func newHaystack(needles []*needle, marks []mark) *haystack {
	h := &haystack{parts: map[uint64][]*part{}, marks: marks}
	for _, n := range needles {
		for end := len(n.secret); end >= partSize && end > len(n.secret)-maxParts*partSize; end -= partSize {
			text := n.secret[end-partSize : end]
			h.starts[pair(text)] = true
			id := binary.NativeEndian.Uint64(text)
			h.parts[id] = append(h.parts[id], &part{of: n, end: end})
		}
		h.before = max(h.before, len(n.secret))
	}
	slices.SortStableFunc(h.marks, func(a, b mark) int { return int(a.offset - b.offset) })
	return h
}

func pair(b []byte) uint16 { return uint16(b[0]) | uint16(b[1])<<8 }

// begin begins a source.
func (h *haystack) begin(id sourceID) {
	h.id, h.buf, h.searched, h.due = id, h.buf[:0], 0, h.due[:0]
	h.base = cursor{line: 1, column: 1}
	h.at = h.base
}

// piece takes one part of the source after another.
func (h *haystack) piece(text []byte, at int64, size int) error {
	for len(h.marks) > 0 && h.marks[0].offset < at+int64(size) {
		m := h.marks[0]
		h.marks = h.marks[1:]
		if m.offset < at {
			continue // not in a source
		}
		offset := h.base.offset + len(h.buf)
		if size == len(text) {
			offset += int(m.offset - at)
		}
		h.due = append(h.due, due{offset, m.answer})
	}
	h.buf = append(h.buf, text...)
	if len(h.buf) >= contentWindow+h.before {
		h.search()
		h.forget()
	}
	return nil
}

// end ends the source.
func (h *haystack) end() {
	h.search()
	h.answer(len(h.buf))
}

// search looks for parts that begin in what of buf was not searched yet.
func (h *haystack) search() {
	limit := len(h.buf) - partSize + 1
	for i := h.searched; i < limit; i++ {
		if !h.starts[pair(h.buf[i:])] {
			continue
		}
		for _, p := range h.parts[binary.NativeEndian.Uint64(h.buf[i:])] {
			h.found(p, i)
		}
	}
	h.searched = max(h.searched, limit)
}

// found notes that a part begins at buf[i].
func (h *haystack) found(p *part, i int) {
	if p.hits >= maxHits {
		return
	}
	p.hits++
	secret := p.of.secret
	start := i + partSize - p.end
	if p.end == len(secret) && start >= 0 && bytes.HasPrefix(h.buf[start:], secret) {
		p.of.whole = append(p.of.whole, h.place(start))
		return
	}
	p.of.parts = append(p.of.parts, h.place(i))
}

// forget drops what is not needed any more from buf.
func (h *haystack) forget() {
	drop := max(0, h.searched-h.before)
	h.answer(drop)
	h.base.advance(h.buf[:drop])
	h.buf = h.buf[:copy(h.buf, h.buf[drop:])]
	h.searched -= drop
}

// answer answers the marks before buf[limit].
func (h *haystack) answer(limit int) {
	for len(h.due) > 0 && h.due[0].offset-h.base.offset < limit {
		d := h.due[0]
		h.due = h.due[1:]
		d.answer(h.place(d.offset - h.base.offset))
	}
}

// place returns the place of buf[i].
func (h *haystack) place(i int) hit {
	if from := h.at.offset - h.base.offset; from < 0 || from > i {
		h.at = h.base
	}
	h.at.advance(h.buf[h.at.offset-h.base.offset : i])
	return hit{h.id, h.at.line, h.at.column}
}

// A cursor is a place in a text. Line and column are from 1, the column in code points.
type cursor struct {
	offset       int
	line, column int
}

// advance moves the cursor behind the text that begins there.
func (c *cursor) advance(text []byte) {
	if c.offset == 0 { // a byte order mark is no column
		rest := bytes.TrimPrefix(text, []byte("\ufeff"))
		c.offset, text = len(text)-len(rest), rest
	}
	c.offset += len(text)
	if n := bytes.Count(text, []byte{'\n'}); n > 0 {
		c.line, c.column = c.line+n, 1
		text = text[bytes.LastIndexByte(text, '\n')+1:]
	}
	for _, b := range text {
		if b&0xc0 != 0x80 { // where a character begins
			c.column++
		}
	}
}

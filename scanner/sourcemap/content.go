package sourcemap

import (
	"bytes"
	"slices"
)

const (
	// contentWindow is how much of a source is searched at a time.
	contentWindow = 64 << 10
	// minSecret is the length below which a secret could be found by accident.
	minSecret = 8
	// maxHits is how many places of one secret are remembered.
	maxHits = 32
	// maxSecrets is how many secrets are looked for; what is beyond is looked up in the
	// mappings alone.
	maxSecrets = 1000
)

// A needle is a secret that is looked for in all sources.
type needle struct {
	secret []byte
	hits   []hit
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
	needles []*needle
	longest int
	starts  [1 << 16]bool // the first two bytes of the needles
	marks   []mark        // in order of offset, those that are not yet passed

	// Of the current source:
	id   sourceID
	buf  []byte
	base int // offset in the source of buf[0]
	at   cursor
	due  []due // marks that are in it, in order
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
	h := &haystack{needles: needles, marks: marks, longest: 2}
	for _, n := range needles {
		h.starts[pair(n.secret)] = true
		h.longest = max(h.longest, len(n.secret))
	}
	slices.SortStableFunc(h.marks, func(a, b mark) int { return int(a.offset - b.offset) })
	return h
}

func pair(b []byte) uint16 { return uint16(b[0]) | uint16(b[1])<<8 }

// begin begins a source.
func (h *haystack) begin(id sourceID) {
	h.id, h.buf, h.base, h.at, h.due = id, h.buf[:0], 0, cursor{line: 1, column: 1}, h.due[:0]
}

// piece takes one part of the source after another.
func (h *haystack) piece(text []byte, at int64, size int) error {
	for len(h.marks) > 0 && h.marks[0].offset < at+int64(size) {
		m := h.marks[0]
		h.marks = h.marks[1:]
		if m.offset < at {
			continue // not in a source
		}
		offset := h.base + len(h.buf)
		if size == len(text) {
			offset += int(m.offset - at)
		}
		h.due = append(h.due, due{offset, m.answer})
	}
	h.buf = append(h.buf, text...)
	if len(h.buf) >= contentWindow+h.longest {
		h.search(len(h.buf) - h.longest + 1)
	}
	return nil
}

// end ends the source.
func (h *haystack) end() { h.search(len(h.buf)) }

// search looks for secrets that begin before limit, and forgets what is before it.
func (h *haystack) search(limit int) {
	if h.base == 0 {
		h.at.skipMark(h.buf)
	}
	for i := 0; i < limit && i+1 < len(h.buf); i++ {
		if !h.starts[pair(h.buf[i:])] {
			continue
		}
		for _, n := range h.needles {
			if len(n.hits) < maxHits && bytes.HasPrefix(h.buf[i:], n.secret) {
				n.hits = append(n.hits, h.place(i))
			}
		}
	}
	h.place(limit)
	h.base += limit
	h.buf = h.buf[:copy(h.buf, h.buf[limit:])]
}

// place returns the place of buf[i], answering the marks up to there.
func (h *haystack) place(i int) hit {
	for len(h.due) > 0 && h.due[0].offset-h.base <= i {
		d := h.due[0]
		h.due = h.due[1:]
		h.at.advance(h.buf, d.offset-h.base, h.base)
		d.answer(hit{h.id, h.at.line, h.at.column})
	}
	h.at.advance(h.buf, i, h.base)
	return hit{h.id, h.at.line, h.at.column}
}

// A cursor is a place in a text. Line and column are from 1, the column in code points.
type cursor struct {
	offset       int
	line, column int
}

// advance moves the cursor to buf[i], buf being the text from base on.
func (c *cursor) advance(buf []byte, i, base int) {
	from := c.offset - base
	if from >= i {
		return
	}
	passed := buf[from:i]
	if n := bytes.Count(passed, []byte{'\n'}); n > 0 {
		c.line, c.column = c.line+n, 1
		passed = passed[bytes.LastIndexByte(passed, '\n')+1:]
	}
	for _, b := range passed {
		if b&0xc0 != 0x80 { // where a character begins
			c.column++
		}
	}
	c.offset = base + i
}

// skipMark passes over a byte order mark, which is no column.
func (c *cursor) skipMark(buf []byte) {
	if c.offset == 0 && bytes.HasPrefix(buf, []byte("\ufeff")) {
		c.offset = len("\ufeff")
	}
}

package scanner

import (
	"slices"

	"github.com/neokeys/neokeys/rules"
)

// longs are the places in an input, in bytes from its beginning, at which data may begin that is
// longer than rules see around an anchor. Such data is given to the rules as soon as there is
// enough of it in the buffer.
type longs struct {
	// first is the first such place that is not looked at yet, and next the first that is
	// apart bytes beyond it; -1 where there is none.
	first, next int64
	// looks is how many places may yet be looked at more closely.
	looks int
}

// closeLooks is how many places in an input are looked at more closely: nearly all that begin like such
// data in a file that people have do not go on as it does.
const closeLooks = 64

// apart is how much of such data is in the buffer at least, if there is as much, in bytes.
const apart = rules.MaxFile / 2

var noLongs = longs{-1, -1, closeLooks}

// add notes a place.
func (l *longs) add(at int64) {
	switch {
	case l.first < 0:
		l.first = at
	case l.next < 0 && at >= l.first+apart:
		l.next = at
	}
}

// forget drops the first place.
func (l *longs) forget() { l.first, l.next = l.next, -1 }

// noteLong notes the anchor at text[pos] if long data may begin at it.
func (s *stream) noteLong(pos int) {
	at := s.base + int64(pos)
	if s.longs.next >= 0 || s.longs.first >= 0 && at < s.longs.first+apart || !rules.MayBeginLong(s.text, pos) {
		return
	}
	if s.longs.looks > 0 {
		s.longs.looks--
		if !rules.BeginsLong(s.text, pos) {
			return
		}
	}
	s.longs.add(at)
}

// awaitLong makes room behind long data that begins in the buffer, and reports whether it did: if not,
// there is no such data, or it has been looked at. Anchors before limit have been looked at.
func (s *stream) awaitLong(limit int) bool {
	if s.longs.first >= 0 && s.longAt() <= 2*margin && len(s.text) >= wholeSize {
		s.matchPacked()
	}
	if s.longs.first < 0 || !s.wantsPacked() {
		return false
	}
	if first := s.longAt() - margin; first > 0 {
		limit -= s.drop(first)
	}
	s.handled, s.n = limit, len(s.text)
	s.room = s.grow(s.n)
	return true
}

// longAt returns where in the buffer the first long data begins.
func (s *stream) longAt() int { return int(s.longs.first - s.base) }

// wantsPacked reports whether some rule looks at the whole of a text such as the input.
func (s *stream) wantsPacked() bool { return s.encoding == utf8Text && s.set.WantsPacked(s.literals) }

// matchPacked runs the rules that look at the whole of a text on what is in the buffer.
func (s *stream) matchPacked() {
	s.longs.forget()
	if !s.wantsPacked() {
		return
	}
	whole := s.set.MatchPacked(s.text, func(r *rules.Rule, m rules.Match) {
		if s.full() {
			return
		}
		if found := s.record(r, m, m.Start, m.End); found != nil {
			found.Snippet = s.snippet(s.text, m)
			found.DecodedFrom = slices.Concat(s.nest.packed, m.Decoded)
		}
	})
	if !whole {
		s.work.GiveUp()
	}
}

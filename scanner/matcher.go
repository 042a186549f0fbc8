package scanner

import (
	"github.com/neokeys/neokeys/rules"
	"github.com/neokeys/neokeys/rules/anchor"
)

// A Matcher runs rules around single anchors, for those who find the anchors by
// themselves. It says only what matches, not where; a Searcher says that. It is not for
// several goroutines at once.
type Matcher struct {
	stream stream
	head   []byte
	wide   bool // anchors of more than a byte a character have been met in the text
}

// NewMatcher returns a Matcher that runs the rules in set.
func NewMatcher(set *rules.Set) *Matcher { return &Matcher{stream: stream{set: set}} }

// Begin is to be called before the first Match in a text, which begins with head and has size bytes.
// Head is to be at least what the encoding is told by, if the text has that much.
func (m *Matcher) Begin(head []byte, size int) {
	s := &m.stream
	m.wide, s.encoding, s.binary.known, s.work, s.readable = false, utf8Text, false, rules.Work{}, readable{}
	m.head = append(m.head[:0], head[:min(len(head), headSize)]...) // the text may be large, and is not to be kept
	s.work.Upto(int64(size))
}

// Match calls report for each match that involves the anchor h of part, what the text has from
// the offset base on, if the text is all there is of a file. Part must have all that rules may look at around the
// anchor. Code says whether the file is a program, as in [rules.View].
func (m *Matcher) Match(part []byte, base int, h anchor.Hit, code bool, report func(*rules.Rule, rules.Match)) {
	s := &m.stream
	s.text, s.head = part, m.head
	if h.Width > 1 && (!m.wide || s.base != int64(base)) {
		m.wide = true
		s.encoding, s.binary.known = detectEncoding(m.head), false
		s.forgetWide()
	}
	s.base = int64(base)
	v := &s.around
	s.view(h, v)
	v.Code, v.Work = code, &s.work
	s.set.Match(h, v, report)
	s.text, s.head = nil, nil
}

// Whole calls report for each match that only the whole of text shows, and returns whether the rules have
// looked at all of it.
func (m *Matcher) Whole(text []byte, report func(*rules.Rule, rules.Match)) (whole bool) {
	return m.stream.set.MatchPacked(text, report)
}

// GaveUp reports whether the rules have given up on the text that was last begun; see
// [rules.GaveUp].
func (m *Matcher) GaveUp() bool { return m.stream.work.Spent() }

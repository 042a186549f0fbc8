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
	wide   bool // anchors of more than a byte a character have been met in the text
}

// NewMatcher returns a Matcher that runs the rules in set.
func NewMatcher(set *rules.Set) *Matcher { return &Matcher{stream: stream{set: set}} }

// Begin is to be called before the first Match in a text.
func (m *Matcher) Begin(text []byte) {
	s := &m.stream
	m.wide, s.encoding, s.binary.known, s.work, s.readable = false, utf8Text, false, rules.Work{}, readable{}
	s.work.Upto(int64(len(text)))
}

// Match calls report for each match that involves the anchor h of text, if text is all
// there is of a file; code says whether that is a program, as in [rules.View].
func (m *Matcher) Match(text []byte, h anchor.Hit, code bool, report func(*rules.Rule, rules.Match)) {
	s := &m.stream
	s.text = text
	if h.Width > 1 && !m.wide {
		m.wide = true
		s.encoding, s.binary.known = detectEncoding(text), false
		s.forgetWide()
	}
	v := &s.around
	s.view(h, v)
	v.Code, v.Work = code, &s.work
	s.set.Match(h, v, report)
	s.text = nil
}

// Whole calls report for each match that only the whole of text shows.
func (m *Matcher) Whole(text []byte, report func(*rules.Rule, rules.Match)) {
	if len(text) <= rules.MaxFile {
		m.stream.set.MatchText(text, report)
	}
}

// GaveUp reports whether the rules have given up on the text that was last begun; see
// [rules.GaveUp].
func (m *Matcher) GaveUp() bool { return m.stream.work.Spent() }

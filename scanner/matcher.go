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
	last   *byte // the first of the text that the stream's work is on
}

// NewMatcher returns a Matcher that runs the rules in set.
func NewMatcher(set *rules.Set) *Matcher { return &Matcher{stream: stream{set: set}} }

// Match calls report for each match that involves the anchor h of text, if text is all
// there is of a file; code says whether that is a program, as in [rules.View].
func (m *Matcher) Match(text []byte, h anchor.Hit, code bool, report func(*rules.Rule, rules.Match)) {
	s := &m.stream
	s.text = text
	if h.Width > 1 {
		s.encoding = detectEncoding(text)
		s.forgetWide()
	}
	v, _, _, _ := s.view(h)
	if first := &text[0]; m.last != first {
		m.last, s.work = first, rules.Work{}
		s.work.Upto(int64(len(text)))
	}
	v.Code, v.Work = code, &s.work
	s.set.Match(h, &v, report)
	s.text = nil
}

// GaveUp reports whether the rules have given up on the text that Match was last given; see
// [rules.GaveUp].
func (m *Matcher) GaveUp() bool { return m.stream.work.Spent() }

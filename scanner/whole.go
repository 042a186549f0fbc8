package scanner

import (
	"errors"
	"math"
	"slices"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/rules"
)

// keeps reports whether all of the input so far is in the buffer and is to stay there,
// for the rules that look at whole files.
func (s *stream) keeps() bool {
	return s.base == 0 && len(s.text) <= rules.MaxFile && s.isText() && (s.set.HasFileRules() || s.set.WantsPacked(s.literals))
}

// wholeSize is enough to see that an input is larger than rules.MaxFile. No unit of
// UTF-16 or UTF-32 is cut at it.
const wholeSize = rules.MaxFile + 4

// grow makes room in the buffer behind its first n bytes, and returns up to where to
// fill it.
func (s *stream) grow(n int) int {
	full := min(n+bufferSize, wholeSize)
	if len(s.buf) < full {
		larger := make([]byte, wholeSize)
		copy(larger, s.text)
		s.buf = larger
		s.text = s.buf[:n]
	}
	return full
}

// isText reports whether the input may be given to rules that look at whole files.
func (s *stream) isText() bool {
	if !s.binary.known {
		s.binary.known, s.binary.is = true, s.encoding == utf8Text && rules.Binary(s.beginning())
	}
	return !s.binary.is
}

// whole runs the rules that look at all of the input, if it holds an anchor of one and is in the
// buffer, or long data that is. The error is that there are too many matches.
func (s *stream) whole() (tooMany error) {
	if s.longs.first >= 0 {
		s.matchPacked()
	}
	return s.file()
}

// file runs the rules that look at whole files, if the input holds an anchor of one
// and all of it is in the buffer. The error is that there are too many matches.
func (s *stream) file() (tooMany error) {
	if !s.set.WantsFile(s.literals) || s.base != 0 || len(s.text) > rules.MaxFile || !s.isText() {
		return nil
	}
	if s.work.Spent() {
		return nil // it is said that the input was searched in part: this takes as long again
	}
	return s.matchFile()
}

// matchFile runs those rules on the buffer.
func (s *stream) matchFile() (tooMany error) {
	s.classify()
	first, stride := s.markSize(), 1
	text := s.text[first:]
	var decoded []string
	if s.encoding != utf8Text {
		first += s.encoding.lowByte()
		s.forgetWide()
		w := &s.wide[utf8Text][0]
		w.text = s.decode(w.text[:0], first, len(s.text), s.encoding)
		text, stride, decoded = w.text, s.encoding.width(), []string{s.encoding.wideName()}
	}
	f := &rules.File{Text: text, Place: *s.place}
	s.set.MatchFile(s.literals, f, func(r *rules.Rule, m rules.Match) {
		if tooMany == nil && s.full() {
			s.applyExcuses()
			tooMany = s.thin(math.MaxInt)
		}
		if tooMany != nil {
			return
		}
		if found := s.record(r, m, first+m.Start*stride, min(first+m.End*stride, len(s.text))); found != nil {
			found.Snippet = s.snippet(text, m)
			found.DecodedFrom = slices.Concat(s.nest.packed, decoded, m.Decoded)
		}
	})
	if why := f.LeftOut(); why != "" && !s.work.Spent() {
		s.problem(errors.New(why))
	}
	if f.GaveUp() {
		s.notice("too intricate to follow every value in: habits in it may have been missed")
	}
	finding.MaskHabits(s.found, s.examples)
	return tooMany
}

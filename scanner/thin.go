package scanner

import (
	"errors"
	"fmt"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/rules"
)

const (
	// maxPerFile is how many matches and comments of one file are remembered before
	// they are thinned, and how many different keys of one file are at all: it bounds what
	// hostile input can make a scan remember.
	maxPerFile = 10_000
	// manyPlaces is how many places of one key are kept when a file has more matches
	// than that.
	manyPlaces = 100
)

var errTooMany = errors.New("holds too many keys")

// full reports whether there is no more room for matches.
func (s *stream) full() bool { return len(s.found)+len(s.examples) >= max(maxPerFile, 2*s.kept) }

// bound makes room for more matches and comments, if that is wanted, when those of the anchor
// at text[pos] have been found. The error is that there are too many matches that differ.
func (s *stream) bound(pos int) error {
	full := s.full()
	if !full && len(s.excuses) < max(maxPerFile, 2*s.open) {
		return nil
	}
	settled := s.cursor.boundary(s.text, max(0, pos-margin)) // no match to come begins before
	line, _ := s.at(settled)
	s.applyExcuses()
	if s.base > 0 || len(s.text) > rules.MaxFile {
		s.forgetExcuses(line) // or else file is to come
	}
	s.open = len(s.excuses)
	if !full {
		return nil
	}
	for id := range s.seen {
		if id.end < s.base+int64(settled) {
			delete(s.seen, id)
		}
	}
	return s.thin(line)
}

// thin leaves of a file with very many matches the first places of each key, so that
// the rest of the file can be searched in bounded memory and no key hides behind another.
// What is on a line at or after the one given may yet be excused: those are thinned each
// by itself.
func (s *stream) thin(line int) error {
	for places := manyPlaces; places > 0; places /= 10 {
		s.found = s.firstPlaces(s.found, places, line, false)
		s.examples = s.firstPlaces(s.examples, places, line, true)
		if s.kept = len(s.found) + len(s.examples); s.kept < maxPerFile/2 {
			return nil
		}
	}
	if s.kept >= maxPerFile {
		return fmt.Errorf("%w: the first %d are reported, the rest of it was not searched", errTooMany, s.kept)
	}
	return nil
}

// firstPlaces returns the first places of each key in list, or of examples those of each
// rule, and counts the others.
func (s *stream) firstPlaces(list []finding.Finding, places, line int, examples bool) []finding.Finding {
	type kind struct {
		rule, key string
		excused   bool
		open      int // the line that may yet be excused; 0 if it may not
	}
	count := map[kind]int{}
	kept := list[:0]
	for i := range list {
		f := &list[i]
		k := kind{rule: f.Rule, excused: f.Suppressed != nil}
		if f.Key != nil && !examples {
			k.key = f.Key.ID
		}
		if f.EndLine >= line && !examples {
			k.open = f.Line
		}
		if count[k]++; count[k] <= places {
			kept = append(kept, *f)
		} else if !examples {
			s.unlisted++
		}
	}
	clear(list[len(kept):])
	return kept
}

// tellUnlisted says how many places were left out.
func (s *stream) tellUnlisted() {
	if s.unlisted > 0 && !s.past {
		s.notice(fmt.Sprintf("holds very many matches; all of it was searched and every key is listed, but not %d more places like those", s.unlisted))
	}
}

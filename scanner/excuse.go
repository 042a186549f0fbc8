package scanner

import (
	"errors"
	"fmt"
	"slices"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/rules"
	"github.com/neokeys/neokeys/rules/anchor"
)

// maxExcuses is how many comments are remembered: as many as there is room for in a file
// that is small enough to be looked at as a whole.
const maxExcuses = 80_000

// perExcuse is what it costs to read a comment, in bytes looked at, and maxOnLine how many of one line are
// remembered: the first says what is to be excused.
const perExcuse, maxOnLine = 128, 8

// An excuse is a comment in the current input that excuses a line.
type excuse struct {
	rules.Ignore
	line int
	used bool
}

// excuse keeps the comment whose mark is at h, if it is one.
func (s *stream) excuse(h anchor.Hit, v *rules.View) {
	if len(s.excuses) >= maxExcuses || !s.work.Spend(perExcuse) {
		return
	}
	line, _ := s.at(h.Pos)
	if n := len(s.excuses); n >= maxOnLine && s.excuses[n-maxOnLine].line == line {
		return
	}
	ig, ok := rules.ParseIgnore(v.Text, v.Pos)
	if !ok {
		return
	}
	s.work.Spend(perExcuse / 16 * len(ig.Reason)) // in which keys were looked for
	s.excuses = append(s.excuses, excuse{Ignore: ig, line: line})
}

// forgetExcuses drops the comments about lines before line, and reports those that are unused.
func (s *stream) forgetExcuses(line int) {
	open := s.excuses[:0]
	for i := range s.excuses {
		e := &s.excuses[i]
		if e.line+1 >= line {
			open = append(open, *e)
		} else if !e.used && e.Meant(s.place.Exposure) {
			s.tellUseless(e)
		}
	}
	s.excuses = open
}

// tellUseless says why a comment excuses nothing, if that is known. One in an archive is
// nothing that anybody could mend.
func (s *stream) tellUseless(e *excuse) {
	if s.nest.outer != nil || s.past {
		return
	}
	for _, id := range e.Rules {
		if !slices.Contains(rules.IDs(), id) {
			s.unusedIgnore()
			s.notice(fmt.Sprintf("line %d: unknown rule %q in %s; `neokeys rules` lists them", e.line, id, rules.IgnoreMark))
			return
		}
	}
	if s.set.Runs(&e.Ignore) {
		s.unusedIgnore()
		s.notice(fmt.Sprintf("line %d: this %s excuses nothing; take it out", e.line, rules.IgnoreMark))
	}
}

// applyExcuses suppresses the findings on lines that are excused.
func (s *stream) applyExcuses() {
	if len(s.excuses) == 0 {
		return
	}
	onLine := map[int][]*excuse{}
	for i := range s.excuses {
		e := &s.excuses[i]
		onLine[e.line] = append(onLine[e.line], e)
	}
	for i := range s.found {
		f := &s.found[i]
		for line := f.Line - 1; line <= f.EndLine; line++ {
			for _, e := range onLine[line] {
				if line < f.Line && !e.Alone || !e.Covers(f.Rule) {
					continue
				}
				e.used = true
				f.Suppressed = &finding.Suppression{By: "inline", Reason: e.Reason}
			}
		}
	}
}

// notice notes something about path that is worth knowing, but makes the scan no less
// complete.
func (c *collector) notice(path, message string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.result.Notices) < maxProblems {
		c.result.Notices = append(c.result.Notices, problemOf(path, errors.New(message)))
	}
}

// problemOf says what is the matter with path, showing no key.
func problemOf(path string, err error) finding.Problem {
	return finding.Problem{Path: rules.Mask(path), Message: rules.Mask(describe(err))}
}

// unusedIgnore counts a comment that excuses nothing.
func (s *stream) unusedIgnore() {
	s.out.mu.Lock()
	defer s.out.mu.Unlock()
	s.out.result.UnusedIgnores++
}

package scanner

import (
	"errors"
	"fmt"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/rules"
	"github.com/neokeys/neokeys/rules/anchor"
)

// An excuse is a comment in the current input that excuses a line.
type excuse struct {
	rules.Ignore
	line int
	used bool
}

// excuse keeps the comment whose mark is at h, if it is one.
func (s *stream) excuse(h anchor.Hit, v *rules.View) {
	ig, ok := rules.ParseIgnore(v.Text, v.Pos)
	if !ok || len(s.excuses) >= maxPerFile {
		return
	}
	line, _ := s.cursor.at(s.text, h.Pos)
	s.excuses = append(s.excuses, excuse{Ignore: ig, line: line})
}

// applyExcuses suppresses the findings on lines that are excused, and notes the comments
// that excuse nothing.
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
	for i := range s.excuses {
		if e := &s.excuses[i]; !e.used && s.set.Runs(&e.Ignore) {
			s.out.notice(s.path, fmt.Sprintf("line %d: this %s excuses nothing; take it out", e.line, rules.IgnoreMark))
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

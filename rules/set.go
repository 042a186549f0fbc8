package rules

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/codec"
	"github.com/neokeys/neokeys/rules/anchor"
	"github.com/neokeys/neokeys/rules/internal/naming"
)

// Own are project-specific variable and host names. Rules that look at whole files know them
// besides the usual ones.
type Own = naming.Own

// A Set is a compiled group of rules. Several goroutines may use it at once.
type Set struct {
	Rules  []*Rule
	own    Own
	finder *anchor.Finder
	parts  parts
	// byLiteral lists the rules with a Match that each of the finder's literals is an
	// anchor of.
	byLiteral [][]*Rule
	// ignoreMark is the index of what begins an IgnoreMark among the finder's literals.
	ignoreMark int
	// forFile is the set of literals that are anchors of rules that look at whole files.
	forFile anchor.Set
	// forPacked is that of rules that look at what is compressed in texts.
	forPacked anchor.Set
	// wholeOf lists for each rule the set of its anchors for which it looks at whole files.
	wholeOf []anchor.Set
}

// parts are the parts of rules that a set runs.
type parts uint8

const (
	around   parts = 1 << iota // Match
	ofWhole                    // MatchFile
	ofPacked                   // MatchPacked
	allParts = around | ofWhole | ofPacked
)

// of returns those of the parts that r has.
func (p parts) of(r *Rule) parts {
	if r.Match == nil {
		p &^= around
	}
	if r.MatchFile == nil {
		p &^= ofWhole
	}
	if r.MatchPacked == nil {
		p &^= ofPacked
	}
	return p
}

// NewSet prepares rules for searching. It panics if their anchors cannot be
// searched for, which is a mistake in a rule and not in any input.
func NewSet(rs []*Rule) *Set {
	s, err := NewSetFor(rs, Own{})
	if err != nil {
		panic(err)
	}
	return s
}

// NewSetFor prepares rules for searching a project that has names of its own. The error
// is that they are too many, or that one of them is too short or not ASCII.
func NewSetFor(rs []*Rule, own Own) (*Set, error) { return newSet(rs, own, allParts) }

func newSet(rs []*Rule, own Own, run parts) (*Set, error) {
	s := &Set{Rules: rs, own: own, parts: run, wholeOf: make([]anchor.Set, len(rs))}
	at := make(map[string]int, len(plan)+1)
	literals := make([]string, 0, len(plan)+1)
	s.byLiteral = make([][]*Rule, 0, len(plan)+1)
	room := make([]*Rule, len(plan)+1) // most literals are an anchor of one rule
	add := func(i int, r *Rule, a string, p parts) {
		n, ok := at[a]
		if !ok {
			n = len(literals)
			at[a] = n
			literals = append(literals, a)
			s.byLiteral = append(s.byLiteral, room[:0:min(1, len(room))])
			room = room[min(1, len(room)):]
		}
		if p&ofWhole != 0 {
			s.forFile.Add(n)
			s.wholeOf[i].Add(n)
		}
		if p&ofPacked != 0 {
			s.forPacked.Add(n)
		}
		if p&around != 0 && !slices.Contains(s.byLiteral[n], r) {
			s.byLiteral[n] = append(s.byLiteral[n], r)
		}
	}
	for i, r := range rs {
		p := run.of(r)
		if r.FileAnchors != nil {
			p &^= ofWhole
		}
		for _, a := range r.Anchors {
			add(i, r, a, p)
		}
		for _, a := range r.FileAnchors {
			add(i, r, a, run.of(r)&ofWhole)
		}
	}
	known := len(literals) + 1
	for i, r := range rs {
		if run.of(r)&ofWhole == 0 {
			continue
		}
		for _, a := range own.Anchors() {
			add(i, r, a, ofWhole)
		}
	}
	s.ignoreMark = len(literals)
	literals = append(literals, ignoreName)
	s.byLiteral = append(s.byLiteral, nil)
	if len(literals) > anchor.MaxLit && known <= anchor.MaxLit {
		return nil, fmt.Errorf("%d variables and hosts of your own are too many: there is room for %d", len(literals)-known, anchor.MaxLit-known)
	}
	finder, err := anchor.NewPlanned(plan, literals)
	if err != nil {
		return nil, err
	}
	s.finder = finder
	return s, nil
}

// Anchors returns the search for the anchors of all the set's rules.
func (s *Set) Anchors() *anchor.Finder { return s.finder }

// MarksIgnore reports whether h may be the mark of a comment that excuses a line.
func (s *Set) MarksIgnore(h anchor.Hit) bool { return h.Literals.Has(s.ignoreMark) }

// Runs reports whether every rule that ig is about is in the set.
func (s *Set) Runs(ig *Ignore) bool {
	ids := ig.Rules
	if len(ids) == 0 {
		ids = IDs()
	}
	for _, id := range ids {
		if !slices.ContainsFunc(s.Rules, func(r *Rule) bool { return r.ID == id }) {
			return false
		}
	}
	return true
}

// perAnchor is what an anchor costs, whatever is found at it.
const perAnchor = 96

// Match runs the rules that have an anchor in h on v, the view of it. Where v.Work is used up, only keys that
// are written plainly are looked for.
func (s *Set) Match(h anchor.Hit, v *View, report func(*Rule, Match)) {
	if insideKey(v) {
		return
	}
	var room [4]*Rule
	done := room[:0]
	plainOnly := false
	var r *Rule
	each := func(m Match) { // one for all rules: there may be an anchor every four bytes
		m.Client = m.Key != nil && naming.GivenToClient(v.Text, m.Start)
		report(r, m)
	}
	for literal := range h.Literals.Each {
		for _, r = range s.byLiteral[literal] {
			if slices.Contains(done, r) {
				continue
			}
			if len(done) == 0 {
				if plainOnly = !v.Work.Spend(perAnchor); plainOnly && !bytes.HasPrefix(v.Text[v.Pos:], []byte(finding.KeyPrefix)) {
					return
				}
			}
			done = append(done, r)
			if !plainOnly || r.ID == apiKeyRule {
				r.Match(v, each)
			}
		}
	}
}

// insideKey reports whether the anchor is of a key in pieces and stands in one that begins plainly, which is
// an anchor by itself.
func insideKey(v *View) bool {
	const product = len("neo")
	return v.Pos >= product && v.Text[v.Pos] == '_' && bytes.HasPrefix(v.Text[v.Pos-product:], []byte(finding.KeyPrefix))
}

// HasFileRules reports whether any rule looks at whole files.
func (s *Set) HasFileRules() bool { return !s.forFile.Empty() }

// WantsFile reports whether a file that holds literals, the union of what its
// anchors' hits tell, is to be given to MatchFile.
func (s *Set) WantsFile(literals anchor.Set) bool { return literals.Meets(s.forFile) }

// MatchFile runs the rules that look at whole files on f, which holds literals.
func (s *Set) MatchFile(literals anchor.Set, f *File, report func(*Rule, Match)) {
	f.Own = s.own
	if f.Place.Own != nil {
		f.Own = *f.Place.Own
	}
	s.matchFile(literals, f, report)
	for _, inner := range f.Inners() {
		s.matchFile(literals, inner.File, func(r *Rule, m Match) {
			at := inner.Joined.Source(Span{Start: m.Start, End: m.End})
			m.Start, m.End = at.Start, at.End
			report(r, m)
		})
		f.Adopt(inner.File)
	}
}

func (s *Set) matchFile(literals anchor.Set, f *File, report func(*Rule, Match)) {
	for i, r := range s.Rules {
		if s.parts.of(r)&ofWhole != 0 && s.wholeOf[i].Meets(literals) {
			r.MatchFile(f, func(m Match) {
				m.Client = m.Key != nil && naming.GivenToClient(f.Text, m.Start)
				report(r, m)
			})
		}
	}
}

// WantsPacked reports whether a text that holds literals is to be given to MatchPacked, be it a file, a
// member of an archive or a version of a file.
func (s *Set) WantsPacked(literals anchor.Set) bool { return literals.Meets(s.forPacked) }

// packedWorth is how many times as much as around anchors rules may look at in the compressed data of a text.
const packedWorth = 4

// MatchPacked runs the rules on what is compressed in text, where that is longer than rules see around
// an anchor, and reports whether they have looked at all of it: what it takes is bounded.
func (s *Set) MatchPacked(text []byte, report func(*Rule, Match)) (whole bool) {
	work := &Work{}
	work.Upto(packedWorth * int64(len(text)))
	codec.EachPacked(text, work.Spend, func(u *Unpacked) {
		for _, r := range s.Rules {
			if s.parts.of(r)&ofPacked != 0 {
				r.MatchPacked(u, work, func(m Match) {
					m.Client = m.Key != nil && naming.GivenToClient(text, m.Start)
					report(r, m)
				})
			}
		}
	})
	return !work.Spent()
}

// BeginsLong reports whether something compressed begins at text[pos] that may be too long for rules that look
// around anchors, so that the text is to be given to MatchPacked.
func BeginsLong(text []byte, pos int) bool { return codec.BeginsLong(text, pos) }

// MayBeginLong is [BeginsLong], faster and less sure. Where it is false for all anchors of a text,
// MatchPacked finds nothing in that.
func MayBeginLong(text []byte, pos int) bool { return codec.MayBeginLong(text, pos) }

// FileRules returns the set of what looks at whole files, nil if nothing does.
func (s *Set) FileRules() *Set {
	if !s.HasFileRules() {
		return nil
	}
	return s.part(ofWhole)
}

// WithoutFileRules returns the set without what looks at whole files: for texts that are
// versions of files, of which only the current one's habits matter.
func (s *Set) WithoutFileRules() *Set { return s.part(around | ofPacked) }

func (s *Set) part(run parts) *Set {
	rs := slices.DeleteFunc(slices.Clone(s.Rules), func(r *Rule) bool { return run.of(r) == 0 && (run == ofWhole || r.MatchFile != nil) })
	part, err := newSet(rs, s.own, run)
	if err != nil {
		panic(err) // there are no names in it that are not in s
	}
	return part
}

package report

import (
	"cmp"
	"encoding/binary"
	"slices"
	"strings"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/codec"
	"github.com/neokeys/neokeys/internal/text"
)

const (
	// pieceLen is how many characters in a row of a secret are too many to show.
	pieceLen = 6
	// maxApart is how many bytes may be between two of them, as in 'a' + 'b'.
	maxApart = 12
)

// A piece is a run of characters of a secret, in lower case.
type piece [pieceLen]byte

// pieces are the runs of all secrets that were found.
type pieces struct {
	all map[piece]bool
	// ends has a bit for the end of each piece: a filter that rejects nearly all text. It is
	// nil if there are no pieces.
	ends *[1 << 14]uint64
}

// end returns where in ends the last four characters of p are noted.
func (p *piece) end() (word, bit uint32) {
	h := binary.LittleEndian.Uint32(p[pieceLen-4:]) * 0x9e3779b1 // spreads them over all bits
	return h >> 18, h >> 12 & 63
}

// piecesOf returns the pieces of the keys in r, without the prefix neo_sk_<env>_.
func piecesOf(r *finding.Result) *pieces {
	ps := &pieces{all: map[piece]bool{}}
	known := map[string]bool{}
	for i := range r.Findings {
		k := r.Findings[i].Key
		if k == nil || known[k.ID] {
			continue
		}
		known[k.ID] = true
		secret := k.Secret.Reveal()
		if k.Kind == finding.KindAPI {
			secret = secret[min(len(finding.KeyPrefix)+len(k.Env)+1, len(secret)):]
		}
		ps.add(secret)
		for _, turned := range codec.Turned([]byte(secret)) {
			ps.add(string(turned))
		}
	}
	return ps
}

func (ps *pieces) add(secret string) {
	if ps.ends == nil {
		ps.ends = new([1 << 14]uint64)
	}
	var p piece
	n := 0
	for i := range len(secret) {
		if c := secret[i]; text.IsAlnum(c) {
			copy(p[:], p[1:])
			p[pieceLen-1] = lower(c)
			if n++; n >= pieceLen {
				ps.all[p] = true
				word, bit := p.end()
				ps.ends[word] |= 1 << bit
			}
		}
	}
}

// has reports whether p is a piece of a secret.
func (ps *pieces) has(p *piece) bool {
	word, bit := p.end()
	return ps.ends != nil && ps.ends[word]>>bit&1 != 0 && ps.all[*p]
}

func lower(c byte) byte {
	if text.IsUpper(c) {
		c |= 0x20
	}
	return c
}

// masked blanks every piece in s, in any spelling.
func (ps *pieces) masked(s string) string {
	masked, _ := ps.blank(s, nil)
	return masked
}

// blank is masked; it also translates offsets of s into offsets of the result.
func (ps *pieces) blank(s string, offsets []int) (string, []int) {
	spans := ps.find(s)
	if len(spans) == 0 {
		return s, offsets
	}
	var b strings.Builder
	moved := slices.Clone(offsets)
	done := 0
	for _, span := range append(spans, text.Span{Start: len(s), End: len(s)}) {
		for i, at := range offsets {
			if done <= at && at <= span.End {
				moved[i] = b.Len() + min(at, span.Start) - done
			}
		}
		b.WriteString(s[done:span.Start])
		if span.Start < span.End {
			b.WriteString("...")
		}
		done = span.End
	}
	return b.String(), moved
}

// find returns the spans of the pieces in s, sorted and disjoint.
func (ps *pieces) find(s string) []text.Span {
	if len(ps.all) == 0 || len(s) < pieceLen {
		return nil
	}
	var found []text.Span
	codec.Spellings([]byte(s), func(p codec.Plain) {
		found = append(found, ps.in(&p)...)
	})
	slices.SortFunc(found, func(a, b text.Span) int { return cmp.Compare(a.Start, b.Start) })
	apart := found[:0]
	for _, span := range found {
		if n := len(apart); n > 0 && span.Start <= apart[n-1].End {
			apart[n-1].End = max(apart[n-1].End, span.End)
		} else {
			apart = append(apart, span)
		}
	}
	return apart
}

// in returns the source spans of the pieces in p. Characters other than letters and digits
// between two of a piece are ignored.
func (ps *pieces) in(p *codec.Plain) (found []text.Span) {
	var at [pieceLen]text.Span
	var last piece
	n := 0
	for i, c := range p.Text {
		if !text.IsAlnum(c) {
			continue
		}
		span := p.Source(i, i+1)
		if n > 0 && span.Start-at[pieceLen-1].End > maxApart {
			n = 0
		}
		copy(last[:], last[1:])
		copy(at[:], at[1:])
		last[pieceLen-1], at[pieceLen-1] = lower(c), span
		if n++; n >= pieceLen && ps.has(&last) {
			found = append(found, text.Span{Start: at[0].Start, End: span.End})
		}
	}
	return found
}

// Mask returns a copy of r without pieces of keys in its lines and messages, as [Write] shows
// it. Whole keys are masked already; see [finding.Result.Finish]. Call it before a result is
// kept without its keys.
func Mask(r *finding.Result) *finding.Result {
	ps := piecesOf(r)
	masked := *r
	masked.Findings, masked.Examples = ps.findings(r.Findings), ps.findings(r.Examples)
	masked.Problems, masked.Notices = ps.problems(r.Problems), ps.problems(r.Notices)
	return &masked
}

func (ps *pieces) findings(list []finding.Finding) []finding.Finding {
	list = slices.Clone(list)
	for i := range list {
		f := &list[i]
		f.Snippet = ps.snippet(f)
		f.Message = ps.masked(f.Message)
		f.Commit, f.First, f.RemovedIn = ps.commit(f.Commit), ps.commit(f.First), ps.commit(f.RemovedIn)
		f.Trace = ps.trace(f.Trace)
		f.Owners = slices.Clone(f.Owners)
		for i, owner := range f.Owners {
			f.Owners[i] = ps.masked(owner)
		}
		if s := f.Suppressed; s != nil {
			f.Suppressed = &finding.Suppression{By: s.By, Reason: ps.masked(s.Reason)}
		}
	}
	return list
}

// snippet masks the line of f, but for its own key, which is redacted already.
func (ps *pieces) snippet(f *finding.Finding) finding.Snippet {
	s := f.Snippet
	if f.Key == nil {
		masked, at := ps.blank(s.Text, []int{s.Start, s.End})
		s.Text, s.Start, s.End = masked, at[0], at[1]
		return s
	}
	left, own, right := ps.masked(s.Text[:s.Start]), s.Text[s.Start:s.End], ps.masked(s.Text[s.End:])
	s.Text, s.Start, s.End = left+own+right, len(left), len(left)+len(own)
	return s
}

func (ps *pieces) commit(c *finding.Commit) *finding.Commit {
	if c == nil {
		return nil
	}
	masked := *c
	masked.Subject, masked.Author = ps.masked(c.Subject), ps.masked(c.Author)
	return &masked
}

func (ps *pieces) trace(t *finding.Trace) *finding.Trace {
	if t == nil {
		return nil
	}
	masked := &finding.Trace{Events: slices.Clone(t.Events), Refs: slices.Clone(t.Refs)}
	for i := range masked.Events {
		masked.Events[i].Commit = ps.commit(masked.Events[i].Commit)
	}
	for i := range masked.Refs {
		masked.Refs[i].Name = ps.masked(masked.Refs[i].Name)
	}
	return masked
}

func (ps *pieces) problems(list []finding.Problem) []finding.Problem {
	list = slices.Clone(list)
	for i := range list {
		list[i].Message = ps.masked(list[i].Message)
	}
	return list
}

// Package anchor finds where any of a set of short literals occurs in a text, in
// one pass and without regard to ASCII case, also where the text spells them in
// UTF-16 or UTF-32.
//
// Nearly all bytes that are scanned hold no literal, so the cost of a scan is the
// cost of proving that. A first stage looks for four neighbouring bytes of each
// literal, its window, chosen for being rare in text and shared with other literals.
// Where it finds a candidate, whose hash must be that of a window, the second stage
// compares the literals in full.
//
// With vector instructions the first stage is the "Teddy" algorithm of Geoffrey
// Langdale (Hyperscan; described in the aho-corasick crate's
// src/packed/teddy/README.md): look each byte's two nibbles up in a pair of 16-entry
// tables, which gives a set of buckets in which the byte may stand at that place
// of a window, and AND the sets of four neighbouring bytes. Where the processor has AVX-512 with VBMI,
// it looks up bytes as a whole. Without vector instructions, it looks at every second pair of bytes; see
// plain.go.
package anchor

import (
	"encoding/binary"
	"fmt"
	"slices"
	"sync"
)

// MinLen and MaxLit bound what New accepts.
const (
	MinLen = 4   // bytes in a literal
	MaxLit = 512 // literals
)

// A Finder searches for a fixed set of literals. It may be used by several
// goroutines at once.
type Finder struct {
	literals []string
	first    firstStage
	pairs    func() *pairs
	// candidates are sorted by the hash of their window, and those with one hash begin at begins.
	candidates []candidate
	begins     [1<<hashBits + 1]uint16
	// reach is the greatest distance in bytes from a literal's beginning to its window.
	reach   int
	longest int
	// plain forgoes vector instructions, and narrow those of 512 bits, for tests to compare.
	plain, narrow bool
}

// New returns a Finder of literals: lower-case ASCII, at least MinLen bytes each,
// MaxLit of them at most.
func New(literals []string) (*Finder, error) { return NewPlanned(nil, literals) }

// NewPlanned is New, and finds out nothing of the literals that plan knows.
func NewPlanned(plan Plan, literals []string) (*Finder, error) {
	if len(literals) > MaxLit {
		return nil, fmt.Errorf("%d anchors, more than %d", len(literals), MaxLit)
	}
	f := &Finder{literals: literals}
	for _, lit := range literals {
		if len(lit) < MinLen {
			return nil, fmt.Errorf("anchor %q is shorter than %d bytes", lit, MinLen)
		}
		for j := range len(lit) {
			if c := lit[j]; c == 0 || c >= 0x80 || c != lower(c) {
				return nil, fmt.Errorf("anchor %q is not lower-case ASCII", lit)
			}
		}
	}
	f.prepare(plan)
	return f, nil
}

// prepare fills in the tables of both stages.
func (f *Finder) prepare(plan Plan) {
	known := make([]*Planned, len(f.literals))
	for i, lit := range f.literals {
		known[i] = plan.of(lit)
	}
	all := make([]candidate, 0, len(f.literals)*len(forms))
	for n := range forms {
		all = append(all, forms[n].candidates(n, known, f.literals)...)
	}
	for _, c := range all {
		h := hash(c.window[:])
		f.first.filter[h/32] |= 1 << (h % 32)
		f.begins[h>>(filterBits-hashBits)+1]++
		f.reach = max(f.reach, int(c.offset))
		f.longest = max(f.longest, len(f.literals[c.literal])*forms[c.form].width)
	}
	f.first.fill(all, known)
	f.pairs = sync.OnceValue(func() *pairs { return newPairs(all) })
	f.sort(all)
}

// sort puts candidates into the order of their windows' hashes, of which begins has the counts.
func (f *Finder) sort(all []candidate) {
	for h := range len(f.begins) - 1 {
		f.begins[h+1] += f.begins[h]
	}
	next := f.begins
	f.candidates = make([]candidate, len(all))
	for _, c := range all {
		h := hash(c.window[:]) >> (filterBits - hashBits)
		f.candidates[next[h]] = c
		next[h]++
	}
}

// having returns the candidates whose window's hash is that of text's first bytes, and some others.
func (f *Finder) having(text []byte) []candidate {
	h := hash(text) >> (filterBits - hashBits)
	return f.candidates[f.begins[h]:f.begins[h+1]]
}

const (
	// filterBits is the size of hash's values, and hashBits how many of them candidates are sorted by.
	filterBits = 15
	hashBits   = 10
)

// A firstStage is what the search for candidates needs. The layout is known to the assembly.
type firstStage struct {
	tables
	// filter has a bit for each hash of a window.
	filter [1 << filterBits / 32]uint32
	whole  byteTables
}

// passes reports whether text may begin with a window, by its hash.
func (s *firstStage) passes(text []byte) bool {
	h := hash(text)
	return s.filter[h/32]>>(h%32)&1 != 0
}

// hash returns a number for the four bytes that text begins with, the same in either case.
// The assembly has it, too.
func hash(text []byte) uint32 {
	const allLower = 0x20202020
	return (binary.LittleEndian.Uint32(text) | allLower) * 0x9e3779b1 >> (32 - filterBits)
}

// Literals returns what is searched for.
func (f *Finder) Literals() []string { return slices.Clone(f.literals) }

// Longest returns the length in bytes of the longest occurrence that the Finder
// knows: that of its longest literal in UTF-16, or of a shorter one in UTF-32.
func (f *Finder) Longest() int { return f.longest }

// A Hit is a place where at least one literal begins.
type Hit struct {
	Pos int
	// Literals are those that begin there.
	Literals Set
	// Width is how many bytes a character has: 1, 2 in UTF-16, 4 in UTF-32. All but one
	// of them are zero.
	Width int
}

// Next returns the first hit in text at or after from, and whether there is one.
// A literal that is cut off by the end of text is not a hit.
func (f *Finder) Next(text []byte, from int) (Hit, bool) {
	h := Hit{Pos: -1}
	end := len(text)
	for at := from; at < end; at++ {
		at += f.candidate(text[at:end])
		if at >= end {
			break
		}
		f.confirm(text, at, from, &h)
		if h.Pos >= 0 {
			// Another literal may begin there or earlier, with its window further on.
			end = min(len(text), h.Pos+f.reach+placesPerWindow)
		}
	}
	return h, h.Pos >= 0
}

// confirm compares in full the literals that may have their window at text[at]. It
// makes h those that begin first, but not before from.
func (f *Finder) confirm(text []byte, at, from int, h *Hit) {
	for _, c := range f.having(text[at:]) {
		start, fm := at-int(c.offset), &forms[c.form]
		if start < from || h.Pos >= 0 && start > h.Pos || !fm.matches(text[start:], f.literals[c.literal]) {
			continue
		}
		if start != h.Pos {
			*h = Hit{Pos: start, Width: fm.width}
		}
		h.Literals.Add(int(c.literal))
	}
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		c += 'a' - 'A'
	}
	return c
}

func upper(c byte) byte {
	if 'a' <= c && c <= 'z' {
		c -= 'a' - 'A'
	}
	return c
}

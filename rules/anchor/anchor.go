// Package anchor finds where any of a set of short literals occurs in a text, in
// one pass and without regard to ASCII case, also where the text spells them in
// UTF-16.
//
// Nearly all bytes that are scanned hold no literal, so the cost of a scan is the
// cost of proving that. The search is the "Teddy" algorithm of Geoffrey Langdale
// (Hyperscan; described in the aho-corasick crate's src/packed/teddy/README.md):
// look each byte's two nibbles up in a pair of 16-entry tables, which gives a set of
// buckets in which the byte may stand at that place of a literal; AND the sets of three
// neighbouring bytes; what is left is a candidate, to be compared in full.
package anchor

import (
	"fmt"
	"math/bits"
)

// MinLen and MaxLit bound what New accepts.
const (
	MinLen = 4  // bytes in a literal
	MaxLit = 64 // literals, so that a set of them is a uint64
)

// prefix is how many bytes of a literal the first stage looks at.
const prefix = 3

// A Finder searches for a fixed set of literals. It may be used by several
// goroutines at once.
type Finder struct {
	literals []string
	tables   tables
	// member tells for each place of the prefix which bytes some literal has there.
	member [prefix][256]bool
	// byFourth lists the literals by their fourth byte, which follows what the
	// first stage has seen.
	byFourth [256][]uint8
	longest  int
	// plain forgoes vector instructions, for tests to compare.
	plain bool
}

// tables holds, for each of the three places, the bucket sets by low nibble and
// by high nibble. The layout is known to the assembly.
type tables [2 * prefix][16]uint8

// New returns a Finder of literals: lower-case ASCII, at least MinLen bytes each,
// MaxLit of them at most.
func New(literals []string) (*Finder, error) {
	if len(literals) > MaxLit {
		return nil, fmt.Errorf("%d anchors, more than %d", len(literals), MaxLit)
	}
	f := &Finder{literals: literals}
	buckets := map[[prefix]byte]int{}
	for i, lit := range literals {
		if len(lit) < MinLen {
			return nil, fmt.Errorf("anchor %q is shorter than %d bytes", lit, MinLen)
		}
		for j := range len(lit) {
			if c := lit[j]; c == 0 || c >= 0x80 || c != lower(c) {
				return nil, fmt.Errorf("anchor %q is not lower-case ASCII", lit)
			}
		}
		f.longest = max(f.longest, len(lit))
		f.byFourth[lit[3]] = append(f.byFourth[lit[3]], uint8(i))
		for _, p := range [][prefix]byte{
			{lit[0], lit[1], lit[2]}, // as bytes
			{lit[0], 0, lit[1]},      // as UTF-16 of either byte order
		} {
			if _, ok := buckets[p]; !ok {
				buckets[p] = len(buckets) % 8
			}
			f.add(p, buckets[p])
		}
	}
	return f, nil
}

func (f *Finder) add(p [prefix]byte, bucket int) {
	for place, c := range p {
		for _, c := range []byte{c, upper(c)} {
			f.tables[2*place][c&15] |= 1 << bucket
			f.tables[2*place+1][c>>4] |= 1 << bucket
			f.member[place][c] = true
		}
	}
}

// Longest returns the length in bytes of the longest occurrence that the Finder
// knows: that of its longest literal in UTF-16.
func (f *Finder) Longest() int { return 2 * f.longest }

// A Hit is a place where at least one literal begins.
type Hit struct {
	Pos int
	// Literals is the set of literals that begin there, as bits numbered by
	// their index in New's argument.
	Literals uint64
	// Wide tells that the literals stand there in UTF-16: a zero byte between
	// any two characters.
	Wide bool
}

// Each calls yield for each index in the set.
func (h Hit) Each(yield func(literal int) bool) {
	for set := h.Literals; set != 0; set &= set - 1 {
		if !yield(bits.TrailingZeros64(set)) {
			return
		}
	}
}

// Next returns the first hit in text at or after from, and whether there is one.
// A literal that is cut off by the end of text is not a hit.
func (f *Finder) Next(text []byte, from int) (Hit, bool) {
	for from < len(text) {
		from += f.candidate(text[from:])
		if from >= len(text) {
			break
		}
		if h := f.confirm(text, from); h.Literals != 0 {
			return h, true
		}
		from++
	}
	return Hit{}, false
}

// confirm compares the literals in full with what begins at text[pos].
func (f *Finder) confirm(text []byte, pos int) Hit {
	h := Hit{Pos: pos}
	text = text[pos:]
	if len(text) < MinLen {
		return h
	}
	stride := 1
	if text[1] == 0 {
		stride, h.Wide = 2, true
		if len(text) <= 3*stride {
			return h
		}
	}
	for _, i := range f.byFourth[lower(text[3*stride])] {
		if matches(text, f.literals[i], stride) {
			h.Literals |= 1 << i
		}
	}
	return h
}

// matches reports whether text begins with lit, whose characters are stride bytes
// apart, with zeros between.
func matches(text []byte, lit string, stride int) bool {
	if len(text) < (len(lit)-1)*stride+1 {
		return false
	}
	for i := range len(lit) {
		if lower(text[i*stride]) != lit[i] {
			return false
		}
		if stride == 2 && i > 0 && text[i*stride-1] != 0 {
			return false
		}
	}
	return true
}

// candidatePlain returns the first place where three bytes in a row may begin a
// literal, or len(text). It is the search for processors without the
// vector instructions, and for the last few bytes elsewhere.
func (f *Finder) candidatePlain(text []byte) int {
	i := 0
	for i+prefix <= len(text) {
		// Looking at the last byte first lets most steps be of three bytes.
		switch c := text[i+2]; {
		case f.member[2][c] && f.member[1][text[i+1]] && f.member[0][text[i]]:
			return i
		case f.member[0][c] || f.member[1][c] || f.member[2][c]:
			i++
		default:
			i += 3
		}
	}
	return len(text)
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

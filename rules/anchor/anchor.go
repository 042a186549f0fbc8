// Package anchor finds where any of a set of short literals occurs in a text, in
// one pass and without regard to ASCII case, also where the text spells them in
// UTF-16.
//
// Nearly all bytes that are scanned hold no literal, so the cost of a scan is the
// cost of proving that. A first stage looks for three neighbouring bytes of each
// literal, its window, chosen for being rare in text and shared with other literals.
// Where it finds a candidate, the second stage compares the literals in full.
//
// With vector instructions the first stage is the "Teddy" algorithm of Geoffrey
// Langdale (Hyperscan; described in the aho-corasick crate's
// src/packed/teddy/README.md): look each byte's two nibbles up in a pair of 16-entry
// tables, which gives a set of buckets in which the byte may stand at that place
// of a window, and AND the sets of three neighbouring bytes. Without, it looks at
// every second pair of bytes; see plain.go.
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

// A Finder searches for a fixed set of literals. It may be used by several
// goroutines at once.
type Finder struct {
	literals []string
	tables   tables
	pairs    *pairs
	// narrow and wide are the literals as bytes and in UTF-16.
	narrow, wide form
	longest      int
	// plain forgoes vector instructions, for tests to compare.
	plain bool
}

// A form is the literals in characters of one width.
type form struct {
	stride int // bytes in a character
	window int // characters in a window
	// offset is where in each literal its window begins, in characters.
	offset []int
	// after and before list the literals by the character after their window or, if
	// the window is their end, by the one before it.
	after, before [256][]uint8
	// reach is the greatest distance in bytes from a literal to its window.
	reach int
}

// New returns a Finder of literals: lower-case ASCII, at least MinLen bytes each,
// MaxLit of them at most.
func New(literals []string) (*Finder, error) {
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
		f.longest = max(f.longest, len(lit))
	}
	f.narrow = newForm(literals, 1, 3)
	f.wide = newForm(literals, 2, 2) // two characters and the zero between
	windows := f.windows()
	f.tables = newTables(windows)
	f.pairs = newPairs(windows)
	return f, nil
}

func newForm(literals []string, stride, window int) form {
	fm := form{stride: stride, window: window, offset: chooseWindows(literals, window)}
	for i, lit := range literals {
		at := fm.offset[i]
		fm.reach = max(fm.reach, at*stride)
		if end := at + window; end < len(lit) {
			fm.after[lit[end]] = append(fm.after[lit[end]], uint8(i))
		} else {
			fm.before[lit[at-1]] = append(fm.before[lit[at-1]], uint8(i))
		}
	}
	return fm
}

// windows returns the different windows, as the bytes that stand in the text.
func (f *Finder) windows() []window {
	var all []window
	seen := map[window]bool{}
	for i, lit := range f.literals {
		n, w := lit[f.narrow.offset[i]:], lit[f.wide.offset[i]:]
		for _, win := range []window{{n[0], n[1], n[2]}, {w[0], 0, w[1]}} {
			if !seen[win] {
				seen[win] = true
				all = append(all, win)
			}
		}
	}
	return all
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
	h := Hit{Pos: -1}
	end := len(text)
	for at := from; at < end; at++ {
		at += f.candidate(text[at:end])
		if at >= end {
			break
		}
		f.narrow.confirm(f.literals, text, at, from, &h)
		f.wide.confirm(f.literals, text, at, from, &h)
		if h.Pos >= 0 {
			// Another literal may begin there or earlier, with its window further on.
			end = min(len(text), h.Pos+max(f.narrow.reach, f.wide.reach)+placesPerWindow)
		}
	}
	return h, h.Pos >= 0
}

// confirm compares in full the literals that may have their window at text[at]. It
// makes h those that begin first, but not before from.
func (fm *form) confirm(literals []string, text []byte, at, from int, h *Hit) {
	end := at + (fm.window-1)*fm.stride + 1
	if fm.stride == 2 && (at+1 >= len(text) || text[at+1] != 0) || end > len(text) {
		return
	}
	if next := end - 1 + fm.stride; next < len(text) {
		fm.compare(fm.after[lower(text[next])], literals, text, at, from, h)
	}
	if last := at - fm.stride; last >= 0 {
		fm.compare(fm.before[lower(text[last])], literals, text, at, from, h)
	}
}

func (fm *form) compare(candidates []uint8, literals []string, text []byte, at, from int, h *Hit) {
	for _, i := range candidates {
		start := at - fm.offset[i]*fm.stride
		if start < from || h.Pos >= 0 && start > h.Pos || !matches(text[start:], literals[i], fm.stride) {
			continue
		}
		if start != h.Pos {
			*h = Hit{Pos: start, Wide: fm.stride == 2}
		}
		h.Literals |= 1 << i
	}
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

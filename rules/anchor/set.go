package anchor

import "math/bits"

// A Set is a set of literals, by their index in New's argument. The zero Set is empty.
type Set [MaxLit / 64]uint64

// Add puts a literal into the set.
func (s *Set) Add(literal int) { s[literal/64] |= 1 << (literal % 64) }

// AddAll puts all that are in t into the set.
func (s *Set) AddAll(t Set) {
	for i := range s {
		s[i] |= t[i]
	}
}

// Has reports whether a literal is in the set.
func (s Set) Has(literal int) bool { return s[literal/64]>>(literal%64)&1 != 0 }

// Meets reports whether a literal is in both sets.
func (s Set) Meets(t Set) bool {
	for i := range s {
		if s[i]&t[i] != 0 {
			return true
		}
	}
	return false
}

// Empty reports whether no literal is in the set.
func (s Set) Empty() bool { return s == Set{} }

// Each calls yield for each literal in the set, in order.
func (s Set) Each(yield func(literal int) bool) {
	for i, word := range s {
		for ; word != 0; word &= word - 1 {
			if !yield(64*i + bits.TrailingZeros64(word)) {
				return
			}
		}
	}
}

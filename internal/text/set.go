package text

import (
	"bytes"
	"iter"
)

// Set returns the set of members, which are words in lower case where [Holds] is to find
// them.
func Set(members ...string) map[string]bool {
	m := make(map[string]bool, len(members))
	for _, s := range members {
		m[s] = true
	}
	return m
}

// Holds reports whether set has word, whatever its case. Words of sets are short.
func Holds(set map[string]bool, word []byte) bool {
	var low [32]byte
	if len(word) > len(low) {
		return false
	}
	for i, c := range word {
		low[i] = Lower(c)
	}
	return set[string(low[:len(word)])]
}

// HasPrefixFold reports whether text begins with prefix, which is in lower case,
// whatever the case of its letters.
func HasPrefixFold(text []byte, prefix string) bool {
	if len(text) < len(prefix) {
		return false
	}
	for i := range len(prefix) {
		c := text[i]
		if IsUpper(c) {
			c |= 0x20
		}
		if c != prefix[i] {
			return false
		}
	}
	return true
}

// AnyPrefixFold returns the length of the first of words that text begins with, in upper
// or lower case; 0 if it begins with none.
func AnyPrefixFold(text []byte, words []string) int {
	for _, w := range words {
		if HasPrefixFold(text, w) {
			return len(w)
		}
	}
	return 0
}

// IndexFold returns where in text the word, in lower case ASCII, begins in any case;
// -1 if nowhere.
func IndexFold(text []byte, word string) int {
	for pos := range Fold(text, word) {
		return pos
	}
	return -1
}

// Fold yields each place in text at which the word, in lower case ASCII, begins in any case.
// That takes linear time, also where only one of the cases of its first letter is in text.
func Fold(text []byte, word string) iter.Seq[int] {
	return func(yield func(int) bool) {
		lower, upper := -1, -1
		for pos := 0; ; pos++ {
			lower, upper = indexFrom(text, pos, lower, word[0]), indexFrom(text, pos, upper, word[0]&^0x20)
			if pos = min(lower, upper); pos == len(text) || HasPrefixFold(text[pos:], word) && !yield(pos) {
				return
			}
		}
	}
}

// indexFrom returns where in text[pos:] the first c is, the end of text if nowhere. It was at
// last before, if that is not before pos.
func indexFrom(text []byte, pos, last int, c byte) int {
	if last >= pos {
		return last
	}
	if n := bytes.IndexByte(text[pos:], c); n >= 0 {
		return pos + n
	}
	return len(text)
}

// HasWord reports whether text holds word by itself and not as a part of an identifier.
func HasWord(text, word []byte) bool {
	for i := 0; ; {
		n := bytes.Index(text[i:], word)
		if n < 0 {
			return false
		}
		i += n
		end := i + len(word)
		if (i == 0 || !IsIdent(text[i-1])) && (end == len(text) || !IsIdent(text[end])) {
			return true
		}
		i = end
	}
}

// LastIdent returns the identifier that text ends with; empty if there is none.
func LastIdent(text []byte) []byte {
	i := len(text)
	for i > 0 && IsIdent(text[i-1]) {
		i--
	}
	return text[i:]
}

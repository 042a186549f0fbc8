package secret

import (
	"math"
	"strings"

	"github.com/neokeys/neokeys/internal/text"
)

// documentedSecrets are the secrets of the keys that the API's own guide shows.
var documentedSecrets = []string{"AbCdEf0123456789AbCdEf01"}

// minSaving is how many bits shorter than a random secret a placeholder can be
// described; see [placeholder].
const minSaving = 21

// IsPlaceholder reports whether a secret stands for one: it is the documentation's own, or
// it is made of words, runs, sequences and repetitions to such a degree that no
// random secret is.
//
// The degree is how far the secret can be compressed. [describe] gives the length in
// bits of its description in a prefix code, in which the parts that people make
// placeholders of are cheap. A random secret of n characters from an alphabet of size A
// carries n*log2(A) bits. By Kraft's inequality a prefix code has at most 2^k
// descriptions of at most k bits, so among the A^n secrets at most A^n / 2^s can be
// described with s bits less than that, whatever the code is. A random secret is
// therefore taken for a placeholder with a probability of at most 2^-21, or 1 in
// 2,097,152, at any length.
//
// The alphabet is the smallest usual one that holds the secret, so that a key in
// hexadecimal is not held against the alphabet of all letters. Of random secrets of
// all letters and digits, those that happen to be in a smaller alphabet add at most
// the sum of (A/62)^n of the others to the bound: 3% at n = 24.
//
// So the length of a word decides by itself how much more must be there. In 24 letters
// and digits, "example" is enough; five letters are not, since one in 100,000 secrets
// holds a word of that length by chance, but twice five are.
//
// A token may be random and yet begin with its owner's words ("neoagent-production-",
// then the token), or hold a run because of what it encodes. So half of a placeholder
// must be accounted for, unless it holds a word that says that it is one, or is crossed out with
// xxxx in part.
func IsPlaceholder(secret string) bool {
	if secret == "" {
		return false
	}
	for _, s := range documentedSecrets {
		if strings.EqualFold(s, secret) {
			return true
		}
	}
	random := float64(len(secret)) * math.Log2(alphabet(secret))
	d := describe(secret)
	return random-d.bits >= minSaving && (d.telling || 2*d.literals <= len(secret))
}

// alphabet returns the size of the smallest alphabet in use that holds the whole of s.
func alphabet(s string) float64 {
	var lower, upper, digit, other, hexLower, hexUpper = false, false, false, false, true, true
	for i := range len(s) {
		switch c := s[i]; {
		case text.IsDigit(c):
			digit = true
		case text.IsLower(c):
			lower = true
			hexUpper = false
			hexLower = hexLower && c <= 'f'
		case text.IsUpper(c):
			upper = true
			hexLower = false
			hexUpper = hexUpper && c <= 'F'
		default:
			other, hexLower, hexUpper = true, false, false
		}
	}
	size := 0.0
	if lower {
		size += 26
	}
	if upper {
		size += 26
	}
	if digit {
		size += 10
	}
	switch {
	case other:
		return size + otherSymbols
	case digit && (hexLower || hexUpper):
		return min(size, 16)
	}
	return size
}

// otherSymbols is how many characters other than letters and digits a token is made
// of: those of base64, of its URL-safe form and of JSON Web Tokens.
const otherSymbols = 7

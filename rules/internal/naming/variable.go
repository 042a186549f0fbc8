package naming

import (
	"bytes"

	"github.com/neokeys/neokeys/internal/text"
)

// NamesVariable reports whether a variable of that name holds a Neo key. Unlike [KeyNameAt], which has
// to tell names from other text, it takes any words between Neo and the key: NEO_BILLING_KEY.
func NamesVariable(name string) bool {
	src := []byte(name)
	if text.Holds(askingWords, src[:firstWord(src)]) {
		return false
	}
	for pos := range text.Fold(src, "neo") {
		after, agent, ok := Product(src, pos)
		if !ok || !WordEnds(src, after) || !agent && owned(src[:pos]) {
			continue
		}
		rest := bytes.ToLower(src[after:])
		for _, word := range keyEnds {
			if i := bytes.LastIndex(rest, []byte(word)); i >= 0 && WordEnds(src, after+i+len(word)) && !about(rest[i+len(word):]) {
				return true
			}
		}
	}
	return false
}

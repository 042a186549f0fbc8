package rules

import (
	"strings"

	"github.com/neokeys/neokeys/finding"
)

// Mask returns text with everything in it that has the form of a Neo API key, a
// credible one or not, cut down to what may be printed. It is for text that
// surrounds a match, for path names and for messages, where a key may stand that is
// not what the text is about.
func Mask(text string) string {
	pieces := strings.Split(text, keyPrefix)
	for i, piece := range pieces[1:] {
		env, rest, ok := strings.Cut(piece, "_")
		n := run([]byte(rest), isAlnum)
		if ok && n >= 8 && env != "" && run([]byte(env), isAlnum) == len(env) {
			pieces[i+1] = env + "_" + finding.Redact(rest[:n]) + rest[n:]
		}
	}
	return strings.Join(pieces, keyPrefix)
}

package secret

import (
	"strings"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/codec"
)

// Anchors returns the anchors of keys in the forms that codec knows.
func Anchors() (anchors []string) {
	for _, f := range codec.Forms {
		for _, a := range f.Anchors {
			anchors = append(anchors, strings.ToLower(a))
		}
	}
	return anchors
}

// EncodedKeyAt returns the key that is written in the form f around text[pos]; glued says
// that it may follow a letter or digit.
func EncodedKeyAt(f *codec.Form, text []byte, pos int, glued bool) (found Key, ok bool) {
	f.Undo(text, pos, func(p codec.Plain) bool {
		if glued {
			p = p.From()
		}
		k, is := KeyAt(p.Text, p.Key)
		if !is {
			return true
		}
		// Text that may go on is read on only where the key is not one without what
		// follows: it has no end, or not the documented length.
		whole := k.End < len(p.Text) || k.End-k.Start == finding.APIKeyLen(k.Key.Env, finding.SecretLen)
		at := p.Source(k.Start, k.End)
		k.Start, k.End, k.Decoded = at.Start, at.End, f.Names
		found, ok = k, true
		return !whole
	})
	return found, ok
}

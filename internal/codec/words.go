package codec

import (
	"slices"

	"github.com/neokeys/neokeys/internal/text"
)

// Words are words in texts that are encoded as a whole: a file in base64, or compressed in base64.
type Words struct{ starts []base64Start }

// NewWords returns the words that are looked for, each of nine letters at least.
func NewWords(words ...string) *Words {
	const letters = 8 // fewer than that stand in any base64
	w := &Words{}
	for _, word := range words {
		w.starts = append(w.starts, startsOf(word, false, letters)...)
	}
	return w
}

// Anchors returns the anchors of the texts, in lower case.
func (w *Words) Anchors() []string {
	anchors := packedForm.allAnchors()
	for _, s := range w.starts {
		anchors = append(anchors, string(lowered(s.letters)))
	}
	slices.Sort(anchors)
	return slices.Compact(anchors)
}

func lowered(s string) []byte {
	b := []byte(s)
	for i, c := range b {
		b[i] = text.Lower(c)
	}
	return b
}

// Undo calls yield with the text that stands encoded at the anchor at src[pos]: with what is around
// a word at its Key, or with all of a compressed text, whose Key says nothing. It asks spend as [Undo] does.
func (w *Words) Undo(src []byte, pos int, spend Spend, yield func(Plain)) {
	if !spend(looked) {
		return
	}
	for i := range w.starts {
		s := &w.starts[i]
		if src[pos] != s.letters[0] || !s.stands(src, pos, spend) || !spend(2*(maxBase64Before+maxBase64)) {
			continue
		}
		if b, ends := base64Around(src, pos, spend); len(ends) > 0 {
			if p, ok := b.plain(s, ends[len(ends)-1]); ok {
				yield(p)
			}
		}
	}
	if packedAnchored(src[pos:]) {
		unpackAt(src, pos, 0, spend, func(u *Unpacked) bool {
			on := spend(len(u.text))
			if on {
				yield(u.Plain())
			}
			return on
		})
	}
}

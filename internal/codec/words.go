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
		unpackFrom(src, pos, 0, spend, yield)
	}
}

// EachPacked calls yield with each text in the compressed data of a whole text that is longer than
// [PackedReach].
func EachPacked(src []byte, spend Spend, yield func(Plain)) {
	eachLong(src, spend, func(pos int) int { return unpackFrom(src, pos, PackedReach, spend, yield) })
}

// unpackFrom calls yield with each text in the compressed data that begins at the anchor at src[pos],
// and takes least bytes of the text, and returns where that ends, pos if there is none.
func unpackFrom(src []byte, pos, least int, spend Spend, yield func(Plain)) (end int) {
	packed, names, whole, end, ok := packedAt(src, pos, least, spend)
	if !ok {
		return pos
	}
	unpack(packed, maxUnpacked, spend, func(more []string, plain []byte) bool {
		if !spend(len(plain)) {
			return false
		}
		p := Plain{Text: plain, Names: slices.Concat(names, more), Several: true, packed: true, place: whole}
		yield(p)
		return true
	})
	return end
}

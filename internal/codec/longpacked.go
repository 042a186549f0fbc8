package codec

import (
	"slices"

	"github.com/neokeys/neokeys/internal/text"
)

// An Unpacked is a text that was compressed in another.
type Unpacked struct {
	text, packed []byte
	names        []string
	place        text.Span
}

// EachPacked calls yield with each text in the compressed data in src that takes at least [PackedReach] bytes
// there. It asks spend as [Undo] does.
func EachPacked(src []byte, spend Spend, yield func(*Unpacked)) {
	for pos := 0; pos+PackedReach <= len(src); pos++ {
		if pos%PackedReach == 0 && !spend(PackedReach) {
			return
		}
		if table.PackedHashes[hashStart(src[pos:])] && packedAnchored(src[pos:]) {
			pos = unpackAt(src, pos, PackedReach, spend, func(u *Unpacked) bool {
				yield(u)
				return true
			})
		}
	}
}

// unpackAt calls yield with each text in the compressed data that begins at the anchor at src[pos] and takes
// least bytes there, until yield returns false, and returns where that ends, pos if there is none.
func unpackAt(src []byte, pos, least int, spend Spend, yield func(*Unpacked) bool) (end int) {
	packed, names, whole, end, ok := packedAt(src, pos, least, spend)
	if !ok {
		return pos
	}
	unpack(packed, maxUnpacked, spend, func(more []string, plain []byte) bool {
		return yield(&Unpacked{text: plain, packed: packed, names: slices.Concat(names, more), place: whole})
	})
	return end
}

// Plain returns all of the text.
func (u *Unpacked) Plain() Plain {
	return Plain{Text: u.text, Names: u.names, Several: true, packed: true, place: u.place}
}

// Keys calls yield as [Undo] does with what stands around each anchor in the text.
func (u *Unpacked) Keys(spend Spend, yield func(Plain) bool) {
	walk := undoing{yield: yield, spend: spend}
	u.anchors(spend, func(p Plain) bool {
		walk.left = maxTries
		return spend(len(p.Text)) && walk.near(&p, maxDepth-1)
	})
}

// BeginsLong reports whether compressed data begins at the anchor at src[pos] of which rules that look
// around anchors may not see the end.
func BeginsLong(src []byte, pos int) bool {
	if pos+PackedReach > len(src) || !packedAnchored(src[pos:]) {
		return false
	}
	_, _, _, _, ok := packedAt(src[:min(len(src), pos+4*packedHead)], pos, 0, func(int) bool { return true })
	return ok
}

// MayBeginLong is [BeginsLong] by the first letters alone: what is not even that begins nothing for [EachPacked].
func MayBeginLong(src []byte, pos int) bool {
	if pos+PackedReach > len(src) || !packedAnchored(src[pos:]) {
		return false
	}
	pos = pastMark(src, pos)
	return beginsPacked(src[pos:]) || zipAt(src, pos) != nil
}

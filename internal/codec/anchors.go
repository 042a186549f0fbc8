package codec

import (
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/text"
)

// Anchors returns the anchors of all forms, and the beginning of a plain key, in lower case and in order.
func Anchors() []string { return slices.Clip(anchorList) }

// WorkOutAnchors returns what [Anchors] has: the list of that is made from it before the program is built.
func WorkOutAnchors() []string {
	return slices.Sorted(maps.Keys(formsByAnchor()))
}

// formsByAnchor returns the forms, as a set, that have each anchor.
func formsByAnchor() map[string]uint64 {
	having := make(map[string]uint64, 512)
	having[finding.KeyPrefix], having[finding.KeyPrefix[:minBegun]] = 0, 0
	for n, f := range forms {
		for _, a := range f.allAnchors() {
			having[a] |= 1 << n
		}
	}
	return having
}

// allAnchors returns the anchors of f, in lower case.
func (f *form) allAnchors() []string {
	var also []string
	if f.also != nil {
		also = f.also()
	}
	all := slices.Concat(f.anchors, also)
	for i, a := range all {
		all[i] = strings.ToLower(a)
	}
	return all
}

// An anchorTable says what an anchor may be the beginning of. It is made when the first anchor is
// met, since most searches meet none.
type anchorTable struct {
	// byStart lists all anchors by the hash of their first letters.
	byStart [256][]startingForms
	// firstTwo has the first two bytes of all anchors, in any case: few texts have many of them.
	firstTwo [1 << 16]bool
	// breaking has the bytes at which a key may break off in some form.
	breaking [256]bool
	// packedBit is packedForm in a set of forms, and packedHashes are the hashes of its anchors.
	packedBit    uint64
	packedHashes [256]bool
}

// startingForms are the forms, as a set, that have an anchor.
type startingForms struct {
	text  string
	forms uint64
}

// table returns the one table.
var table func() *anchorTable

func init() {
	table = sync.OnceValue(newAnchorTable) // which needs forms, whose functions need the table
}

func newAnchorTable() *anchorTable {
	t := &anchorTable{packedBit: 1 << slices.Index(forms, packedForm)}
	for _, f := range forms {
		for _, c := range []byte(f.breaks) {
			t.breaking[c] = true
		}
	}
	having := formsByAnchor()
	for _, a := range slices.Sorted(maps.Keys(having)) {
		upper := strings.ToUpper(a)
		for _, first := range []byte{a[0], upper[0]} {
			for _, second := range []byte{a[1], upper[1]} {
				t.firstTwo[uint16(first)<<8|uint16(second)] = true
			}
		}
		h := hashStart([]byte(a))
		t.byStart[h] = append(t.byStart[h], startingForms{a, having[a]})
		t.packedHashes[h] = t.packedHashes[h] || having[a]&t.packedBit != 0
	}
	return t
}

// anchored reports whether any form's anchor stands at src[pos].
func (t *anchorTable) anchored(src []byte, pos int) bool {
	if pos+minBegun > len(src) {
		return false
	}
	for _, a := range t.byStart[hashStart(src[pos:])] {
		if hasFoldPrefix(src[pos:], a.text) {
			return true
		}
	}
	return false
}

// formsAt returns the set of forms, by their place in forms, that have an anchor which src
// begins with.
func (t *anchorTable) formsAt(src []byte) (set uint64) {
	if len(src) < minBegun {
		return 0
	}
	for _, a := range t.byStart[hashStart(src)] {
		if hasFoldPrefix(src, a.text) {
			set |= a.forms
		}
	}
	if set&t.packedBit != 0 && !startsPacked(src) {
		set &^= t.packedBit
	}
	return set
}

// beginsPacked reports whether an anchor of packedForm begins src.
func (t *anchorTable) beginsPacked(src []byte) bool { return t.formsAt(src)&t.packedBit != 0 }

func hashStart(src []byte) byte {
	h := uint32(0)
	for _, c := range src[:minBegun] {
		h = h*31 + uint32(c|0x20)
	}
	return byte(h ^ h>>8)
}

// hasFoldPrefix reports whether src begins with prefix, which is in lower case, in any case.
func hasFoldPrefix(src []byte, prefix string) bool {
	if len(src) < len(prefix) {
		return false
	}
	for i := range len(prefix) {
		if text.Lower(src[i]) != prefix[i] {
			return false
		}
	}
	return true
}

// Each calls found with each place in src at which an anchor stands, in order.
func Each(src []byte, found func(pos int)) {
	t := table()
	for pos := range src {
		if t.anchored(src, pos) {
			found(pos)
		}
	}
}

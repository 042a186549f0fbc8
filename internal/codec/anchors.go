package codec

import (
	"slices"
	"strings"
	"sync"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/text"
)

// An Anchor is an anchor of some forms, in lower case.
type Anchor struct {
	Text string
	// Forms are a set, by their place in forms.
	Forms uint64
}

// A Table says what may begin at a place in a text. It is made before the program is built: to make it
// would take a twentieth of the time in which the program starts.
type Table struct {
	// Anchors are those of all forms, and the beginning of a plain key, in order.
	Anchors []string
	// ByStart lists them by the hash of their first letters.
	ByStart [256][]Anchor
	// Breaking has the bytes at which a key may break off in some form.
	Breaking [256]bool
	// Packed is packedForm in a set of forms, and PackedHashes are the hashes of its anchors.
	Packed       uint64
	PackedHashes [256]bool
}

// MakeTable returns the table for the forms as they are.
func MakeTable() *Table {
	t := &Table{Packed: 1 << slices.Index(forms, packedForm)}
	having := map[string]uint64{finding.KeyPrefix: 0, finding.KeyPrefix[:minBegun]: 0}
	for n, f := range forms {
		for _, a := range f.allAnchors() {
			having[a] |= 1 << n
		}
		for _, c := range []byte(f.breaks) {
			t.Breaking[c] = true
		}
	}
	for a := range having {
		t.Anchors = append(t.Anchors, a)
	}
	slices.Sort(t.Anchors)
	for _, a := range t.Anchors {
		h := hashStart([]byte(a))
		t.ByStart[h] = append(t.ByStart[h], Anchor{a, having[a]})
		t.PackedHashes[h] = t.PackedHashes[h] || having[a]&t.Packed != 0
	}
	return t
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

// Anchors returns the anchors of all forms, and the beginning of a plain key, in lower case and in order.
func Anchors() []string { return slices.Clip(table.Anchors) }

// anchored reports whether any form's anchor stands at src[pos].
func anchored(src []byte, pos int) bool {
	if pos+minBegun > len(src) {
		return false
	}
	for _, a := range table.ByStart[hashStart(src[pos:])] {
		if hasFoldPrefix(src[pos:], a.Text) {
			return true
		}
	}
	return false
}

// formsAt returns the set of forms, by their place in forms, that have an anchor which src
// begins with.
func formsAt(src []byte) (set uint64) {
	if len(src) < minBegun {
		return 0
	}
	for _, a := range table.ByStart[hashStart(src)] {
		if hasFoldPrefix(src, a.Text) {
			set |= a.Forms
		}
	}
	if set&table.Packed != 0 && !startsPacked(src) {
		set &^= table.Packed
	}
	return set
}

// packedAnchored reports whether an anchor of packedForm begins src.
func packedAnchored(src []byte) bool { return formsAt(src)&table.Packed != 0 }

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

// firstTwo has the first two bytes of all anchors, in any case: few texts have many of them.
var firstTwo = sync.OnceValue(func() *[1 << 16]bool {
	var all [1 << 16]bool
	for _, a := range table.Anchors {
		upper := strings.ToUpper(a)
		for _, first := range []byte{a[0], upper[0]} {
			for _, second := range []byte{a[1], upper[1]} {
				all[uint16(first)<<8|uint16(second)] = true
			}
		}
	}
	return &all
})

// Each calls found with each place in src at which an anchor stands, in order.
func Each(src []byte, found func(pos int)) {
	for pos := range src {
		if anchored(src, pos) {
			found(pos)
		}
	}
}

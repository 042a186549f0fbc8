package codec

import (
	"slices"
	"testing"
)

// The list of anchors is made before the program is built.
func TestAnchorsAreUpToDate(t *testing.T) {
	if want := WorkOutAnchors(); !slices.Equal(Anchors(), want) {
		t.Errorf("the forms have the anchors %q, anchor_list.go has %q: run go generate .", want, Anchors())
	}
}

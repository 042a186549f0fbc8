package text_test

import (
	"strings"
	"testing"

	"github.com/neokeys/neokeys/internal/text"
)

func TestFold(t *testing.T) {
	for _, c := range []struct {
		src  string
		want []int
	}{
		{"", nil}, {"neo", []int{0}}, {"nNEO neo Neo n", []int{1, 5, 9}}, {"NNNNeO", []int{3}}, {"nE", nil},
	} {
		var got []int
		for pos := range text.Fold([]byte(c.src), "neo") {
			got = append(got, pos)
		}
		if len(got) != len(c.want) {
			t.Fatalf("%q: %v, want %v", c.src, got, c.want)
		}
		for i := range got {
			if got[i] != c.want[i] || !strings.EqualFold(c.src[got[i]:got[i]+3], "neo") {
				t.Errorf("%q: %v, want %v", c.src, got, c.want)
			}
		}
	}
}

package rules

import (
	"cmp"
	"encoding/base64"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// A habit is a snippet and what a rule is to find in it. %key%, %token% and others stand for
// ones that are made up when the test runs.
type habit struct {
	path string
	text string
	want []string // the matched texts, in order
}

// fill returns text with keys and tokens in it.
func fill(text string) string {
	rng := rand.New(rand.NewPCG(11, 7))
	key := "neo_sk_" + "prod_" + randomSecret(rng, 24)
	test := "neo_sk_" + "test_" + randomSecret(rng, 24)
	line := base64.StdEncoding.EncodeToString([]byte(key + "\n"))
	return strings.NewReplacer("%key%", key, "%encodedkey%", base64.StdEncoding.EncodeToString([]byte(key)), "%encodedline%", line, "%testkey%", test, "%token%", randomSecret(rng, 40)).Replace(text)
}

func testHabits(t *testing.T, r *Rule, habits []habit) {
	t.Helper()
	for _, h := range habits {
		text := fill(h.text)
		found := matches(r, h.path, text)
		slices.SortFunc(found, func(a, b Match) int { return cmp.Compare(a.Start, b.Start) })
		got, want := []string{}, []string{}
		for _, m := range found {
			got = append(got, text[m.Start:m.End])
		}
		for _, s := range h.want {
			want = append(want, fill(s))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s\n%s\n  got %q\n want %q", h.path, h.text, got, want)
		}
	}
}

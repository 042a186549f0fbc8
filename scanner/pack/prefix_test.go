package pack

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

func TestWithPrefix(t *testing.T) {
	for _, version := range []string{"1", "2"} {
		r := newRepo(t)
		r.Git("config", "pack.indexVersion", version)
		r.fill(rand.New(rand.NewPCG(1, 1)), 30)
		r.Git("gc", "-q")
		for i := range 100 { // loose objects
			r.Output(strings.Repeat("x", i), "hash-object", "-w", "--stdin")
		}
		ids := strings.Fields(r.Git("cat-file", "--batch-all-objects", "--batch-check=%(objectname)"))
		s, err := Open([]string{r.objects()}, 20)
		if err != nil {
			t.Fatal(err)
		}
		check := func() {
			t.Helper()
			for _, id := range ids {
				for _, n := range []int{2, 3, 5, 40} {
					var want, got []string
					for _, other := range ids {
						if strings.HasPrefix(other, id[:n]) {
							want = append(want, other)
						}
					}
					for _, found := range s.WithPrefix(id[:n]) {
						got = append(got, found.String())
					}
					if !slices.Equal(got, want) {
						t.Fatalf("index version %s: %s: %q, want %q", version, id[:n], got, want)
					}
				}
			}
		}
		check()
		(&sweeper{store: s}).list() // loads the indexes
		check()
		for _, prefix := range []string{"", "0", "xyz", strings.Repeat("0", 41)} {
			if found := s.WithPrefix(prefix); found != nil {
				t.Errorf("%q: %q", prefix, found)
			}
		}
		s.Close()
	}
}

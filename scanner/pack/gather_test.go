package pack

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
)

// A sweep of trees or commits that gathers all deltas, some of them, or none visits what git has, each
// with the text that it is named for, and what it was made from.
func TestGathered(t *testing.T) {
	r := newRepo(t)
	r.fill(rng(4), 40)
	r.Git("repack", "-adfq", "--depth=20", "--window=50")
	defer func(most int64, few int) { maxGathered, small = most, few }(maxGathered, small)
	small = 1
	for _, maxGathered = range []int64{64 << 20, 1000, 0} {
		for _, kinds := range [][]Kind{{Tree}, {Commit, Tree}} {
			t.Run(fmt.Sprintf("%d %v", maxGathered, kinds), func(t *testing.T) { sweepKinds(t, r, kinds) })
		}
	}
}

func sweepKinds(t *testing.T, r *repo, kinds []Kind) {
	var want, got []string
	for line := range strings.Lines(r.Git("cat-file", "--batch-all-objects", "--batch-check=%(objectname) %(objecttype)")) {
		_, kind, _ := strings.Cut(strings.TrimSpace(line), " ")
		if slices.ContainsFunc(kinds, func(k Kind) bool { return k.String() == kind }) {
			want = append(want, strings.TrimSpace(line))
		}
	}
	s := openStore(t, 20, r.objects())
	var mu sync.Mutex
	made := 0
	err := s.Sweep(context.Background(), Sweep{Kinds: kinds, Jobs: 2, Problem: func(p Problem) { t.Error(p) }, NewVisitor: func() Visitor {
		return visitorFunc(func(o *Object) any {
			mu.Lock()
			defer mu.Unlock()
			got = append(got, o.ID().String()+" "+o.Kind.String())
			if hashOf(20, o.Kind, o.Text) != o.ID() {
				t.Errorf("%v %v has another text", o.Kind, o.ID())
			}
			for _, e := range o.Edits {
				made++
				if e.From != Inserted && !bytes.Equal(o.Base[e.From:e.From+e.Len], o.Text[e.At:e.At+e.Len]) {
					t.Errorf("%v %v is not made from its base", o.Kind, o.ID())
				}
			}
			return nil
		})
	}})
	slices.Sort(got)
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("visited %d objects of %d, error %v", len(got), len(want), err)
	}
	if made == 0 {
		t.Error("no object was made from another")
	}
	if n := s.Packed(); n < len(want) {
		t.Errorf("%d objects in packs, want at least %d", n, len(want))
	}
}

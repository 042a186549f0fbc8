package scanner

import (
	"context"
	"slices"
	"testing"
)

func TestShare(t *testing.T) {
	w := newWalker(context.Background(), &Scan{})
	for _, names := range [][]string{nil, {"a"}, {"a", "b"}, {"a", "b", "c"}} {
		open := &openFolder{}
		open.users.Store(1)
		w.stack = nil
		rest := w.share(task{path: "x", open: open, names: names})
		all, shared := slices.Clone(rest), 0
		for _, other := range w.stack {
			if shared++; other.path != "x" || other.open != open || len(other.names) == 0 {
				t.Errorf("of %q, another gets %+v", names, other)
			}
			all = append(all, other.names...)
		}
		slices.Sort(all)
		if !slices.Equal(all, names) || int(open.users.Load()) != 1+shared || shared != min(1, len(names)/2) {
			t.Errorf("of %q, %q stay; %d tasks are left to others, and %d use the folder", names, rest, shared, open.users.Load())
		}
	}
}

package git

import (
	"context"
	"testing"
)

// A trace has every commit that brings a key to a path or takes it away, and says which refs'
// own files have it.
func TestTrace(t *testing.T) {
	k := testKey
	b := newSandbox(t)
	b.Commit("x", "")
	first := b.Commit("a", k(0)+"\n")
	b.Git("tag", "v1")
	gone := b.Commit("a", "")
	again := b.Commit("a", k(0)+"\n")
	b.Git("branch", "holds")
	last := b.Commit("a", "")
	b.Git("checkout", "-q", "-b", "aside")
	aside := b.Commit("b", k(0)+"\n")
	b.Git("checkout", "-q", "-")

	if r := b.history(); r.Findings[0].Trace != nil {
		t.Error("there is a trace that nobody asked for")
	}
	o := testOptions()
	o.Trace = true
	r, err := b.open().History(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string][]string{"a": {first, "-" + gone, again, "-" + last}, "b": {aside}}
	for i := range r.Findings {
		f := &r.Findings[i]
		var got []string
		for _, e := range f.Trace.Events {
			oid := e.Commit.OID
			if e.Removed {
				oid = "-" + oid
			}
			got = append(got, oid)
			if e.InHead != (f.Path == "a") || !e.OnRef {
				t.Errorf("%s: %+v", f.Path, e)
			}
		}
		if len(got) != len(want[f.Path]) {
			t.Fatalf("%s: the events are %v, want %v", f.Path, got, want[f.Path])
		}
		for n := range got {
			if got[n] != want[f.Path][n] {
				t.Errorf("%s: event %d is %s, want %s", f.Path, n, got[n], want[f.Path][n])
			}
		}
		holds := map[string]bool{}
		for _, ref := range f.Trace.Refs {
			holds[ref.Name] = ref.Holds
			if ref.OID == "" || ref.Date.IsZero() {
				t.Errorf("%+v", ref)
			}
		}
		if f.Path == "a" && (!holds["refs/tags/v1"] || !holds["refs/heads/holds"] || holds["refs/heads/aside"] || len(holds) < 4) {
			t.Errorf("a: %v", holds)
		}
		if f.Path == "b" && (!holds["refs/heads/aside"] || len(holds) != 1) {
			t.Errorf("b: %v", holds)
		}
	}
	if len(r.Findings) != 2 {
		t.Errorf("%d findings", len(r.Findings))
	}
}

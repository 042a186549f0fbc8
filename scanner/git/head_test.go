package git

import (
	"fmt"
	"strings"
	"testing"

	"github.com/neokeys/neokeys/finding"
)

// placeInHead is where a finding is in HEAD.
func placeInHead(f *finding.Finding) string {
	if f.Head == nil {
		return ""
	}
	return fmt.Sprintf("%s:%d:%d", f.Head.Path, f.Head.Line, f.Head.Column)
}

// A key has two places: the one in the commit that brought it in, and the one in HEAD.
func TestPlaceInHead(t *testing.T) {
	k := testKey
	text := strings.Repeat("a line of some length\n", 60)
	b := newSandbox(t)
	base := b.Commit("x", "")
	b.Commit("kept", k(0)+"\n", "gone", k(1)+"\n", "old", text+k(2)+"\n", "names/"+k(3), "")
	b.Commit("kept", strings.Repeat("above\n", 50)+"  "+k(0)+"\n", "gone", "")
	b.Git("mv", "old", "new")
	b.Commit()
	b.Commit("new", "above\n"+text+k(2)+"\n")
	b.Git("mv", "new", "newer")
	b.Commit()

	ranged, err := b.ranged(base + "..")
	if err != nil {
		t.Fatal(err)
	}
	history := map[string]string{"kept": "kept:51:3", "newer": "newer:62:1", "names": "names/" + redacted(k(3)) + ":0:0"}
	for _, test := range []struct {
		r    *finding.Result
		want map[string]string // by the first part of the path; "" is nowhere
	}{
		{ranged, map[string]string{"kept": "kept:51:3", "old": "newer:62:1", "names": history["names"]}},
		{b.history(), history},
	} {
		for i := range test.r.Findings {
			f := &test.r.Findings[i]
			first, _, _ := strings.Cut(f.Path, "/")
			if got := placeInHead(f); got != test.want[first] {
				t.Errorf("%s:%d: in HEAD at %q, want %q", f.Path, f.Line, got, test.want[first])
			}
			delete(test.want, first)
		}
		if len(test.want) > 0 {
			t.Errorf("not found: %v", test.want)
		}
	}
}

// A rename, or a copy, does not make a key younger: what is told is when it came to the path,
// and when it came at all.
func TestFirstCommit(t *testing.T) {
	k := testKey
	b := newSandbox(t)
	base := b.Commit("x", "")
	first := b.Commit("old", k(0)+"\n", "one", k(1)+"\n")
	b.Git("mv", "old", "new")
	moved := b.Commit()
	copied := b.Commit("two", "other text\n"+k(1)+"\n")
	b.Git("commit", "-q", "--allow-empty", "-m", "use "+k(2))
	told := b.Git("rev-parse", "HEAD")
	after := b.Commit("three", k(2))
	// A commit that no ref leads to does not date a reachable finding; it is reported for its own.
	b.Git("checkout", "-q", "--detach", base)
	lost := b.Commit("lost", k(1))
	b.Git("checkout", "-q", "main")

	want := map[string][2]string{ // the path's commit, and the first
		"old": {first, first}, "new": {moved, first}, "one": {first, first}, "two": {copied, first},
		"commit:" + told: {told, told}, "three": {after, told}, "lost": {lost, first},
	}
	ranged, err := b.ranged(base + "..")
	if err != nil {
		t.Fatal(err)
	}
	for name, r := range map[string]*finding.Result{"history": b.history(), "range": ranged} {
		found := 0
		for i := range r.Findings {
			f := &r.Findings[i]
			if got := [2]string{oidOf(f.Commit), oidOf(f.First)}; got != want[f.Path] {
				t.Errorf("%s: %s: commits %q, want %q", name, f.Path, got, want[f.Path])
			}
			found++
		}
		if wanted := map[string]int{"history": len(want), "range": len(want) - 2}[name]; found != wanted {
			t.Errorf("%s: %d findings, want %d", name, found, wanted)
		}
	}
}

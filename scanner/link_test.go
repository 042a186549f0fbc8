package scanner

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/neokeys/neokeys/rules"
)

// Git keeps the text of a symbolic link, so a key in it is committed. The link is not followed.
func TestTextOfSymbolicLinks(t *testing.T) {
	dir, elsewhere := t.TempDir(), t.TempDir()
	key := newKey(rng(7))
	write(t, filepath.Join(elsewhere, "secret"), newKey(rng(8)))
	link := func(target, name string) {
		t.Helper()
		if err := os.Symlink(target, filepath.Join(dir, name)); err != nil {
			t.Skip(err)
		}
	}
	link("nowhere/"+key, "dangling")
	link(filepath.Join(elsewhere, "secret"), "link")
	r := New(Options{Paths: []string{dir}, Rules: rules.NewSet(rules.All())}).Run(context.Background())
	if len(r.Findings) == 0 || len(r.Problems) > 0 {
		t.Fatalf("%d findings, problems %v", len(r.Findings), r.Problems)
	}
	for _, f := range r.Findings {
		if filepath.Base(f.Path) != "dangling" || f.Line != 1 || f.Key == nil || f.Key.Secret.Reveal() != key {
			t.Errorf("found %+v", f)
		}
	}

	// One that is named is followed, and its text searched too.
	write(t, filepath.Join(elsewhere, key), newKey(rng(8)))
	link(filepath.Join(elsewhere, key), "named")
	r = New(Options{Paths: []string{filepath.Join(dir, "named")}, Rules: rules.NewSet(rules.All())}).Run(context.Background())
	found := map[string]bool{}
	for _, f := range r.Findings {
		found[f.Key.Secret.Reveal()] = true
	}
	if !found[key] || !found[newKey(rng(8))] {
		t.Errorf("found %d keys of 2", len(found))
	}
}

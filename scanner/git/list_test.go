package git

import (
	"context"
	"maps"
	"os"
	"strings"
	"testing"

	"github.com/neokeys/neokeys/internal/gittest"
)

// What git lists is what Refs returns, packed or not.
func TestRefsAreThoseOfGit(t *testing.T) {
	g := gittest.New(t)
	repo, err := Open(g.Dir, os.Getenv)
	gittest.Check(t, err)
	refs, err := repo.Refs(context.Background())
	if err != nil || len(refs) != 0 {
		t.Fatalf("a repository without commits has the refs %v, %v", refs, err)
	}
	g.Commit("a", "1")
	g.Git("branch", "side")
	g.Git("tag", "-m", "annotated", "v1")
	g.Git("pack-refs", "--all")
	g.Commit("a", "2")
	g.Git("symbolic-ref", "refs/heads/other", "refs/heads/side")
	want := map[string]string{"HEAD": g.Git("rev-parse", "HEAD")}
	for line := range strings.Lines(g.Git("for-each-ref", "--format=%(refname) %(objectname)")) {
		name, id, _ := strings.Cut(strings.TrimSpace(line), " ")
		want[name] = id
	}
	repo, err = Open(g.Dir, os.Getenv)
	gittest.Check(t, err)
	refs, err = repo.Refs(context.Background())
	if err != nil || !maps.Equal(refs, want) {
		t.Errorf("the refs are %v, %v; git has %v", refs, err, want)
	}
	gittest.Write(t, g.Path(".git", "refs", "heads", "broken"), "no id\n")
	if refs, err = repo.Refs(context.Background()); err == nil {
		t.Errorf("with a damaged ref they are %v", refs)
	}
}

package git

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/neokeys/neokeys/internal/gittest"
)

// A key in the name of a symbolic ref, or in that of a ref which a symbolic one names, is in every
// clone with that ref.
func TestHistoryOfSymbolicRefs(t *testing.T) {
	k := testKey
	b := newSandbox(t)
	b.Commit("a", "")
	b.Git("symbolic-ref", "refs/heads/"+k(0), "refs/heads/main")
	b.Git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/"+k(1))
	b.Git("worktree", "add", "-q", "-b", "side", filepath.Join(t.TempDir(), k(2)))
	b.Git("symbolic-ref", "HEAD", "refs/heads/"+k(3)) // a branch without a commit
	gittest.Check(t, os.Symlink("refs/heads/"+k(4), filepath.Join(b.Dir, ".git", "refs", "heads", "link")))
	var got []string
	for _, f := range b.history().Findings {
		got = append(got, f.Path+" "+f.Key.Secret.Reveal()+" "+strings.Join(f.Refs, " "))
	}
	want := []string{
		"ref:refs/heads/" + redacted(k(0)) + " " + k(0) + " refs/heads/" + redacted(k(0)),
		"ref:refs/remotes/origin/" + redacted(k(1)) + " " + k(1) + " refs/remotes/origin/HEAD",
		"ref:worktrees/" + redacted(k(2)) + "/HEAD " + k(2) + " worktrees/" + redacted(k(2)) + "/HEAD",
		"ref:refs/heads/" + redacted(k(3)) + " " + k(3) + " HEAD",
		"ref:refs/heads/" + redacted(k(4)) + " " + k(4) + " refs/heads/link",
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("found\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

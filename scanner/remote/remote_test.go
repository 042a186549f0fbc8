package remote

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"github.com/neokeys/neokeys/internal/gittest"
)

// newRepo returns a bare repository with branches, a merge, tags, a note, a pull request and
// packed history, in a folder that a server is to serve, and the folder.
func newRepo(t *testing.T) (*gittest.Repo, string) {
	t.Helper()
	root := t.TempDir()
	work := gittest.New(t)
	text := strings.Repeat("a line of text that is long enough for deltas\n", 200)
	for i := range 20 {
		work.Commit("a/file.txt", text[i*40:]+strings.Repeat("x", i), "b", strings.Repeat("y", i))
	}
	work.Git("tag", "-a", "v1", "-m", "first")
	work.Git("checkout", "-q", "-b", "side")
	work.Commit("c", "side")
	work.Git("checkout", "-q", "main")
	work.Git("merge", "-q", "--no-ff", "-m", "merge", "side")
	work.Git("update-ref", "refs/pull/7/head", work.Commit("only/in/a/pull/request", "pull"))
	work.Git("reset", "-q", "--hard", "HEAD~1")
	bare := filepath.Join(root, "shop.git")
	work.Git("clone", "-q", "--mirror", work.Dir, bare)
	return work.In(bare), root
}

// fetched fetches a repository into a new folder.
func fetched(t *testing.T, address string, o Options) (*gittest.Repo, *Refs) {
	t.Helper()
	u, err := Parse(address)
	gittest.Check(t, err)
	s, err := Open(context.Background(), u, o)
	gittest.Check(t, err)
	defer s.Close()
	folder := filepath.Join(t.TempDir(), "fetched.git")
	refs, err := s.Fetch(folder, Want{})
	gittest.Check(t, err)
	return &gittest.Repo{T: t, Dir: folder, Now: 1_700_000_000}, refs
}

// verified has git make an index of the one pack in a folder, and checks that all that refs lead to
// is there.
func verified(t *testing.T, r *gittest.Repo) {
	t.Helper()
	packs, err := filepath.Glob(r.Path("objects", "pack", "*.pack"))
	gittest.Check(t, err)
	if len(packs) != 1 {
		t.Fatalf("there are %d packs", len(packs))
	}
	r.Git("index-pack", packs[0])
	r.Git("fsck", "--strict", "--connectivity-only")
}

func TestFetch(t *testing.T) {
	bare, root := newRepo(t)
	for name, address := range map[string]string{"http": gittest.HTTP(t, root), "git": gittest.Daemon(t, root)} {
		t.Run(name, func(t *testing.T) {
			got, refs := fetched(t, address+"/shop.git", Options{})
			verified(t, got)
			for _, args := range [][]string{{"for-each-ref"}, {"symbolic-ref", "HEAD"}, {"rev-list", "--all", "--objects"}} {
				if a, b := bare.Git(args...), got.Git(args...); a != b {
					t.Errorf("git %v: %q, not %q", args, b, a)
				}
			}
			if refs.Head != "refs/heads/main" || refs.ID("refs/pull/7/head") == "" {
				t.Errorf("refs are %+v", refs)
			}
		})
	}
}

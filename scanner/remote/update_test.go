package remote

import (
	"context"
	"net/http/cgi"
	"net/http/httptest"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/neokeys/neokeys/internal/gittest"
)

// An update fetches what is new alone, and the folder then has what the server has.
func TestUpdate(t *testing.T) {
	server, root := newRepo(t)
	execPath, err := exec.Command("git", "--exec-path").Output()
	gittest.Check(t, err)
	web := httptest.NewServer(&cgi.Handler{
		Path: filepath.Join(strings.TrimSpace(string(execPath)), "git-http-backend"),
		Env:  []string{"GIT_PROJECT_ROOT=" + root, "GIT_HTTP_EXPORT_ALL=1", "GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=safe.directory", "GIT_CONFIG_VALUE_0=*"},
	})
	t.Cleanup(web.Close)
	u, err := Parse(web.URL + "/shop.git")
	gittest.Check(t, err)
	folder := filepath.Join(t.TempDir(), "kept.git")
	in := func(do func(*Session) (*Refs, error)) (*Refs, int64) {
		t.Helper()
		p := new(Progress)
		s, err := Open(context.Background(), u, Options{Progress: p})
		gittest.Check(t, err)
		defer s.Close()
		refs, err := do(s)
		gittest.Check(t, err)
		return refs, p.Bytes.Load()
	}
	update := func(s *Session) (*Refs, error) { return s.Update(folder) }
	_, whole := in(func(s *Session) (*Refs, error) { return s.Fetch(folder, Want{}) })
	_, nothing := in(update)

	work := server.In(t.TempDir())
	work.Git("clone", "-q", server.Dir, ".")
	for range 3 {
		work.Commit("new", strings.Repeat("z", 50)+work.Git("rev-parse", "HEAD"))
	}
	work.Git("push", "-q", "origin", "main")
	server.Git("update-ref", "-d", "refs/pull/7/head")
	refs, little := in(update)
	if nothing >= little || little >= whole/2 {
		t.Errorf("all is %d bytes, nothing new %d, three commits %d", whole, nothing, little)
	}
	kept := server.In(folder)
	if got, want := kept.Git("for-each-ref", "--format=%(refname) %(objectname)"), server.Git("for-each-ref", "--format=%(refname) %(objectname)"); got != want {
		t.Errorf("the refs are\n%s\nwant\n%s", got, want)
	}
	if refs.HeadID != server.Git("rev-parse", "HEAD") {
		t.Errorf("HEAD is %s", refs.HeadID)
	}
	packs, err := filepath.Glob(filepath.Join(folder, "objects", "pack", "*.pack"))
	gittest.Check(t, err)
	if len(packs) != 2 {
		t.Errorf("there are %d packs", len(packs))
	}
	for _, p := range packs {
		kept.Git("index-pack", p) // each stands by itself
	}
	kept.Git("fsck", "--strict", "--connectivity-only")
}

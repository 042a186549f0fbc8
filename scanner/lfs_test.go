package scanner

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/neokeys/neokeys/internal/gittest"
	"github.com/neokeys/neokeys/internal/testkey"
	"github.com/neokeys/neokeys/rules"
)

// Where a worktree has a pointer of Git LFS, the file that belongs there is searched; those that are
// not here are counted.
func TestPointers(t *testing.T) {
	gittest.Isolate(t)
	dir := t.TempDir()
	point := func(path, text, objects string) {
		t.Helper()
		sum := sha256.Sum256([]byte(text))
		oid := hex.EncodeToString(sum[:])
		gittest.Write(t, filepath.Join(dir, path), fmt.Sprintf("version https://git-lfs.github.com/spec/v1\noid sha256:%s\nsize %d\n", oid, len(text)))
		if objects != "" {
			gittest.Write(t, filepath.Join(dir, objects, "objects", oid[:2], oid[2:4], oid), text)
		}
	}
	text := func() string { return "x\n  neo_sk_prod_" + testkey.Fresh(24) + "\n" }
	for _, repo := range []string{"own", "other", "storage", "borrower"} {
		gittest.Write(t, filepath.Join(dir, repo, "README"), "x\n")
		gittest.Run(t, filepath.Join(dir, repo), "init", "-q")
	}
	gittest.Run(t, filepath.Join(dir, "storage"), "config", "lfs.storage", "elsewhere")
	gittest.Write(t, filepath.Join(dir, "borrower/.git/objects/info/alternates"), filepath.Join(dir, "other/.git/objects")+"\n")
	point("own/deep/a.bin", text(), "own/.git/lfs")
	point("storage/a.bin", text(), "storage/.git/elsewhere")
	point("borrower/a.bin", text(), "other/.git/lfs")
	point("own/twice.bin", "not here", "")
	point("own/once.bin", "not here", "")
	point("outside/b.bin", text(), "")
	point("own/long.bin", text()+strings.Repeat("x", 1<<12), "own/.git/lfs")

	search := func(paths ...string) (found, notices []string) {
		for i := range paths {
			paths[i] = filepath.Join(dir, paths[i])
		}
		r := New(Options{Paths: paths, Rules: rules.NewSet([]*rules.Rule{rules.NeoAPIKey}), MaxFileSize: 1 << 12}).Run(context.Background())
		for _, f := range r.Findings {
			rel, err := filepath.Rel(dir, f.Path)
			gittest.Check(t, err)
			found = append(found, fmt.Sprintf("%s:%d:%d", filepath.ToSlash(rel), f.Line, f.Column))
		}
		for _, n := range append(r.Notices, r.Problems...) {
			notices = append(notices, n.Message)
		}
		slices.Sort(found)
		return found, notices
	}
	if found, notices := search("."); !slices.Equal(found, []string{"borrower/a.bin:2:3", "own/deep/a.bin:2:3", "storage/a.bin:2:3"}) ||
		len(notices) != 1 || !strings.HasPrefix(notices[0], "2 objects of Git LFS are not here") {
		t.Errorf("all: %q, %q", found, notices)
	}
	if found, notices := search("own/deep/a.bin"); len(found) != 1 || len(notices) > 0 {
		t.Errorf("a file: %q, %q", found, notices)
	}
	if found, notices := search("own/once.bin"); len(found) > 0 || len(notices) != 1 || !strings.HasPrefix(notices[0], "one object") {
		t.Errorf("a file that is not here: %q, %q", found, notices)
	}
}

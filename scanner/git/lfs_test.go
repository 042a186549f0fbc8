package git

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/gittest"
)

// point writes a Git LFS pointer to text at path, and text below folder if that is not empty.
func (b *sandbox) point(path, text, folder string) {
	b.T.Helper()
	sum := sha256.Sum256([]byte(text))
	oid := hex.EncodeToString(sum[:])
	b.Write(path, fmt.Sprintf("version https://git-lfs.github.com/spec/v1\noid sha256:%s\nsize %d\n", oid, len(text)))
	if folder != "" {
		gittest.Write(b.T, filepath.Join(folder, "objects", oid[:2], oid[2:4], oid), text)
	}
}

// What Git LFS keeps in place of a file is searched wherever git would look for it.
func TestLFS(t *testing.T) {
	k := testKey
	text := func(n int) string { return "first line\n  " + k(n) + "\n" }
	for name, where := range map[string]func(b *sandbox) string{
		"own": func(b *sandbox) string { return b.Path(".git", "lfs") },
		"storage": func(b *sandbox) string {
			b.Git("config", "lfs.storage", "elsewhere")
			return b.Path(".git", "elsewhere")
		},
		"borrowed": borrowedLFS,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newSandbox(t)
			lfs := where(b)
			base := b.Commit("x", "")
			b.point("old.bin", text(0), lfs)
			in := b.Commit()
			b.point("old.bin", "", lfs)
			out := b.Commit()
			b.point("new.bin", text(1), lfs)
			b.Git("add", ".")

			expect(t, b.staged(), spot("new.bin", 2, k(1)))
			want := wantHistory("old.bin", 2, k(0), in, out, false)
			r, err := b.ranged(base + "..HEAD")
			gittest.Check(t, err)
			expectHistories(t, r, want)
			r = b.history()
			if got := histories(r); len(got) != 2 || got[1] != want || !strings.HasPrefix(got[0], "new.bin:2") {
				t.Errorf("found %q, want %q", got, want)
			}
			if len(r.Problems)+len(r.Notices) > 0 {
				t.Errorf("problems %v, notices %v", r.Problems, r.Notices)
			}
		})
	}
}

// borrowedLFS makes b borrow objects of another repository, and returns that one's folder.
func borrowedLFS(b *sandbox) string {
	other := newSandbox(b.T)
	gittest.Write(b.T, b.Path(".git", "objects", "info", "alternates"), other.Path(".git", "objects")+"\n")
	return other.Path(".git", "lfs")
}

// What is not here is a problem before it leaves the machine, and worth a word otherwise.
func TestLFSNotHere(t *testing.T) {
	b := newSandbox(t)
	b.point("kept", "old", "")
	base := b.Commit()
	b.point("one", testKey(0), "")
	b.point("two", testKey(1), "")
	b.point("copy", testKey(1), "")
	head := b.Commit()
	b.point("staged", testKey(2), "")
	b.point("kept", "newer", b.Path(".git", "lfs"))
	b.Git("add", ".")

	staged := b.staged()
	if len(staged.Problems) != 1 || staged.Problems[0].Path != "staged" || !strings.Contains(messages(staged), "git lfs fetch") {
		t.Errorf("staged: %v", staged.Problems)
	}
	pushed := func(known string) *finding.Result {
		t.Helper()
		r, err := b.open().Push(context.Background(), Push{Tips: []string{head}, Known: []string{base}, KnownRefs: known}, testOptions())
		gittest.Check(t, err)
		return r
	}
	if r := pushed("refs/remotes/origin/"); len(r.Problems) != 2 {
		t.Errorf("pushed: %v", r.Problems)
	}
	ranged, err := b.ranged(base + "..")
	gittest.Check(t, err)
	b.Git("update-ref", "refs/heads/main", base)
	received := pushed("refs/")
	b.Git("update-ref", "refs/heads/main", head)
	for name, test := range map[string]struct {
		r    *finding.Result
		want int
	}{"range": {ranged, 2}, "pre-receive": {received, 2}, "history": {b.history(), 4}} {
		if len(test.r.Problems) > 0 || len(test.r.Notices) != 1 || !strings.HasPrefix(test.r.Notices[0].Message, fmt.Sprint(test.want, " objects of Git LFS")) {
			t.Errorf("%s: problems %v, notices %v", name, test.r.Problems, test.r.Notices)
		}
	}
}

// One that is cut off was not searched to its end.
func TestLFSDamaged(t *testing.T) {
	b := newSandbox(t)
	text := strings.Repeat("x", 100) + testKey(0)
	b.point("a", text, b.Path(".git", "lfs"))
	objects, err := filepath.Glob(b.Path(".git", "lfs", "objects", "*", "*", "*"))
	gittest.Check(t, err)
	gittest.Write(t, objects[0], text[:50])
	b.Git("add", ".")
	if r := b.staged(); len(r.Problems) != 1 {
		t.Errorf("problems %v", r.Problems)
	}
}

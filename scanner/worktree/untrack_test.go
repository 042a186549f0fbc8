package worktree

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Untrack leaves what git rm --cached leaves, in each version and format of an index.
func TestUntrack(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip(err)
	}
	for name, setup := range map[string][]string{
		"version 2": {"init"},
		"version 3": {"init"},
		"sha256":    {"init", "--object-format=sha256"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			git := func(args ...string) string {
				t.Helper()
				out, err := exec.Command("git", append([]string{"-C", dir}, args...)...).CombinedOutput()
				if err != nil {
					t.Fatalf("git %v: %v\n%s", args, err, out)
				}
				return string(out)
			}
			git(setup...)
			for _, file := range []string{".env", "a", "sub/.env", "sub/b", "later"} {
				full := filepath.Join(dir, file)
				if err := os.MkdirAll(filepath.Dir(full), 0o777); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(full, []byte(file), 0o666); err != nil {
					t.Fatal(err)
				}
			}
			git("add", ".env", "a", "sub")
			if name == "version 3" {
				git("add", "--intent-to-add", "later")
			}
			if err := At(dir).Untrack([]string{".env", "sub/.env"}); err != nil {
				t.Fatal(err)
			}
			want := "a\nsub/b\n"
			if name == "version 3" {
				want = "a\nlater\nsub/b\n"
			}
			if got := git("ls-files"); got != want {
				t.Errorf("git tracks %q, want %q", got, want)
			}
			git("fsck", "--strict")
			if text, err := os.ReadFile(filepath.Join(dir, ".env")); err != nil || string(text) != ".env" {
				t.Errorf("the file is %q, %v", text, err)
			}
			if _, err := os.Lstat(filepath.Join(dir, ".git", "index.lock")); err == nil {
				t.Error("the lock is left")
			}
			if err := os.WriteFile(filepath.Join(dir, ".git", "index.lock"), nil, 0o666); err != nil {
				t.Fatal(err)
			}
			if err := At(dir).Untrack([]string{"a"}); err == nil || !strings.Contains(err.Error(), "index.lock is there") {
				t.Errorf("with a lock: %v", err)
			}
		})
	}
}

// What cannot be written is an error, and the index stays.
func TestUntrackRefuses(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip(err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "a"), nil, 0o666); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"init"}, {"add", "a"}, {"update-index", "--index-version", "4"}} {
		if out, err := exec.Command("git", append([]string{"-C", dir}, args...)...).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
	index := filepath.Join(dir, ".git", "index")
	before, err := os.ReadFile(index)
	if err != nil {
		t.Fatal(err)
	}
	if err := At(dir).Untrack([]string{"a"}); err == nil {
		t.Error("an index of version 4 was written")
	}
	if after, err := os.ReadFile(index); err != nil || !bytes.Equal(before, after) {
		t.Errorf("the index changed, %v", err)
	}
	if _, err := os.Lstat(index + ".lock"); err == nil {
		t.Error("the lock is left")
	}
}

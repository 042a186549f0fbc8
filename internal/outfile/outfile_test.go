package outfile

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

func put(text string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, text)
		return err
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func link(t *testing.T, target, path string) {
	t.Helper()
	if err := os.Symlink(target, path); err != nil {
		t.Skip("no links: ", err)
	}
}

func names(t *testing.T, folder string) int {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	return len(entries)
}

func TestWrite(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "report")
	for _, text := range []string{"one", "another"} {
		if err := Write(t.Context(), file, []string{dir}, put(text)); err != nil {
			t.Fatal(err)
		}
		if got := read(t, file); got != text {
			t.Errorf("%q, want %q", got, text)
		}
	}
	if n := names(t, dir); n != 1 {
		t.Errorf("%d files are left", n)
	}
}

func TestModeIsKept(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no modes")
	}
	file := filepath.Join(t.TempDir(), "report")
	if err := os.WriteFile(file, nil, 0o640); err != nil {
		t.Fatal(err)
	}
	if err := Write(t.Context(), file, nil, put("x")); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}

func TestFailedWriteLeavesTheOldFile(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "report")
	if err := os.WriteFile(file, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	broken := errors.New("broken")
	if err := Write(t.Context(), file, nil, func(w io.Writer) error { _, _ = io.WriteString(w, "ne"); return broken }); !errors.Is(err, broken) {
		t.Errorf("%v", err)
	}
	if got := read(t, file); got != "old" || names(t, dir) != 1 {
		t.Errorf("%q, and %d files", got, names(t, dir))
	}
}

// Links of the scanned tree are not followed, whatever leads to them; the user's own are.
func TestLinks(t *testing.T) {
	dir := t.TempDir()
	tree, out := filepath.Join(dir, "tree"), filepath.Join(dir, "out")
	for _, folder := range []string{tree, out} {
		if err := os.Mkdir(folder, 0o777); err != nil {
			t.Fatal(err)
		}
	}
	victim := filepath.Join(out, "victim")
	if err := os.WriteFile(victim, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	link(t, filepath.Join("..", "out", "victim"), filepath.Join(tree, "file"))
	link(t, filepath.Join("..", "out", "new"), filepath.Join(tree, "dangling"))
	link(t, filepath.Join("..", "out"), filepath.Join(tree, "folder"))
	link(t, filepath.Join("tree", "file"), filepath.Join(dir, "chain"))
	link(t, tree, filepath.Join(dir, "same"))
	for _, path := range []string{"tree/file", "tree/dangling", "tree/folder/victim", "tree/folder/new", "chain", "same/file"} {
		if err := Write(t.Context(), filepath.Join(dir, path), []string{tree}, put("new")); err == nil {
			t.Errorf("%s was written through a link", path)
		}
	}
	if got := read(t, victim); got != "old" || names(t, out) != 1 {
		t.Errorf("the victim is %q", got)
	}
	for _, path := range []string{"same/report", "chain"} {
		var trees []string
		if path != "chain" {
			trees = []string{filepath.Join(dir, "same")}
		}
		if err := Write(t.Context(), filepath.Join(dir, path), trees, put("new")); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
	if got := read(t, victim); got != "new" {
		t.Errorf("the user's own link was not followed: %q", got)
	}
}

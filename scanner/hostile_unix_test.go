//go:build unix

package scanner

import (
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// Root may read everything, so the test runs itself as nobody if need be.
func TestUnreadable(t *testing.T) {
	const asNobody = "NEOKEYS_TEST_UNREADABLE"
	dir := os.Getenv(asNobody)
	if os.Getuid() == 0 {
		dir := t.TempDir()
		for path := dir; path != os.TempDir() && path != "/"; path = filepath.Dir(path) {
			check(t, os.Chmod(path, 0o777))
		}
		self, err := os.Executable()
		check(t, err)
		text, err := os.ReadFile(self)
		check(t, err)
		program := filepath.Join(dir, "test")
		check(t, os.WriteFile(program, text, 0o777))
		const nobody = 65534
		cmd := exec.Command(program, "-test.run=^TestUnreadable$", "-test.v")
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), asNobody+"="+dir)
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
		out, err := cmd.CombinedOutput()
		if errors.Is(err, os.ErrPermission) {
			t.Skip("cannot run as nobody: ", err)
		}
		if err != nil || !strings.Contains(string(out), "PASS: TestUnreadable") {
			t.Errorf("as nobody: %v\n%s", err, out)
		}
		return
	}
	if dir == "" {
		dir = t.TempDir()
	}
	dir = filepath.Join(dir, "tree")
	for _, name := range []string{"file", "folder/file", "listed/file", "fine"} {
		write(t, filepath.Join(dir, name), aKey)
	}
	check(t, os.Chmod(filepath.Join(dir, "file"), 0))
	check(t, os.Chmod(filepath.Join(dir, "folder"), 0))
	check(t, os.Chmod(filepath.Join(dir, "listed"), 0o600)) // its names are known, but not more
	defer func() {
		check(t, os.Chmod(filepath.Join(dir, "folder"), 0o700))
		check(t, os.Chmod(filepath.Join(dir, "listed"), 0o700))
	}()
	for _, named := range []string{dir, filepath.Join(dir, "file"), filepath.Join(dir, "folder"), filepath.Join(dir, "folder/file")} {
		r := scan(named)
		want := []string{named}
		if named == dir {
			want = []string{dir + "/file", dir + "/folder", dir + "/listed/file"}
			if got := found(t, dir, r); !slices.Equal(got, []string{"fine"}) {
				t.Errorf("found in %q", got)
			}
		}
		var said []string
		for _, p := range r.Problems {
			said = append(said, p.Path)
			if !strings.Contains(p.Message, "permission denied") || !strings.Contains(p.Message, "run as a user who") {
				t.Errorf("%s: %q does not say what is wrong and what to do", p.Path, p.Message)
			}
		}
		if !slices.Equal(said, want) {
			t.Errorf("%s: problems with %q, want %q", named, said, want)
		}
	}
}

// What is no file is not opened: a pipe would wait, a device might do anything.
func TestSpecialFiles(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "file"), aKey)
	check(t, unix.Mkfifo(filepath.Join(dir, "pipe"), 0o666))
	l, err := net.Listen("unix", filepath.Join(dir, "socket"))
	if err == nil {
		defer l.Close()
	}
	check(t, os.Symlink(".", filepath.Join(dir, "here")))
	check(t, os.Symlink("loop", filepath.Join(dir, "loop")))
	if err := unix.Mknod(filepath.Join(dir, "zero"), unix.S_IFCHR|0o666, int(unix.Mkdev(1, 5))); err != nil {
		t.Log("without a device: ", err)
	}
	r := scan(dir)
	if got := found(t, dir, r); !slices.Equal(got, []string{"file"}) || len(r.Problems) > 0 || r.Summary.Files != 1 {
		t.Errorf("found in %q, of %d files; problems %v", got, r.Summary.Files, r.Problems)
	}
	if r := scan(filepath.Join(dir, "loop")); len(r.Problems) != 1 {
		t.Errorf("problems with a loop: %v", r.Problems)
	}

	// A pipe that took a file's place after it was listed.
	f, err := openFolderAt(dir, false)
	check(t, err)
	defer f.close()
	h, err := f.open("pipe")
	check(t, err)
	if _, err := io.ReadAll(&h); err != nil {
		t.Errorf("reading from a pipe without a writer: %v", err)
	}
	h.close()
}

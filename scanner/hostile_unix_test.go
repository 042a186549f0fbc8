//go:build unix

package scanner

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
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
	if _, err := f.open("pipe"); !errors.Is(err, errNotRegular) {
		t.Errorf("opening a pipe that took a file's place: %v", err)
	}
}

// What the user names is not opened either if it may have no end. Whatever named it, a
// link to it is the same.
func TestNamedSpecialFiles(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	check(t, unix.Mkfifo(at("pipe"), 0o666))
	for name, to := range map[string]string{
		"zero": "/dev/zero", "random": "/dev/urandom", "tty": "/dev/tty", "null": "/dev/null", "to-pipe": "pipe", "input": "/dev/stdin", "input-0": "/dev/fd/0",
	} {
		check(t, os.Symlink(to, at(name)))
	}
	if l, err := net.Listen("unix", at("socket")); err == nil {
		defer l.Close()
	}
	for name, want := range map[string]error{
		"/dev/zero": errDevice, at("zero"): errDevice, at("random"): errDevice, "/dev/tty": errDevice, at("tty"): errDevice,
		at("pipe"): errPipe, at("to-pipe"): errPipe, at("socket"): errSocket, "/dev/null": nil, at("null"): nil,
	} {
		if _, err := os.Stat(name); err != nil {
			t.Log(err)
			continue
		}
		r := scan(name)
		if want == nil && (len(r.Problems) > 0 || r.Summary.Files != 1) {
			t.Errorf("%s: %d files, problems %v", name, r.Summary.Files, r.Problems)
		}
		if want != nil && (len(r.Problems) != 1 || r.Problems[0].Message != want.Error()) {
			t.Errorf("%s: problems %v, want %v", name, r.Problems, want)
		}
	}
}

// The process's own descriptors are read, a link to one is not.
func TestOwnDescriptors(t *testing.T) {
	r, w, err := os.Pipe()
	check(t, err)
	defer r.Close()
	go func() {
		_, _ = w.WriteString("key " + aKey)
		_ = w.Close()
	}()
	path := fmt.Sprint("/dev/fd/", r.Fd())
	link := filepath.Join(t.TempDir(), "link")
	check(t, os.Symlink(path, link))
	if got := scan(link); len(got.Findings) > 0 || len(got.Problems) != 1 {
		t.Errorf("through a link: %d findings, problems %v", len(got.Findings), got.Problems)
	}
	if got := scan(path); len(got.Findings) != 1 || len(got.Problems) > 0 {
		t.Errorf("%d findings, problems %v", len(got.Findings), got.Problems)
	}
	zero, err := os.Open("/dev/zero")
	check(t, err)
	defer zero.Close()
	if got := scan(fmt.Sprint("/dev/fd/", zero.Fd())); len(got.Problems) != 1 {
		t.Errorf("a device: problems %v", got.Problems)
	}
}

// What the kernel makes up is searched file by file, and only so far.
func TestPseudoFiles(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("where to find such files is known on Linux alone")
	}
	dir := t.TempDir()
	check(t, os.Symlink("/proc/self", filepath.Join(dir, "process")))
	for _, name := range []string{"/proc/self", "/proc", "/sys", filepath.Join(dir, "process")} {
		if r := scan(name); len(r.Problems) != 1 || r.Problems[0].Message != errPseudo.Error() {
			t.Errorf("%s: problems %v", name, r.Problems)
		}
	}
	cmd := exec.Command("sleep", "60")
	cmd.Env = []string{"NEO_API_KEY=" + aKey}
	check(t, cmd.Start())
	defer func() { _ = cmd.Process.Kill(); _ = cmd.Wait() }()
	if r := scan(fmt.Sprintf("/proc/%d/environ", cmd.Process.Pid)); len(r.Findings) != 1 || len(r.Problems) > 0 {
		t.Errorf("an environment: %d findings, problems %v", len(r.Findings), r.Problems)
	}
	if r := scan("/proc/self/pagemap"); len(r.Problems) != 1 || r.Summary.Bytes > maxPseudo {
		t.Errorf("%d bytes, problems %v", r.Summary.Bytes, r.Problems)
	}
}

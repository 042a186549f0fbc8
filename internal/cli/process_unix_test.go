//go:build unix

package cli

import (
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
)

// process is neokeys as a process of its own, which TestMain makes of the test.
func process(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	// Only a test that hangs comes near this deadline.
	cmd := exec.CommandContext(t.Context(), self)
	cmd.Args = append([]string{"neokeys"}, args...)
	cmd.Dir = t.TempDir()
	cmd.Env = append(os.Environ(), "HOME="+cmd.Dir)
	watchdog := time.AfterFunc(time.Minute, func() { _ = cmd.Process.Signal(syscall.SIGQUIT) })
	t.Cleanup(func() { watchdog.Stop() })
	return cmd
}

// exited returns how a process ended.
func exited(t *testing.T, err error) int {
	t.Helper()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &exit):
		return exit.ExitCode()
	}
	t.Fatal(err)
	return -1
}

// Standard input that never ends is searched until Ctrl-C, whether it has more to give
// or keeps silent.
func TestInterruptedInput(t *testing.T) {
	for _, test := range []struct {
		name, text string
		endless    bool
		want       int
	}{
		{"silent, nothing found", "nothing\n", false, 2},
		{"silent, a key found", newKey() + "\n", false, 1},
		{"endless, nothing found", "nothing\n", true, 2},
		{"endless, a key found", newKey() + "\n", true, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			cmd := process(t, "scan", "-")
			in, err := cmd.StdinPipe()
			if err != nil {
				t.Fatal(err)
			}
			var out, errOut bytes.Buffer
			cmd.Stdout, cmd.Stderr = &out, &errOut
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			if _, err := io.WriteString(in, test.text); err != nil {
				t.Fatal(err)
			}
			given := make(chan struct{})
			go func() {
				defer close(given)
				more := bytes.Repeat([]byte("x\n"), 32<<10)
				for n := 0; ; n++ {
					if _, err := in.Write(more); err != nil || !test.endless && n == 4 {
						return
					}
					if n == 4 {
						given <- struct{}{} // it is surely reading by now
					}
				}
			}()
			<-given
			if err := cmd.Process.Signal(os.Interrupt); err != nil {
				t.Fatal(err)
			}
			if got := exited(t, cmd.Wait()); got != test.want {
				t.Errorf("exit status %d, want %d\n%s%s", got, test.want, &out, &errOut)
			}
			if all := out.String() + errOut.String(); !regexp.MustCompile(`only the first \d+ bytes scanned: the scan was interrupted`).MatchString(all) {
				t.Errorf("not said what was not scanned:\n%s", all)
			}
		})
	}
}

// readUntil reads what is written to the terminal until it holds text.
func readUntil(t *testing.T, terminal io.Reader, text string) string {
	t.Helper()
	var said []byte
	for !bytes.Contains(said, []byte(text)) {
		part := make([]byte, 1024)
		n, err := terminal.Read(part)
		said = append(said, part[:n]...)
		if err != nil {
			t.Fatalf("%q did not come: %v\n%s", text, err, said)
		}
	}
	return string(said)
}

// A scan that takes a while says how far it is, and nothing of that is left when it is
// done.
func TestProgress(t *testing.T) {
	cmd := process(t, "scan", "--color", "never", "-")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	cmd.Stdout = &out
	terminal, other, err := pty.Open()
	if err != nil {
		t.Skip("no terminal: ", err)
	}
	defer terminal.Close()
	cmd.Stderr = other
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	_ = other.Close()
	if _, err := in.Write(bytes.Repeat([]byte("0123456789abcdef"), 1_000_000/16)); err != nil {
		t.Fatal(err)
	}
	said := readUntil(t, terminal, "/s")
	if !regexp.MustCompile(`scanning: \d+ files?, \d+ kB, .*B/s`).MatchString(said) {
		t.Errorf("progress: %q", said)
	}
	if err := in.Close(); err != nil {
		t.Fatal(err)
	}
	rest, _ := io.ReadAll(terminal) // it ends with an error when the other side is gone
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
	const gone = "\r\x1b[K"
	if shown := said + string(rest); !strings.HasSuffix(shown, gone) || strings.Contains(shown, "\n") {
		t.Errorf("left on the terminal: %q", shown)
	}
	if strings.Contains(out.String(), "scanning:") {
		t.Errorf("progress on standard output: %q", out.String())
	}
}

// When standard output is closed, as by `| head`, neokeys ends like other programs: by
// the signal for that, without a word.
func TestClosedOutput(t *testing.T) {
	cmd := process(t, "scan", ".")
	if err := os.WriteFile(filepath.Join(cmd.Dir, "file"), []byte(newKey()), 0o666); err != nil {
		t.Fatal(err)
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	_ = r.Close()
	var errOut bytes.Buffer
	cmd.Stdout, cmd.Stderr = w, &errOut
	err = cmd.Run()
	_ = w.Close()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGPIPE {
		t.Errorf("ended with %v, want SIGPIPE", err)
	}
	if errOut.Len() > 0 {
		t.Errorf("said %q", &errOut)
	}
}

//go:build unix

package cli

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// An interrupt ends every wait for a pipe that is the user's own, or for the reader of one.
func TestInterruptedPipes(t *testing.T) {
	for _, args := range [][]string{
		{"scan", "--config", "/dev/fd/3", "."},
		{"scan", "--baseline", "/dev/fd/3", "."},
		{"git", "--staged", "--config", "/dev/fd/3"},
		{"git", "--token-file", "/dev/fd/3", "https://example.invalid/x"},
		{"git", "--ca-bundle", "/dev/fd/3", "https://example.invalid/x"},
		{"verify", "/dev/fd/3"},
		{"report", "diff", "/dev/fd/3", "/dev/fd/3"},
		{"report", "diff", "-", "-"},
		{"proof", "/dev/fd/3"},
		{"key"},
		{"site", "/dev/fd/3"},
		{"hook", "pre-receive"},
		{"hook", "pre-push", "origin", "https://example.invalid/x"},
		{"hook", "commit-msg", "/dev/fd/3"},
		{"scan", "-f", "json=unread", "text"},
	} {
		t.Run(strings.Join(args, " "), func(t *testing.T) {
			t.Parallel()
			cmd := process(t, args...)
			if err := exec.CommandContext(t.Context(), "git", "init", "-q", cmd.Dir).Run(); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(cmd.Dir, "text"), []byte("nothing\n"), 0o666); err != nil {
				t.Fatal(err)
			}
			if err := syscall.Mkfifo(filepath.Join(cmd.Dir, "unread"), 0o666); err != nil {
				t.Fatal(err)
			}
			silent, writer, err := os.Pipe()
			if err != nil {
				t.Fatal(err)
			}
			defer silent.Close()
			defer writer.Close()
			var out bytes.Buffer
			cmd.Stdin, cmd.Stdout, cmd.Stderr = silent, &out, &out
			cmd.ExtraFiles = []*os.File{silent}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			ended := make(chan error, 1)
			go func() { ended <- cmd.Wait() }()
			select {
			case err := <-ended:
				t.Fatalf("it did not wait: %v\n%s", err, &out)
			case <-time.After(500 * time.Millisecond):
			}
			if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
				t.Fatal(err)
			}
			select {
			case err := <-ended:
				if got := exited(t, err); got != 2 {
					t.Errorf("exit status %d, want 2", got)
				}
				if !strings.Contains(out.String(), "interrupted") {
					t.Errorf("not said why it ended:\n%s", &out)
				}
			case <-time.After(20 * time.Second): // of a busy machine: it goes on for ever if it does not heed the signal
				_ = cmd.Process.Kill()
				t.Error("the signal does not end it")
			}
		})
	}
}

//go:build unix

package cli

import (
	"io"
	"net/http/httptest"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
	"golang.org/x/term"

	"github.com/neokeys/neokeys/verify/mockapi/mock"
)

// Keys that are pasted at a terminal are not shown there, and the terminal is as before
// afterwards, Ctrl-C or not.
func TestPasteIsNotShown(t *testing.T) {
	api := &mock.Server{}
	live, dead := newKey(), newKey()
	api.Set(live, mock.Live)
	server := httptest.NewServer(api)
	defer server.Close()
	for name, test := range map[string]struct {
		typed, says string
		status      int
	}{
		"keys":   {live + "\n" + dead + "\n\x04", "1 live, 1 inactive", 1},
		"Ctrl-C": {live + "\n\x03", "nothing was asked", 2},
	} {
		t.Run(name, func(t *testing.T) {
			cmd := process(t, "verify", "--verify-rate", "100", "--api-url", server.URL)
			terminal, side, err := pty.Open()
			if err != nil {
				t.Skip("no terminal: ", err)
			}
			defer func() { _ = terminal.Close() }()
			before, err := term.GetState(int(side.Fd()))
			if err != nil {
				t.Fatal(err)
			}
			cmd.Stdin, cmd.Stdout, cmd.Stderr = side, side, side
			cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			said := readUntil(t, terminal, "they are not shown")
			waitHidden(t, side, before)
			if _, err := io.WriteString(terminal, test.typed); err != nil {
				t.Fatal(err)
			}
			said += readUntil(t, terminal, test.says)
			if got := exited(t, cmd.Wait()); got != test.status {
				t.Errorf("exit status %d, want %d", got, test.status)
			}
			for _, key := range []string{live, dead} {
				if strings.Contains(said, key[12:]) {
					t.Errorf("the terminal shows a key:\n%s", said)
				}
			}
			if after, err := term.GetState(int(side.Fd())); err != nil || *after != *before {
				t.Errorf("the terminal is left changed: %v", err)
			}
		})
	}
}

// waitHidden waits until the terminal's state is not as before.
func waitHidden(t *testing.T, side *os.File, before *term.State) {
	t.Helper()
	for range 1000 {
		if now, err := term.GetState(int(side.Fd())); err == nil && *now != *before {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatal("the terminal goes on showing what is typed")
}

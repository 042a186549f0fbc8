//go:build unix

package pack

import (
	"os"
	"syscall"
	"testing"
)

// makePipe puts a named pipe at path.
func makePipe(t *testing.T, path string) {
	t.Helper()
	_ = os.Remove(path)
	if err := syscall.Mkfifo(path, 0o644); err != nil {
		t.Fatal(err)
	}
}

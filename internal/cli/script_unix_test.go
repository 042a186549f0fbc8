//go:build unix

package cli

import (
	"net"
	"os"
	"path/filepath"
	"syscall"

	"github.com/rogpeppe/go-internal/testscript"
)

func fifo(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(syscall.Mkfifo(ts.MkAbs(args[0]), 0o666))
}

func socket(ts *testscript.TestScript, _ bool, args []string) {
	// The name of a socket must be short; the script's folder is not.
	dir, err := os.MkdirTemp("", "")
	ts.Check(err)
	l, err := net.Listen("unix", filepath.Join(dir, "s"))
	ts.Check(err)
	ts.Defer(func() { _ = l.Close(); _ = os.RemoveAll(dir) })
	ts.Check(os.Rename(filepath.Join(dir, "s"), ts.MkAbs(args[0])))
}

package gittest

import (
	"net"
	"net/http"
	"net/http/cgi"
	"net/http/httptest"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Backend returns a handler that serves the repositories in a folder as git does by HTTP.
func Backend(t testing.TB, folder string) http.Handler {
	t.Helper()
	Need(t)
	return Serve(strings.TrimSpace(Run(t, folder, "--exec-path")), folder)
}

// Serve is Backend for a git whose programs are in the folder programs.
func Serve(programs, folder string) http.Handler {
	return &cgi.Handler{
		Path: filepath.Join(programs, "git-http-backend"),
		Env: []string{
			"GIT_PROJECT_ROOT=" + folder, "GIT_HTTP_EXPORT_ALL=1", "HOME=" + folder, "GIT_CONFIG_NOSYSTEM=1",
			// The repositories are the user's, who is not always the folder's owner.
			"GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=safe.directory", "GIT_CONFIG_VALUE_0=*",
		},
		Stderr: discard{},
	}
}

type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }

// HTTP serves the repositories in a folder until the test ends, and returns the address that their
// names follow.
func HTTP(t testing.TB, folder string) string {
	t.Helper()
	server := httptest.NewServer(Backend(t, folder))
	t.Cleanup(server.Close)
	return server.URL
}

// Daemon serves the repositories in a folder by git's own protocol until the test ends, and
// returns the address that their names follow. Where git has no daemon, the test is skipped.
func Daemon(t testing.TB, folder string) string {
	t.Helper()
	Need(t)
	program := filepath.Join(strings.TrimSpace(Run(t, folder, "--exec-path")), "git-daemon")
	if _, err := exec.LookPath(program); err != nil {
		t.Skip("git has no daemon here")
	}
	free, err := net.Listen("tcp", "127.0.0.1:0")
	Check(t, err)
	address := free.Addr().String()
	Check(t, free.Close())
	_, port, err := net.SplitHostPort(address)
	Check(t, err)
	cmd := exec.Command(program, "--listen=127.0.0.1", "--port="+port, "--base-path="+folder, "--export-all", "--reuseaddr", "--verbose")
	cmd.Env = []string{"HOME=" + folder, "GIT_CONFIG_NOSYSTEM=1", "PATH=/usr/bin:/bin",
		"GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=safe.directory", "GIT_CONFIG_VALUE_0=*"}
	Check(t, cmd.Start())
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	for range 200 {
		if conn, err := net.Dial("tcp", address); err == nil {
			Check(t, conn.Close())
			return "git://" + address
		}
		time.Sleep(25 * time.Millisecond)
	}
	t.Fatal("git daemon does not start")
	return ""
}

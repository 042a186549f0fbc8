// Package gittest runs the real git in tests, away from the configuration of whoever runs
// them.
package gittest

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Check ends the test if err is not nil.
func Check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// Write writes a file, and makes the folders above it.
func Write(t testing.TB, path, text string) {
	t.Helper()
	Check(t, os.MkdirAll(filepath.Dir(path), 0o777))
	Check(t, os.WriteFile(path, []byte(text), 0o666))
}

// Need skips the test where git is not installed.
func Need(t testing.TB) {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
}

// Isolate gives the whole test process an empty home folder and an author, for tests of code
// that reads the user's configuration itself. It returns the home folder.
func Isolate(t testing.TB) (home string) {
	t.Helper()
	Need(t)
	home = t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("XDG_CONFIG_HOME", filepath.Join(home, "xdg"))
	t.Setenv("GIT_CONFIG_NOSYSTEM", "1")
	for _, who := range []string{"AUTHOR", "COMMITTER"} {
		t.Setenv("GIT_"+who+"_NAME", "A U Thor")
		t.Setenv("GIT_"+who+"_EMAIL", "author@example.com")
	}
	return home
}

// Run runs git in dir with the environment of the test process and returns what it writes to
// standard output.
func Run(t testing.TB, dir string, args ...string) string {
	t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	return output(t, cmd)
}

func output(t testing.TB, cmd *exec.Cmd) string {
	t.Helper()
	out, err := cmd.Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		t.Fatalf("%q: %v\n%s%s", cmd.Args, err, out, exit.Stderr)
	}
	Check(t, err)
	return string(out)
}

// A Repo is a repository in a temporary folder. Its commits have fixed authors and dates, so
// that the same steps make the same ids.
type Repo struct {
	T   testing.TB
	Dir string   // the worktree, or a bare repository
	Env []string // in addition to the environment that Command sets up
	Now int64    // the date of the next commit, in seconds since 1970; each Git adds one
}

// New makes a repository whose branch is main. init are more arguments of git init.
func New(t testing.TB, init ...string) *Repo {
	t.Helper()
	Need(t)
	r := &Repo{T: t, Dir: t.TempDir(), Now: 1_700_000_000}
	r.Git(append([]string{"init", "-q", "-b", "main"}, init...)...)
	return r
}

// In returns r with another folder.
func (r *Repo) In(dir string) *Repo {
	other := *r
	other.Dir = dir
	return &other
}

// Command returns a command that runs git in the repository's folder.
func (r *Repo) Command(args ...string) *exec.Cmd {
	cmd := exec.Command("git", args...)
	cmd.Dir = r.Dir
	cmd.Env = append(os.Environ(),
		"HOME="+r.Dir, "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL="+os.DevNull, "LC_ALL=C",
		"GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=maintenance.auto", "GIT_CONFIG_VALUE_0=false",
		"GIT_AUTHOR_NAME=A U Thor", "GIT_AUTHOR_EMAIL=author@example.com",
		"GIT_COMMITTER_NAME=C O Mitter", "GIT_COMMITTER_EMAIL=committer@example.com",
		fmt.Sprintf("GIT_AUTHOR_DATE=%d +0100", r.Now), fmt.Sprintf("GIT_COMMITTER_DATE=%d +0100", r.Now))
	cmd.Env = append(cmd.Env, r.Env...)
	return cmd
}

// Git runs git and returns its output without the white space around it.
func (r *Repo) Git(args ...string) string {
	r.T.Helper()
	r.Now++
	out, err := r.Command(args...).CombinedOutput()
	if err != nil {
		r.T.Fatalf("git %q: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

// Output runs git with input and returns exactly what it writes to standard output.
func (r *Repo) Output(input string, args ...string) string {
	r.T.Helper()
	r.Now++
	cmd := r.Command(args...)
	cmd.Stdin = strings.NewReader(input)
	return output(r.T, cmd)
}

// Path returns the path of a file in the repository's folder.
func (r *Repo) Path(elem ...string) string {
	return filepath.Join(append([]string{r.Dir}, elem...)...)
}

// Write writes a file in the repository's folder.
func (r *Repo) Write(path, text string) {
	r.T.Helper()
	Write(r.T, r.Path(filepath.FromSlash(path)), text)
}

// Commit writes files, given as path and text in turn, records all that is in the worktree and
// returns the id of the commit.
func (r *Repo) Commit(files ...string) string {
	r.T.Helper()
	for i := 0; i < len(files); i += 2 {
		r.Write(files[i], files[i+1])
	}
	r.Git("add", "-A")
	r.Git("commit", "-q", "--allow-empty", "-m", "change "+strings.Join(files[:min(1, len(files))], ""))
	return r.Git("rev-parse", "HEAD")
}

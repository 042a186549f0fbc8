package git

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/testkey"
	"github.com/neokeys/neokeys/rules"
)

// newKey returns a key that no rule takes for a placeholder.
func newKey(random *rand.Rand) string { return testkey.New(random) }

func rng(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 0)) }

// testKey returns the nth of the keys that a test plants.
func testKey(n int) string { return newKey(rng(uint64(n) + 1000)) }

// A sandbox is a repository in a folder of its own, which the real git works on.
type sandbox struct {
	t   testing.TB
	dir string
	env []string
	now int64 // the date of the next commit
}

func newSandbox(t testing.TB, init ...string) *sandbox {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("there is no git to compare with")
	}
	b := &sandbox{t: t, dir: t.TempDir(), now: 1_700_000_000}
	b.git(append([]string{"init", "-q", "-b", "main"}, init...)...)
	return b
}

// in returns the sandbox of another folder.
func (b *sandbox) in(dir string) *sandbox {
	other := *b
	other.dir = dir
	return &other
}

func (b *sandbox) command(args ...string) *exec.Cmd {
	cmd := exec.Command("git", args...)
	cmd.Dir = b.dir
	cmd.Env = append(os.Environ(),
		"HOME="+b.dir, "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL="+os.DevNull, "LC_ALL=C",
		"GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=maintenance.auto", "GIT_CONFIG_VALUE_0=false",
		"GIT_AUTHOR_NAME=A U Thor", "GIT_AUTHOR_EMAIL=author@example.com",
		"GIT_COMMITTER_NAME=C O Mitter", "GIT_COMMITTER_EMAIL=committer@example.com",
		fmt.Sprintf("GIT_AUTHOR_DATE=%d +0100", b.now), fmt.Sprintf("GIT_COMMITTER_DATE=%d +0100", b.now))
	cmd.Env = append(cmd.Env, b.env...)
	return cmd
}

// git runs git and returns its output.
func (b *sandbox) git(args ...string) string {
	b.t.Helper()
	b.now++
	out, err := b.command(args...).CombinedOutput()
	if err != nil {
		b.t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

// write writes a file of the worktree.
func (b *sandbox) write(path, text string) {
	b.t.Helper()
	full := filepath.Join(b.dir, filepath.FromSlash(path))
	if err := os.MkdirAll(filepath.Dir(full), 0o777); err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(full, []byte(text), 0o666); err != nil {
		b.t.Fatal(err)
	}
}

// commit records files, given as path and text in turn, and returns the commit.
func (b *sandbox) commit(files ...string) string {
	b.t.Helper()
	for i := 0; i < len(files); i += 2 {
		b.write(files[i], files[i+1])
	}
	b.git("add", "-A")
	b.git("commit", "-q", "--allow-empty", "-m", "change "+strings.Join(files[:min(1, len(files))], ""))
	return b.git("rev-parse", "HEAD")
}

// open opens the sandbox's repository.
func (b *sandbox) open() *Repo {
	b.t.Helper()
	r, err := Open(b.dir, noEnv)
	if err != nil {
		b.t.Fatal(err)
	}
	return r
}

func noEnv(string) string { return "" }

func testOptions() Options { return Options{Rules: rules.NewSet(rules.All())} }

// staged returns what the next commit adds.
func (b *sandbox) staged() *finding.Result {
	b.t.Helper()
	r, err := b.open().Staged(context.Background(), testOptions())
	if err != nil {
		b.t.Fatal(err)
	}
	return r
}

// listed returns path, line and key id of what was found.
func listed(r *finding.Result) []string {
	var list []string
	for i := range r.Findings {
		f := &r.Findings[i]
		list = append(list, fmt.Sprintf("%s:%d %s", f.Path, f.Line, f.Key.ID))
	}
	return list
}

// spot is what listed says of a key.
func spot(path string, line int, key string) string {
	env, secret, _ := strings.Cut(strings.TrimPrefix(key, "neo_sk_"), "_")
	return fmt.Sprintf("%s:%d %s", path, line, finding.NewAPIKey(env, secret).ID)
}

// expect compares what was found with places in any order.
func expect(t testing.TB, r *finding.Result, want ...string) {
	t.Helper()
	got := listed(r)
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("found %q, want %q", got, want)
	}
	for _, p := range r.Problems {
		t.Errorf("problem: %s: %s", p.Path, p.Message)
	}
}

func copyTree(from, to string) error { return os.CopyFS(to, os.DirFS(from)) }

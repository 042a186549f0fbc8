package git

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/gittest"
	"github.com/neokeys/neokeys/internal/testkey"
	"github.com/neokeys/neokeys/rules"
)

// newKey returns a key that no rule takes for a placeholder.
func newKey(random *rand.Rand) string { return testkey.New(random) }

func rng(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 0)) }

// testKey returns the nth of the keys that a test plants.
func testKey(n int) string { return newKey(rng(uint64(n) + 1000)) }

// A sandbox is a repository in a folder of its own, which the real git works on.
type sandbox struct{ *gittest.Repo }

func newSandbox(t testing.TB, init ...string) *sandbox {
	t.Helper()
	return &sandbox{gittest.New(t, init...)}
}

// in returns the sandbox of another folder.
func (b *sandbox) in(dir string) *sandbox { return &sandbox{b.In(dir)} }

// open opens the sandbox's repository.
func (b *sandbox) open() *Repo {
	b.T.Helper()
	r, err := Open(b.Dir, noEnv)
	if err != nil {
		b.T.Fatal(err)
	}
	return r
}

func noEnv(string) string { return "" }

func testOptions() Options { return Options{Rules: rules.NewSet(rules.All())} }

// staged returns what the next commit adds.
func (b *sandbox) staged() *finding.Result {
	b.T.Helper()
	r, err := b.open().Staged(context.Background(), testOptions())
	if err != nil {
		b.T.Fatal(err)
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

//go:build unix

package git

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// A pipe in the place of any file of a repository is not waited for.
func TestPipesAreNotRead(t *testing.T) {
	for _, name := range []string{
		"config", "HEAD", "index", "packed-refs", "shallow", "MERGE_HEAD", "refs/heads/main", "refs/heads/other", "refs/stash",
		"logs/refs/stash", "commondir", "objects/info/alternates", "objects/pack/pack-1234.pack", "objects/pack/pack-1234.idx",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newSandbox(t)
			b.Commit("a", testKey(0))
			path := filepath.Join(b.Dir, ".git", filepath.FromSlash(name))
			_ = os.Remove(path) // it need not be there
			if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
				t.Fatal(err)
			}
			if err := syscall.Mkfifo(path, 0o666); err != nil {
				t.Skip(err)
			}
			r, err := Open(b.Dir, noEnv)
			if err != nil {
				return // it says so
			}
			if result, err := r.History(context.Background(), testOptions()); err == nil {
				if len(result.Findings) != 1 && len(result.Problems) == 0 {
					t.Errorf("the history: %d findings, and all is said to be well", len(result.Findings))
				}
				for _, p := range result.Problems {
					if filepath.IsAbs(p.Path) && strings.Contains(p.Message, p.Path) {
						t.Errorf("the path is told twice: %s: %s", p.Path, p.Message)
					}
				}
			}
			_, _ = r.Staged(context.Background(), testOptions())
			_, _ = r.Range(context.Background(), "main~0..HEAD", testOptions())
		})
	}
}

func TestFilesThatAreTooLong(t *testing.T) {
	b := newSandbox(t)
	b.Commit("a", testKey(0))
	for _, name := range []string{"packed-refs", "index"} {
		path := filepath.Join(b.Dir, ".git", name)
		f, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := f.Truncate(1 << 40); err != nil {
			t.Skip(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if r := b.history(); len(r.Findings) != 1 || !strings.Contains(messages(r), "packed-refs") {
		t.Errorf("%d findings, %s", len(r.Findings), messages(r))
	}
	if _, err := b.open().Staged(context.Background(), testOptions()); err == nil || !strings.Contains(err.Error(), "index") {
		t.Errorf("error %v", err)
	}
}

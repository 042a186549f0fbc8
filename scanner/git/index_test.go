package git

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/neokeys/neokeys/scanner/gitdir"
	"github.com/neokeys/neokeys/scanner/pack"
)

// Whatever is read of an index must be fit to be gone through.
func FuzzIndex(f *testing.F) {
	for _, version := range []string{"2", "4"} {
		b := newSandbox(f)
		b.Env = append(b.Env, "GIT_INDEX_VERSION="+version)
		b.Commit("a", "1", "d/b", "2", "d/e/c", "3")
		b.Write("intent", "")
		b.Git("add", "-N", "intent")
		data, err := os.ReadFile(filepath.Join(b.Dir, ".git", "index"))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		x, err := gitdir.ParseIndex(data, 20, func(string) ([]byte, error) { return data, nil })
		if err != nil {
			return
		}
		c := comparison{
			ctx:     t.Context(),
			changed: func(change) {},
			problem: func(string, error) {},
			trees:   func(pack.ID) ([]treeEntry, error) { return nil, errTree },
		}
		if err := c.run(side{index: &x.Entries, cached: x.Tree}, nil); err != nil && !errors.Is(err, errBomb) {
			t.Error(err)
		}
	})
}

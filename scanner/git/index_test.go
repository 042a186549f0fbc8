package git

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/neokeys/neokeys/scanner/pack"
)

// listing writes entries as `git ls-files --stage` does.
func listing(x *index) string {
	var b strings.Builder
	for i := range x.entries {
		e := &x.entries[i]
		fmt.Fprintf(&b, "%06o %s %d\t%s\n", e.mode, e.id, e.stage, e.path)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func TestIndexAgreesWithGit(t *testing.T) {
	for _, version := range []string{"2", "3", "4"} {
		for _, format := range []string{"sha1", "sha256"} {
			t.Run(version+" "+format, func(t *testing.T) {
				b := newSandbox(t, "--object-format="+format)
				b.env = append(b.env, "GIT_INDEX_VERSION="+version)
				b.git("config", "core.quotePath", "false")
				random := rng(1)
				for i := range 200 {
					dir := strings.Repeat("d/", random.IntN(4)) + strings.Repeat("long-folder-name/", random.IntN(3))
					b.write(dir+strings.Repeat("é", random.IntN(12))+fmt.Sprint("f", i), fmt.Sprint(i%7))
				}
				b.write(strings.Repeat(strings.Repeat("x", 200)+"/", 10)+"deep", "")
				b.git("add", "-A")
				b.git("update-index", "--chmod=+x", "d/"+strings.Split(b.git("ls-files", "d"), "\n")[0][2:])
				b.git("commit", "-q", "-m", "x")
				b.git("checkout", "-q", "-b", "side")
				b.commit("conflict", "a")
				b.git("checkout", "-q", "main")
				b.commit("conflict", "b")
				_ = b.command("merge", "side").Run() // a conflict
				b.write("intent", "")
				b.git("add", "-N", "intent")
				b.git("update-index", "--skip-worktree", strings.Split(b.git("ls-files"), "\n")[3])

				r := b.open()
				x, err := readIndex(r.Index, r.hashSize)
				if err != nil {
					t.Fatal(err)
				}
				if got, want := listing(x), b.git("ls-files", "--stage"); got != want {
					t.Errorf("read\n%s\nwant\n%s", got, want)
				}
				for i := range x.entries {
					if x.entries[i].intent != (string(x.entries[i].path) == "intent") {
						t.Errorf("%s: intent to add is %v", x.entries[i].path, x.entries[i].intent)
					}
				}
			})
		}
	}
}

func FuzzIndex(f *testing.F) {
	for _, version := range []string{"2", "4"} {
		b := newSandbox(f)
		b.env = append(b.env, "GIT_INDEX_VERSION="+version)
		b.commit("a", "1", "d/b", "2", "d/e/c", "3")
		b.write("intent", "")
		b.git("add", "-N", "intent")
		data, err := os.ReadFile(filepath.Join(b.dir, ".git", "index"))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		x, err := parseIndex(data, 20)
		if err != nil {
			return
		}
		// Whatever is read must be fit to be gone through.
		c := comparison{
			ctx:     t.Context(),
			changed: func(change) {},
			problem: func(string, error) {},
			trees:   func(pack.ID) ([]treeEntry, error) { return nil, errTree },
		}
		if err := c.run(side{index: x.entries, cached: x.tree}, nil); err != nil && !errors.Is(err, errBomb) {
			t.Error(err)
		}
	})
}

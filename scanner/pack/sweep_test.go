package pack

import (
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// TestAgreesWithGit compares all objects and their texts with git's, in whatever way they
// are stored.
func TestAgreesWithGit(t *testing.T) {
	for _, format := range []string{"sha1", "sha256"} {
		t.Run(format, func(t *testing.T) {
			hashSize := map[string]int{"sha1": 20, "sha256": 32}[format]
			r := newRepo(t, "--object-format="+format)
			compare(t, r, hashSize)
			r.fill(rng(1), 30)
			t.Run("loose", func(t *testing.T) { compare(t, r, hashSize) })
			for _, how := range []string{
				"-adq", "-adfq --depth=1 --window=10", "-adfq --depth=250 --window=250", "-adFq --depth=50 --window=50",
				"-adfq --depth=2 --window=3", "-adfq --window=0",
				"-adq --write-midx --write-bitmap-index", "-adq --max-pack-size=1",
			} {
				t.Run(how, func(t *testing.T) {
					r.Git(append([]string{"repack"}, strings.Fields(how)...)...)
					got := compare(t, r, hashSize)
					t.Logf("%d objects, %d with edits", len(got.objects), got.deltas)
				})
			}
			for _, config := range []string{"pack.indexVersion=1", "repack.useDeltaBaseOffset=false", "core.compression=0"} {
				t.Run(config, func(t *testing.T) {
					r.Git("-c", config, "repack", "-adfq", "--depth=20")
					if got := compare(t, r, hashSize); got.deltas == 0 {
						t.Error("no object with edits")
					}
				})
			}
		})
	}
}

func TestManyPacks(t *testing.T) {
	random := rng(2)
	r := newRepo(t)
	for i := range 6 {
		r.fill(random, 5)
		r.Git("tag", "-d", "v1")
		switch i % 3 {
		case 0:
			r.Git("repack", "-dq")
		case 1:
			r.Git("repack", "-q") // and keep the loose ones
		case 2:
			r.Git("repack", "-aq") // and keep the other packs
		}
	}
	r.Git("multi-pack-index", "write")
	compare(t, r, 20)
	for _, name := range strings.Fields(r.Git("count-objects", "-v")) {
		t.Log(name)
	}
}

// TestKinds sweeps some kinds of objects only.
func TestKinds(t *testing.T) {
	w := randomForest(t, rng(3), 300)
	s := openStore(t, 20, w.save())
	_, _ = writeLoose(t, s.dirs[0], Tree, []byte("a loose tree"))
	want := map[string]int{}
	for _, o := range w.want() {
		want[o.kind]++
	}
	got := map[string]int{}
	err := s.Sweep(context.Background(), Sweep{Kinds: []Kind{Commit, Blob}, Jobs: 1, NewVisitor: func() Visitor {
		return visitorFunc(func(o *Object) any {
			got[o.Kind.String()]++
			return nil
		})
	}})
	if err != nil || len(got) != 2 || got["commit"] != want["commit"] || got["blob"] != want["blob"] {
		t.Errorf("visited %v of %v, error %v", got, want, err)
	}
}

// TestRealRepository sweeps the repository that NEOKEYS_BENCH_REPO names, the folder that
// has its objects folder in it, and compares what it gives with git's list and each
// object's text with its name.
func TestRealRepository(t *testing.T) {
	repo := os.Getenv("NEOKEYS_BENCH_REPO")
	if repo == "" {
		t.Skip("NEOKEYS_BENCH_REPO names no repository")
	}
	cmd := exec.Command("git", "--git-dir", repo, "cat-file", "--batch-all-objects", "--batch-check=%(objectname) %(objecttype)")
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	missing := map[ID]string{}
	for line := range strings.Lines(string(out)) {
		name, kind, _ := strings.Cut(strings.TrimSpace(line), " ")
		id, err := ParseID(name)
		if err != nil {
			t.Fatal(err)
		}
		missing[id] = kind
	}
	t.Logf("%d objects", len(missing))
	s := openStore(t, 20, filepath.Join(repo, "objects"))
	var mu sync.Mutex
	err = s.Sweep(context.Background(), Sweep{
		Problem: func(p Problem) { t.Error(p) },
		NewVisitor: func() Visitor {
			return visitorFunc(func(o *Object) any {
				id := o.ID()
				h := startHash(20, o.Kind, o.Size)
				if o.Reader != nil {
					_, _ = io.Copy(h, o.Reader)
				} else {
					_, _ = h.Write(o.Text)
				}
				mu.Lock()
				defer mu.Unlock()
				if NewID(h.Sum(nil)) != id || missing[id] != o.Kind.String() {
					t.Errorf("%v %v: not as git has it, or visited twice", o.Kind, id)
				}
				delete(missing, id)
				return nil
			})
		},
	})
	if err != nil || len(missing) > 0 {
		t.Errorf("%d objects were not visited, error %v", len(missing), err)
	}
	for _, p := range s.Problems() {
		t.Error(p)
	}
}

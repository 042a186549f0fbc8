package gitdir

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/neokeys/neokeys/internal/gittest"
)

// A sandbox is a worktree that the real git works on.
type sandbox struct {
	*gittest.Repo
	dot Dir
}

func newSandbox(t testing.TB, init ...string) *sandbox {
	t.Helper()
	b := &sandbox{Repo: gittest.New(t, init...)}
	b.Git("config", "core.quotePath", "false")
	b.Git("config", "splitIndex.maxPercentChange", "100")
	var err error
	b.dot, err = At(b.Path(".git"))
	gittest.Check(t, err)
	return b
}

// stage puts empty files of the names into the index.
func (b *sandbox) stage(names ...string) {
	b.T.Helper()
	var entries strings.Builder
	for _, name := range names {
		fmt.Fprintf(&entries, "100644 e69de29bb2d1d6434b8b29ae775ad8c2e48c5391\t%s\x00", name)
	}
	b.Output(entries.String(), "update-index", "-z", "--index-info")
}

func (b *sandbox) index() *Index {
	b.T.Helper()
	size := HashSize(b.Git("rev-parse", "--show-object-format"))
	x, err := ReadIndex(filepath.Join(b.dot.Path, "index"), b.dot.Path, size)
	gittest.Check(b.T, err)
	return x
}

// split reports whether the index is a split one.
func (b *sandbox) split() bool {
	shared, err := filepath.Glob(filepath.Join(b.dot.Path, "sharedindex.*"))
	gittest.Check(b.T, err)
	return len(shared) > 0
}

// agrees compares the index with what git makes of it.
func (b *sandbox) agrees() *Index {
	b.T.Helper()
	x := b.index()
	var list strings.Builder
	for _, e := range x.Entries.all() {
		fmt.Fprintf(&list, "%06o %x %d\t%s\n", e.Mode, e.ID, e.Stage, e.Path)
	}
	if got, want := strings.TrimSpace(list.String()), b.Git("ls-files", "--stage"); got != want {
		b.T.Errorf("read\n%s\nwant\n%s", got, want)
	}
	return x
}

func TestIndexAgreesWithGit(t *testing.T) {
	for _, version := range []string{"2", "3", "4"} {
		for _, format := range []string{"sha1", "sha256"} {
			for _, split := range []bool{false, true} {
				t.Run(fmt.Sprint(version, " ", format, " ", split), func(t *testing.T) {
					b := newSandbox(t, "--object-format="+format)
					b.Env = append(b.Env, "GIT_INDEX_VERSION="+version)
					b.Git("config", "core.splitIndex", fmt.Sprint(split))
					random := rand.New(rand.NewPCG(1, 0))
					for i := range 200 {
						dir := strings.Repeat("d/", random.IntN(4)) + strings.Repeat("long-folder-name/", random.IntN(3))
						b.Write(dir+strings.Repeat("é", random.IntN(12))+fmt.Sprint("f", i), fmt.Sprint(i%7))
					}
					b.Write(strings.Repeat(strings.Repeat("x", 200)+"/", 10)+"deep", "")
					b.Git("add", "-A")
					b.Git("update-index", "--chmod=+x", "d/"+strings.Split(b.Git("ls-files", "d"), "\n")[0][2:])
					commit := func(text string) {
						b.Write("conflict", text)
						b.Git("add", "conflict")
						b.Git("commit", "-q", "-m", "x")
					}
					commit("")
					b.Git("checkout", "-q", "-b", "side")
					commit("a")
					b.Git("checkout", "-q", "main")
					commit("b")
					_ = b.Command("merge", "side").Run() // a conflict
					b.Write("intent", "")
					b.Git("add", "-N", "intent")
					b.Git("update-index", "--skip-worktree", strings.Split(b.Git("ls-files"), "\n")[3])
					if b.split() != split {
						t.Fatalf("the index is split: %v", !split)
					}
					for _, e := range b.agrees().Entries.all() {
						if e.Intent != (string(e.Path) == "intent") {
							t.Errorf("%s: intent to add is %v", e.Path, e.Intent)
						}
					}
				})
			}
		}
	}
}

// Whatever changes after an index was split, there is one index for all that look at it.
func TestSplitIndexAgreesWithGit(t *testing.T) {
	for _, version := range []string{"2", "4"} {
		t.Run(version, func(t *testing.T) {
			b := newSandbox(t)
			b.Env = append(b.Env, "GIT_INDEX_VERSION="+version)
			for i := range 1000 {
				b.Write(fmt.Sprintf("d%d/f%d", i/300, i), fmt.Sprint(i%7))
			}
			b.Git("add", "-A")
			b.Git("update-index", "--split-index")
			random := rand.New(rand.NewPCG(2, 0))
			for range 12 {
				names := strings.Split(b.Git("ls-files"), "\n")
				some := func() []string { // at times many in a row
					at := random.IntN(len(names))
					return names[at:min(len(names), at+1+random.IntN(1<<random.IntN(9)))]
				}
				switch random.IntN(4) {
				case 0:
					b.Output(strings.Join(some(), "\n"), "update-index", "--force-remove", "--stdin")
				case 1:
					for _, name := range some() {
						b.Write(name, fmt.Sprint("changed ", random.Int()))
					}
				case 2:
					for range random.IntN(5) {
						b.Write(fmt.Sprintf("d%d/n%d", random.IntN(6), random.Int()), "new")
					}
				case 3:
					b.Output(strings.Join(some(), "\n"), "update-index", "--chmod=+x", "--stdin")
				}
				b.Git("add", "-A", "d1", "d2")
				if !b.split() {
					t.Fatal("the index is not split")
				}
				b.agrees()
			}
		})
	}
}

func TestSplitIndexThatIsDamaged(t *testing.T) {
	b := newSandbox(t)
	b.stage("a", "b", "c")
	b.Git("update-index", "--split-index")
	b.Git("update-index", "--force-remove", "b")
	index := filepath.Join(b.dot.Path, "index")
	shared, err := filepath.Glob(filepath.Join(b.dot.Path, "sharedindex.*"))
	gittest.Check(t, err)
	one := newSandbox(t)
	one.stage("a")
	short, err := os.ReadFile(filepath.Join(one.dot.Path, "index"))
	gittest.Check(t, err)
	self, err := os.ReadFile(index)
	gittest.Check(t, err)
	for name, text := range map[string][]byte{"shorter": short, "split itself": self, "empty": nil} {
		gittest.Check(t, os.WriteFile(shared[0], text, 0o666))
		if _, err := ReadIndex(index, b.dot.Path, 20); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	gittest.Check(t, os.Remove(shared[0]))
	if _, err := ReadIndex(index, b.dot.Path, 20); err == nil || !strings.Contains(err.Error(), filepath.Base(shared[0])) {
		t.Errorf("missing: error %v", err)
	}
}

// manyNames returns the names of n files, some of them long, in the order of an index.
func manyNames(n int) []string {
	var names []string
	for i := range n {
		names = append(names, fmt.Sprintf("packages/package-%d/src/%sfile_%d.ts", i/100, strings.Repeat("deep/", i%7), i))
	}
	names = append(names, strings.Repeat("long/", 900)+"name", "x\ny", "\xff")
	slices.Sort(names)
	return names
}

func TestIndexKnowsWhatIsTracked(t *testing.T) {
	names := manyNames(3000)
	for _, config := range [][]string{
		{"index.version=2"},
		{"index.version=4"},
		{"core.splitIndex=true"},
		{"index.version=4", "core.untrackedCache=true"},
	} {
		b := newSandbox(t)
		for _, c := range config {
			name, value, _ := strings.Cut(c, "=")
			b.Git("config", name, value)
		}
		b.stage(names[:len(names)/2]...)
		b.stage(names[len(names)/2:]...)
		x := b.index()
		if x.Entries.Len() != len(names) {
			t.Errorf("%v: %d names, want %d", config, x.Entries.Len(), len(names))
		}
		for _, name := range names {
			folder := filepath.Dir(name)
			if !x.Has([]byte(name)) || x.HasUnder([]byte(name)) || folder != "." && !x.HasUnder([]byte(folder)) {
				t.Fatalf("%v: %q is not known rightly", config, name)
			}
			for _, other := range []string{name + "x", name[:len(name)-1], folder} {
				if x.Has([]byte(other)) {
					t.Fatalf("%v: %q is taken for tracked", config, other)
				}
			}
			if x.HasUnder([]byte(folder[:len(folder)-1])) && !slices.ContainsFunc(names, func(n string) bool { return strings.HasPrefix(n, folder[:len(folder)-1]+"/") }) {
				t.Fatalf("%v: there is nothing in %q", config, folder[:len(folder)-1])
			}
		}
	}
}

// A sparse index has folders in place of their files, any of which may be tracked.
func TestSparseIndex(t *testing.T) {
	b := newSandbox(t)
	for _, name := range []string{"in/a", "out/a", "out/deep/b", "top"} {
		b.Write(name, "")
	}
	b.Git("add", "-A")
	b.Git("commit", "-q", "-m", "x")
	b.Git("sparse-checkout", "set", "--cone", "--sparse-index", "in")
	x := b.index()
	if !x.sparse || x.Entries.Len() != 3 {
		t.Fatalf("%d entries", x.Entries.Len())
	}
	for path, want := range map[string]bool{
		"in/a": true, "out/a": true, "out/deep/b": true, "out/other": true, "top": true,
		"in/b": false, "out": false, "outer/a": false, "top/a": false,
	} {
		if x.Has([]byte(path)) != want {
			t.Errorf("%s is tracked: %v", path, !want)
		}
	}
	for path, want := range map[string]bool{"in": true, "out": true, "out/deep": true, "in/x": false, "top": false, "outer": false} {
		if x.HasUnder([]byte(path)) != want {
			t.Errorf("something in %s is tracked: %v", path, !want)
		}
	}
}

func FuzzIndex(f *testing.F) {
	for _, config := range []string{"index.version=2", "index.version=4", "core.splitIndex=true"} {
		b := newSandbox(f)
		name, value, _ := strings.Cut(config, "=")
		b.Git("config", name, value)
		b.stage("a", "a/b", "a/b/c", "d")
		b.Git("update-index", "--force-remove", "a/b")
		b.Git("update-index", "--add", "--cacheinfo", "100755,e69de29bb2d1d6434b8b29ae775ad8c2e48c5391,d")
		text, err := os.ReadFile(filepath.Join(b.dot.Path, "index"))
		gittest.Check(f, err)
		shared := []byte{}
		if files, _ := filepath.Glob(filepath.Join(b.dot.Path, "sharedindex.*")); len(files) > 0 {
			shared, err = os.ReadFile(files[0])
			gittest.Check(f, err)
		}
		f.Add(text, shared, false)
	}
	f.Fuzz(func(t *testing.T, text, shared []byte, sha256 bool) {
		size := HashSize("")
		if sha256 {
			size = HashSize("sha256")
		}
		x, err := ParseIndex(text, size, func(string) ([]byte, error) { return shared, nil })
		less, lessErr := Without(text, size, [][]byte{[]byte("a/b")})
		if lessErr == nil && err == nil {
			y, err := ParseIndex(less, size, nil)
			if err != nil || y.Find([]byte("a/b")) != nil || x.Entries.Len()-y.Entries.Len() > 1 {
				t.Fatalf("of %d entries %d are left, %v", x.Entries.Len(), y.Entries.Len(), err)
			}
		}
		if err != nil {
			return
		}
		for i := range x.Entries.Len() {
			if !x.Has(x.Entries.Path(i)) {
				t.Fatalf("%q is in the index and not found", x.Entries.Path(i))
			}
		}
	})
}

func TestIsTrueAgreesWithGit(t *testing.T) {
	b := newSandbox(t)
	for _, value := range []string{"true", "TRUE", "yes", "on", "1", "-1", "2", "007", "false", "no", "off", "0", ""} {
		want := b.Git("-c", "x.y="+value, "config", "--type=bool", "x.y") == "true"
		if IsTrue(value) != want {
			t.Errorf("%q: got %v, git says %v", value, !want, want)
		}
	}
}

func BenchmarkIndex(b *testing.B) {
	for _, version := range []string{"2", "4"} {
		b.Run(version, func(b *testing.B) {
			s := newSandbox(b)
			s.Env = append(s.Env, "GIT_INDEX_VERSION="+version)
			s.stage(manyNames(60_000)...)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := ReadIndex(filepath.Join(s.dot.Path, "index"), s.dot.Path, 20); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

package git

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/gittest"
)

func historyOf(t testing.TB, path string) *finding.Result {
	t.Helper()
	if !IsStored(path) {
		t.Errorf("%s is not taken for a store", path)
	}
	repo, err := Open(path, noEnv)
	gittest.Check(t, err)
	r, err := repo.History(context.Background(), testOptions())
	gittest.Check(t, err)
	return r
}

// withHistory returns a repository with keys in its history and in HEAD.
func withHistory(t *testing.T, init ...string) *sandbox {
	b := newSandbox(t, init...)
	b.Commit("a", strings.Repeat("text\n", 500)+testKey(0), "dir/b", testKey(1))
	b.Commit("a", strings.Repeat("text\n", 501), "dir/b", testKey(1)+"\n")
	b.Git("tag", "-a", "-m", "release "+testKey(2), "v1")
	b.Git("checkout", "-q", "-b", "side")
	b.Commit("side", testKey(3))
	b.Git("checkout", "-q", "main")
	return b
}

// What is found in a bundle is what is found in a clone of it.
func TestBundle(t *testing.T) {
	for _, format := range []string{"sha1", "sha256"} {
		for name, args := range map[string][]string{
			"all": {"--all"}, "version 3": {"--version=3", "--all"}, "no HEAD": {"main", "side"}, "one branch": {"side"},
		} {
			if format == "sha256" && name == "all" {
				args = []string{"--version=3", "--all"}
			}
			t.Run(format+" "+name, func(t *testing.T) {
				t.Parallel()
				b := withHistory(t, "--object-format="+format)
				bundle := filepath.Join(t.TempDir(), "x.bundle")
				create := []string{"bundle", "create", "-q"}
				if strings.HasPrefix(args[0], "--version") {
					create, args = append(create, args[0]), args[1:]
				}
				b.Git(slices.Concat(create, []string{bundle}, args)...)
				clone := b.in(t.TempDir())
				clone.Git("clone", "-q", "--mirror", bundle, ".")
				clone.Git("symbolic-ref", "HEAD", "refs/heads/"+map[bool]string{true: "side", false: "main"}[name == "one branch"])
				want := clone.history()
				got := historyOf(t, bundle)
				expectHistories(t, got, histories(want)...)
				if len(got.Findings) < 3 || got.Summary.Objects != want.Summary.Objects {
					t.Errorf("%d findings in %d objects, want %d", len(got.Findings), got.Summary.Objects, want.Summary.Objects)
				}
				repo, err := Open(bundle, noEnv)
				gittest.Check(t, err)
				r, err := repo.Range(context.Background(), "side~1..side", testOptions())
				gittest.Check(t, err)
				expect(t, r, spot("side", 1, testKey(3)))
				base, err := repo.Base("")
				gittest.Check(t, err)
				defer base.Close()
				if _, err := base.ReadFile("dir/b"); err != nil {
					t.Error(err)
				}
			})
		}
	}
}

// What a bundle leaves out because the other side has it is said in one line.
func TestBundleWithPrerequisites(t *testing.T) {
	b := newSandbox(t)
	text := make([]string, 2000)
	for i := range text {
		text[i] = testKey(1000 + i)[12:]
	}
	base := b.Commit("a", strings.Join(text, "\n"), "b", "kept")
	b.Commit("a", strings.Join(text, "\n")+"\n"+testKey(0)+"\n", "c", testKey(1))
	bundle := filepath.Join(t.TempDir(), "x.bundle")
	b.Git("bundle", "create", "-q", bundle, base+"..main")
	r := historyOf(t, bundle)
	if got := messages(r); len(r.Problems) != 1 || !strings.Contains(got, base) || !strings.Contains(got, "git fetch") {
		t.Errorf("problems: %s", got)
	}
	if findingAt(r, "c") == nil {
		t.Errorf("found %q", histories(r))
	}
}

// Packs and object directories have no refs, but commits, which tell the paths.
func TestPacksAlone(t *testing.T) {
	for _, format := range []string{"sha1", "sha256"} {
		t.Run(format, func(t *testing.T) {
			t.Parallel()
			b := withHistory(t, "--object-format="+format)
			loose := filepath.Join(t.TempDir(), "objects")
			gittest.Check(t, os.CopyFS(loose, os.DirFS(b.Path(".git", "objects"))))
			b.Git("repack", "-adq")
			objects, packs, alone := filepath.Join(t.TempDir(), "o"), filepath.Join(t.TempDir(), "p"), filepath.Join(t.TempDir(), "q")
			gittest.Check(t, os.CopyFS(objects, os.DirFS(b.Path(".git", "objects"))))
			gittest.Check(t, os.CopyFS(packs, os.DirFS(b.Path(".git", "objects", "pack"))))
			gittest.Check(t, os.CopyFS(alone, os.DirFS(packs)))
			list, err := filepath.Glob(filepath.Join(packs, "*.pack"))
			gittest.Check(t, err)
			cases := []string{loose, objects, packs, list[0]}
			if format == "sha1" { // a pack itself does not say
				index, err := filepath.Glob(filepath.Join(alone, "*.idx"))
				gittest.Check(t, err)
				gittest.Check(t, os.Remove(index[0]))
				cases = append(cases, alone, strings.TrimSuffix(index[0], ".idx")+".pack")
			}
			for _, path := range cases {
				r := historyOf(t, path)
				places := map[string]bool{}
				for _, f := range r.Findings {
					places[strings.SplitN(f.Path, ":", 2)[0]] = true
				}
				if len(r.Problems) > 0 || !places["a"] || !places["dir/b"] || !places["side"] || !places["tag"] {
					t.Errorf("%s: places %v, %s", path, places, messages(r))
				}
			}
		})
	}
}

// A folder belongs to its worktree unless it is a store itself, and other programs have files
// that are called packs.
func TestWhatIsStored(t *testing.T) {
	b := withHistory(t)
	b.Git("repack", "-adq")
	packs := b.Path(".git", "objects", "pack")
	gittest.Check(t, os.CopyFS(b.Path("copy"), os.DirFS(packs)))
	b.Write("sub/game.pack", "not git's")
	b.Write("x.pack", "PACK is in a worktree's root")
	b.Write("x.bundle", "# v9 git bundle\n\n")
	b.Write("y.bundle", "# v2 git bundle\nnonsense\n")
	b.Write("z.bundle", "# v2 git bundle")
	for path, want := range map[string]string{
		".": b.Dir, "sub": b.Dir, ".git/objects/pack": b.Dir, ".git/objects": b.Dir, "copy": "",
	} {
		repo, err := Open(b.Path(path), noEnv)
		gittest.Check(t, err)
		if repo.Worktree != want && repo.Dir != filepath.Join(want, ".git") {
			t.Errorf("%s: opened %s of worktree %q, want %q", path, repo.Dir, repo.Worktree, want)
		}
	}
	for path, want := range map[string]bool{
		".git": true, ".git/objects": true, ".git/objects/pack": true, "copy": true, "x.bundle": true, "y.bundle": true, "z.bundle": true,
		".": false, "sub": false, "sub/game.pack": false, "a": false, "missing": false,
	} {
		if IsStored(b.Path(path)) != want {
			t.Errorf("%s is a store: %v", path, !want)
		}
	}
	for path, want := range map[string]string{"x.bundle": "v9", "y.bundle": "no ref", "a": "neither a bundle nor a pack"} {
		if _, err := Open(b.Path(path), noEnv); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v", path, err)
		}
	}
	if _, err := Open(b.Path("a"), noEnv); !errors.Is(err, ErrNotRepository) {
		t.Errorf("error %v", err)
	}
}

func FuzzBundle(f *testing.F) {
	id := strings.Repeat("12", 20)
	f.Add("# v2 git bundle\n-" + id + " base\n" + id + " refs/heads/main\n\nPACK\x00\x00\x00\x02\x00\x00\x00\x00")
	f.Add("# v3 git bundle\n@object-format=sha256\n@filter=blob:none\n\nPACK\x00\x00\x00\x02\x00\x00\x00\x01\x90")
	path, options := filepath.Join(f.TempDir(), "x.bundle"), testOptions()
	f.Fuzz(func(t *testing.T, text string) {
		gittest.Check(t, os.WriteFile(path, []byte(text), 0o666))
		repo, err := Open(path, noEnv)
		if err != nil {
			return
		}
		_, _ = repo.head()
		if r, err := repo.History(t.Context(), options); err == nil && len(r.Findings) > 0 && !strings.Contains(text, "neo_sk_") {
			t.Errorf("found %q", histories(r))
		}
	})
}

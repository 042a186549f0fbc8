package worktree

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// git runs git in dir, away from the configuration of whoever runs the tests.
func git(t testing.TB, dir, stdin string, args ...string) []byte {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("needs git")
	}
	cmd := exec.Command("git", args...)
	cmd.Dir, cmd.Stdin = dir, strings.NewReader(stdin)
	cmd.Env = append(os.Environ(), "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL="+os.DevNull)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("git %q: %v", args, err)
	}
	return out
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

// newIndex makes a repository with an index of the names.
func newIndex(t testing.TB, names []string, config ...string) (gitDir string) {
	t.Helper()
	dir := t.TempDir()
	git(t, dir, "", "init", "-q")
	for _, c := range config {
		name, value, _ := strings.Cut(c, "=")
		git(t, dir, "", "config", name, value)
	}
	var entries strings.Builder
	for _, name := range names {
		fmt.Fprintf(&entries, "100644 e69de29bb2d1d6434b8b29ae775ad8c2e48c5391\t%s\x00", name)
	}
	git(t, dir, entries.String(), "update-index", "-z", "--index-info")
	return filepath.Join(dir, ".git")
}

func TestIndexAgreesWithGit(t *testing.T) {
	names := manyNames(3000)
	for _, config := range [][]string{
		{"index.version=2"},
		{"index.version=4"},
		{"core.splitIndex=true", "splitIndex.maxPercentChange=100"},
		{"index.version=4", "core.untrackedCache=true"},
	} {
		gitDir := newIndex(t, names[:len(names)/2], config...)
		var entries strings.Builder
		for _, name := range names[len(names)/2:] {
			fmt.Fprintf(&entries, "100755 e69de29bb2d1d6434b8b29ae775ad8c2e48c5391\t%s\x00", name)
		}
		git(t, filepath.Dir(gitDir), entries.String(), "update-index", "-z", "--index-info")
		x, err := readIndex(gitDir, sha1Size)
		check(t, err)
		if x.Len() != len(names) {
			t.Errorf("%v: %d names, want %d", config, x.Len(), len(names))
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

func FuzzIndex(f *testing.F) {
	for _, config := range []string{"index.version=2", "index.version=4", "core.splitIndex=true"} {
		text, err := os.ReadFile(filepath.Join(newIndex(f, []string{"a", "a/b", "a/b/c", "d"}, config), "index"))
		check(f, err)
		f.Add(text, false)
	}
	f.Fuzz(func(t *testing.T, text []byte, sha256 bool) {
		size := sha1Size
		if sha256 {
			size = sha256Size
		}
		x, _, err := decodeIndex(bytes.NewReader(text), size)
		if err != nil {
			return
		}
		for i := range x.ends {
			if !x.Has(x.name(i)) {
				t.Fatalf("%q is in the index and not found", x.name(i))
			}
		}
	})
}

// Whatever a configuration says, it is read without harm, and what git understands of
// it is understood.
func FuzzConfig(f *testing.F) {
	f.Add("[core]\n\texcludesFile = ~/x # why\n\tignorecase\n")
	f.Add("[include]\npath = ../config\n[core \"sub\"]\nexcludesfile = \"a\\tb\"\n")
	f.Fuzz(func(t *testing.T, text string) {
		dir := t.TempDir()
		check(t, os.WriteFile(filepath.Join(dir, "config"), []byte(text), 0o666))
		c := config{tree: &Tree{Root: dir, hashSize: sha1Size}}
		c.read(filepath.Join(dir, "config"), 0)
	})
}

func TestConfigAgreesWithGit(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("XDG_CONFIG_HOME", "")
	t.Setenv("GIT_CONFIG_NOSYSTEM", "1")
	for _, test := range []struct{ system, global, local, want string }{
		{want: "~/.config/git/ignore"},
		{global: "[core]\n\texcludesFile = ~/mine", want: "~/mine"},
		{global: "[core]\n\texcludesFile = ~/mine", local: "[core]\n\texcludesfile=\"/a b\" ; c", want: "/a b"},
		{global: "[core]\n\texcludesFile = ~/mine", local: "[core]\n\texcludesfile=", want: ""},
		{global: "[Include]\n\tPath = more\n", want: "/more"},
		{global: "[core]\nexcludesfile = /early\n[include]\npath = more\n[core]\nexcludesfile = /late", want: "/late"},
		{local: "[include]\npath = config", want: "~/.config/git/ignore"},
	} {
		dir := t.TempDir()
		git(t, dir, "", "init", "-q")
		check(t, os.WriteFile(filepath.Join(home, ".gitconfig"), []byte(test.global), 0o666))
		check(t, os.WriteFile(filepath.Join(home, "more"), []byte("[core]\nexcludesFile = /more"), 0o666))
		f, err := os.OpenFile(filepath.Join(dir, ".git/config"), os.O_APPEND|os.O_WRONLY, 0)
		check(t, err)
		_, err = f.WriteString("\n" + test.local + "\n")
		check(t, err)
		check(t, f.Close())
		tree := At(dir)
		want := test.want
		if rest, ok := strings.CutPrefix(want, "~"); ok {
			want = home + rest
		}
		if tree.excludes != want {
			t.Errorf("%+v: excludes file %q, want %q", test, tree.excludes, want)
		}
	}
}

func TestWhatIsNoWorktree(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"empty/.git/x":        "",
		"file/.git":           "some text",
		"nowhere/.git":        "gitdir: ../missing\n",
		"loop/.git":           "gitdir: .git\n",
		"head-only/.git/HEAD": "ref: refs/heads/main\n",
	} {
		path := filepath.Join(dir, name)
		check(t, os.MkdirAll(filepath.Dir(path), 0o777))
		check(t, os.WriteFile(path, []byte(text), 0o666))
	}
	for _, name := range []string{"empty", "file", "nowhere", "loop", "head-only", "missing"} {
		if At(filepath.Join(dir, name)) != nil {
			t.Errorf("%s is taken for a worktree", name)
		}
	}
}

func BenchmarkIndex(b *testing.B) {
	gitDir := newIndex(b, manyNames(60_000))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := readIndex(gitDir, sha1Size); err != nil {
			b.Fatal(err)
		}
	}
}

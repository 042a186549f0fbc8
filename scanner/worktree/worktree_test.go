package worktree

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/neokeys/neokeys/internal/gittest"
)

// Whatever a configuration says, it is read without harm, and what git understands of
// it is understood.
func FuzzConfig(f *testing.F) {
	f.Add("[core]\n\texcludesFile = ~/x # why\n\tignorecase\n")
	f.Add("[include]\npath = config\npath = config\n")
	f.Add("[include]\npath = ../config\n[core \"sub\"]\nexcludesfile = \"a\\tb\"\n")
	f.Fuzz(func(t *testing.T, text string) {
		dir := t.TempDir()
		gittest.Check(t, os.WriteFile(filepath.Join(dir, "config"), []byte(text), 0o666))
		c := config{tree: &Tree{Root: dir}}
		c.read(filepath.Join(dir, "config"))
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
		gittest.Run(t, dir, "init", "-q")
		gittest.Check(t, os.WriteFile(filepath.Join(home, ".gitconfig"), []byte(test.global), 0o666))
		gittest.Check(t, os.WriteFile(filepath.Join(home, "more"), []byte("[core]\nexcludesFile = /more"), 0o666))
		f, err := os.OpenFile(filepath.Join(dir, ".git/config"), os.O_APPEND|os.O_WRONLY, 0)
		gittest.Check(t, err)
		_, err = f.WriteString("\n" + test.local + "\n")
		gittest.Check(t, err)
		gittest.Check(t, f.Close())
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
		gittest.Check(t, os.MkdirAll(filepath.Dir(path), 0o777))
		gittest.Check(t, os.WriteFile(path, []byte(text), 0o666))
	}
	for _, name := range []string{"empty", "file", "nowhere", "loop", "head-only", "missing"} {
		if At(filepath.Join(dir, name)) != nil {
			t.Errorf("%s is taken for a worktree", name)
		}
	}
}

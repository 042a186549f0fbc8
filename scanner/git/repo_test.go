package git

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestOpen(t *testing.T) {
	k0 := testKey(0)
	b := newSandbox(t)
	base := b.Commit("dir/a", "")
	b.Commit("dir/a", k0)
	check := func(path string) {
		t.Helper()
		r, err := Open(path, noEnv)
		if err != nil {
			t.Fatal(err)
		}
		result, err := r.Range(context.Background(), base+"..", testOptions())
		if err != nil {
			t.Fatal(err)
		}
		expect(t, result, spot("dir/a", 1, k0))
	}
	check(b.Dir)
	check(filepath.Join(b.Dir, "dir"))
	check(filepath.Join(b.Dir, ".git"))
	check(filepath.Join(b.Dir, ".git", "refs", "heads"))

	bare := filepath.Join(t.TempDir(), "bare.git")
	b.Git("clone", "-q", "--bare", b.Dir, bare)
	check(bare)
	check(filepath.Join(bare, "objects"))
	linked := filepath.Join(t.TempDir(), "linked")
	b.Git("worktree", "add", "-q", "--detach", linked)
	check(linked)
	check(filepath.Join(linked, "dir"))
	check(filepath.Join(linked, ".git"))
	check(filepath.Join(b.Dir, ".git", "worktrees", "linked"))
	fromBare := filepath.Join(t.TempDir(), "from-bare")
	b.in(bare).Git("worktree", "add", "-q", fromBare)
	check(fromBare)
	separate := filepath.Join(t.TempDir(), "separate")
	b.Git("clone", "-q", "--separate-git-dir", filepath.Join(t.TempDir(), "meta"), b.Dir, separate)
	check(separate)
	borrowing := filepath.Join(t.TempDir(), "borrowing")
	b.Git("clone", "-q", "--shared", b.Dir, borrowing)
	check(borrowing)

	for _, path := range []string{t.TempDir(), filepath.Join(b.Dir, "dir", "a")} {
		if _, err := Open(path, noEnv); !errors.Is(err, ErrNotRepository) {
			t.Errorf("%s: error %v", path, err)
		}
	}
	if _, err := Open(filepath.Join(b.Dir, "missing"), noEnv); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("error %v", err)
	}
}

func TestOpenTellsUnknownFormats(t *testing.T) {
	for setting, want := range map[string]string{
		"extensions.refStorage=reftable":     "reftable",
		"extensions.objectFormat=sha3":       "objectFormat",
		"extensions.timeTravel=true":         "timetravel",
		"core.repositoryFormatVersion=2":     "version 2",
		"extensions.partialClone=origin":     "",
		"extensions.preciousObjects=true":    "",
		"extensions.relativeWorktrees=true":  "",
		"extensions.compatObjectFormat=sha1": "",
	} {
		b := newSandbox(t)
		config := filepath.Join(b.Dir, ".git", "config")
		b.Git("config", "core.repositoryFormatVersion", "1")
		name, value, _ := strings.Cut(setting, "=")
		b.Git("config", "-f", config, name, value)
		_, err := Open(b.Dir, noEnv)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(strings.ToLower(err.Error()), strings.ToLower(want))) {
			t.Errorf("%s: error %v", setting, err)
		}
	}
}

// The settings by which a repository can make git run a program, or read files elsewhere,
// mean nothing here.
func TestOpenRunsNothing(t *testing.T) {
	b := newSandbox(t)
	b.Commit("a", testKey(0))
	mark := filepath.Join(t.TempDir(), "ran")
	script := filepath.Join(t.TempDir(), "script")
	if err := os.WriteFile(script, []byte("#!/bin/sh\ntouch '"+mark+"'\n"), 0o777); err != nil {
		t.Fatal(err)
	}
	config := filepath.Join(b.Dir, ".git", "config")
	text, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	s := strings.ReplaceAll(`
[core]
	fsmonitor = SCRIPT
	sshCommand = SCRIPT
	hooksPath = /nonexistent
	alternateRefsCommand = SCRIPT
[filter "x"]
	clean = SCRIPT
	smudge = SCRIPT
	process = SCRIPT
[diff]
	external = SCRIPT
[include]
	path = /nonexistent/config
[includeIf "gitdir:/"]
	path = ../../../../../../etc/passwd
`, "SCRIPT", script)
	if err := os.WriteFile(config, append(text, s...), 0o666); err != nil {
		t.Fatal(err)
	}
	b.Write(".gitattributes", "* filter=x diff=x\n")
	r := b.open()
	if _, err := r.Staged(context.Background(), testOptions()); err != nil {
		t.Error(err)
	}
	if _, err := r.Range(context.Background(), "HEAD", testOptions()); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(mark); err == nil {
		t.Error("a program was run")
	}
}

func TestSplitAlternates(t *testing.T) {
	got := splitAlternates(strings.ReplaceAll(`/a:"/b:c\t\303\251":/d::"`, ":", string(os.PathListSeparator)))
	want := []string{"/a", strings.ReplaceAll("/b:c\té", ":", string(os.PathListSeparator)), "/d", `"`}
	if strings.Join(got, "|") != strings.Join(want, "|") {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestRefsAgreeWithGit(t *testing.T) {
	b := newSandbox(t)
	c0 := b.Commit("a", "")
	b.Git("branch", "packed/one")
	b.Git("tag", "-a", "-m", "x", "annotated")
	b.Git("pack-refs", "--all")
	b.Git("branch", "loose/two")
	b.Commit("a", "x")
	b.Git("branch", "-f", "packed/one")
	b.Git("symbolic-ref", "refs/heads/symbolic", "refs/heads/main")
	b.Git("update-ref", "refs/notes/x", c0)

	var got []string
	for _, r := range b.open().refs(func(name string, err error) { t.Errorf("%s: %v", name, err) }) {
		got = append(got, r.id.String()+" "+r.name)
	}
	want := b.Git("for-each-ref", "--format=%(if)%(symref)%(then)%(else)%(objectname) %(refname)%(end)")
	want = strings.Join(strings.FieldsFunc(want, func(r rune) bool { return r == '\n' }), "\n")
	if strings.Join(got, "\n") != want {
		t.Errorf("refs\n%s\nwant\n%s", strings.Join(got, "\n"), want)
	}

	// A detached HEAD, here or in a worktree, is one more way to an object.
	b.Git("checkout", "-q", "--detach")
	b.Git("worktree", "add", "-q", "--detach", filepath.Join(t.TempDir(), "linked"), c0)
	names := ""
	for _, r := range b.open().refs(func(string, error) {}) {
		if !strings.HasPrefix(r.name, "refs/") {
			names += r.name + "=" + r.id.String() + " "
		}
	}
	if want := "HEAD=" + b.Git("rev-parse", "HEAD") + " worktrees/linked/HEAD=" + c0 + " "; names != want {
		t.Errorf("beside refs there are %q, want %q", names, want)
	}

	// Damaged ones are told, and the others found.
	for name, text := range map[string]string{"damaged": "nonsense", "empty": ""} {
		if err := os.WriteFile(filepath.Join(b.Dir, ".git", "refs", "heads", name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	problems := 0
	if n := len(b.open().refs(func(string, error) { problems++ })); n < 6 || problems != 2 {
		t.Errorf("%d refs, %d problems", n, problems)
	}
}

func TestHeadInCircles(t *testing.T) {
	b := newSandbox(t)
	b.Git("symbolic-ref", "refs/heads/a", "refs/heads/b")
	b.Git("symbolic-ref", "refs/heads/b", "refs/heads/a")
	b.Git("symbolic-ref", "HEAD", "refs/heads/a")
	if _, err := b.open().head(); err == nil || !strings.Contains(err.Error(), "circle") {
		t.Errorf("error %v", err)
	}
}

// Whatever stands in the files of a repository, it can be opened or not, and its refs be
// read.
func FuzzRepositoryFiles(f *testing.F) {
	f.Add("[core]\n\tbare = false\n[remote \"x\"]\n\tpromisor = true\n", "ref: refs/heads/main\n", "# pack-refs\n1234567890123456789012345678901234567890 refs/heads/main\n^1234567890123456789012345678901234567890\n", "main~1^{commit}^2")
	f.Add("[extensions]\nobjectFormat = sha256\n[core]\nrepositoryFormatVersion=1", "1234567890123456789012345678901234567890", "", "@{1}")
	dir := f.TempDir()
	for _, folder := range []string{"objects/pack", "refs/heads"} {
		if err := os.MkdirAll(filepath.Join(dir, folder), 0o777); err != nil {
			f.Fatal(err)
		}
	}
	f.Fuzz(func(t *testing.T, config, head, packed, revision string) {
		for name, text := range map[string]string{"config": config, "HEAD": head, "packed-refs": packed} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		r, err := Open(dir, noEnv)
		if err != nil {
			return
		}
		_, _ = r.head()
		r.refs(func(string, error) {})
		s, err := r.search(t.Context(), testOptions())
		if err != nil {
			return
		}
		if _, err := s.revision(revision); err == nil {
			t.Errorf("%q is a commit of a repository without any", revision)
		}
		s.finish()
	})
}

// TestPrepare searches a repository that was prepared, and repacked since, twice.
func TestPrepare(t *testing.T) {
	b := newSandbox(t)
	in := b.Commit("a", testKey(0))
	b.Git("repack", "-adq")
	repo := b.open()
	repo.Prepare()
	defer repo.Close()
	base, err := repo.Base("")
	if err != nil {
		t.Fatal(err)
	}
	if text, err := base.ReadFile("a"); string(text) != testKey(0) {
		t.Errorf("%q, error %v", text, err)
	}
	base.Close()
	in1 := b.Commit("b", testKey(1))
	b.Git("repack", "-adq")
	for range 2 {
		r, err := repo.History(context.Background(), testOptions())
		if err != nil {
			t.Fatal(err)
		}
		expectHistories(t, r, wantHistory("a", 1, testKey(0), in, "", true), wantHistory("b", 1, testKey(1), in1, "", true))
	}
}

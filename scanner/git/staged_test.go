package git

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestStaged(t *testing.T) {
	k0, k1, k2 := testKey(0), testKey(1), testKey(2)
	text := strings.Repeat("a line of some length\n", 20)
	for _, tt := range []struct {
		name  string
		build func(b *sandbox)
		want  []string
	}{
		{"empty repository", func(*sandbox) {}, nil},
		{"before the first commit", func(b *sandbox) {
			b.Write("a/b.Env", "x\nK="+k0)
			b.Git("add", "-A")
		}, []string{spot("a/b.Env", 2, k0)}},
		{"what is not staged does not count", func(b *sandbox) {
			b.Commit("a", "")
			b.Write("a", k0)
			b.Write("untracked", k1)
		}, nil},
		{"the index, not the file", func(b *sandbox) {
			b.Commit("a", "")
			b.Write("a", k0+"\n")
			b.Git("add", "a")
			b.Write("a", "gone again\n")
		}, []string{spot("a", 1, k0)}},
		{"a key that HEAD has in that file is not news", func(b *sandbox) {
			b.Commit("a", k0+"\n")
			b.Write("a", "moved\n"+k0+"\n"+k1+"\n")
			b.Git("add", "a")
		}, []string{spot("a", 3, k1)}},
		{"a key that HEAD has in another file is", func(b *sandbox) {
			b.Commit("a", k0+"\n", "dir/b", "")
			b.Write("dir/b", k0)
			b.Git("add", "-A")
		}, []string{spot("dir/b", 1, k0)}},
		{"a key that is taken out", func(b *sandbox) {
			b.Commit("a", k0+"\n", "b", k1)
			b.Write("a", "none\n")
			b.Git("add", "a")
			b.Git("rm", "-q", "b")
		}, nil},
		{"renamed", func(b *sandbox) {
			b.Commit("a", text+k0+"\n")
			b.Git("mv", "a", "z")
		}, nil},
		{"renamed and edited", func(b *sandbox) {
			b.Commit("a", text+k0+"\n")
			b.Git("mv", "a", "z")
			b.Write("z", k1+"\n"+text+k0+"\n")
			b.Git("add", "z")
		}, []string{spot("z", 1, k1)}},
		{"another file in the place of one", func(b *sandbox) {
			b.Commit("a", text+k0+"\n")
			b.Git("rm", "-q", "a")
			b.Write("z", k0+"\n")
			b.Git("add", "z")
		}, []string{spot("z", 1, k0)}},
		{"renamed to where browsers get it", func(b *sandbox) {
			b.Commit("server/a.js", text+k0+"\n")
			b.Write("public/x", "")
			b.Git("mv", "server/a.js", "public/a.js")
		}, []string{spot("public/a.js", 21, k0)}},
		{"copied", func(b *sandbox) {
			b.Commit("a", text+k0+"\n")
			b.Write("z", text+k0+"\n")
			b.Git("add", "z")
		}, []string{spot("z", 21, k0)}},
		{"intent to add", func(b *sandbox) {
			b.Commit("a", "")
			b.Write("b", k0)
			b.Git("add", "-N", "b")
		}, nil},
		{"a part of a file", func(b *sandbox) {
			b.Commit("a", text)
			b.Write("a", k0+"\n"+text+k1+"\n")
			cmd := b.Command("add", "-p")
			cmd.Stdin = strings.NewReader("n\ny\n")
			if out, err := cmd.CombinedOutput(); err != nil {
				b.T.Fatalf("%v\n%s", err, out)
			}
		}, []string{spot("a", 21, k1)}},
		{"a merge brings in what both sides have", func(b *sandbox) {
			b.Commit("a", text)
			b.Git("checkout", "-q", "-b", "side")
			b.Commit("b", k0+"\n", "both", k1+"\n"+text)
			b.Git("checkout", "-q", "main")
			b.Commit("c", k1+"\n")
			b.Git("merge", "-q", "--no-commit", "side")
			b.Write("both", k1+"\n"+k2+"\n"+text)
			b.Git("add", "both")
		}, []string{spot("both", 2, k2)}},
		{"an unmerged file", func(b *sandbox) {
			b.Commit("a", "0\n", "d/a", "0\n")
			b.Git("checkout", "-q", "-b", "side")
			b.Commit("a", k0+"\n", "d/a", k0+"\n")
			b.Git("checkout", "-q", "main")
			b.Commit("a", k1+"\n", "d/a", k1+"\n")
			_ = b.Command("merge", "side").Run() // a conflict
			b.Write("d/a", k0+"\n"+k1+"\n"+k2+"\n")
			b.Git("add", "d/a")
		}, []string{spot("d/a", 3, k2)}},
		{"a symbolic link", func(b *sandbox) {
			b.Commit("a", "")
			if err := os.Symlink("/secrets?"+k0, filepath.Join(b.Dir, "link")); err != nil {
				b.T.Skip(err)
			}
			b.Git("add", "-A")
		}, []string{spot("link", 1, k0)}},
		{"a file's name", func(b *sandbox) {
			b.Commit("a/b", "")
			b.Write("a/"+k0+"/c", "")
			b.Write("a/"+k0+"/d", "")
			b.Git("add", "-A")
		}, []string{spot("a/neo_sk_"+"prod_"+k0[12:16]+"..."+k0[32:], 0, k0)}},
		{"a file becomes a folder", func(b *sandbox) {
			b.Commit("a", k0+"\n", "a.b", "", "c/d", k1)
			b.Git("rm", "-q", "a", "c/d")
			b.Write("a/x", text+k0+"\n")
			b.Write("c", text+k1+"\n"+k2)
			b.Git("add", "-A")
		}, []string{spot("a/x", 21, k0), spot("c", 21, k1), spot("c", 22, k2)}},
		{"a submodule", func(b *sandbox) {
			b.Commit("a", "")
			b.Git("update-index", "--add", "--cacheinfo", "160000,"+b.Git("rev-parse", "HEAD")+",sub")
			b.Write("b", k0)
			b.Git("add", "b")
		}, []string{spot("b", 1, k0)}},
		{"a sparse checkout", func(b *sandbox) {
			b.Commit("in/a", "", "out/b", k0, "out/deep/c", k1)
			b.Git("sparse-checkout", "set", "--cone", "in")
			b.Write("in/a", k2)
			b.Git("add", "in/a")
		}, []string{spot("in/a", 1, k2)}},
		{"a sparse index", func(b *sandbox) {
			b.Commit("in/a", "", "out/b", k0, "out/deep/c", k1)
			b.Git("sparse-checkout", "set", "--cone", "--sparse-index", "in")
			b.Write("in/a", k2)
			b.Git("add", "in/a")
			if out := b.Git("ls-files", "--sparse"); !strings.Contains(out, "out/\n") && !strings.HasSuffix(out, "out/") {
				b.T.Fatalf("the index is not sparse: %s", out)
			}
		}, []string{spot("in/a", 1, k2)}},
		{"a detached HEAD", func(b *sandbox) {
			b.Commit("a", k0)
			b.Git("checkout", "-q", "--detach")
			b.Write("a", k1)
			b.Git("add", "a")
		}, []string{spot("a", 1, k1)}},
		{"packed refs and objects", func(b *sandbox) {
			b.Commit("a", k0, "b/c", k1)
			b.Commit("a", "")
			b.Git("gc", "-q")
			b.Write("b/c", k1+"\n"+k0)
			b.Git("add", "-A")
		}, []string{spot("b/c", 2, k0)}},
		{"twice in a file", func(b *sandbox) {
			b.Write("a", k0+"\n"+k0+"\n")
			b.Git("add", "-A")
		}, []string{spot("a", 1, k0), spot("a", 2, k0)}},
	} {
		// Git makes version 3 by itself of an index that needs it.
		for version, format := range map[string]string{"2": "sha1", "4": "sha256"} {
			t.Run(tt.name+" v"+version+" "+format, func(t *testing.T) {
				t.Parallel()
				b := newSandbox(t, "--object-format="+format)
				b.Env = append(b.Env, "GIT_INDEX_VERSION="+version)
				tt.build(b)
				expect(t, b.staged(), tt.want...)
			})
		}
	}
}

// The environment that git gives its hooks leads to the same repository, and to the index that
// the commit is made from.
func TestStagedInHook(t *testing.T) {
	k0, k1 := testKey(0), testKey(1)
	hook := func(b *sandbox, commit ...string) string {
		// What a hook sees, written down by a real one. The lines after the
		// variables are the current folder's.
		record := filepath.Join(b.Dir, ".git-env")
		dir := b.Git("rev-parse", "--git-path", "hooks")
		if !filepath.IsAbs(dir) {
			dir = filepath.Join(b.Dir, dir)
		}
		if err := os.MkdirAll(dir, 0o777); err != nil {
			b.T.Fatal(err)
		}
		script := "#!/bin/sh\ncp \"${GIT_INDEX_FILE}\" \"${GIT_INDEX_FILE}.seen\"\n(pwd; env | grep ^GIT_) > '" + record + "'\nexit 1\n"
		if err := os.WriteFile(filepath.Join(dir, "pre-commit"), []byte(script), 0o777); err != nil {
			b.T.Fatal(err)
		}
		if out, err := b.Command(append([]string{"commit", "-m", "x"}, commit...)...).CombinedOutput(); err == nil {
			b.T.Fatalf("the hook did not run: %s", out)
		}
		text, err := os.ReadFile(record)
		if err != nil {
			b.T.Fatal(err)
		}
		if err := os.Remove(record); err != nil {
			b.T.Fatal(err)
		}
		return string(text)
	}
	check := func(t *testing.T, seen string, want ...string) {
		t.Helper()
		lines := strings.Split(strings.TrimSpace(seen), "\n")
		env := map[string]string{}
		for _, line := range lines[1:] {
			name, value, _ := strings.Cut(line, "=")
			env[name] = value
		}
		env["GIT_INDEX_FILE"] += ".seen"
		t.Chdir(lines[0])
		for _, path := range []string{"", "."} {
			r, err := Open(path, func(name string) string { return env[name] })
			if err != nil {
				t.Fatal(err)
			}
			result, err := r.Staged(context.Background(), testOptions())
			if err != nil {
				t.Fatal(err)
			}
			expect(t, result, want...)
		}
	}
	t.Run("commit", func(t *testing.T) {
		b := newSandbox(t)
		b.Commit("a", "", "b", "")
		b.Write("a", k0)
		b.Git("add", "a")
		b.Write("b", k1)
		check(t, hook(b), spot("a", 1, k0))
	})
	t.Run("commit -a", func(t *testing.T) {
		b := newSandbox(t)
		b.Commit("a", "", "b", "")
		b.Write("b", k1)
		check(t, hook(b, "-a"), spot("b", 1, k1))
	})
	t.Run("commit PATH", func(t *testing.T) {
		b := newSandbox(t)
		b.Commit("a", "", "b", "")
		b.Write("a", k0)
		b.Git("add", "a")
		b.Write("b", k1)
		check(t, hook(b, "b"), spot("b", 1, k1))
	})
	t.Run("linked worktree", func(t *testing.T) {
		b := newSandbox(t)
		b.Commit("a", "", "b", "")
		linked := filepath.Join(t.TempDir(), "linked")
		b.Git("worktree", "add", "-q", linked)
		b.Write("a", k0)
		b.Git("add", "a")
		l := b.in(linked)
		l.Write("b", k1)
		l.Git("add", "b")
		expect(t, l.staged(), spot("b", 1, k1))
		expect(t, b.staged(), spot("a", 1, k0))
		check(t, hook(l), spot("b", 1, k1))
	})
	t.Run("separate git directory and worktree", func(t *testing.T) {
		b := newSandbox(t)
		b.Commit("a", "")
		elsewhere := b.in(t.TempDir())
		elsewhere.Env = append(elsewhere.Env, "GIT_DIR="+filepath.Join(b.Dir, ".git"), "GIT_WORK_TREE="+elsewhere.Dir)
		elsewhere.Write("b", k0)
		elsewhere.Git("add", "b")
		check(t, hook(elsewhere), spot("b", 1, k0))
	})
}

func TestStagedInSubmodule(t *testing.T) {
	k0 := testKey(0)
	inner := newSandbox(t)
	inner.Commit("a", "")
	b := newSandbox(t)
	b.Git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", inner.Dir, "sub")
	b.Git("commit", "-q", "-m", "submodule")
	sub := b.in(filepath.Join(b.Dir, "sub"))
	sub.Write("a", k0)
	sub.Git("add", "a")
	expect(t, sub.staged(), spot("a", 1, k0))
	expect(t, b.staged())
	expect(t, b.in(filepath.Join(b.Dir, ".git", "modules", "sub")).staged(), spot("a", 1, k0))
}

func TestStagedNeedsAnIndex(t *testing.T) {
	b := newSandbox(t, "--bare")
	if _, err := b.open().Staged(context.Background(), testOptions()); err == nil || !strings.Contains(err.Error(), "bare") {
		t.Errorf("error %v", err)
	}
}

// In a split index, too, what is staged is what git says it is, also where git tells a
// hook of an index elsewhere.
func TestStagedSplitIndex(t *testing.T) {
	b := newSandbox(t)
	var files []string
	for i := range 40 {
		files = append(files, fmt.Sprintf("d%d/f%d", i%4, i), testKey(i))
	}
	b.Commit(files...)
	b.Git("config", "splitIndex.maxPercentChange", "100")
	b.Git("update-index", "--split-index")
	expect(t, b.staged())
	b.Git("rm", "-q", "--cached", "d1/f1", "d2/f2")
	b.Write("d0/f0", testKey(100))
	b.Write("d3/new", testKey(101))
	b.Git("add", "d0", "d3")
	shared, err := filepath.Glob(filepath.Join(b.Dir, ".git", "sharedindex.*"))
	if err != nil || len(shared) != 1 {
		t.Fatalf("the index is not split: %q, %v", shared, err)
	}
	want := []string{spot("d0/f0", 1, testKey(100)), spot("d3/new", 1, testKey(101))}
	expect(t, b.staged(), want...)

	index := filepath.Join(b.Dir, ".git", "next-index-1.lock")
	if err := os.Rename(filepath.Join(b.Dir, ".git", "index"), index); err != nil {
		t.Fatal(err)
	}
	t.Chdir(b.Dir)
	r, err := Open("", func(name string) string { return map[string]string{"GIT_INDEX_FILE": index}[name] })
	if err != nil {
		t.Fatal(err)
	}
	result, err := r.Staged(context.Background(), testOptions())
	if err != nil {
		t.Fatal(err)
	}
	expect(t, result, want...)

	if err := os.Remove(shared[0]); err != nil {
		t.Fatal(err)
	}
	r.index = nil
	if _, err := r.Staged(context.Background(), testOptions()); err == nil || !strings.Contains(err.Error(), filepath.Base(shared[0])) {
		t.Errorf("error %v", err)
	}
}

// Where the index still knows which tree a folder is, the folder is passed over; the
// outcome must not depend on it.
func TestStagedWithoutCachedTrees(t *testing.T) {
	b := newSandbox(t)
	var files []string
	for i := range 40 {
		files = append(files, fmt.Sprintf("d%d/e%d/f%d", i%4, i%3, i), testKey(i))
	}
	b.Commit(files...)
	b.Git("read-tree", "HEAD")
	b.Write("d1/e1/f1", testKey(100))
	b.Write("d2/new/f", testKey(101))
	b.Git("rm", "-q", "--cached", "d3/e0/f3")
	b.Git("add", "d1", "d2")
	r := b.open()
	x, err := r.readIndex()
	if err != nil || x.Tree == nil || x.Tree.Folder([]byte("d0")).Entries <= 0 {
		t.Fatalf("the index knows no trees: %+v, %v", x, err)
	}
	want := []string{spot("d1/e1/f1", 1, testKey(100)), spot("d2/new/f", 1, testKey(101))}
	expect(t, b.staged(), want...)
	// An index written anew from a list of entries knows none.
	list := b.Git("ls-files", "--stage")
	if err := os.Remove(r.Index); err != nil {
		t.Fatal(err)
	}
	cmd := b.Command("update-index", "--index-info")
	cmd.Stdin = strings.NewReader(list + "\n")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if x, err = b.open().readIndex(); err != nil || x.Tree != nil {
		t.Fatalf("the index knows trees: %+v, %v", x, err)
	}
	expect(t, b.staged(), want...)
}

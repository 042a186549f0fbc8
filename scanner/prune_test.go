package scanner

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/gittest"
	"github.com/neokeys/neokeys/rules"
)

var check = gittest.Check

// write makes a file, and the folders that it lies in, with a key in it.
func write(t testing.TB, path, text string) {
	t.Helper()
	check(t, os.MkdirAll(filepath.Dir(path), 0o777))
	check(t, os.WriteFile(path, []byte(text), 0o666))
}

var aKey = newKey(rng(100))

// scanned returns the paths of the files in dir that a scan of path finds a key in,
// relative to dir.
func scanned(t testing.TB, dir string, noIgnore bool, paths ...string) []string {
	t.Helper()
	for i := range paths {
		paths[i] = filepath.Join(dir, paths[i])
	}
	r := New(Options{Paths: paths, Rules: rules.NewSet(rules.All()), NoIgnore: noIgnore}).Run(context.Background())
	if len(r.Problems) > 0 {
		t.Fatalf("problems: %v", r.Problems)
	}
	return found(t, dir, r)
}

func found(t testing.TB, dir string, r *finding.Result) []string {
	t.Helper()
	list := []string{}
	for i := range r.Findings {
		rel, err := filepath.Rel(dir, filepath.FromSlash(r.Findings[i].Path))
		check(t, err)
		list = append(list, filepath.ToSlash(rel))
	}
	slices.Sort(list)
	return list
}

// listed returns what git lists of the folder in the worktree that is there: what is
// tracked, and what is neither tracked nor ignored.
func listed(t testing.TB, tree, folder string) []string {
	t.Helper()
	out := gittest.Run(t, tree, "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", folder)
	list := []string{}
	for path := range strings.SplitSeq(strings.TrimSuffix(out, "\x00"), "\x00") {
		if info, err := os.Lstat(filepath.Join(tree, path)); err == nil && info.Mode().IsRegular() {
			list = append(list, path)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// What is scanned is what git lists, in worktrees with all kinds of ignore files and
// with files that are tracked though ignored.
func TestScansWhatGitDoesNotIgnore(t *testing.T) {
	gittest.Isolate(t)
	rounds := 24
	if testing.Short() {
		rounds = 6
	}
	names := []string{"a", "b", "ab", "foo", "foo.log", "x y", "lib", "é"}
	patterns := []string{"*", "a", "b/", "/foo", "*.log", "!foo.log", "a*", "**/b", "a/**", "!a/b", "/a/b", "[ab]", "!*/", "lib/", "foo/*", "!/foo/a", "x\\ y", "?", "!b"}
	for seed := range rounds {
		random := rng(uint64(seed))
		tree := t.TempDir()
		gittest.Run(t, tree, "init", "-q")
		ignoreFile := func() string {
			text := "# " + aKey + "\n"
			for range random.IntN(5) {
				text += patterns[random.IntN(len(patterns))] + "\n"
			}
			return text
		}
		for range 60 {
			path := tree
			for range 1 + random.IntN(4) {
				path = filepath.Join(path, names[random.IntN(len(names))])
			}
			if random.IntN(8) == 0 {
				path = filepath.Join(filepath.Dir(path), gitIgnoreFile)
			}
			if _, err := os.Lstat(path); err == nil || os.MkdirAll(filepath.Dir(path), 0o777) != nil {
				continue // or a file where a folder would be
			}
			if filepath.Base(path) == gitIgnoreFile {
				write(t, path, ignoreFile())
			} else {
				write(t, path, aKey)
			}
		}
		write(t, filepath.Join(tree, ".git/info/exclude"), ignoreFile())
		write(t, filepath.Join(os.Getenv("HOME"), "xdg/git/ignore"), ignoreFile())
		if seed%2 == 0 {
			track(t, random, tree)
		}
		folders := []string{""}
		if all := listed(t, tree, "."); len(all) > 0 {
			folder := filepath.Dir(all[random.IntN(len(all))])
			if !ignoredByGit(tree, folder) {
				folders = append(folders, folder)
			}
		}
		for _, folder := range folders {
			got, want := scanned(t, tree, false, folder), listed(t, tree, "./"+folder)
			if !slices.Equal(got, want) {
				t.Fatalf("seed %d, folder %q:\nscanned %q\n git has %q", seed, folder, got, want)
			}
		}
	}
}

// track adds some of the files to the index, ignored or not, in some form of index.
func track(t *testing.T, random *rand.Rand, tree string) {
	t.Helper()
	gittest.Run(t, tree, "config", "index.version", fmt.Sprint(2+random.IntN(3)))
	var paths bytes.Buffer
	check(t, filepath.WalkDir(tree, func(path string, d fs.DirEntry, err error) error {
		if d.Name() == ".git" {
			return fs.SkipDir
		}
		if rel, _ := filepath.Rel(tree, path); err == nil && d.Type().IsRegular() && random.IntN(4) == 0 {
			paths.WriteString(rel + "\x00")
		}
		return err
	}))
	if paths.Len() == 0 {
		return
	}
	split := random.IntN(2) == 0
	add := func(stdin []byte) {
		cmd := exec.Command("git", "update-index", "--add", "-z", "--stdin")
		cmd.Dir, cmd.Stdin = tree, bytes.NewReader(stdin)
		check(t, cmd.Run())
	}
	half := bytes.IndexByte(paths.Bytes(), 0) + 1
	add(paths.Bytes()[:half])
	if split {
		gittest.Run(t, tree, "update-index", "--split-index")
	}
	add(paths.Bytes()[half:])
}

func ignoredByGit(tree, folder string) bool {
	cmd := exec.Command("git", "check-ignore", "-q", "--no-index", folder)
	cmd.Dir = tree
	return cmd.Run() == nil
}

// layout makes files, each with a key, and returns the folder that they are in. Text
// after a colon is that of an ignore file.
func layout(t testing.TB, files ...string) string {
	t.Helper()
	dir := t.TempDir()
	for _, file := range files {
		path, text, _ := strings.Cut(file, ":")
		write(t, filepath.Join(dir, path), "# "+aKey+"\n"+text)
	}
	return dir
}

func TestPruning(t *testing.T) {
	gittest.Isolate(t)
	for _, test := range []struct {
		name  string
		files []string
		git   []string // each a git command, after `git init`
		scan  []string
		want  []string
	}{
		{
			name:  "outside of git nothing is ignored",
			files: []string{".gitignore:*", "a", "dist/b"},
			scan:  []string{"."},
			want:  []string{".gitignore", "a", "dist/b"},
		},
		{
			name:  "ignored but shipped",
			files: []string{".gitignore:dist/\n.next\n*.map\ntmp\nnode_modules", "dist/a", "dist/node_modules/b", "web/.next/static/c", "public/d.map", "d.map", "tmp/e", "node_modules/m/dist/f"},
			git:   []string{"init -q"},
			scan:  []string{"."},
			want:  []string{".gitignore", "dist/a", "dist/node_modules/b", "public/d.map", "web/.next/static/c"},
		},
		{
			name:  "an ignore file in a shipped folder does not count",
			files: []string{".output/.gitignore:*", ".output/a"},
			git:   []string{"init -q"},
			scan:  []string{"."},
			want:  []string{".output/.gitignore", ".output/a"},
		},
		{
			name:  "tracked though ignored",
			files: []string{".gitignore:.env\nsecrets/", ".env", "secrets/a", "secrets/deep/b", "secrets/c", "sub/.env"},
			git:   []string{"init -q", "add -f .env secrets/a secrets/deep/b"},
			scan:  []string{"."},
			want:  []string{".env", ".gitignore", "secrets/a", "secrets/deep/b"},
		},
		{
			name:  "a named file is scanned whatever ignores it",
			files: []string{".gitignore:.env", ".neokeysignore:a", ".env", "a"},
			git:   []string{"init -q"},
			scan:  []string{".env", "a"},
			want:  []string{".env", "a"},
		},
		{
			name:  "a named folder that is ignored is scanned, and all in it",
			files: []string{".gitignore:node_modules\n*.log", "node_modules/m/a", "node_modules/m/node_modules/n/b", "node_modules/c.log"},
			git:   []string{"init -q"},
			scan:  []string{"node_modules"},
			want:  []string{"node_modules/c.log", "node_modules/m/a", "node_modules/m/node_modules/n/b"},
		},
		{
			name:  "a named folder in one that is ignored",
			files: []string{".gitignore:node_modules", ".neokeysignore:m", "node_modules/m/a", "node_modules/m/.neokeysignore:b", "node_modules/m/b"},
			git:   []string{"init -q"},
			scan:  []string{"node_modules/m"},
			want:  []string{"node_modules/m/.neokeysignore", "node_modules/m/a"},
		},
		{
			name:  "the ignore files above a named folder count",
			files: []string{".gitignore:/sub/a/b\n*.log", ".neokeysignore:sub/a/c", "sub/.gitignore:d", "sub/a/b", "sub/a/c", "sub/a/d", "sub/a/e", "sub/a/f.log"},
			git:   []string{"init -q"},
			scan:  []string{"sub/a"},
			want:  []string{"sub/a/e"},
		},
		{
			name:  "neokeysignore, outside of git, nested, and with exceptions",
			files: []string{".neokeysignore:*.txt\n!keep.txt\n/fixtures/\ndocs/**/old", "a.txt", "keep.txt", "fixtures/a", "sub/fixtures/b", "sub/.neokeysignore:!a.txt", "sub/a.txt", "docs/x/old/c", "docs/new"},
			scan:  []string{"."},
			want:  []string{".neokeysignore", "docs/new", "keep.txt", "sub/.neokeysignore", "sub/a.txt", "sub/fixtures/b"},
		},
		{
			name:  "neokeysignore also leaves out what is tracked or shipped",
			files: []string{".neokeysignore:dist\nb", "dist/a", "b", "c"},
			git:   []string{"init -q", "add -f b dist"},
			scan:  []string{"."},
			want:  []string{".neokeysignore", "c"},
		},
		{
			name:  "a repository in a repository has rules of its own",
			files: []string{".gitignore:*.log", "a.log", "inner/b.log", "inner/c.tmp", "inner/.gitignore:*.tmp", "inner/d.tmp"},
			git:   []string{"init -q", "init -q inner", "-C inner add -f d.tmp"},
			scan:  []string{"."},
			want:  []string{".gitignore", "inner/.gitignore", "inner/b.log", "inner/d.tmp"},
		},
		{
			name:  "an ignored repository is left out, but not when the outer one tracks it",
			files: []string{".gitignore:one\ntwo", "one/a", "two/b"},
			git:   []string{"init -q", "init -q one", "init -q two", "-C two add b", "-C two commit -qm two", "add -f two"},
			scan:  []string{"."},
			want:  []string{".gitignore", "two/b"},
		},
		{
			name:  "repositories in a folder that is none",
			files: []string{"one/.gitignore:*.log", "one/a", "one/a.log", "b.log"},
			git:   []string{"init -q one"},
			scan:  []string{"."},
			want:  []string{"b.log", "one/.gitignore", "one/a"},
		},
		{
			name:  "a folder called .git that is no repository ignores nothing",
			files: []string{"one/.git/x", "one/.gitignore:*", "one/a"},
			scan:  []string{"."},
			want:  []string{"one/.gitignore", "one/a"},
		},
		{
			name:  "a named git directory",
			files: []string{".gitignore:*", ".git/hooks/mine"},
			git:   []string{"init -q"},
			scan:  []string{".git"},
			want:  []string{".git/hooks/mine"},
		},
		{
			name:  "a linked worktree has an index of its own",
			files: []string{"main/.gitignore:.env", "main/.env"},
			git: []string{"init -q main", "-C main add -f .gitignore .env", "-C main commit -qm one", "-C main worktree add -q ../linked",
				"-C linked rm -q --cached .env"},
			scan: []string{"linked", "main"},
			want: []string{"linked/.gitignore", "main/.env", "main/.gitignore"},
		},
		{
			name:  "what the configuration names",
			files: []string{"mine:*.one", "a.one", "A.ONE", "sub/a.two"},
			git:   []string{"init -q", "config core.ignoreCase true", "config core.excludesFile mine"},
			scan:  []string{"."},
			want:  []string{"mine", "sub/a.two"},
		},
		{
			name:  "what a file that the configuration includes names",
			files: []string{"mine:*.one", "a.one", "sub/a.two"},
			git:   []string{"init -q", "config -f .git/more core.excludesFile mine", "config include.path more"},
			scan:  []string{"."},
			want:  []string{"mine", "sub/a.two"},
		},
		{
			name:  "a repository with longer hashes",
			files: []string{".gitignore:*", "a", "b"},
			git:   []string{"init -q --object-format=sha256", "add -f a"},
			scan:  []string{"."},
			want:  []string{"a"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := layout(t, test.files...)
			for _, command := range test.git {
				gittest.Run(t, dir, strings.Fields(command)...)
			}
			if got := scanned(t, dir, false, test.scan...); !slices.Equal(got, test.want) {
				t.Errorf("scanned %q,\n   want %q", got, test.want)
			}
		})
	}
}

func TestNoIgnore(t *testing.T) {
	gittest.Isolate(t)
	dir := layout(t, ".gitignore:*", ".neokeysignore:*", "a", "node_modules/b", "sub/.gitignore:*", ".git/hooks/mine")
	gittest.Run(t, dir, "init", "-q")
	want := []string{".gitignore", ".neokeysignore", "a", "node_modules/b", "sub/.gitignore"}
	if got := scanned(t, dir, true, "."); !slices.Equal(got, want) {
		t.Errorf("scanned %q, want %q", got, want)
	}
}

func TestSkippedIsCounted(t *testing.T) {
	gittest.Isolate(t)
	dir := layout(t, ".gitignore:*.log\nnode_modules", "a.log", "b.log", "node_modules/c", "node_modules/d", "e")
	gittest.Run(t, dir, "init", "-q")
	r := New(Options{Paths: []string{dir}, Rules: rules.NewSet(rules.All())}).Run(context.Background())
	if r.Summary.Skipped != 3 || r.Summary.Files != 2 {
		t.Errorf("skipped %d and read %d, want 3 (two files and a folder) and 2", r.Summary.Skipped, r.Summary.Files)
	}
}

// When it cannot be known what is tracked, what is ignored is scanned, and that is said.
func TestDamagedIndex(t *testing.T) {
	gittest.Isolate(t)
	dir := layout(t, ".gitignore:.env\nsecrets", ".env", "secrets/a")
	gittest.Run(t, dir, "init", "-q")
	write(t, filepath.Join(dir, ".git/index"), "DIRC\x00\x00\x00\x02\x00\x00\x00\x09 and then not what one would expect")
	r := New(Options{Paths: []string{dir}, Rules: rules.NewSet(rules.All())}).Run(context.Background())
	if got, want := found(t, dir, r), []string{".env", ".gitignore", "secrets/a"}; !slices.Equal(got, want) {
		t.Errorf("scanned %q, want %q", got, want)
	}
	if len(r.Problems) != 1 || !strings.Contains(r.Problems[0].Message, "damaged") {
		t.Errorf("problems: %v", r.Problems)
	}
}

// Ignore files that are no plain files are not read, as git does not.
func TestIgnoreFileIsLink(t *testing.T) {
	gittest.Isolate(t)
	dir := layout(t, "elsewhere:*.log", "a.log", "sub/a.log")
	gittest.Run(t, dir, "init", "-q")
	for _, name := range []string{gitIgnoreFile, ownIgnoreFile} {
		if err := os.Symlink("elsewhere", filepath.Join(dir, name)); err != nil {
			t.Skip(err)
		}
	}
	want := []string{"a.log", "elsewhere", "sub/a.log"}
	if got := scanned(t, dir, false, "."); !slices.Equal(got, want) {
		t.Errorf("scanned %q, want %q", got, want)
	}
	if got := scanned(t, dir, false, "sub"); !slices.Equal(got, []string{"sub/a.log"}) {
		t.Errorf("scanned %q", got)
	}
}

func TestNamedLinkToFolder(t *testing.T) {
	dir := layout(t, "there/a", "there/sub/b")
	if err := os.Symlink("there", filepath.Join(dir, "link")); err != nil {
		t.Skip(err)
	}
	want := []string{"link/a", "link/sub/b"}
	if got := scanned(t, dir, false, "link"); !slices.Equal(got, want) {
		t.Errorf("scanned %q, want %q", got, want)
	}
}

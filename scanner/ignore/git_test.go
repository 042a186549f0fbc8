package ignore

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"github.com/neokeys/neokeys/internal/gittest"
)

// repository is a git repository with no files but ignore files, and what git says of
// paths in it.
type repository struct {
	*gittest.Repo
	files map[string][]byte // patterns by folder; "info" is .git/info/exclude, "global" core.excludesFile
	fold  bool
}

func newRepository(t testing.TB) *repository {
	t.Helper()
	return &repository{Repo: gittest.New(t)}
}

// checkIgnore runs git check-ignore, whose exit status is 1 if nothing is ignored.
func (r *repository) checkIgnore(t testing.TB, stdin []byte, args ...string) []byte {
	t.Helper()
	cmd := r.Command(args...)
	cmd.Stdin = bytes.NewReader(stdin)
	out, err := cmd.Output()
	if err != nil && cmd.ProcessState.ExitCode() != 1 {
		t.Fatalf("git %q: %v", args, err)
	}
	return out
}

// set writes the ignore files.
func (r *repository) set(t testing.TB, files map[string][]byte, fold bool) {
	t.Helper()
	entries, err := os.ReadDir(r.Dir)
	gittest.Check(t, err)
	for _, e := range entries {
		if e.Name() != ".git" {
			gittest.Check(t, os.RemoveAll(filepath.Join(r.Dir, e.Name())))
		}
	}
	r.files, r.fold = files, fold
	gittest.Check(t, os.RemoveAll(filepath.Join(r.Dir, ".git/info/exclude")))
	for folder, text := range files {
		path := filepath.Join(r.Dir, folder, ".gitignore")
		switch folder {
		case "info":
			path = filepath.Join(r.Dir, ".git/info/exclude")
		case "global":
			path = filepath.Join(r.Dir, ".git/global")
		}
		gittest.Check(t, os.MkdirAll(filepath.Dir(path), 0o777))
		gittest.Check(t, os.WriteFile(path, text, 0o666))
	}
}

// reference returns which of the paths git ignores. Those that end with a slash are
// folders, which it makes: git looks whether they are.
func (r *repository) reference(t testing.TB, paths []string) []bool {
	t.Helper()
	var stdin []byte
	for _, path := range paths {
		name, folder := strings.CutSuffix(path, "/")
		if folder {
			gittest.Check(t, os.MkdirAll(filepath.Join(r.Dir, name), 0o777))
		}
		stdin = append(stdin, name+"\x00"...)
	}
	out := r.checkIgnore(t, stdin, "-c", "core.ignoreCase="+fmt.Sprint(r.fold), "-c", "core.excludesFile="+filepath.Join(r.Dir, ".git/global"),
		"check-ignore", "--no-index", "-z", "--verbose", "--non-matching", "--stdin")
	fields := strings.Split(string(out), "\x00")
	ignored := make([]bool, len(paths))
	for i := range paths {
		source, pattern, path := fields[4*i], fields[4*i+2], fields[4*i+3]
		if path != strings.TrimSuffix(paths[i], "/") {
			t.Fatalf("git answered for %q, asked for %q", path, paths[i])
		}
		ignored[i] = source != "" && !strings.HasPrefix(pattern, "!")
	}
	return ignored
}

// ours returns the same from this package.
func (r *repository) ours(paths []string) []bool {
	var top *Stack
	top = top.Push(Parse(r.files["global"], r.fold), 0)
	top = top.Push(Parse(r.files["info"], r.fold), 0)
	parsed := map[string]*Patterns{}
	for folder, text := range r.files {
		parsed[folder] = Parse(text, r.fold)
	}
	ignored := make([]bool, len(paths))
	for i, path := range paths {
		s := top
		if p := parsed[""]; p != nil {
			s = s.Push(p, 0)
		}
		for end := range path {
			if path[end] != '/' {
				continue
			}
			if s.Match([]byte(path[:end]), true) == Ignored {
				ignored[i] = true
				break
			}
			if p := parsed[path[:end]]; p != nil {
				s = s.Push(p, end+1)
			}
		}
		if !strings.HasSuffix(path, "/") && !ignored[i] {
			ignored[i] = s.Match([]byte(path), false) == Ignored
		}
	}
	return ignored
}

// compare fails the test where the two differ.
func (r *repository) compare(t testing.TB, paths []string) {
	t.Helper()
	want, got := r.reference(t, paths), r.ours(paths)
	for i := range paths {
		if got[i] != want[i] {
			var b strings.Builder
			for folder, text := range r.files {
				fmt.Fprintf(&b, "%q:\n%q\n", folder, text)
			}
			t.Fatalf("%q: ignored %v, by git %v; fold %v\n%s", paths[i], got[i], want[i], r.fold, b.String())
		}
	}
}

// pieces make patterns and, without what is special, paths that some of them match.
var pieces = []string{"a", "b", "ab", "A", "foo", "foo.log", "Bar", "x y", "é", "\xff", "#", "!", "-", "[", "]", "1", "~", ".a"}

var special = []string{"*", "**", "***", "?", "[ab]", "[!a]", "[^b]", "[a-c]", "[A-Z]", "[]a]", "[a-]", "[[:alpha:]]", "[[:upper:]]", "[[:digit:]x]",
	"[[:nope:]]", "[[:space]", "[\\]]", "[a", "\\*", "\\ ", "\\a", "\\A", "\\#", "\\!", "\\\\", "\\/", "[/]", "[\\a-\\c]", "[Z-a]", "[!A]", " ", "\t", "[[:]"}

func randomPattern(random *rand.Rand) string {
	var b strings.Builder
	if random.IntN(5) == 0 {
		b.WriteString("!")
	}
	if random.IntN(6) == 0 {
		b.WriteString("/")
	}
	for n := 1 + random.IntN(4); n > 0; n-- {
		for m := 1 + random.IntN(3); m > 0; m-- {
			if random.IntN(5) < 2 {
				b.WriteString(special[random.IntN(len(special))])
			} else {
				b.WriteString(pieces[random.IntN(5)])
			}
		}
		if n > 1 && random.IntN(3) > 0 {
			b.WriteString([]string{"/", "/", "/", "/**/", "/*/", "**/", "/**", "//"}[random.IntN(8)])
		}
	}
	b.WriteString([]string{"", "", "", "/", "/**", "/*", " ", "  ", "\\ ", "\\ \\", "\r", "\\", " \r", "\x00x"}[random.IntN(14)])
	return b.String()
}

func randomFile(random *rand.Rand) []byte {
	var b strings.Builder
	if random.IntN(10) == 0 {
		b.WriteString("\ufeff")
	}
	for n := random.IntN(9); n >= 0; n-- {
		switch random.IntN(20) {
		case 0:
			b.WriteString("# " + randomPattern(random))
		case 1: // an empty line
		case 2:
			b.WriteString("/*\n!/" + pieces[random.IntN(5)])
		default:
			b.WriteString(randomPattern(random))
		}
		b.WriteString("\n")
	}
	text := b.String()
	if random.IntN(4) == 0 {
		text = strings.TrimSuffix(text, "\n")
	}
	return []byte(text)
}

func randomPath(random *rand.Rand) string {
	var parts []string
	for n := 1 + random.IntN(5); n > 0; n-- {
		part := ""
		for m := 1 + random.IntN(2); m > 0; m-- {
			k := len(pieces)
			if random.IntN(3) > 0 {
				k = 5
			}
			part += pieces[random.IntN(k)]
		}
		parts = append(parts, part)
	}
	path := strings.Join(parts, "/")
	if random.IntN(6) == 0 {
		path += "/"
	}
	return path
}

// All paths that patterns are asked about are made up; only the folders with ignore
// files exist.
func TestAgreesWithGit(t *testing.T) {
	r := newRepository(t)
	rounds := 60
	if testing.Short() {
		rounds = 15
	}
	for seed := range rounds {
		random := rand.New(rand.NewPCG(uint64(seed), 1))
		files := map[string][]byte{"": randomFile(random), "info": randomFile(random), "global": randomFile(random)}
		for range random.IntN(3) {
			files[strings.TrimSuffix(randomPath(random), "/")] = randomFile(random)
		}
		r.set(t, files, random.IntN(4) == 0)
		paths := map[string]bool{}
		for range 200 {
			paths[randomPath(random)] = true
		}
		// What lies in the folders that have patterns of their own.
		for folder := range files {
			if folder == "" || folder == "info" || folder == "global" {
				continue
			}
			for range 50 {
				paths[folder+"/"+randomPath(random)] = true
			}
		}
		for folder := range files {
			if folder != "info" && folder != "global" {
				paths[folder+"/"] = true
			}
		}
		r.compare(t, consistent(paths))
	}
}

// consistent returns the paths that can all be there at once: none is a folder and a
// file.
func consistent(paths map[string]bool) []string {
	folders := map[string]bool{}
	for path := range paths {
		for i := range path {
			if path[i] == '/' {
				folders[path[:i]] = true
			}
		}
	}
	var list []string
	for path := range paths {
		if _, folder := folders[path]; valid(path) && !folder {
			list = append(list, path)
		}
	}
	sort.Strings(list)
	return list
}

func FuzzAgreesWithGit(f *testing.F) {
	r := newRepository(f)
	f.Add([]byte("*.log\n!a/**/b\n"), "a/x/b\nfoo.log\n", false)
	f.Add([]byte("[[:alpha:]-z]/**"), "a/b/c/\n", true)
	f.Fuzz(func(t *testing.T, text []byte, paths string, fold bool) {
		asked := map[string]bool{}
		for _, path := range strings.Split(paths, "\n") {
			asked[path] = true
		}
		if list := consistent(asked); len(list) > 0 {
			r.set(t, map[string][]byte{"": text}, fold)
			r.compare(t, list)
		}
	})
}

// valid reports whether path can be asked git about.
func valid(path string) bool {
	for _, name := range strings.Split(strings.TrimSuffix(path, "/"), "/") {
		if name == "" || name == "." || name == ".." || strings.EqualFold(name, ".git") || len(name) > 200 {
			return false
		}
	}
	return len(path) < 1000 && !strings.ContainsRune(path, 0) && !strings.HasPrefix(path, ":")
}

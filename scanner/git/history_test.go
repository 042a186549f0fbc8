package git

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/testkey"
	"github.com/neokeys/neokeys/scanner/pack"
)

func (b *sandbox) history() *finding.Result {
	b.T.Helper()
	r, err := b.open().History(context.Background(), testOptions())
	if err != nil {
		b.T.Fatal(err)
	}
	return r
}

// findingOf returns the only finding of a key.
func findingOf(t testing.TB, r *finding.Result, key string) *finding.Finding {
	t.Helper()
	var found *finding.Finding
	for i := range r.Findings {
		if f := &r.Findings[i]; f.Key.Secret.Reveal() == key {
			if found != nil {
				t.Fatalf("%s: found at %s and %s", f.Key.Redacted, found.Path, f.Path)
			}
			found = f
		}
	}
	if found == nil {
		t.Fatalf("a key was not found; problems: %v", r.Problems)
	}
	return found
}

func TestHistory(t *testing.T) {
	for _, format := range []string{"sha1", "sha256"} {
		for _, packed := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s packed %v", format, packed), func(t *testing.T) {
				t.Parallel()
				testHistory(t, format, packed)
			})
		}
	}
}

func testHistory(t *testing.T, format string, packed bool) {
	k := testKey
	b := newSandbox(t, "--object-format="+format)
	b.Git("config", "gc.auto", "0")
	filler := strings.Repeat("some text that does not change much\n", 30)
	root := b.Commit("a", filler, "deep/er/b", k(1)+"\n")
	in2 := b.Commit("a", filler+k(2)+"\n")
	b.Commit("a", "above\n"+filler+k(2)+"\n")
	out2 := b.Commit("a", filler)
	in3 := b.Commit("deep/er/c", k(3))
	b.Git("mv", "deep/er/c", "deep/moved")
	moved := b.Commit()
	// A branch that is deleted, and one that is merged.
	b.Git("checkout", "-q", "-b", "gone")
	lost := b.Commit("lost", k(4)+"\n")
	b.Git("checkout", "-q", "main")
	b.Git("branch", "-q", "-D", "gone")
	b.Git("checkout", "-q", "-b", "side")
	in5 := b.Commit("side", k(5))
	b.Git("checkout", "-q", "main")
	b.Commit("a", filler+"\n")
	b.Git("merge", "-q", "--no-edit", "side")
	// A merge that takes nothing of what it merges.
	b.Git("checkout", "-q", "-b", "ours")
	in6 := b.Commit("ours", k(6))
	b.Git("checkout", "-q", "main")
	b.Commit("a", filler+"x\n")
	b.Git("merge", "-q", "--no-edit", "-s", "ours", "ours")
	out6 := b.Git("rev-parse", "HEAD")
	// A key that goes and comes again.
	in7 := b.Commit("again", k(7))
	b.Commit("again", "")
	b.Commit("again", "x"+"\n"+k(7))
	out7 := b.Commit("again", "")
	// On another branch only.
	b.Git("checkout", "-q", "-b", "other")
	in8 := b.Commit("other", k(8))
	in9 := b.Commit("brief", k(9))
	out9 := b.Commit("brief", "")
	b.Git("checkout", "-q", "main")
	// The stash, notes, messages, names.
	b.Write("a", k(10))
	b.Git("stash", "-q")
	b.Write("a", k(11))
	b.Git("stash", "-q")
	b.Git("notes", "add", "-m", "see\n"+k(12), "HEAD")
	b.Git("commit", "-q", "--allow-empty", "-m", "subject\n\nbody "+k(13))
	in13 := b.Git("rev-parse", "HEAD")
	b.Git("tag", "-a", "v1", "-m", "release\n\n"+k(14))
	named := b.in(b.Dir)
	named.Env = append(named.Env, "GIT_COMMITTER_NAME="+k(15))
	named.Git("commit", "-q", "--allow-empty", "--author", "x <"+k(16)+"@example.com>", "-m", "x")
	b.Git("branch", "feature/"+k(17))
	b.Write("names/"+k(18)+"/x", "")
	in18 := b.Commit()
	out18 := func() string { b.Git("rm", "-q", "-r", "names"); return b.Commit() }()
	// A commit that was replaced.
	replaced := b.Commit("r", k(23))
	b.Git("replace", replaced, b.Git("rev-parse", "HEAD~1"))
	// A blob that was staged and never committed, one that is staged, a blob and a tree
	// that a tag names.
	b.Write("never", k(19))
	b.Git("add", "never")
	b.Git("rm", "-q", "--cached", "never")
	b.Write("never", k(20))
	b.Git("add", "never")
	b.Write("loose", k(21))
	b.Git("tag", "blob", b.Git("hash-object", "-w", "loose"))
	if err := os.Remove(filepath.Join(b.Dir, "loose")); err != nil {
		t.Fatal(err)
	}
	b.Write("in-tree/x/y", k(22))
	b.Git("add", "in-tree")
	b.Git("write-tree")
	b.Git("rm", "-q", "-r", "--cached", "in-tree")
	if packed {
		b.Git("repack", "-q", "-a", "-d", "--window=50")
		b.Git("pack-refs", "--all")
	}

	r := b.history()
	for _, p := range r.Problems {
		t.Errorf("problem: %s: %s", p.Path, p.Message)
	}
	wantObjects := 0
	for kind := range strings.FieldsSeq(b.Git("cat-file", "--batch-all-objects", "--batch-check=%(objecttype)")) {
		if kind != "tree" {
			wantObjects++
		}
	}
	if r.Summary.Objects != int64(wantObjects) {
		t.Errorf("%d objects, want %d", r.Summary.Objects, wantObjects)
	}
	got := histories(r)
	for _, w := range []string{
		wantHistory("deep/er/b", 1, k(1), root, "", true),
		wantHistory("a", 31, k(2), in2, out2, false),
		wantHistory("deep/er/c", 1, k(3), in3, moved, false),
		wantHistory("deep/moved", 1, k(3), moved, "", true),
		wantHistory("lost", 1, k(4), lost, "", false),
		wantHistory("side", 1, k(5), in5, "", true),
		wantHistory("ours", 1, k(6), in6, out6, false),
		wantHistory("again", 1, k(7), in7, out7, false),
		wantHistory("other", 1, k(8), in8, "", false),
		wantHistory("brief", 1, k(9), in9, out9, false),
		wantHistory("a", 1, k(10), "-", "", false),
		wantHistory("a", 1, k(11), "-", "", false),
		wantHistory("commit:"+in13, 3, k(13), in13, "", true),
		wantHistory("names/"+redacted(k(18)), 0, k(18), in18, out18, false),
		wantHistory("r", 1, k(23), replaced, "", true),
	} {
		if w = strings.TrimSuffix(w, " in - out  head false"); !slices.ContainsFunc(got, func(g string) bool { return strings.HasPrefix(g, w) }) {
			t.Errorf("not found: %s", w)
		}
	}
	if t.Failed() {
		t.Logf("found\n\t%s", strings.Join(got, "\n\t"))
	}

	refs := func(n int, want ...string) {
		t.Helper()
		if f := findingOf(t, r, k(n)); !slices.Equal(f.Refs, want) {
			t.Errorf("key %d in %s: refs %q, want %q", n, f.Path, f.Refs, want)
		}
	}
	refs(4)
	refs(8, "refs/heads/other")
	refs(10, "refs/stash@{1}")
	refs(11, "refs/stash")
	refs(12, "refs/notes/commits")
	refs(14, "refs/tags/v1")
	refs(17, "refs/heads/feature/"+redacted(k(17)))
	refs(19)
	refs(20)
	refs(21, "refs/tags/blob")
	refs(22)
	refs(23, "refs/heads/main")

	for _, f := range r.Findings {
		if (f.Refs == nil) != (f.InHead == nil) { // nil is for what is in no history
			t.Errorf("%s: refs %#v", f.Path, f.Refs)
		}
	}

	check := func(n int, path string, exposure finding.Exposure) *finding.Finding {
		t.Helper()
		f := findingOf(t, r, k(n))
		if f.Path != path || f.Exposure != exposure {
			t.Errorf("key %d: %s, %s, want %s, %s", n, f.Path, f.Exposure, path, exposure)
		}
		if strings.Contains(fmt.Sprint(*f, f.Commit, f.RemovedIn), k(n)) {
			t.Errorf("key %d is not masked: %+v", n, f)
		}
		return f
	}
	check(12, "note:"+b.Git("rev-parse", in13+"^"), finding.Message)
	check(13, "commit:"+in13, finding.Message)
	check(14, "tag:"+b.Git("rev-parse", "v1"), finding.Message)
	check(15, "commit:"+b.Git("rev-parse", in18+"^"), finding.Name)
	check(16, "commit:"+b.Git("rev-parse", in18+"^"), finding.Name)
	check(17, "ref:refs/heads/feature/"+redacted(k(17)), finding.Name)
	check(18, "names/"+redacted(k(18)), finding.Name)
	if f := check(19, "blob:"+b.hash(k(19)), finding.Source); f.Object != b.hash(k(19)) || f.Commit != nil || *f.InHead {
		t.Errorf("%+v", f)
	}
	if f := check(20, "never", finding.Source); f.InHead != nil || !strings.Contains(f.Message, "staged") {
		t.Errorf("%+v", f)
	}
	if f := check(22, "in-tree/x/y", finding.Source); f.InHead == nil || *f.InHead || strings.Contains(f.Message, "staged") {
		t.Errorf("%+v", f)
	}
	b.Git("read-tree", b.Git("write-tree")) // as when a hook refuses the commit
	for _, f := range b.history().Findings {
		if got := f.InHead == nil; got != (f.Path == "never") {
			t.Errorf("%s: taken for staged: %v", f.Path, got)
		}
	}
}

func (b *sandbox) hash(text string) string {
	b.T.Helper()
	cmd := b.Command("hash-object", "--stdin")
	cmd.Stdin = strings.NewReader(text)
	out, err := cmd.Output()
	if err != nil {
		b.T.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

// redacted is a key as it may be shown.
func redacted(key string) string { return key[:16] + "..." + key[len(key)-4:] }

// The same is staged twice: it is at both paths.
func TestHistoryOfStagedCopies(t *testing.T) {
	b := newSandbox(t)
	b.Write("a", testKey(0))
	b.Write("b", testKey(0))
	b.Git("add", ".")
	expect(t, b.history(), spot("a", 1, testKey(0)), spot("b", 1, testKey(0)))
}

// A key in compressed data that is longer than what is seen around an anchor is found in a version that
// is no more, whether git keeps that as it is or as a delta.
func TestHistoryOfLongPackedData(t *testing.T) {
	for _, lines := range []int{400, 30_000} {
		t.Run(fmt.Sprint(lines, " lines"), func(t *testing.T) { testHistoryOfLongPackedData(t, lines) })
	}
}

func testHistoryOfLongPackedData(t *testing.T, lines int) {
	key := testKey(0)
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	fmt.Fprintf(w, "%s\nkey: %s\n", testkey.Secret(rand.New(rand.NewPCG(1, 2)), 20_000), key)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	release := "release: " + base64.StdEncoding.EncodeToString(packed.Bytes()) + "\n"
	head := strings.Repeat("a line of the file, which does not change\n", lines)
	b := newSandbox(t)
	b.Commit("a", head)
	b.Commit("a", head+release)
	b.Commit("a", head+"end\n")
	expect(t, b.history(), spot("a", lines+1, key))
	b.Git("gc", "-q")
	expect(t, b.history(), spot("a", lines+1, key))
}

// A commit's words are told as the commit says that they are spelled, and no key is where
// they end for git, too.
func TestCommitWords(t *testing.T) {
	key := testKey(0)
	wide := strings.Join(strings.Split(key, ""), "\x00")
	head := "tree " + strings.Repeat("1", 40) + "\nauthor Andr\xe9\x00" + wide + " <a@b> 1 +0000\ncommitter A <a@b> 1 +0000\nencoding "
	for name, want := range map[string]string{"ISO-8859-1": "é", "iso8859-2": "é", "CP1252": "\xe9", "windows-1251": "й", "UTF-8": "\xe9"} {
		c, err := parseCommit(pack.ID{}, []byte(head+name+"\n\ncaf\xe9 "+key+"\x00"+wide+"\n"), 20)
		if err != nil {
			t.Fatal(err)
		}
		f := c.finding()
		if f.Author != "Andr"+want || f.Subject != "caf"+want+" "+redacted(key) {
			t.Errorf("%s: %q, %q", name, f.Author, f.Subject)
		}
	}
}

// The line and column of a finding are those of the file in the commit that brought the key
// in.
func TestHistoryLinesAgreeWithBlame(t *testing.T) {
	b := newSandbox(t)
	random := rng(7)
	lines := make([]string, 40)
	for i := range lines {
		lines[i] = fmt.Sprint("line ", random.IntN(1000))
	}
	for i := range 30 {
		lines[random.IntN(len(lines))] += strings.Repeat("é", random.IntN(3)) + " " + testKey(i) + " tail"
		lines = slices.Insert(lines, random.IntN(len(lines)), "more")
		b.Commit("f", strings.Join(lines, "\n"))
	}
	r := b.history()
	if len(r.Findings) != 30 {
		t.Fatalf("%d findings", len(r.Findings))
	}
	for i := range r.Findings {
		f := &r.Findings[i]
		key := f.Key.Secret.Reveal()
		text := strings.Split(b.Git("show", f.Commit.OID+":f"), "\n")
		before, _, ok := strings.Cut(text[f.Line-1], key)
		if !ok || len([]rune(before))+1 != f.Column {
			t.Errorf("%d:%d is not where the key is in %q", f.Line, f.Column, text[f.Line-1])
		}
		blame := b.Git("log", "--format=%H", "--reverse", "-S"+key, "--", "f")
		if first, _, _ := strings.Cut(blame, "\n"); first != f.Commit.OID {
			t.Errorf("brought in by %s, git says %s", f.Commit.OID, first)
		}
	}
}

// A slow search of everything that refs lead to, by means of git itself: for each commit the
// keys that each path of its tree has.
type oracle struct {
	commits []string
	parents map[string][]string
	has     map[string]map[string]bool // by commit: "path key"
}

func newOracle(b *sandbox, keys []string) *oracle {
	o := &oracle{parents: map[string][]string{}, has: map[string]map[string]bool{}}
	for line := range strings.Lines(b.Git("rev-list", "--all", "--parents", "--topo-order", "--reverse")) {
		fields := strings.Fields(line)
		o.commits = append(o.commits, fields[0])
		o.parents[fields[0]] = fields[1:]
	}
	for _, c := range o.commits {
		o.has[c] = map[string]bool{}
		for line := range strings.Lines(b.Git("ls-tree", "-r", c)) {
			meta, path, _ := strings.Cut(strings.TrimSpace(line), "\t")
			text := b.Git("cat-file", "blob", strings.Fields(meta)[2])
			for _, key := range keys {
				if strings.Contains(text, key) {
					o.has[c][path+" "+key] = true
				}
			}
		}
	}
	return o
}

// events returns the commits that bring in what, those that take it out, and those of the
// latter where all parents had it.
func (o *oracle) events(what string) (in, out, strict []string) {
	for _, c := range o.commits {
		any, all := false, len(o.parents[c]) > 0
		for _, p := range o.parents[c] {
			any = any || o.has[p][what]
			all = all && o.has[p][what]
		}
		switch {
		case o.has[c][what] && !any:
			in = append(in, c)
		case !o.has[c][what] && any:
			out = append(out, c)
			if all {
				strict = append(strict, c)
			}
		}
	}
	return in, out, strict
}

// Random histories, with branches, merges in every direction, renames, and keys that come
// and go.
func TestHistoryAgreesWithOracle(t *testing.T) {
	for seed := range uint64(6) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			b, keys := randomHistory(t, rng(seed))
			compareWithOracle(t, b, keys)
		})
	}
}

func randomHistory(t *testing.T, random *rand.Rand) (*sandbox, []string) {
	b := newSandbox(t)
	var keys []string
	for i := range 4 {
		keys = append(keys, testKey(i))
	}
	paths := []string{"a", "d/b", "d/c", "d/e/f", "g/h"}
	// By fast-import, because every commit may have any parents and any tree.
	var stream bytes.Buffer
	trees := []map[string]string{}
	marks := 0
	tips := map[int]bool{}
	for i := range 40 {
		var parents []int
		if i > 0 && random.IntN(20) > 0 {
			for range 1 + random.IntN(3)*random.IntN(2) {
				if p := max(0, i-1-random.IntN(5)); !slices.Contains(parents, p) {
					parents = append(parents, p)
				}
			}
		}
		tree := map[string]string{"README": "x"}
		for _, p := range parents {
			for path, text := range trees[p] {
				if _, ok := tree[path]; !ok || random.IntN(2) == 0 {
					tree[path] = text
				}
			}
		}
		for range random.IntN(3) {
			path := paths[random.IntN(len(paths))]
			switch random.IntN(4) {
			case 0:
				delete(tree, path)
			case 1:
				tree[path] = fmt.Sprintf("no key %d\n", random.IntN(3))
			case 2:
				other := paths[random.IntN(len(paths))]
				if text, ok := tree[other]; ok {
					delete(tree, other)
					tree[path] = text
				}
			default:
				tree[path] = fmt.Sprintf("text %d\n%s\n%s\n", random.IntN(3), keys[random.IntN(len(keys))], keys[random.IntN(len(keys))])
			}
		}
		trees = append(trees, tree)
		fmt.Fprintf(&stream, "commit refs/heads/b%d\nmark :%d\ncommitter A <a@example.com> %d +0000\ndata 1\nx\n", i, i+1, 1_700_000_000+60*i+random.IntN(200))
		for j, p := range parents {
			fmt.Fprintf(&stream, "%s :%d\n", []string{"from", "merge"}[min(j, 1)], p+1)
			delete(tips, p)
		}
		tips[i] = true
		fmt.Fprintf(&stream, "deleteall\n")
		for path, text := range tree {
			fmt.Fprintf(&stream, "M 100644 inline %s\ndata %d\n%s\n", path, len(text), text)
		}
		marks++
	}
	cmd := b.Command("fast-import", "--quiet", "--force")
	cmd.Stdin = &stream
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	b.Git("symbolic-ref", "HEAD", fmt.Sprintf("refs/heads/b%d", marks-1-random.IntN(3)))
	for i := range marks {
		if !tips[i] && random.IntN(3) > 0 && b.Git("symbolic-ref", "HEAD") != fmt.Sprintf("refs/heads/b%d", i) {
			b.Git("update-ref", "-d", fmt.Sprintf("refs/heads/b%d", i))
		}
	}
	return b, keys
}

func compareWithOracle(t *testing.T, b *sandbox, keys []string) {
	o := newOracle(b, keys)
	head := b.Git("rev-parse", "HEAD")
	inHead := map[string]bool{}
	for c := range strings.FieldsSeq(b.Git("rev-list", "HEAD")) {
		inHead[c] = true
	}
	whats := map[string]bool{}
	for _, c := range o.commits {
		for what := range o.has[c] {
			whats[what] = true
		}
	}
	atTip := map[string]bool{}
	refsOf := map[string][]string{}
	for line := range strings.Lines(b.Git("for-each-ref", "--format=%(objectname) %(refname)")) {
		id, name, _ := strings.Cut(strings.TrimSpace(line), " ")
		for what := range o.has[id] {
			atTip[what] = true
		}
		seen := map[string]bool{}
		for c := range strings.FieldsSeq(b.Git("rev-list", id)) {
			for what := range o.has[c] {
				if !seen[what] {
					seen[what] = true
					refsOf[what] = append(refsOf[what], name)
				}
			}
		}
	}
	r := b.history()
	found := map[string]*finding.Finding{}
	for i := range r.Findings {
		f := &r.Findings[i]
		what := f.Path + " " + f.Key.Secret.Reveal()
		if found[what] != nil {
			t.Errorf("%s: found twice", what)
		}
		found[what] = f
		if !whats[what] {
			t.Errorf("%s: found where git has none", what)
		}
	}
	for what := range whats {
		f := found[what]
		if f == nil {
			t.Errorf("%s: not found", what)
			continue
		}
		in, out, strict := o.events(what)
		here := in
		if k := slices.DeleteFunc(slices.Clone(in), func(c string) bool { return !inHead[c] }); len(k) > 0 {
			here = k
		}
		// Of several, the oldest: none of the others may be an ancestor of it.
		if !slices.Contains(here, f.Commit.OID) {
			t.Errorf("%s: brought in by %s, git says %q", what, f.Commit.OID, here)
		}
		for _, c := range here {
			if c != f.Commit.OID && b.Command("merge-base", "--is-ancestor", c, f.Commit.OID).Run() == nil {
				t.Errorf("%s: brought in by %s, but before by %s", what, f.Commit.OID, c)
			}
		}
		if *f.InHead != o.has[head][what] {
			t.Errorf("%s: in HEAD is %v", what, *f.InHead)
		}
		wantOut := out
		if len(strict) > 0 {
			wantOut = strict
		}
		if inHead[f.Commit.OID] {
			wantOut = slices.DeleteFunc(slices.Clone(strict), func(c string) bool { return !inHead[c] })
			if len(wantOut) == 0 {
				wantOut = slices.DeleteFunc(slices.Clone(out), func(c string) bool { return !inHead[c] })
			}
		} else if atTip[what] {
			wantOut = nil
		}
		switch {
		case *f.InHead || len(wantOut) == 0:
			if f.RemovedIn != nil {
				t.Errorf("%s: removed in %s, want none", what, f.RemovedIn.OID)
			}
		case f.RemovedIn == nil:
			t.Errorf("%s: removed in none, want one of %q", what, wantOut)
		case !slices.Contains(wantOut, f.RemovedIn.OID):
			t.Errorf("%s: removed in %s, want one of %q", what, f.RemovedIn.OID, wantOut)
		}
		if !slices.Equal(f.Refs, refsOf[what]) {
			t.Errorf("%s: refs %q, want %q", what, f.Refs, refsOf[what])
		}
		key := f.Key.Secret.Reveal()
		lines := strings.Split(b.Git("show", f.Commit.OID+":"+f.Path), "\n")
		if !strings.Contains(lines[f.Line-1], key) || slices.IndexFunc(lines, func(l string) bool { return strings.Contains(l, key) }) != f.Line-1 {
			t.Errorf("%s: line %d of %s has no key, or is not the first that has", what, f.Line, f.Commit.OID)
		}
	}
}

// TestTagOfAnyKind follows a tag that is too long to hold, to a commit that is, too, and tells
// the refs of a tag that is for nothing.
func TestTagOfAnyKind(t *testing.T) {
	long := strings.Repeat(strings.Repeat("x", 79)+"\n", 9<<20/80)
	for _, packed := range []bool{false, true} {
		b := newSandbox(t)
		c := b.Commit("file", "text")
		const person = " a <a@b> 1700000000 +0000\n"
		missing := strings.Repeat("4", 40)
		orphan := b.store("commit", "tree "+b.Git("rev-parse", c+"^{tree}")+"\nparent "+missing+
			"\nauthor"+person+"committer"+person+"\n"+long+testKey(0)+"\n")
		tag := b.store("tag", "object "+orphan+"\ntype commit\ntag long\ntagger"+person+"\n"+long+testKey(1)+"\n")
		b.Write(".git/refs/tags/long", tag+"\n")
		b.Write(".git/refs/tags/nothing", b.store("tag", "type commit\ntag nothing\ntagger"+person+"\n"+testKey(2)+"\n")+"\n")
		if packed {
			pack := b.Command("pack-objects", "-q", ".git/objects/pack/pack")
			pack.Stdin = strings.NewReader(b.Git("cat-file", "--batch-all-objects", "--batch-check=%(objectname)"))
			if out, err := pack.CombinedOutput(); err != nil {
				t.Fatalf("git pack-objects: %v\n%s", err, out)
			}
			b.Git("prune-packed", "-q")
		}
		r := b.history()
		if !strings.Contains(messages(r), missing) {
			t.Errorf("packed %v: the missing parent is not told: %s", packed, messages(r))
		}
		refs := map[string][]string{}
		for i := range r.Findings {
			refs[r.Findings[i].Key.Redacted] = r.Findings[i].Refs
		}
		for i, want := range []string{"refs/tags/long", "refs/tags/long", "refs/tags/nothing"} {
			if got := refs[redacted(testKey(i))]; !slices.Equal(got, []string{want}) {
				t.Errorf("packed %v: key %d is on refs %v, want %s", packed, i, got, want)
			}
		}
	}
}

// TestCommitMeanwhile searches a repository that is committed to at the same time: what HEAD was
// in the beginning is there.
func TestCommitMeanwhile(t *testing.T) {
	b := newSandbox(t)
	random := rand.New(rand.NewPCG(7, 7))
	big := make([]byte, 4<<20)
	for i := range big {
		big[i] = "abcdefghijklmnopqrstuvwxyz0123456789 \n"[random.IntN(38)]
	}
	b.Commit("key", testKey(0), "big", string(big))
	b.Git("repack", "-q", "-a", "-d")
	stop, done := make(chan bool), make(chan error)
	go func() {
		for {
			select {
			case <-stop:
				done <- nil
				return
			default:
				if out, err := b.Command("commit", "-q", "--allow-empty", "-m", "more").CombinedOutput(); err != nil {
					<-stop
					done <- fmt.Errorf("git commit: %w\n%s", err, out)
					return
				}
			}
		}
	}()
	for range 5 {
		r := b.history()
		if len(r.Problems) > 0 || len(r.Findings) != 1 || r.Findings[0].InHead == nil || !*r.Findings[0].InHead {
			t.Errorf("problems %s, findings %q", messages(r), histories(r))
		}
	}
	close(stop)
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// TestStashOfUntracked stashes a file that was never committed: that takes no key out.
func TestStashOfUntracked(t *testing.T) {
	b := newSandbox(t)
	b.Commit("file", "text")
	b.Write("new", testKey(0))
	b.Git("stash", "-q", "-u")
	r := b.history()
	if len(r.Findings) != 1 || r.Findings[0].RemovedIn != nil || !slices.Equal(r.Findings[0].Refs, []string{"refs/stash"}) {
		t.Errorf("found %q, removed in %+v, refs %v", histories(r), r.Findings[0].RemovedIn, r.Findings[0].Refs)
	}
}

// TestSubmodulesAreTold tells of repositories that lie in the one that is searched.
func TestSubmodulesAreTold(t *testing.T) {
	b := newSandbox(t)
	b.Commit("file", "text")
	inner := newSandbox(t)
	inner.Commit("key", testKey(0))
	modules := filepath.Join(b.Dir, ".git", "modules", "libs")
	if err := os.MkdirAll(modules, 0o755); err != nil {
		t.Fatal(err)
	}
	b.Git("clone", "-q", "--bare", inner.Dir, filepath.Join(modules, "one"))
	r := b.history()
	if len(r.Findings) != 0 || len(r.Notices) != 1 || !strings.Contains(r.Notices[0].Message, filepath.Join("modules", "libs", "one")) {
		t.Errorf("findings %q, notices %v", histories(r), r.Notices)
	}
}

package git

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/gittest"
	"github.com/neokeys/neokeys/scanner"
	"github.com/neokeys/neokeys/scanner/pack"
)

// store writes an object whatever it holds, and returns its id.
func (b *sandbox) store(kind, text string) string {
	b.T.Helper()
	cmd := b.Command("hash-object", "-w", "--literally", "-t", kind, "--stdin")
	cmd.Stdin = strings.NewReader(text)
	out, err := cmd.Output()
	if err != nil {
		b.T.Fatalf("hash-object: %v", err)
	}
	return strings.TrimSpace(string(out))
}

// mktree makes a tree of lines as `git ls-tree` prints them.
func (b *sandbox) mktree(lines string) string {
	b.T.Helper()
	cmd := b.Command("mktree", "--missing")
	cmd.Stdin = strings.NewReader(lines)
	out, err := cmd.Output()
	if err != nil {
		b.T.Fatalf("mktree: %v", err)
	}
	return strings.TrimSpace(string(out))
}

func messages(r *finding.Result) string {
	var b strings.Builder
	for _, p := range r.Problems {
		fmt.Fprintf(&b, "%s: %s\n", p.Path, p.Message)
	}
	return b.String()
}

// bomb returns a commit whose trees hold each other ten times over, and a key at the end of each
// path.
func (b *sandbox) bomb(depth int, key string, parents ...string) string {
	b.T.Helper()
	tree := b.mktree("100644 blob " + b.store("blob", key) + "\tf\n")
	for range depth {
		var lines strings.Builder
		for i := range 10 {
			fmt.Fprintf(&lines, "040000 tree %s\td%d\n", tree, i)
		}
		tree = b.mktree(lines.String())
	}
	args := []string{"commit-tree", "-m", "x", tree}
	for _, p := range parents {
		args = append(args, "-p", p)
	}
	return b.Git(args...)
}

// A few trees that hold each other ten times over make more paths than there are atoms. What
// is not gone through is said, and it ends.
func TestTreesThatMultiply(t *testing.T) {
	b := newSandbox(t)
	b.Git("update-ref", "refs/heads/main", b.bomb(25, testKey(0)))
	s, err := b.open().search(context.Background(), testOptions())
	if err != nil {
		t.Fatal(err)
	}
	h := newHistory(s)
	h.maxPlaces = 3000
	h.run()
	r := s.finish()
	if len(r.Findings) == 0 || len(r.Problems) == 0 {
		t.Errorf("%d findings, %s", len(r.Findings), messages(r))
	}
}

// One file at very many paths, or one folder, is looked at in the first of them.
func TestHistoryOfRepeatedFiles(t *testing.T) {
	b := newSandbox(t)
	first := b.bomb(5, testKey(0), b.Commit("x", ""))
	b.Git("update-ref", "refs/heads/main", b.bomb(5, testKey(1), first))
	for _, most := range []int{50, 300} {
		s, err := b.open().search(context.Background(), testOptions())
		gittest.Check(t, err)
		h := newHistory(s)
		h.maxPaths = most
		h.run()
		r := s.finish()
		found := map[string]int{}
		for _, f := range r.Findings {
			found[f.Key.Secret.Reveal()]++
		}
		if found[testKey(0)] != most || found[testKey(1)] != most || !strings.Contains(messages(r), fmt.Sprintf("more than %d paths: they were searched", most)) {
			t.Errorf("found %d and %d, %s", found[testKey(0)], found[testKey(1)], messages(r))
		}
	}
}

// Neither does such a commit hold up a range, a push or what is staged, whether its parent is
// one like it or not.
func TestRangeOfTreesThatMultiply(t *testing.T) {
	for _, depth := range []int{10, 30} {
		b := newSandbox(t)
		base := b.Commit("x", "")
		first := b.bomb(depth, testKey(0), base)
		second := b.bomb(depth, testKey(1), first)
		last := b.Git("commit-tree", "-m", "x", base+"^{tree}", "-p", second)
		pushed, err := b.open().Push(context.Background(), Push{Tips: []string{last}, Known: []string{base}}, testOptions())
		gittest.Check(t, err)
		ranged, err := b.ranged(base + ".." + last)
		gittest.Check(t, err)
		for name, r := range map[string]*finding.Result{"push": pushed, "range": ranged} {
			found := map[string]int{}
			for _, f := range r.Findings {
				found[f.Key.Secret.Reveal()]++
			}
			if found[testKey(0)] == 0 || found[testKey(1)] == 0 || !strings.Contains(messages(r), "are at more than 1000 paths") {
				t.Errorf("%s: found %d and %d, %s", name, found[testKey(0)], found[testKey(1)], messages(r))
			}
		}
	}
}

// That the same folder is at a few hundred paths is no reason to leave any out.
func TestRangeOfCopiedFolders(t *testing.T) {
	b := newSandbox(t)
	base := b.Commit("x", "")
	tree := b.mktree("100644 blob " + b.store("blob", "text\n"+testKey(0)) + "\tf\n")
	var lines strings.Builder
	for i := range 900 {
		fmt.Fprintf(&lines, "040000 tree %s\td%03d\n", tree, i)
	}
	head := b.Git("commit-tree", "-m", "x", b.mktree(lines.String()), "-p", base)
	r, err := b.ranged(base + ".." + head)
	gittest.Check(t, err)
	if len(r.Findings) != 900 || len(r.Problems) != 0 {
		t.Errorf("%d findings, %s", len(r.Findings), messages(r))
	}
}

// Folders in folders, deeper than anything that can be checked out.
func TestTreesThatAreDeep(t *testing.T) {
	b := newSandbox(t)
	const depth = 6000
	blob := b.store("blob", testKey(0))
	// Written by fast-import, which does not mind.
	var stream bytes.Buffer
	fmt.Fprintf(&stream, "commit refs/heads/main\ncommitter A <a@example.com> 1700000000 +0000\ndata 1\nx\nM 100644 %s %sf\nM 100644 %s g\n",
		blob, strings.Repeat("d/", depth), blob)
	cmd := b.Command("fast-import", "--quiet")
	cmd.Stdin = &stream
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Skipf("%v\n%s", err, out)
	}
	r := b.history()
	if findingAt(r, "g") == nil {
		t.Errorf("not found: %s", messages(r))
	}
	if r, err := b.ranged("HEAD"); err != nil || findingAt(r, "g") == nil || !strings.Contains(messages(r), "deep") {
		t.Errorf("%v, %s", err, messages(r))
	}
}

func findingAt(r *finding.Result, path string) *finding.Finding {
	for i := range r.Findings {
		if r.Findings[i].Path == path {
			return &r.Findings[i]
		}
	}
	return nil
}

// What is damaged or missing is named, and everything else found.
func TestHistoryOfDamagedRepository(t *testing.T) {
	k0, k1, k2 := testKey(0), testKey(1), testKey(2)
	b := newSandbox(t)
	first := b.Commit("a", k0, "dir/x", "gone", "old", "gone, too")
	b.Git("rm", "-q", "old")
	second := b.Commit("a", "", "b", k1)
	third := b.Commit("dir/c", k2)
	remove := func(id string) {
		t.Helper()
		if err := os.Remove(filepath.Join(b.Dir, ".git", "objects", id[:2], id[2:])); err != nil {
			t.Fatal(err)
		}
	}
	blob := b.Git("rev-parse", "HEAD:dir/x")
	remove(blob)
	old := b.Git("rev-parse", first+":old") // in no tree of HEAD's
	remove(old)
	r := b.history()
	if !strings.Contains(messages(r), blob) || !strings.Contains(messages(r), old) {
		t.Errorf("the missing blobs are not both named: %s", messages(r))
	}
	r.Problems = nil
	expectHistories(t, r, wantHistory("a", 1, k0, first, second, false), wantHistory("b", 1, k1, second, "", true), wantHistory("dir/c", 1, k2, third, "", true))

	tree := b.Git("rev-parse", "HEAD~1:dir")
	remove(tree)
	r = b.history()
	if !strings.Contains(messages(r), tree) {
		t.Errorf("the missing tree is not named: %s", messages(r))
	}
	if len(r.Findings) != 3 {
		t.Errorf("found %q", histories(r))
	}

	remove(second)
	r = b.history()
	if !strings.Contains(messages(r), second+": commit "+third) {
		t.Errorf("the missing commit and its child are not named: %s", messages(r))
	}
	if f := findingAt(r, "dir/c"); f == nil || f.Commit.OID != third || !strings.Contains(f.Message, "not in this clone") {
		t.Errorf("%+v", f)
	}
	if f := findingAt(r, "a"); f == nil || f.Commit.OID != first || len(f.Refs) != 0 {
		t.Errorf("%+v", f)
	}

	if err := os.WriteFile(filepath.Join(b.Dir, ".git", "refs", "heads", "main"), []byte(strings.Repeat("1", 40)+"\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	r = b.history()
	if len(r.Findings) != 3 || !strings.Contains(messages(r), "HEAD") {
		t.Errorf("found %q, %s", histories(r), messages(r))
	}
}

// Objects that are not what they are said to be.
func TestHistoryOfNonsense(t *testing.T) {
	k0, k1 := testKey(0), testKey(1)
	b := newSandbox(t)
	good := b.Commit("a", k0)
	tree := b.Git("rev-parse", "HEAD^{tree}")
	blob := b.Git("rev-parse", "HEAD:a")
	b.store("commit", "tree "+tree+"\nparent "+blob+"\n\n"+k1)
	b.store("commit", "tree "+blob+"\nauthor x\ncommitter\n\nm")
	b.store("commit", "nonsense")
	b.store("commit", "tree "+tree+"\ncommitter A <a@b> 99999999999999999999 +9999999\n\nm")
	b.store("commit", "")
	b.store("tree", "nonsense")
	b.store("tree", "100644 a\x00short")
	b.store("tree", "40000 \x00"+strings.Repeat("x", 20))
	b.store("tag", "")
	tag := b.store("tag", "object "+blob+"\ntype commit\ntag x\n\n")
	b.Git("update-ref", "refs/tags/odd", tag)
	b.Git("update-ref", "refs/tags/tree", tree)
	r := b.history()
	if f := findingAt(r, "a"); f == nil || f.Commit.OID != good {
		t.Errorf("%+v", f)
	}
	if f := findingOf(t, r, k1); f.Exposure != finding.Message {
		t.Errorf("%+v", f)
	}
}

// A partial clone says how much of it is not there.
func TestHistoryOfPartialClone(t *testing.T) {
	k0, k1 := testKey(0), testKey(1)
	origin := newSandbox(t)
	origin.Git("config", "uploadpack.allowFilter", "true")
	origin.Commit("a", k0, "b", "1")
	origin.Commit("a", "", "b", "2")
	origin.Commit("c", k1, "b", "3")
	for filter, want := range map[string]string{"blob:none": "3 objects", "tree:0": "objects"} {
		b := origin.in(t.TempDir())
		b.Git("clone", "-q", "--filter="+filter, "file://"+filepath.ToSlash(origin.Dir), ".")
		r := b.history()
		if len(r.Problems) != 1 || !strings.Contains(messages(r), want) || !strings.Contains(messages(r), "partial") {
			t.Errorf("%s: %s", filter, messages(r))
		}
		if f := findingOf(t, r, k1); f.Path != "c" {
			t.Errorf("%+v", f)
		}
		b.Git("config", "remote.origin.fetch", "+refs/heads/*:refs/remotes/origin/*")
		b.Git("fetch", "-q", "--refetch", "--no-filter")
		if r := b.history(); len(r.Problems) != 0 || len(r.Findings) != 2 {
			t.Errorf("%s: %d findings, %s", filter, len(r.Findings), messages(r))
		}
	}
}

// When it is interrupted, a search tells what it found until then, and that it is not all.
func TestHistoryInterrupted(t *testing.T) {
	b := newSandbox(t)
	var stream bytes.Buffer
	for i := range 2000 {
		fmt.Fprintf(&stream, "commit refs/heads/main\ncommitter A <a@example.com> %d +0000\ndata 1\nx\nM 100644 inline f%d\ndata 50\n%050d\n", 1_700_000_000+i, i%7, i)
		if i%20 == 0 {
			fmt.Fprintf(&stream, "M 100644 inline k%d\ndata 36\n%s\n", i, testKey(i))
		}
	}
	cmd := b.Command("fast-import", "--quiet")
	cmd.Stdin = &stream
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, after := range []int64{0, 1, 500, 2000, 4099} {
		ctx, cancel := context.WithCancel(context.Background())
		o := testOptions()
		o.Progress = new(scanner.Progress)
		if after == 0 {
			cancel()
		}
		go func() {
			for ctx.Err() == nil {
				if o.Progress.Objects.Load() >= after {
					cancel()
				}
				runtime.Gosched()
			}
		}()
		r, err := b.open().History(ctx, o)
		cancel()
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(messages(r), "interrupted") && len(r.Findings) != 100 {
			t.Errorf("after %d objects: %d findings, %s", after, len(r.Findings), messages(r))
		}
		if after == 0 && !strings.Contains(messages(r), "interrupted") {
			t.Errorf("%s", messages(r))
		}
		for i := range r.Findings {
			if f := &r.Findings[i]; f.Commit == nil && !strings.HasPrefix(f.Path, "blob:") {
				t.Errorf("%+v", f)
			}
		}
	}
}

func TestAllNames(t *testing.T) {
	k0 := testKey(0)
	b := newSandbox(t)
	b.Write("x/"+k0, "")
	in := b.Commit()
	b.Git("rm", "-q", "-r", "x")
	out := b.Commit()
	defer func(n int64) { maxForNames = n }(maxForNames)
	for _, o := range []struct {
		max int64
		all bool
	}{{maxForNames, false}, {0, true}} {
		maxForNames = o.max
		options := testOptions()
		options.AllNames = o.all
		r, err := b.open().History(context.Background(), options)
		if err != nil {
			t.Fatal(err)
		}
		expectHistories(t, r, wantHistory("x/"+redacted(k0), 0, k0, in, out, false))
	}
	r := b.history()
	if expect(t, r); len(r.Notices) != 1 || len(r.Problems) != 0 {
		t.Errorf("names left out: notices %v, problems %v", r.Notices, r.Problems)
	}
	b.Commit("y", testKey(1))
	if r := b.history(); len(r.Findings) != 2 {
		t.Errorf("found %q", histories(r))
	}
}

func FuzzCommit(f *testing.F) {
	f.Add([]byte("tree 1234567890123456789012345678901234567890\nparent 1234567890123456789012345678901234567890\nauthor A <a> 1 +0100\ncommitter A <a> 1 +0100\n\nmessage\n"))
	f.Add([]byte("object 1234567890123456789012345678901234567890\ntype commit\ntag x\n\nm"))
	f.Fuzz(func(t *testing.T, text []byte) {
		id := pack.NewID(bytes.Repeat([]byte{1}, 20))
		if c, err := parseCommit(id, text, 20); err == nil {
			if got := c.finding(); got.Date.Year() > 9999 || len(got.Subject) > 2*maxSubject {
				t.Errorf("%+v", got)
			}
			p := graphPart{size: 20}
			p.add(&pack.Object{Kind: pack.Commit, Text: text})
			for tree := range p.trees.take() {
				if !bytes.Equal(tree, c.tree.Bytes()) {
					t.Error("two readings of a tree's id")
				}
			}
		}
		_, _ = parseTag(text)
	})
}

package git

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/neokeys/neokeys/finding"
)

func (b *sandbox) push(p Push) *finding.Result {
	b.T.Helper()
	r, err := b.open().Push(context.Background(), p, testOptions())
	if err != nil {
		b.T.Fatal(err)
	}
	return r
}

const zeros = "0000000000000000000000000000000000000000"

func TestPush(t *testing.T) {
	k0, k1, k2, k3 := testKey(0), testKey(1), testKey(2), testKey(3)
	b := newSandbox(t)
	base := b.Commit("old", k0+"\n")
	side := b.Commit("a", k1+"\n")
	b.Git("checkout", "-q", "-b", "topic", base)
	topic := b.Commit("b", k2+"\n")
	gone := b.Commit("b", "\n")

	known := Push{Tips: []string{side, gone}, Known: []string{base}}
	expectHistories(t, b.push(known), wantHistory("a", 1, k1, side, "", true), wantHistory("b", 1, k2, topic, gone, false))

	// Whoever has everything is sent nothing; a branch of what is there brings nothing.
	expect(t, b.push(Push{Tips: []string{side, gone}, KnownRefs: "refs/"}))
	expect(t, b.push(Push{Tips: []string{base, topic}, KnownRefs: "refs/heads/topic"}))
	b.Git("update-ref", "refs/remotes/origin/main", base)
	b.Git("update-ref", "refs/remotes/fork/main", side)
	expect(t, b.push(Push{Tips: []string{side}, KnownRefs: "refs/remotes/origin/"}), spot("a", 1, k1))
	expect(t, b.push(Push{Tips: []string{side}, KnownRefs: "refs/remotes/fork/"}))
	expect(t, b.push(Push{Tips: []string{base}}), spot("old", 1, k0))

	// Names will do, and what is known by an id that is not here does not count.
	elsewhere := strings.Repeat("1", 40)
	expect(t, b.push(Push{Tips: []string{"topic~1"}, Known: []string{"main", elsewhere}}), spot("b", 1, k2))
	expect(t, b.push(Push{Tips: []string{zeros}, Known: []string{base}}))
	for _, p := range []Push{
		{Tips: []string{"nowhere"}},
		{Tips: []string{elsewhere}},
		{Tips: []string{"main"}, Known: []string{"nowhere"}},
	} {
		if r, err := b.open().Push(context.Background(), p, testOptions()); err == nil {
			t.Errorf("%v: no error, and %d findings", p, len(r.Findings))
		}
	}

	// A tag's message comes with it, whatever the tag is of.
	b.Git("tag", "-a", "-m", "uses "+k3, "v1", "main")
	b.Git("tag", "-a", "-m", "a tag of a tag", "v2", "v1")
	r := b.push(Push{Tips: []string{"refs/tags/v2"}, Known: []string{"main"}})
	if len(r.Findings) != 1 || r.Findings[0].Exposure != finding.Message || r.Findings[0].Path != "tag:"+b.Git("rev-parse", "v1") {
		t.Errorf("found %q in the message of a tag of a tag", listed(r))
	}
	expect(t, b.push(Push{Tips: []string{"v2"}, Known: []string{"main"}, KnownRefs: "refs/tags/"}))
	tree, blob := b.Git("rev-parse", "main^{tree}"), b.Git("rev-parse", "main:old")
	b.Git("tag", "-a", "-m", "of a tree", "tree", tree)
	expect(t, b.push(Push{Tips: []string{"tree"}}), spot("old", 1, k0), spot("a", 1, k1))
	expect(t, b.push(Push{Tips: []string{blob}}), spot("blob:"+blob, 1, k0))

	r = b.push(Push{NewRefs: []string{"refs/heads/" + k3, "refs/heads/fine"}})
	if len(r.Findings) != 1 || r.Findings[0].Exposure != finding.Name {
		t.Errorf("found %q in the names of new refs", listed(r))
	}
}

// TestPushAgreesWithRevList has each commit of a random history add a key of its own.
func TestPushAgreesWithRevList(t *testing.T) {
	random := rng(7)
	b := newSandbox(t)
	var commits []string
	keys := map[string]string{} // commit by key id
	for n := range 24 {
		if len(commits) > 0 {
			b.Git("checkout", "-q", "--detach", commits[random.IntN(len(commits))])
		}
		if len(commits) > 2 && random.IntN(3) == 0 {
			b.Git("merge", "-q", "-m", "merge", commits[random.IntN(len(commits))])
		}
		key := testKey(100 + n)
		commits = append(commits, b.Commit(fmt.Sprintf("f%d", n), key+"\n"))
		keys[finding.NewAPIKey("prod", strings.TrimPrefix(key, "neo_sk_"+"prod_")).ID] = commits[n]
	}
	some := func() (ids []string) {
		for range random.IntN(4) {
			ids = append(ids, commits[random.IntN(len(commits))])
		}
		return ids
	}
	for range 30 {
		p := Push{Tips: append(some(), commits[random.IntN(len(commits))]), Known: some()}
		var got []string
		r := b.push(p)
		for i := range r.Findings {
			got = append(got, keys[r.Findings[i].Key.ID])
			if oid := r.Findings[i].Commit.OID; oid != got[len(got)-1] {
				t.Errorf("the key of %s is found in %s", got[len(got)-1], oid)
			}
		}
		args := append(append([]string{"rev-list", "--no-merges"}, p.Tips...), "--not")
		want := strings.Fields(b.Git(append(args, p.Known...)...))
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%v: found those of\n\t%q, git lists\n\t%q", p, got, want)
		}
	}
}

func TestOnly(t *testing.T) {
	k0, k1, k2 := testKey(0), testKey(1), testKey(2)
	text := strings.Repeat("a line of some length\n", 20)
	b := newSandbox(t)
	b.Commit("old", k0+"\n"+text)
	b.Git("mv", "old", "new")
	b.Write("a", k1+"\n")
	b.Write("folder/b", k2+"\n")
	b.Write(k2+"/c", "\n")
	b.Git("add", "-A")
	only := func(paths ...string) *finding.Result {
		o := testOptions()
		o.Only = func(path string) bool { return slices.Contains(paths, path) }
		r, err := b.open().Staged(context.Background(), o)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	expect(t, only("a"), spot("a", 1, k1))
	expect(t, only("folder", "folder/b"), spot("folder/b", 1, k2))
	expect(t, only("none"))
	// The file that it was before is not looked at for its own sake, but still known.
	expect(t, only("new"))
	r := only(k2, k2+"/c")
	if len(r.Findings) != 1 || r.Findings[0].Exposure != finding.Name {
		t.Errorf("found %q in the name of a folder", listed(r))
	}
}

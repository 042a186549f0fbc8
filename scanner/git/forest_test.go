package git

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/neokeys/neokeys/scanner/pack"
)

// What a forest says of each tree is what reading the tree says, however git keeps it.
func TestForestAgreesWithTrees(t *testing.T) {
	for seed := range uint64(4) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			b := largeFolders(t, rng(seed))
			depth := []string{"1", "10", "50", "250"}[seed]
			b.git("-c", "pack.threads=1", "repack", "-q", "-a", "-d", "-f", "--depth="+depth, "--window=20")
			compareForest(t, b, rng(seed))
		})
	}
}

// largeFolders makes commits that change entries of folders with hundreds of them.
func largeFolders(t *testing.T, random *rand.Rand) *sandbox {
	b := newSandbox(t)
	var stream bytes.Buffer
	folders := []string{"", "d/", "d/e/", "long-folder-name/"}
	for i := range 120 {
		fmt.Fprintf(&stream, "commit refs/heads/main\ncommitter A <a@example.com> %d +0000\ndata 1\nx\n", 1_700_000_000+i)
		changes := 1 + random.IntN(4)
		if i == 0 {
			changes = 1200
		}
		for range changes {
			path := folders[random.IntN(len(folders))] + strings.Repeat("x", random.IntN(8)) + fmt.Sprint(random.IntN(300))
			switch random.IntN(5) {
			case 0:
				fmt.Fprintf(&stream, "D %s\n", path)
			case 1:
				fmt.Fprintf(&stream, "D %s\nM 100644 inline %s/in\ndata 1\n%d\n", path, path, random.IntN(10))
			default:
				text := fmt.Sprint(random.IntN(1000))
				fmt.Fprintf(&stream, "D %s\nM 100644 inline %s\ndata %d\n%s\n", path, path, len(text), text)
			}
		}
	}
	cmd := b.command("fast-import", "--quiet")
	cmd.Stdin = &stream
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return b
}

func compareForest(t *testing.T, b *sandbox, random *rand.Rand) {
	s, err := b.open().search(context.Background(), testOptions())
	if err != nil {
		t.Fatal(err)
	}
	wanted := newIDTable(20)
	var trees []pack.ID
	for line := range strings.Lines(b.git("cat-file", "--batch-all-objects", "--batch-check=%(objectname) %(objecttype)")) {
		name, kind, _ := strings.Cut(strings.TrimSpace(line), " ")
		id, err := pack.ParseID(name)
		if err != nil {
			t.Fatal(err)
		}
		switch {
		case kind == "tree":
			trees = append(trees, id)
		case kind == "blob" && random.IntN(20) == 0:
			wanted.add(id.Bytes())
		}
	}
	f, err := growForest(context.Background(), s, wanted)
	if err != nil {
		t.Fatal(err)
	}
	leads := map[pack.ID]bool{}
	var lead func(id pack.ID) bool
	lead = func(id pack.ID) bool {
		entries, err := s.objects.tree(id)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			if e.isFolder() && lead(e.id) || !e.isFolder() && wanted.find(e.id.Bytes()) >= 0 {
				leads[id] = true
			}
		}
		return leads[id]
	}
	folders := f.prune()
	for _, id := range trees {
		lead(id)
		var want, got []string
		entries, _ := s.objects.tree(id)
		for _, e := range entries {
			if e.isFolder() && leads[e.id] || !e.isFolder() && wanted.find(e.id.Bytes()) >= 0 {
				want = append(want, fmt.Sprintf("%s %s", e.name, e.id))
			}
		}
		n := f.trees.find(id.Bytes())
		if n < 0 {
			t.Fatalf("tree %s was not read", id)
		}
		for _, e := range folders.of(n) {
			child := f.trees
			if e.kind() == childBlob {
				child = f.wanted
			}
			got = append(got, fmt.Sprintf("%s %s", f.names.list[e.name], child.id(e.number())))
		}
		slices.Sort(want)
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Fatalf("tree %s:\ngot  %q\nwant %q", id, got, want)
		}
	}
	for _, p := range s.finish().Problems {
		t.Errorf("problem: %v", p)
	}
}

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

// What a treeIndex says of each tree is what reading the tree says, however git keeps it.
func TestForestAgreesWithTrees(t *testing.T) {
	for seed := range uint64(4) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			b := largeFolders(t, rng(seed))
			depth := []string{"1", "10", "50", "250"}[seed]
			b.Git("-c", "pack.threads=1", "repack", "-q", "-a", "-d", "-f", "--depth="+depth, "--window=20")
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
	cmd := b.Command("fast-import", "--quiet")
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
	for line := range strings.Lines(b.Git("cat-file", "--batch-all-objects", "--batch-check=%(objectname) %(objecttype)")) {
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
	f, err := readTreeIndex(context.Background(), s, wanted)
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
	folders := f.prune(context.Background())
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

// A tree made from another is kept as one that is read as a whole.
func FuzzTreeEdits(f *testing.F) {
	f.Add(uint64(1), uint8(3))
	f.Add(uint64(2), uint8(40))
	f.Add(uint64(87), uint8('W')) // copies what was no entry in the base
	f.Fuzz(func(t *testing.T, seed uint64, edits uint8) {
		random := rng(seed)
		wanted := newIDTable(20)
		ids := make([]string, 50)
		for i := range ids {
			id := make([]byte, 20)
			for j := range id {
				id[j] = byte(random.IntN(256))
			}
			ids[i] = string(id)
			if i%3 == 0 {
				wanted.add(id)
			}
		}
		var base []byte
		for i := range random.IntN(200) {
			mode := []string{"100644", "40000", "120000", "040000", "160000"}[random.IntN(5)*random.IntN(2)]
			base = append(base, fmt.Sprintf("%s n%03d\x00%s", mode, i, ids[random.IntN(len(ids))])...)
		}
		// Steps at any place, most of which make no tree at all.
		var text []byte
		var steps []pack.Edit
		step := func(from, n int) {
			steps = append(steps, pack.Edit{At: len(text), Len: n, From: from})
			text = append(text, base[from:from+n]...)
		}
		at := 0
		for range edits {
			if at >= len(base) {
				break
			}
			n := 1 + random.IntN(min(len(base)-at, 2000))
			if random.IntN(3) == 0 {
				n = min(len(base)-at, n/30*30)
			}
			if n > 0 {
				step(at, n)
			}
			at += n
			switch random.IntN(4) {
			case 0:
				inserted := fmt.Sprintf("40000 m%d\x00%s", random.IntN(9), ids[random.IntN(len(ids))])
				inserted = inserted[random.IntN(2)*random.IntN(len(inserted)):]
				steps = append(steps, pack.Edit{At: len(text), Len: len(inserted), From: pack.Inserted})
				text = append(text, inserted...)
			case 1:
				at += random.IntN(60)
			case 2:
				at = random.IntN(len(base))
			}
		}
		index := &treeIndex{hashSize: 20, wanted: wanted, names: nameTable{numbers: map[string]uint32{}}}
		for i := range wanted.len() {
			index.filter.add(wanted.raw(i))
		}
		visitor := func() *treeVisitor { return &treeVisitor{treeIndex: index, known: map[string]knownName{}} }
		v := visitor()
		v.compare(&treeDiff{now: base, marking: true})
		kept, marks := v.added.clone(), slices.Clone(v.marks)
		v.compare(&treeDiff{before: base, now: text, edits: steps, marks: marks, marking: true})

		whole := visitor()
		whole.compare(&treeDiff{now: text})
		begins := map[int32]bool{}
		for at := 0; at < len(text); {
			_, end := whole.entry(text[at:])
			if end == 0 {
				break
			}
			at += end
			begins[int32(at)] = true
		}
		for _, m := range v.marks {
			if !begins[m] {
				t.Errorf("the mark %d is not where an entry begins", m)
			}
		}
		asked := map[string]bool{}
		for id := range slices.Chunk(v.blobs, 20) {
			asked[string(id)] = true
		}
		for id := range slices.Chunk(whole.blobs, 20) {
			if !asked[string(id)] {
				t.Errorf("it was not noted to ask whether %x is there", id)
			}
		}
		count := map[string]int{}
		note := func(l edgeList, n int) {
			for _, e := range l.edges {
				entry := index.names.list[e.name] + fmt.Sprintf(" %x", uint32(e.child))
				if e.kind() == childTree {
					entry += fmt.Sprintf(" %x", l.folders[:20])
					l.folders = l.folders[20:]
				}
				count[entry] += n
			}
		}
		note(kept, 1)
		note(v.dropped, -1)
		note(v.added, 1)
		note(whole.added, -1)
		for entry, n := range count {
			if n != 0 {
				t.Errorf("%s: %d too many", entry, n)
			}
		}
	})
}

func (l *edgeList) clone() edgeList { return edgeList{slices.Clone(l.edges), bytes.Clone(l.folders)} }

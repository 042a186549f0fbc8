package pack

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
)

// TestAlternates opens object directories that lead to each other in a chain, in a circle
// and into nowhere.
func TestAlternates(t *testing.T) {
	root := t.TempDir()
	want := map[string]stored{}
	dir := func(i int) string { return filepath.Join(root, fmt.Sprint("store ", i)) }
	const n = 8
	for i := range n {
		w := &packWriter{t: t}
		w.blob(fmt.Sprint("in ", i))
		w.blob("in all")
		w.saveIn(dir(i), "test")
		maps.Copy(want, w.want())
		writeLoose(t, dir(i), Blob, []byte("loose in all"))
	}
	want[hashOf(20, Blob, []byte("loose in all")).String()] = stored{"blob", "loose in all"}
	for i := range n {
		next := "../" + filepath.Base(dir((i+1)%n))
		switch i {
		case 1:
			next = dir(2)
		case 2:
			next = fmt.Sprintf("# a comment\n\n%q", dir(3))
		case 3:
			next = ".\n" + next
		}
		writeFile(t, filepath.Join(dir(i), "info", "alternates"), []byte(next+"\n"))
	}
	s := openStore(t, 20, dir(0), dir(0)+"/")
	got := sweep(t, s, 2)
	if len(got.problems) > 0 {
		t.Errorf("problems: %v", got.problems)
	}
	compareObjects(t, got.objects, want)
	if !s.Has(hashOf(20, Blob, []byte("in 7"))) || s.Has(hashOf(20, Blob, []byte("in 8"))) || s.Has(ID{}) {
		t.Error("Has is wrong")
	}
	if _, _, err := s.Object(hashOf(20, Blob, []byte("in 8")), MaxText); !errors.Is(err, ErrNotFound) {
		t.Errorf("Object returns error %v", err)
	}

	writeFile(t, filepath.Join(dir(4), "info", "alternates"), []byte("../nowhere\n"+strings.Repeat("x", 5000)))
	got = sweep(t, openStore(t, 20, dir(4)), 1)
	if len(got.problems) != 2 || len(got.objects) != 3 {
		t.Errorf("%d objects, problems %v", len(got.objects), got.problems)
	}
	if _, err := Open([]string{filepath.Join(root, "nowhere")}, 20); err == nil {
		t.Error("nowhere was opened")
	}
}

// TestThinPacks reads packs with deltas whose bases are in other packs or loose.
func TestThinPacks(t *testing.T) {
	dir := t.TempDir()
	a, b, c := &packWriter{t: t}, &packWriter{t: t}, &packWriter{t: t}
	base := a.blob("the first base, in pack a")
	inB := b.refDelta(base.id, Blob, base.text, step{at: 0, n: 9}, step{insert: " in pack b"})
	inC := c.refDelta(inB.id, Blob, inB.text, step{insert: "and "}, step{at: 0, n: 9})
	a.refDelta(inC.id, Blob, inC.text, step{insert: "back "}, step{at: 0, n: 9})
	loose, _ := writeLoose(t, dir, Blob, []byte("a loose base"))
	onLoose := c.refDelta(loose, Blob, []byte("a loose base"), step{at: 0, n: 7}, step{insert: " end"})
	c.delta(onLoose, step{at: 0, n: 3}, step{insert: "x"})
	empty, _ := writeLoose(t, dir, Blob, nil)
	c.refDelta(empty, Blob, nil, step{insert: "made of nothing"})
	want := map[string]stored{loose.String(): {"blob", "a loose base"}, empty.String(): {"blob", ""}}
	for i, w := range []*packWriter{a, b, c} {
		w.saveIn(dir, itoa(i))
		maps.Copy(want, w.want())
	}
	s := openStore(t, 20, dir)
	got := sweep(t, s, 2)
	if len(got.problems) > 0 {
		t.Errorf("problems: %v", got.problems)
	}
	compareObjects(t, got.objects, want)
	for name, o := range want {
		id, _ := ParseID(name)
		if _, text, err := s.Object(id, MaxText); err != nil || string(text) != o.text {
			t.Errorf("%v: %q, error %v", id, text, err)
		}
	}
	// One without an index, whose base is in one with.
	if err := os.Remove(filepath.Join(dir, "pack", "pack-2.idx")); err != nil {
		t.Fatal(err)
	}
	got = sweep(t, openStore(t, 20, dir), 2)
	if len(got.problems) > 0 {
		t.Errorf("problems: %v", got.problems)
	}
	compareObjects(t, got.objects, want)
}

// TestThinInCircle reads a pack without an index that needs another for its index, which
// needs the first one in turn. Git makes no such packs; what needs both is named.
func TestThinInCircle(t *testing.T) {
	dir := t.TempDir()
	a, b := &packWriter{t: t}, &packWriter{t: t}
	base := a.blob("the first base, in pack a")
	inB := b.refDelta(base.id, Blob, base.text, step{at: 0, n: 9}, step{insert: " in pack b"})
	back := a.refDelta(inB.id, Blob, inB.text, step{insert: "back "}, step{at: 0, n: 9})
	forth := b.refDelta(back.id, Blob, back.text, step{insert: "forth "}, step{at: 0, n: 9})
	a.saveIn(dir, "a")
	b.saveIn(dir, "b")
	if err := os.Remove(filepath.Join(dir, "pack", "pack-a.idx")); err != nil {
		t.Fatal(err)
	}
	want := a.want()
	maps.Copy(want, b.want())
	delete(want, back.id.String())
	delete(want, forth.id.String())
	got := sweep(t, openStore(t, 20, dir), 2)
	if len(got.problems) != 2 {
		t.Errorf("problems: %v", got.problems)
	}
	compareObjects(t, got.objects, want)
}

// TestLostChain reads a pack without an index whose objects are made from all of a chain, in
// another pack, that leads to nothing. To follow the chain anew for each would take minutes.
func TestLostChain(t *testing.T) {
	const links = 3000
	dir := t.TempDir()
	a, b := &packWriter{t: t}, &packWriter{t: t}
	text := []byte("what the first link is made from, and nobody has")
	at := b.refDelta(hashOf(20, Blob, text), Blob, text, step{at: 0, n: 9})
	for i := range links {
		at = b.delta(at, step{insert: itoa(i)})
		a.refDelta(at.id, Blob, at.text, step{insert: "made from " + itoa(i)})
	}
	a.saveIn(dir, "a")
	b.saveIn(dir, "b")
	if err := os.Remove(filepath.Join(dir, "pack", "pack-a.idx")); err != nil {
		t.Fatal(err)
	}
	s := openStore(t, 20, dir)
	packs := s.packList()
	p := packs[slices.IndexFunc(packs, func(p *packFile) bool { return strings.HasSuffix(p.path, "a.pack") })]
	if x := p.load(s); x.n != 0 {
		t.Errorf("%d objects were named", x.n)
	}
	if n := len(s.Problems()); n < links/10 { // not all are remembered
		t.Errorf("%d problems", n)
	}
}

// TestOtherCopy damages one copy of what there is twice.
func TestOtherCopy(t *testing.T) {
	random := rng(41)
	for range 30 {
		w := randomForest(t, random, 20+random.IntN(100))
		whole := &packWriter{t: t} // the same objects, but for some, and others
		want := w.want()
		seen := map[ID]bool{}
		for _, e := range w.entries {
			if !seen[e.id] {
				whole.whole(e.kind, e.text)
				seen[e.id] = true
			}
		}
		whole.blob("another")
		maps.Copy(want, whole.want())
		dir := t.TempDir()
		pack, index := w.bytes()
		for range 1 + random.IntN(5) {
			pack[packHeader+random.IntN(len(w.body))] ^= 0x55
		}
		writePack(t, dir, "damaged", pack, index)
		whole.saveIn(dir, "whole")
		defer func() { small = 20_000 }()
		for jobs := 1; jobs <= 2; jobs++ {
			small = []int{20_000, 1}[jobs-1]
			got := sweep(t, openStore(t, 20, dir), jobs)
			if len(got.problems) > 0 {
				t.Errorf("problems: %v", got.problems)
			}
			compareObjects(t, got.objects, want)
		}
	}
}

// TestNotRegular puts in the place of files what must not be read.
func TestNotRegular(t *testing.T) {
	w := samplePack(t)
	dir := w.save()
	id, path := writeLoose(t, dir, Blob, []byte("loose"))
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(path, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "pack", "pack-folder.pack"), 0o755); err != nil {
		t.Fatal(err)
	}
	want := 2
	if runtime.GOOS != "windows" {
		makePipe(t, filepath.Join(dir, "pack", "pack-pipe.pack"))
		makePipe(t, filepath.Join(dir, "pack", "pack-test.idx"))
		want = 4
	}
	writeFile(t, filepath.Join(dir, "pack", "tmp_pack_x.pack"), []byte("being written"))
	writeFile(t, filepath.Join(dir, "ab", "not an object"), []byte("x"))
	writeFile(t, filepath.Join(dir, "AB", strings.Repeat("C", 38)), []byte("x"))
	got := sweep(t, openStore(t, 20, dir), 1)
	if len(got.problems) != want {
		t.Errorf("problems: %v", got.problems)
	}
	for _, p := range got.problems {
		if strings.HasPrefix(p.Path, path) && p.ID != id {
			t.Errorf("problem %v", p)
		}
	}
	compareObjects(t, got.objects, w.want())
}

// TestRepackedMeanwhile sweeps a repository again and again while git repacks it, packs
// its loose objects and unpacks those that nothing leads to.
func TestRepackedMeanwhile(t *testing.T) {
	r := newRepo(t)
	random := rng(51)
	r.fill(random, 40)
	r.Git("checkout", "-q", "-b", "gone")
	r.fill(random, 5)
	r.Git("checkout", "-q", "main")
	r.Git("branch", "-qD", "gone")
	r.Git("tag", "-d", "v1")
	r.Git("reflog", "expire", "--expire=now", "--all")
	want := r.all()
	stop := make(chan bool)
	var git sync.WaitGroup
	git.Go(func() {
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			default:
			}
			switch i % 3 {
			case 0: // what nothing leads to becomes loose
				r.Git("repack", "-Adq")
			case 1: // all into one pack
				r.Git("repack", "-adq", "--keep-unreachable")
			case 2:
				r.Git("gc", "-q", "--prune=never")
			}
		}
	})
	for i := range 60 {
		s := openStore(t, 20, r.objects())
		got := sweep(t, s, 1+i%2)
		if len(got.problems) > 0 {
			t.Errorf("problems: %v", got.problems)
		}
		compareObjects(t, got.objects, want)
		for name := range want {
			id, _ := ParseID(name)
			if _, text, err := s.Object(id, MaxText); err != nil || !bytes.Equal(text, []byte(want[name].text)) {
				t.Errorf("%v: error %v", id, err)
			}
		}
		s.Close()
	}
	close(stop)
	git.Wait()
}

// A text that is not big is inflated from memory, however long its stream is and whatever lies behind that.
func TestAppendWhole(t *testing.T) {
	noise := rand.NewChaCha8([32]byte{3})
	for _, n := range []int{0, 1, 100, shortStream, firstRoom + 1, 3 << 20, bigText, bigText + 1} {
		for _, part := range []int{1, 3, 16} { // of it is noise, which is not compressed
			text := make([]byte, n)
			_, _ = noise.Read(text[:n/part]) // never fails
			entry := append(entryHead(Blob, uint64(n)), deflated(text)...)
			file := append(append([]byte("PACK\x00\x00\x00\x02\x00\x00\x00\x01"), entry...), make([]byte, 3*n)...)
			end := int64(packHeader + len(entry))
			for behind, whole := range map[int64]bool{int64(3 * n): true, 0: true, -1: false} {
				p := &packFile{file: section{io.NewSectionReader(bytes.NewReader(file), 0, int64(len(file))), nil}, hashSize: 20, end: end + behind}
				l, err := p.entryAt(packHeader)
				if err != nil {
					t.Fatal(err)
				}
				got, ok := l.appendWhole([]byte("before"))
				if ok != (whole && n <= bigText) || ok && string(got) != "before"+string(text) {
					t.Errorf("%d bytes, a part in %d noise, %d behind: %v, %d bytes", n, part, behind, ok, len(got))
				}
			}
		}
	}
}

// TestCloseWhileLoading closes a store that would load for ever: it is not waited for.
func TestCloseWhileLoading(t *testing.T) {
	s, err := Open([]string{t.TempDir()}, 20)
	if err != nil {
		t.Fatal(err)
	}
	s.Load()
	s.loading.Go(func() {
		for s.interrupted() == nil {
			runtime.Gosched()
		}
	})
	s.Close()
}

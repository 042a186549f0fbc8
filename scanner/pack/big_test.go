package pack

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"

	"github.com/klauspost/compress/zlib"
)

// TestLargeOffsets reads a pack with a hole of 5 GiB in it, so that offsets take 64 bits.
func TestLargeOffsets(t *testing.T) {
	w := &packWriter{t: t}
	first := w.blob("before the hole")
	head := len(w.body)
	w.offset0 = 5 << 30
	a := w.blob("behind the hole")
	w.delta(a, step{at: 0, n: 6}, step{insert: " it"})
	w.delta(first, step{at: 0, n: 6}, step{insert: " it all"})
	pack, _ := w.bytes()
	dir := t.TempDir()
	path := filepath.Join(dir, "pack", "pack-hole.pack")
	writeFile(t, path, pack[:packHeader+head])
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteAt(pack[packHeader+head:], w.offset0+packHeader+int64(head)); err != nil {
		t.Skipf("no sparse file: %v", err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	// The checksum of the first object's bytes would take in the hole.
	writeFile(t, filepath.Join(dir, "pack", "pack-hole.idx"), w.index(pack[len(pack)-20:]))
	s := openStore(t, 20, dir)
	got := sweep(t, s, 2)
	if len(got.problems) > 0 {
		t.Errorf("problems: %v", got.problems)
	}
	compareObjects(t, got.objects, w.want())
	for _, s := range []*Store{s, openStore(t, 20, dir)} { // loaded, and not
		for _, e := range w.entries {
			if _, text, err := s.Object(e.id, MaxText); err != nil || !bytes.Equal(text, e.text) {
				t.Errorf("%v: %q, error %v", e.id, text, err)
			}
		}
	}
}

// A peak is how much more memory was in use than before, of all the times that it looked.
type peak struct {
	before, most uint64
	reads        int
}

func newPeak() *peak {
	runtime.GC()
	p := &peak{}
	p.before = p.inUse()
	return p
}

func (p *peak) inUse() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapInuse
}

func (p *peak) look() { p.most = max(p.most, p.inUse()) }

func (p *peak) grown() uint64 { return p.most - min(p.most, p.before) }

// A lookingVisitor reads what it visits, and looks at how much memory is in use.
type lookingVisitor struct {
	*peak
	sizes map[ID]int64
}

func (v lookingVisitor) Visit(o *Object) any {
	v.look()
	n := int64(len(o.Text))
	if o.Reader != nil {
		n, _ = io.Copy(io.Discard, io.TeeReader(o.Reader, lookingWriter{v.peak}))
	}
	v.sizes[o.ID()] = n
	v.look()
	return nil
}

type lookingWriter struct{ *peak }

func (w lookingWriter) Write(p []byte) (int, error) {
	if w.reads++; w.reads%1000 == 0 {
		w.look()
	}
	return len(p), nil
}

// TestBomb sweeps objects of a gigabyte of zeros that take up a megabyte: one that is read
// as a stream, and one that others are made from, which would have to be held.
func TestBomb(t *testing.T) {
	if testing.Short() {
		t.Skip("inflates gigabytes")
	}
	const size = 1 << 30
	bomb := append(entryHead(Blob, size), deflatedZeros(size)...)
	w := &packWriter{t: t}
	w.blob("something before")
	// Their names do not matter.
	alone := w.raw(Blob, []byte("bomb"), bomb)
	base := w.raw(Blob, []byte("other bomb"), bomb)
	delta := appendVarint(appendVarint(nil, size), 5)
	delta = append(delta, 0x90, 5)
	child := w.raw(Blob, []byte("child"), slices.Concat(entryHead(ofsDelta, uint64(len(delta))), distance(w.offset()-base.offset), deflated(delta)))
	last := w.blob("something behind")

	s := openStore(t, 20, w.save())
	v := lookingVisitor{newPeak(), map[ID]int64{}}
	var problems []Problem
	err := s.Sweep(context.Background(), Sweep{Jobs: 1, NewVisitor: func() Visitor { return v }, Problem: func(p Problem) { problems = append(problems, p) }})
	if err != nil {
		t.Fatal(err)
	}
	if grown := v.grown(); grown > 32<<20 {
		t.Errorf("%d MB of memory", grown>>20)
	}
	if v.sizes[alone.id] != size || v.sizes[base.id] != size || v.sizes[last.id] != int64(len(last.text)) {
		t.Errorf("visited %v", v.sizes)
	}
	if len(problems) != 1 || problems[0].ID != child.id || !errors.Is(problems[0].Err, ErrTooLarge) {
		t.Errorf("problems %v", problems)
	}
	if _, _, err := s.Object(alone.id, MaxText); !errors.Is(err, ErrTooLarge) {
		t.Errorf("Object returns error %v", err)
	}
	_, n, r, err := s.Reader(alone.id)
	if err != nil || n != size {
		t.Fatalf("Reader says %d bytes, error %v", n, err)
	}
	if n, err := io.Copy(io.Discard, r); n != size || err != nil {
		t.Errorf("Reader reads %d bytes, error %v", n, err)
	}
	_ = r.Close()
}

// deflatedZeros is deflated(make([]byte, size)) without making them.
func deflatedZeros(size int64) []byte {
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	zeros := make([]byte, 1<<20)
	for ; size > 0; size -= int64(len(zeros)) {
		_, _ = z.Write(zeros)
	}
	_ = z.Close()
	return b.Bytes()
}

// TestBigFamily sweeps a family of texts each too big for several workers to hold such,
// which together are more than is ever held: a chain with branches at each link.
func TestBigFamily(t *testing.T) {
	random := rng(21)
	text := longText(random, bigText+1<<20)
	w := &packWriter{t: t}
	at := w.whole(Blob, text)
	small := w.delta(at, step{at: 100, n: 1000})
	w.delta(small, step{at: 0, n: 500}, step{insert: "small"})
	const links = 12
	for range links {
		next := w.delta(at, step{insert: string(randomLines(random, 1))}, step{at: 0, n: len(at.text)})
		for range 2 {
			branch := w.delta(at, step{at: 0, n: len(at.text) - random.IntN(1000)}, step{insert: string(randomLines(random, 1))})
			w.delta(branch, step{at: 0, n: 100}, step{insert: string(randomLines(random, 1))})
		}
		at = next
	}
	dir := w.save()
	want := w.want()
	for jobs := 1; jobs <= 2; jobs++ {
		got := sweep(t, openStore(t, 20, dir), jobs)
		if len(got.problems) > 0 {
			t.Errorf("problems: %v", got.problems)
		}
		compareObjects(t, got.objects, want)
	}
	w.entries = nil // and the texts with them
	clear(want)
	s := openStore(t, 20, dir)
	v := lookingVisitor{newPeak(), map[ID]int64{}}
	err := s.Sweep(context.Background(), Sweep{Jobs: 1, NewVisitor: func() Visitor { return v }})
	if err != nil {
		t.Fatal(err)
	}
	if grown, all := v.grown(), uint64(2*links*len(text)); grown > uint64(heldText+8*len(text)) {
		t.Errorf("%d MB of memory for texts of %d MB", grown>>20, all>>20)
	}
}

// TestBigTexts sweeps families of texts of which only two can be held: memory is wanted for
// a parent and a child, whatever was held for others before.
func TestBigTexts(t *testing.T) {
	if testing.Short() {
		t.Skip("makes texts of a hundred megabytes")
	}
	const size = 100 << 20
	w := &packWriter{t: t}
	for seed := range uint64(2) {
		base := w.whole(Blob, longText(rng(seed), size))
		for i := range 3 {
			w.delta(base, step{insert: itoa(i)}, step{at: 0, n: size})
		}
	}
	want := len(w.entries)
	dir := w.save()
	w.entries = nil // and the texts with them
	s := openStore(t, 20, dir)
	v := lookingVisitor{newPeak(), map[ID]int64{}}
	err := s.Sweep(context.Background(), Sweep{Jobs: 1, NewVisitor: func() Visitor { return v }})
	if err != nil || len(v.sizes) != want {
		t.Fatalf("%d objects, want %d, error %v", len(v.sizes), want, err)
	}
	if grown := v.grown(); grown > 4*size {
		t.Errorf("%d MB of memory for texts of %d MB", grown>>20, size>>20)
	}
}

// TestSmallBesideBig sweeps small texts that others are made from, each behind a big one, which
// must not keep the memory of those.
func TestSmallBesideBig(t *testing.T) {
	if testing.Short() {
		t.Skip("makes texts of a hundred megabytes")
	}
	const size, levels = 100 << 20, 5
	w := &packWriter{t: t}
	block := longText(rng(31), 64<<10)
	root := w.whole(Blob, bytes.Repeat([]byte{'r'}, bigText+1<<20))
	at := w.delta(root, step{insert: string(block)})
	var level func(at *written, depth int)
	level = func(at *written, depth int) {
		big := slices.Repeat([]step{{at: 0, n: len(block)}}, size/len(block))
		w.delta(at, append(big, step{insert: itoa(depth)})...)
		w.entries[len(w.entries)-1].text = nil
		if depth == 0 {
			return
		}
		level(w.delta(at, step{at: 0, n: len(block)}, step{insert: itoa(depth)}), depth-1)
		for i := range 6 << depth { // heavier, so that it comes after
			at = w.delta(at, step{at: 0, n: len(block)}, step{insert: itoa(100 * depth * i)})
		}
	}
	level(at, levels)
	dir := w.save()
	w.entries = nil
	s := openStore(t, 20, dir)
	v := lookingVisitor{newPeak(), map[ID]int64{}}
	if err := s.Sweep(context.Background(), Sweep{Jobs: 1, NewVisitor: func() Visitor { return v }}); err != nil {
		t.Fatal(err)
	}
	if grown := v.grown(); grown > 9*size/2 { // by when the collector runs, up to four times
		t.Errorf("%d MB of memory for texts of %d MB", grown>>20, size>>20)
	}
}

// longText returns a text of n bytes that takes up little when it is compressed.
func longText(random *rand.Rand, n int) []byte {
	lines := randomLines(random, 100)
	return bytes.Repeat(lines, n/len(lines)+1)[:n]
}

// TestHeldText sweeps a pack of many middling texts in a chain with branches, which
// several workers share, each of which must drop what it holds.
func TestHeldText(t *testing.T) {
	random := rng(22)
	w := &packWriter{t: t}
	at := w.whole(Blob, longText(random, 3<<20))
	deltas := 120
	if testing.Short() {
		deltas = 40
	}
	for i := range deltas {
		base := at
		if i%10 == 3 {
			base = w.entries[random.IntN(len(w.entries))]
		}
		at = w.delta(base, step{insert: string(randomLines(random, 1))}, step{at: 0, n: len(base.text) - random.IntN(1000)})
	}
	dir, want := w.save(), w.want()
	defer func() { small = 20_000 }()
	for jobs := 1; jobs <= 3; jobs++ {
		small = 1
		got := sweep(t, openStore(t, 20, dir), jobs)
		if len(got.problems) > 0 {
			t.Errorf("problems: %v", got.problems)
		}
		compareObjects(t, got.objects, want)
	}
}

// TestDeepChain sweeps a chain of deltas far deeper than git makes them.
func TestDeepChain(t *testing.T) {
	depth := 30_000
	if testing.Short() {
		depth = 3000
	}
	w := &packWriter{t: t}
	at := w.blob("the beginning of a long chain")
	for i := range depth {
		if i%1000 == 0 {
			w.delta(at, step{insert: itoa(i)})
		}
		at = w.delta(at, step{at: 0, n: 10}, step{insert: itoa(i)})
	}
	s := openStore(t, 20, w.save())
	got := sweep(t, s, 2)
	if len(got.problems) > 0 {
		t.Errorf("problems: %v", got.problems)
	}
	compareObjects(t, got.objects, w.want())
	if _, text, err := s.Object(at.id, MaxText); err != nil || !bytes.Equal(text, at.text) {
		t.Errorf("%q, error %v", text, err)
	}
}

// TestRandomForests sweeps packs with families of any shape, made in any order.
func TestRandomForests(t *testing.T) {
	seeds := uint64(20)
	if testing.Short() {
		seeds = 4
	}
	for seed := range seeds {
		random := rng(100 + seed)
		w := randomForest(t, random, 1+random.IntN(400))
		dir := w.save()
		heldText = []int{64 << 20, 10_000, 1}[seed%3]
		small = []int{20_000, 1}[seed%2]
		defer func() { heldText, small = 64<<20, 20_000 }()
		for jobs := 1; jobs <= 4; jobs++ {
			got := sweep(t, openStore(t, 20, dir), jobs)
			if len(got.problems) > 0 {
				t.Errorf("problems: %v", got.problems)
			}
			compareObjects(t, got.objects, w.want())
		}
	}
}

// randomForest makes n objects, some of them deltas by name whose base comes later.
func randomForest(t testing.TB, random *rand.Rand, n int) *packWriter {
	w := &packWriter{t: t}
	var waiting []*written // bases that are still to be written
	for range n {
		switch k := random.IntN(20); {
		case k < 2 || len(w.entries) == 0:
			w.whole(Kind(1+random.IntN(4)), randomLines(random, 1+random.IntN(20)))
		case k < 3:
			text := randomLines(random, 10)
			base := &written{id: hashOf(20, Blob, text), text: text}
			waiting = append(waiting, base)
			w.refDelta(base.id, Blob, text, step{at: 0, n: 50}, step{insert: itoa(random.Int())})
		default:
			base := w.entries[random.IntN(len(w.entries))]
			if random.IntN(2) == 0 {
				base = w.entries[len(w.entries)-1]
			}
			cut := random.IntN(len(base.text) + 1)
			steps := []step{{at: 0, n: cut}, {insert: itoa(random.Int())}, {at: cut, n: len(base.text) - cut}}
			if random.IntN(4) == 0 {
				w.refDelta(base.id, base.kind, base.text, steps...)
			} else {
				w.delta(base, steps...)
			}
		}
	}
	for _, base := range waiting {
		w.blob(string(base.text))
	}
	return w
}

// TestCancel stops a sweep in the middle.
func TestCancel(t *testing.T) {
	w := randomForest(t, rng(31), 3000)
	s := openStore(t, 20, w.save())
	ctx, cancel := context.WithCancel(context.Background())
	n := 0
	err := s.Sweep(ctx, Sweep{Jobs: 1, NewVisitor: func() Visitor {
		return visitorFunc(func(*Object) any {
			if n++; n == 100 {
				cancel()
			}
			return nil
		})
	}})
	if !errors.Is(err, context.Canceled) || n > 200 {
		t.Errorf("error %v after %d objects", err, n)
	}
}

type visitorFunc func(*Object) any

func (f visitorFunc) Visit(o *Object) any { return f(o) }

func TestTextIsNotShared(t *testing.T) {
	// Object's cache must not hand out what a sweep overwrites.
	w := randomForest(t, rng(32), 500)
	s := openStore(t, 20, w.save())
	texts := map[ID][]byte{}
	for _, e := range w.entries {
		_, text, err := s.Object(e.id, MaxText)
		if err != nil {
			t.Fatal(err)
		}
		texts[e.id] = text
	}
	sweep(t, s, 2)
	for _, e := range w.entries {
		if !bytes.Equal(texts[e.id], e.text) {
			t.Errorf("%v has changed", e.id)
		}
	}
}

// TestBigOthers sweeps what is too long to be held where there is no index and where
// there is no pack, whole and damaged.
func TestBigOthers(t *testing.T) {
	text := longText(rng(23), bigText+1<<20)
	w := &packWriter{t: t}
	big := w.whole(Blob, text)
	w.delta(big, step{at: 5, n: 100})
	pack, _ := w.bytes()
	dir := t.TempDir()
	writePack(t, dir, "test", pack, nil)
	want := w.want()
	text = append(text, "loose"...)
	id, path := writeLoose(t, dir, Blob, text)
	want[id.String()] = stored{"blob", string(text)}
	s := openStore(t, 20, dir)
	got := sweep(t, s, 2)
	if len(got.problems) > 0 {
		t.Errorf("problems: %v", got.problems)
	}
	compareObjects(t, got.objects, want)
	if _, read, err := s.Object(id, MaxText); err != nil || !bytes.Equal(read, text) {
		t.Errorf("%d bytes, error %v", len(read), err)
	}
	if _, _, err := s.Object(id, bigText); !errors.Is(err, ErrTooLarge) {
		t.Errorf("error %v", err)
	}

	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	content[len(content)-100] ^= 0x10
	writeFile(t, path, content)
	delete(want, id.String())
	got = sweep(t, openStore(t, 20, dir), 2)
	if len(got.problems) != 1 || got.problems[0].ID != id {
		t.Errorf("problems: %v", got.problems)
	}
	compareObjects(t, got.objects, want)
}

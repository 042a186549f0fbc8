package pack

import (
	"bytes"
	"context"
	"testing"
)

// checkExcerpt makes sure that an excerpt has whatever it must have of the text that delta makes of base.
func checkExcerpt(t *testing.T, base, delta, text []byte, edge int) {
	t.Helper()
	var x Excerpt
	if err := x.of(base, delta, edge, MaxText); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(text[:x.Same], base[:x.Same]) || x.Same < ExcerptHead && !bytes.HasPrefix(x.Text, text[:min(len(text), ExcerptHead)]) {
		t.Fatalf("another beginning; %d bytes are to be the same", x.Same)
	}
	for i, q := range x.Quarters {
		if want := text[:len(text)*(i+1)/4]; edge >= QuarterEnd && !bytes.Equal(q, want[max(0, len(want)-QuarterEnd):]) {
			t.Fatalf("quarter %d of %d bytes ends with %q", i, len(text), q)
		}
	}
	_, _, ops, err := deltaSizes(delta)
	for at := 0; err == nil && len(ops) > 0; {
		var n, from int
		n, from, ops, err = nextStep(ops)
		first, last := at, at // what may not be left out begins here, and ends here
		if from == Inserted {
			ops, last = ops[n:], at+n
		}
		if piece := text[max(0, first-edge):min(len(text), last+edge)]; at > 0 && !bytes.Contains(x.Text, piece) {
			t.Fatalf("bytes %d to %d of %d are not in the excerpt in one piece", first-edge, last+edge, len(text))
		}
		at += n
	}
}

// TestExcerpt makes excerpts of all kinds of texts.
func TestExcerpt(t *testing.T) {
	for seed := range uint64(200) {
		base := longText(rng(seed), 5000)
		delta, text := makeDelta(base, append([]step{{at: 0, n: int(seed) * 20}}, randomSteps(seed, base)...)...)
		checkExcerpt(t, base, delta, text, 1+int(seed)%70)
	}
}

// FuzzExcerpt makes excerpts of what any delta makes of any text.
func FuzzExcerpt(f *testing.F) {
	delta, _ := makeDelta([]byte("some base"), step{at: 0, n: 5}, step{insert: "new"}, step{at: 2, n: 4})
	f.Add([]byte("some base"), delta, uint8(3))
	base := longText(rng(1), 2000)
	delta, _ = makeDelta(base, randomSteps(1, base)...)
	f.Add(base, delta, uint8(40))
	f.Fuzz(func(t *testing.T, base, delta []byte, edge uint8) {
		const limit = 1 << 20
		text, _, err := applyDelta(nil, base, delta, nil, limit)
		var x Excerpt
		if other := x.of(base, delta, int(edge), limit); (err == nil) != (other == nil) {
			t.Fatalf("error %v, of the excerpt %v", err, other)
		}
		if err == nil {
			checkExcerpt(t, base, delta, text, int(edge))
		}
	})
}

// A skimmer takes excerpts for enough, or not, in turn.
type skimmer struct {
	recorder
	skimmed map[string]bool
	turn    *int
}

func (s skimmer) Edge() int { return 10 }

func (s skimmer) Skim(o *Object, x *Excerpt) bool {
	id := o.ID()
	*s.turn++
	if o.Kind != Blob || o.Text != nil || o.Note == nil || len(x.Text) == 0 || s.skimmed[id.String()] {
		panic("an excerpt of nothing")
	}
	if *s.turn%2 == 0 {
		return false
	}
	s.skimmed[id.String()] = true
	return true
}

// TestSkim sweeps with a visitor to which excerpts are enough now and then: each object is either
// visited or skimmed, once.
func TestSkim(t *testing.T) {
	w := randomForest(t, rng(8), 400)
	s := openStore(t, 20, w.save())
	out := &swept{objects: map[string]stored{}}
	v := skimmer{recorder{out}, map[string]bool{}, new(int)}
	if err := s.Sweep(context.Background(), Sweep{Jobs: 1, NewVisitor: func() Visitor { return v }}); err != nil {
		t.Fatal(err)
	}
	want := w.want()
	for id := range v.skimmed {
		if _, ok := out.objects[id]; ok || want[id].kind != "blob" {
			t.Errorf("%s, a %q, was skimmed; visited as well: %v", id, want[id].kind, ok)
		}
		delete(want, id)
	}
	if len(v.skimmed) < 20 {
		t.Errorf("only %d objects were skimmed", len(v.skimmed))
	}
	compareObjects(t, out.objects, want)
}

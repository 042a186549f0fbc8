package pack

import (
	"bytes"
	"context"
	"testing"
)

// randomSteps returns the steps of a delta for base: copies of all lengths, and insertions.
func randomSteps(seed uint64, base []byte) []step {
	random := rng(seed)
	var steps []step
	for range 1 + random.IntN(8) {
		at := random.IntN(len(base))
		steps = append(steps, step{at: at, n: 1 + random.IntN(len(base)-at)})
		if random.IntN(3) > 0 {
			steps = append(steps, step{insert: string(randomLines(random, 1+random.IntN(3)))})
		}
	}
	return steps
}

// TestSparse makes sparse texts in memory full of something else, and asks for parts of them.
func TestSparse(t *testing.T) {
	random := rng(71)
	base := longText(random, 20_000)
	skipped := 0
	for seed := range uint64(300) {
		margin := 1 + random.IntN(200)
		delta, want := makeDelta(base, randomSteps(seed, base)...)
		room := sparseBuffer(delta)
		if room == nil {
			t.Fatalf("seed %d: no buffer", seed)
		}
		for i := range room[:cap(room)] {
			room[:cap(room)][i] = 1 // which is in no text
		}
		text, edits, err := applySparsely(room, base, delta, nil, MaxText, margin)
		if err != nil || len(text) != len(want) {
			t.Fatalf("seed %d: %d bytes, want %d, error %v", seed, len(text), len(want), err)
		}
		skipped += bytes.Count(text, []byte{1})
		check := func(what string, from, to int) {
			t.Helper()
			from, to = max(0, from), min(to, len(want))
			if from < to && !bytes.Equal(text[from:to], want[from:to]) {
				t.Fatalf("seed %d, margin %d: %s at %d:%d is not the object's", seed, margin, what, from, to)
			}
		}
		for _, e := range edits {
			if e.From == Inserted {
				check("an insertion", e.At, e.At+e.Len)
			} else {
				check("the beginning of a copy", e.At, e.At+min(margin, e.Len))
				check("the end of a copy", e.At+max(0, e.Len-margin), e.At+e.Len)
			}
		}
		o := Object{Text: text, Edits: edits, base: base}
		for range 5 {
			from := random.IntN(len(want)+200) - 100
			to := from + random.IntN(1000)
			o.Need(from, to)
			check("what is needed", from, to)
		}
		o.Need(0, len(text))
		check("all", 0, len(want))
	}
	if skipped == 0 {
		t.Error("no text was sparse")
	}
}

// TestSparseBuffer declares other sizes than those of what deltas make.
func TestSparseBuffer(t *testing.T) {
	base := longText(rng(72), 5000)
	good, text := makeDelta(base, step{at: 0, n: 3000}, step{insert: "new"}, step{at: 100, n: 70})
	if b := sparseBuffer(good); cap(b) < len(text) || len(b) != 0 {
		t.Errorf("room for %d bytes, want %d", cap(b), len(text))
	}
	_, _, ops, _ := deltaSizes(good)
	for name, delta := range map[string][]byte{
		"nothing":          nil,
		"larger":           append(appendVarint(appendVarint(nil, 5000), MaxText), ops...),
		"smaller":          append(appendVarint(appendVarint(nil, 5000), 10), ops...),
		"cut off":          good[:len(good)-1],
		"step of no bytes": append(append([]byte{}, good...), 0),
	} {
		b := sparseBuffer(delta)
		if name == "step of no bytes" { // which applySparsely refuses
			_, _, err := applySparsely(b, base, delta, nil, MaxText, 10)
			if err == nil {
				t.Errorf("%s: no error", name)
			}
		} else if b != nil {
			t.Errorf("%s: room for %d bytes", name, cap(b))
		}
	}
}

// TestSparseSweep visits versions of a big text: those that nothing is made from are sparse, as
// far as the visitor allows it, and it can have all of them.
func TestSparseSweep(t *testing.T) {
	w := &packWriter{t: t}
	at := w.whole(Blob, longText(rng(73), bigText+1<<20))
	for seed := range uint64(3) {
		w.delta(at, step{at: 0, n: 5 << 20}, step{insert: itoa(int(seed))}, step{at: 1 << 20, n: 6 << 20})
	}
	dir := w.save()
	for _, margin := range []int{0, 100} {
		sparse := 0
		got := map[string]stored{}
		err := openStore(t, 20, dir).Sweep(context.Background(), Sweep{Jobs: 1, Margin: margin, NewVisitor: func() Visitor {
			return visitorFunc(func(o *Object) any {
				if o.base != nil {
					sparse++
				}
				o.Need(0, len(o.Text))
				id := o.ID()
				got[id.String()] = stored{o.Kind.String(), string(o.Text)}
				return nil
			})
		}})
		if err != nil {
			t.Fatal(err)
		}
		compareObjects(t, got, w.want())
		if want := min(margin, 3); sparse != want {
			t.Errorf("margin %d: %d sparse texts, want %d", margin, sparse, want)
		}
	}
}

package pack

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"
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

// checkSpans compares a text in pieces with what it is to be, read in every way.
func checkSpans(t *testing.T, s *spans, want []byte, seed uint64) {
	t.Helper()
	random := rng(seed)
	if s.size != len(want) || !bytes.Equal(s.text(), want) {
		t.Fatalf("seed %d: %d bytes are not the %d that are wanted", seed, s.size, len(want))
	}
	for range 20 {
		from := random.IntN(len(want) + 1)
		to := from + random.IntN(len(want)-from+1)
		if got := s.window(from, to); !bytes.Equal(got, want[from:to]) {
			t.Fatalf("seed %d: the window %d:%d is not the text's", seed, from, to)
		}
		b := make([]byte, random.IntN(500))
		n, err := s.ReadAt(b, int64(from))
		if !bytes.Equal(b[:n], want[from:min(len(want), from+len(b))]) || (n < len(b)) != (err != nil) && from < len(want) {
			t.Fatalf("seed %d: ReadAt %d reads %d of %d, error %v", seed, from, n, len(b), err)
		}
	}
	if read, err := io.ReadAll(s.reader()); err != nil || !bytes.Equal(read, want) {
		t.Fatalf("seed %d: read %d of %d bytes, error %v", seed, len(read), len(want), err)
	}
	list := body{spans: s}
	if list.hash(20, Blob) != hashOf(20, Blob, want) {
		t.Fatalf("seed %d: another id", seed)
	}
}

// TestSpans makes texts of each other many times over.
func TestSpans(t *testing.T) {
	for seed := range uint64(40) {
		text := longText(rng(seed), 20_000)
		s, edits := oneSpan(text), []Edit(nil)
		for depth := range uint64(12) {
			delta, want := makeDelta(text, randomSteps(100*seed+depth, text)...)
			made, _, err := s.derive(bytes.Clone(delta), nil, MaxText)
			if err != nil {
				t.Fatal(err)
			}
			checkSpans(t, made, want, seed)
			if got, e, err := applyDelta(nil, text, delta, edits[:0], MaxText); err != nil || !bytes.Equal(got, want) || !sameEdits(e, delta, s) {
				t.Fatalf("seed %d: other edits, error %v", seed, err)
			}
			if len(want) > 200_000 {
				break
			}
			s, text = made, want
		}
	}
}

// sameEdits reports whether edits are those that s.derive says, which makes one of two that follow each other in the base.
func sameEdits(edits []Edit, delta []byte, s *spans) bool {
	var merged []Edit
	for _, e := range edits {
		merged = addEdit(merged, e.At, e)
	}
	_, got, err := s.derive(bytes.Clone(delta), nil, MaxText)
	return err == nil && slices.Equal(got, merged)
}

// TestManySpans makes a text of so many pieces that they are put together.
func TestManySpans(t *testing.T) {
	base := longText(rng(5), 100_000)
	var many []step
	for i := range maxSpans(len(base)) {
		many = append(many, step{at: i * 7 % 90_000, n: 20}, step{insert: "x"})
	}
	delta, want := makeDelta(base, many...)
	before := bytes.Clone(delta)
	if _, _, err := oneSpan(base).derive(delta, nil, MaxText); !errors.Is(err, errManySpans) {
		t.Errorf("error %v", err)
	}
	if text, _, err := applyDelta(nil, base, delta, nil, MaxText); err != nil || !bytes.Equal(text, want) || !bytes.Equal(delta, before) {
		t.Errorf("the delta was changed: error %v", err)
	}
}

// TestPieces sweeps a family of big texts, whole and in pieces: a chain with branches, some in
// too many pieces, and with so much inserted that they are put together. Then it reads each by its id.
func TestPieces(t *testing.T) {
	defer func(n int) { heldText = n }(heldText)
	random := rng(73)
	w := &packWriter{t: t}
	at := w.whole(Blob, longText(random, bigText+1<<20))
	for i := range 6 {
		n := len(at.text)
		next := w.delta(at, step{at: 0, n: n / 2}, step{insert: itoa(i)}, step{at: n / 2, n: n - n/2})
		w.delta(at, step{at: 100, n: n - 100}, step{insert: "a leaf"})
		if i == 2 {
			var many []step
			for j := range 2 * maxSpans(n) {
				many = append(many, step{at: j, n: n / 2 / maxSpans(n)}, step{insert: "|"})
			}
			w.delta(w.delta(at, many...), step{at: 5, n: 1000})
		}
		at = next
	}
	dir, want := w.save(), w.want()
	for _, heldText = range []int{64 << 20, 100_000} {
		pieces := 0
		got := map[string]stored{}
		s := openStore(t, 20, dir)
		err := s.Sweep(context.Background(), Sweep{Jobs: 2, Spans: true, NewVisitor: func() Visitor {
			return visitorFunc(func(o *Object) any {
				text := o.Window(0, int(o.Size))
				if r := o.Pieces(); r != nil {
					pieces++ // by one worker only
					if text, err := io.ReadAll(r); err != nil || o.Text != nil || len(text) != int(o.Size) {
						t.Errorf("%d bytes, %v", len(text), err)
					}
				}
				id := o.ID()
				got[id.String()] = stored{o.Kind.String(), string(text)}
				return nil
			})
		}})
		if err != nil {
			t.Fatal(err)
		}
		compareObjects(t, got, want)
		if pieces < 6 {
			t.Errorf("%d texts in pieces", pieces)
		}
		for _, e := range w.entries {
			kind, size, r, err := s.Reader(e.id)
			if err != nil || kind != Blob || size != int64(len(e.text)) {
				t.Fatalf("%v %d, error %v", kind, size, err)
			}
			if text, err := io.ReadAll(r); err != nil || !bytes.Equal(text, e.text) {
				t.Errorf("%d bytes of %d, error %v", len(text), size, err)
			}
			_ = r.Close()
		}
	}
}

// TestPiecesMemory visits versions of a big file, and reads them: for all together memory is taken
// for one.
func TestPiecesMemory(t *testing.T) {
	const size = 48 << 20
	w := &packWriter{t: t}
	at := w.whole(Blob, longText(rng(1), size))
	var ids []ID
	for i := range 4 {
		at = w.delta(at, step{at: 0, n: size / 3}, step{insert: itoa(i)}, step{at: size / 3, n: size / 2})
		ids = append(ids, at.id)
	}
	dir := w.save()
	w.entries, at = nil, nil // and the texts with them
	s := openStore(t, 20, dir)
	p := newPeak()
	err := s.Sweep(context.Background(), Sweep{Jobs: 1, Spans: true, NewVisitor: func() Visitor {
		return visitorFunc(func(*Object) any { p.look(); return nil })
	}})
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range ids {
		if _, _, err := s.Object(id, 1<<20); !errors.Is(err, ErrTooLarge) {
			t.Errorf("error %v", err)
		}
		p.look()
		_, _, r, err := s.Reader(id)
		if err != nil {
			t.Fatal(err)
		}
		p.look()
		_ = r.Close()
	}
	most := uint64(size * 3 / 2)
	if raceDetector {
		most = size * 5 / 2
	}
	if grown := p.grown(); grown > most {
		t.Errorf("%d MB of memory for versions of a text of %d MB", grown>>20, size>>20)
	}
}

// TestReaderOfNothing reads an empty object that was read before.
func TestReaderOfNothing(t *testing.T) {
	w := &packWriter{t: t}
	empty := w.blob("")
	s := openStore(t, 20, w.save())
	for range 2 {
		if _, text, err := s.Object(empty.id, MaxText); err != nil || len(text) > 0 {
			t.Errorf("%q, error %v", text, err)
		}
		kind, size, r, err := s.Reader(empty.id)
		if err != nil || kind != Blob || size != 0 {
			t.Fatalf("%v of %d bytes, error %v", kind, size, err)
		}
		_ = r.Close()
	}
}

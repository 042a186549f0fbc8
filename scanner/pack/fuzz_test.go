package pack

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
)

// FuzzPack sweeps packs of any bytes: with an index that belongs to the first one, and
// without. What it finds under a name must be what has that name.
func FuzzPack(f *testing.F) {
	w := samplePack(f)
	pack, index := w.bytes()
	f.Add(pack, true)
	f.Add(pack, false)
	forest, _ := randomForest(f, rng(61), 30).bytes()
	f.Add(forest, false)
	f.Fuzz(func(t *testing.T, pack []byte, indexed bool) {
		dir := t.TempDir()
		x := index
		if !indexed {
			x = nil
		}
		writePack(t, dir, "fuzz", pack, x)
		checkReads(t, dir, true)
	})
}

// FuzzReader sweeps packs of any bytes that are in no file of their own. What a pack on disk without an index gives
// they must give, too, with the same names, and be damaged only where that is.
func FuzzReader(f *testing.F) {
	pack, _ := samplePack(f).bytes()
	f.Add(pack, false)
	forest, _ := randomForest(f, rng(61), 30).bytes()
	f.Add(forest, true)
	f.Fuzz(func(t *testing.T, pack []byte, sum bool) {
		if sum {
			pack = withSum(pack)
		}
		checkReader(t, pack)
	})
}

// checkReader compares a pack that is in no file of its own with the same pack on disk.
func checkReader(t *testing.T, pack []byte) {
	t.Helper()
	dir := t.TempDir()
	writePack(t, dir, "fuzz", pack, nil)
	want := sweep(t, openStore(t, 20, dir), 1)
	s, err := OpenReader(t.Context(), bytes.NewReader(pack), int64(len(pack)), 20, Limits{})
	if err != nil {
		if len(want.objects) > 0 {
			t.Fatal(err)
		}
		return
	}
	defer s.Close()
	got, problems := map[string]stored{}, 0
	visitor := visitorFunc(func(o *Object) any {
		text := o.Text
		if o.Reader != nil {
			text, _ = io.ReadAll(o.Reader) // the sweep names what is wrong
		}
		id := o.ID()
		if err := checkID(id, o.Kind, text); err != nil {
			t.Errorf("%v: %v", id, err)
		}
		got[id.String()] = stored{o.Kind.String(), string(text)}
		return nil
	})
	_ = s.Sweep(t.Context(), Sweep{Jobs: 1, NewVisitor: func() Visitor { return visitor }, Problem: func(Problem) { problems++ }})
	for id, o := range want.objects {
		if got[id] != o {
			t.Errorf("%s: %.100q, want %.100q", id, got[id], o)
		}
	}
	if problems += len(s.Problems()); problems > 0 && len(want.problems) == 0 {
		t.Errorf("%d problems: %v", problems, s.Problems())
	}
}

// withSum returns a pack or an index with the right checksum at its end, where it has room for one.
func withSum(file []byte) []byte {
	if len(file) < 20 {
		return file
	}
	h := newHash(20)
	h.Write(file[:len(file)-20])
	return h.Sum(file[:len(file)-20])
}

// FuzzIndex sweeps a good pack with an index of any bytes, whose checksum is made right.
func FuzzIndex(f *testing.F) {
	w := samplePack(f)
	pack, index := w.bytes()
	f.Add(index, true)
	f.Add(index, false)
	f.Fuzz(func(t *testing.T, index []byte, sum bool) {
		if sum {
			index = withSum(index)
		}
		dir := t.TempDir()
		writePack(t, dir, "fuzz", pack, index)
		checkReads(t, dir, false) // an index may give wrong names
		s := openStore(t, 20, dir)
		for _, e := range w.entries { // with as little of the index as is needed
			_, _, _ = s.Object(e.id, MaxText)
			_ = s.WithPrefix(e.id.String()[:4])
		}
	})
}

// checkReads sweeps a store and makes sure that single reads agree, and that texts are those
// that they are named for.
func checkReads(t *testing.T, dir string, names bool) {
	s := openStore(t, 20, dir)
	err := s.Sweep(context.Background(), Sweep{Jobs: 2, NewVisitor: func() Visitor {
		return visitorFunc(func(o *Object) any {
			if o.Reader != nil {
				_, _ = io.Copy(io.Discard, o.Reader)
				return nil
			}
			id := o.ID()
			if err := checkID(id, o.Kind, o.Text); err != nil && names {
				t.Errorf("%v: %v", id, err)
			}
			kind, text, err := s.Object(id, MaxText)
			if names && err != nil && (errors.Is(err, errNoBase) || strings.Contains(err.Error(), "checksum")) {
				return nil // a stream's checksum is damaged, and the text is the one that has the name
			}
			if err != nil || kind != o.Kind || !bytes.Equal(text, o.Text) {
				t.Errorf("%v: Object gives %v, %q, error %v", id, kind, text, err)
			}
			return nil
		})
	}})
	if err != nil {
		t.Error(err)
	}
}

// FuzzDelta applies any delta to any text, in one piece and in many. What it makes must be what its
// edits say.
func FuzzDelta(f *testing.F) {
	delta, _ := makeDelta([]byte("some base"), step{at: 0, n: 5}, step{insert: "new"}, step{at: 2, n: 4})
	f.Add([]byte("some base"), delta)
	f.Fuzz(func(t *testing.T, base, delta []byte) {
		const limit = 1 << 20
		text, edits, err := applyDelta(nil, base, delta, nil, limit)
		s, _, other := oneSpan(base).derive(bytes.Clone(delta), nil, limit)
		switch {
		case errors.Is(other, errManySpans):
		case (err == nil) != (other == nil):
			t.Fatalf("error %v, in pieces %v", err, other)
		case err == nil && !bytes.Equal(s.text(), text):
			t.Fatal("another text in pieces")
		}
		if len(text) > limit+1<<24 || err == nil && len(text) > limit {
			t.Fatalf("%d bytes", len(text))
		}
		if err != nil {
			return
		}
		at := 0
		for _, e := range edits {
			if e.At != at || e.Len <= 0 || e.From != Inserted && !bytes.Equal(text[at:at+e.Len], base[e.From:e.From+e.Len]) {
				t.Fatalf("edit %+v at %d", e, at)
			}
			at += e.Len
		}
		if at != len(text) {
			t.Fatalf("the edits end at %d of %d", at, len(text))
		}
	})
}

// FuzzLoose reads loose objects of any bytes: as they are, and deflated.
func FuzzLoose(f *testing.F) {
	f.Add([]byte("blob 3\x00abc"), true)
	f.Add(deflated([]byte("blob 3\x00abc")), false)
	f.Fuzz(func(t *testing.T, content []byte, deflate bool) {
		text := content
		if deflate {
			content = deflated(content)
		}
		dir := t.TempDir()
		id := hashOf(20, Blob, []byte("x"))
		writeFile(t, loosePath(dir, &id), content)
		got := sweep(t, openStore(t, 20, dir), 1)
		if len(got.objects)+len(got.problems) != 1 {
			t.Errorf("%d objects, problems %v", len(got.objects), got.problems)
		}
		for _, o := range got.objects {
			if want := o.kind + " " + itoa(len(o.text)) + "\x00" + o.text; deflate && want != string(text) {
				// A size may be written with zeros before it, and a sign.
				if !bytes.HasSuffix(text, []byte(o.text)) {
					t.Errorf("%q is read as %q", text, want)
				}
			}
		}
	})
}

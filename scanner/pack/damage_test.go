package pack

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

func itoa(n int) string { return strconv.Itoa(n) }

// samplePack is a small pack of everything: kinds, deltas of either sort in chains.
func samplePack(t testing.TB) *packWriter {
	random := rng(11)
	w := &packWriter{t: t}
	text := randomLines(random, 20)
	a := w.blob(string(text))
	b := w.delta(a, step{at: 0, n: 200}, step{insert: "something new"}, step{at: 300, n: 100})
	c := w.delta(b, step{insert: "more\n"}, step{at: 0, n: len(b.text)})
	w.delta(b, step{at: 10, n: 100})
	w.refDelta(c.id, Blob, c.text, step{at: 5, n: 50}, step{insert: "end"})
	w.whole(Commit, []byte("tree 1234\nauthor A\n\nmessage\n"))
	w.whole(Tree, randomLines(random, 3))
	w.whole(Tag, []byte("object 1234\n\na tag\n"))
	w.blob("")
	w.blob(string(randomLines(random, 5)))
	return w
}

// checkDamaged sweeps a damaged store, and makes sure that every object is given as it
// should be or named as a problem.
func checkDamaged(t *testing.T, what, dir string, want map[string]stored) *swept {
	t.Helper()
	got := sweep(t, openStore(t, 20, dir), 2)
	named := map[string]bool{}
	unnamed := 0
	for _, p := range got.problems {
		if p.ID.IsZero() {
			unnamed++
		} else {
			named[p.ID.String()] = true
		}
		if p.Err == nil || p.Path == "" {
			t.Errorf("%s: problem without a reason or place: %+v", what, p)
		}
	}
	for id, o := range got.objects {
		if w, ok := want[id]; ok && w != o {
			t.Errorf("%s: %s has the wrong text", what, id)
		}
		if named[id] {
			t.Errorf("%s: %s is named as unreadable, but was read", what, id)
		}
	}
	for id := range want {
		if _, ok := got.objects[id]; !ok && !named[id] && unnamed == 0 {
			t.Errorf("%s: %s is neither given nor named", what, id)
		}
	}
	return got
}

// TestFlippedBits damages one byte after the other of a pack and its index.
func TestFlippedBits(t *testing.T) {
	w := samplePack(t)
	pack, index := w.bytes()
	want := w.want()
	dir := t.TempDir()
	step := 1
	if testing.Short() {
		step = 7
	}
	for at := 0; at < len(pack); at += step {
		damaged := bytes.Clone(pack)
		damaged[at] ^= 1 << (at % 8)
		writePack(t, dir, "test", damaged, index)
		got := checkDamaged(t, fmt.Sprintf("byte %d of the pack flipped", at), dir, want)
		// A few bits of a stream are of no account.
		if len(got.problems) == 0 && len(got.objects) != len(want) {
			t.Errorf("byte %d of the pack flipped, and no problem named", at)
		}
		if at < packHeader && (len(got.problems) == 0 || len(got.objects) != len(want)) {
			t.Errorf("byte %d of the pack flipped: %d of %d objects, problems %v", at, len(got.objects), len(want), got.problems)
		}
		for _, p := range got.problems {
			if p.ID.IsZero() && at >= packHeader && at < len(pack)-20 {
				t.Errorf("byte %d of the pack flipped: a problem without a name: %v", at, p)
			}
		}
		// Without an index the names are not known, but the rest is found.
		if err := os.Remove(filepath.Join(dir, "pack", "pack-test.idx")); err != nil {
			t.Fatal(err)
		}
		got = checkDamaged(t, fmt.Sprintf("byte %d of a pack without index flipped", at), dir, want)
		if at >= packHeader && at < len(pack)-20 && len(got.problems) == 0 {
			t.Errorf("byte %d of a pack without index flipped, and no problem named", at)
		}
	}
	for at := 0; at < len(index); at += step {
		if at > 8+40 && at < 8+4*250 {
			continue // much of the same
		}
		damaged := bytes.Clone(index)
		damaged[at] ^= 1 << (at % 8)
		writePack(t, dir, "test", pack, damaged)
		got := checkDamaged(t, fmt.Sprintf("byte %d of the index flipped", at), dir, want)
		if len(got.problems) != 1 || len(got.objects) != len(want) {
			t.Errorf("byte %d of the index flipped: %d of %d objects, problems %v", at, len(got.objects), len(want), got.problems)
		}
	}
}

func TestCutOff(t *testing.T) {
	w := samplePack(t)
	pack, index := w.bytes()
	want := w.want()
	dir := t.TempDir()
	for n := 0; n < len(pack); n += 1 + n/64 {
		writePack(t, dir, "test", pack[:n], index)
		got := checkDamaged(t, fmt.Sprintf("a pack of %d bytes", n), dir, want)
		whole := 0
		for _, e := range w.entries {
			if end := e.offset + 100; end < int64(n)-600 {
				whole++
			}
		}
		if len(got.objects) < whole || len(got.problems) == 0 {
			t.Errorf("a pack of %d bytes: %d objects, problems %v", n, len(got.objects), got.problems)
		}
	}
	for n := 0; n < len(index); n += 1 + n/16 {
		writePack(t, dir, "test", pack, index[:n])
		got := checkDamaged(t, fmt.Sprintf("an index of %d bytes", n), dir, want)
		if len(got.objects) != len(want) || len(got.problems) != 1 {
			t.Errorf("an index of %d bytes: %d objects, problems %v", n, len(got.objects), got.problems)
		}
	}
	writePack(t, dir, "test", pack, append(bytes.Clone(index), 0))
	checkDamaged(t, "a longer index", dir, want)
}

func TestNoIndex(t *testing.T) {
	w := samplePack(t)
	pack, _ := w.bytes()
	dir := t.TempDir()
	writePack(t, dir, "test", pack, nil)
	s := openStore(t, 20, dir)
	got := sweep(t, s, 2)
	if len(got.problems) > 0 {
		t.Errorf("problems: %v", got.problems)
	}
	compareObjects(t, got.objects, w.want())
	for _, e := range w.entries {
		if _, text, err := s.Object(e.id, MaxText); err != nil || !bytes.Equal(text, e.text) {
			t.Errorf("%v: %q, error %v", e.id, text, err)
		}
	}
}

// TestDamagedLoose damages each byte of a loose object.
func TestDamagedLoose(t *testing.T) {
	dir := t.TempDir()
	text := []byte("some text that is not very long, but long enough")
	id, path := writeLoose(t, dir, Blob, text)
	other, _ := writeLoose(t, dir, Commit, []byte("other"))
	want := map[string]stored{id.String(): {"blob", string(text)}, other.String(): {"commit", "other"}}
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for at := range content {
		damaged := bytes.Clone(content)
		damaged[at] ^= 0x10
		writeFile(t, path, damaged)
		if got := checkDamaged(t, fmt.Sprintf("byte %d flipped", at), dir, want); len(got.objects) != 1 && len(got.problems) > 0 {
			t.Errorf("byte %d flipped: %d objects", at, len(got.objects))
		}
		writeFile(t, path, content[:at])
		if got := checkDamaged(t, fmt.Sprintf("%d bytes", at), dir, want); len(got.objects) != 1 {
			t.Errorf("%d bytes: %d objects", at, len(got.objects))
		}
	}
	for _, head := range []string{"", "blob", "blob \x00", "blob x\x00", "blob -1\x00", "blob 99999999999999999999\x00", "blub 3\x00abc", "blob 4\x00abc", "blob 2\x00abc",
		"blob 0000000000000000000000000000000000000000003\x00abc", strings.Repeat("blob", 1000)} {
		writeFile(t, path, deflated([]byte(head)))
		if got := checkDamaged(t, fmt.Sprintf("%q", head), dir, want); len(got.objects) != 1 {
			t.Errorf("%q: %d objects", head, len(got.objects))
		}
	}
}

// TestHostileEntries makes packs whose index is right but whose objects are made to do
// harm. The object behind them must be found all the same.
func TestHostileEntries(t *testing.T) {
	base := []byte("the base of all deltas here, of some length")
	id := hashOf(20, Blob, base)
	ofs := func(w *packWriter, delta []byte) []byte {
		return slices.Concat(entryHead(ofsDelta, uint64(len(delta))), distance(w.offset()-w.entries[0].offset), deflated(delta))
	}
	sizes := func(from, to uint64) []byte { return appendVarint(appendVarint(nil, from), to) }
	n := uint64(len(base))
	for name, entry := range map[string]func(w *packWriter) []byte{
		"claims 16 EiB":     func(*packWriter) []byte { return append(entryHead(Blob, math.MaxUint64), deflated(base)...) },
		"claims 8 EiB":      func(*packWriter) []byte { return append(entryHead(Blob, math.MaxInt64), deflated(base)...) },
		"claims 1 GiB":      func(*packWriter) []byte { return append(entryHead(Blob, 1<<30), deflated(base)...) },
		"claims too little": func(*packWriter) []byte { return append(entryHead(Blob, 5), deflated(base)...) },
		"size without end":  func(*packWriter) []byte { return bytes.Repeat([]byte{0xbf}, 30) },
		"type 0":            func(*packWriter) []byte { return append(entryHead(0, n), deflated(base)...) },
		"type 5":            func(*packWriter) []byte { return append(entryHead(5, n), deflated(base)...) },
		"no stream":         func(*packWriter) []byte { return entryHead(Blob, n) },
		"other stream":      func(*packWriter) []byte { return append(entryHead(Blob, n), "this is no zlib stream at all"...) },
		"dictionary":        func(*packWriter) []byte { return append(entryHead(Blob, n), 0x78, 0xbb, 1, 2, 3, 4, 5, 6, 7) },
		"delta of 16 EiB": func(w *packWriter) []byte {
			return slices.Concat(entryHead(ofsDelta, math.MaxUint64), distance(w.offset()-packHeader), deflated(base))
		},
		"base before the pack": func(w *packWriter) []byte {
			return slices.Concat(entryHead(ofsDelta, 5), distance(w.offset()-1), deflated([]byte("12345")))
		},
		"base far before": func(*packWriter) []byte {
			return slices.Concat(entryHead(ofsDelta, 5), distance(1<<50), deflated([]byte("12345")))
		},
		"base at itself": func(*packWriter) []byte {
			return slices.Concat(entryHead(ofsDelta, 5), distance(0), deflated([]byte("12345")))
		},
		"base between objects": func(w *packWriter) []byte {
			return slices.Concat(entryHead(ofsDelta, 5), distance(w.offset()-packHeader-1), deflated([]byte("12345")))
		},
		"base is missing": func(*packWriter) []byte {
			return slices.Concat(entryHead(refDelta, 5), bytes.Repeat([]byte{7}, 20), deflated([]byte("12345")))
		},
		"empty delta":         func(w *packWriter) []byte { return ofs(w, nil) },
		"sizes without end":   func(w *packWriter) []byte { return ofs(w, bytes.Repeat([]byte{0xff}, 30)) },
		"makes 16 EiB":        func(w *packWriter) []byte { return ofs(w, append(sizes(n, math.MaxUint64), 0x90, 5)) },
		"makes 1 GiB":         func(w *packWriter) []byte { return ofs(w, append(sizes(n, 1<<30), 0x90, 5)) },
		"makes too little":    func(w *packWriter) []byte { return ofs(w, append(sizes(n, 9), 0x90, 5)) },
		"makes too much":      func(w *packWriter) []byte { return ofs(w, append(sizes(n, 3), 0x90, 5)) },
		"another base's size": func(w *packWriter) []byte { return ofs(w, append(sizes(n+1, 5), 0x90, 5)) },
		"copies from beyond":  func(w *packWriter) []byte { return ofs(w, append(sizes(n, 5), 0x91, byte(n-4), 5)) },
		"copies from far":     func(w *packWriter) []byte { return ofs(w, append(sizes(n, 5), 0x9f, 255, 255, 255, 255, 5)) },
		"copies 64 KiB":       func(w *packWriter) []byte { return ofs(w, append(sizes(n, 1<<16), 0x80)) },
		"copy cut off":        func(w *packWriter) []byte { return ofs(w, append(sizes(n, 5), 0xff, 1)) },
		"insertion cut off":   func(w *packWriter) []byte { return ofs(w, append(sizes(n, 5), 5, 'a')) },
		"step zero":           func(w *packWriter) []byte { return ofs(w, append(sizes(n, 5), 0)) },
		"delta claims too much": func(w *packWriter) []byte {
			d := append(sizes(n, 5), 0x90, 5)
			return slices.Concat(entryHead(ofsDelta, 1<<40), distance(w.offset()-packHeader), deflated(d))
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := &packWriter{t: t}
			w.raw(Blob, base, append(entryHead(Blob, n), deflated(base)...))
			bad := w.raw(Blob, []byte(name), entry(w))
			child := w.delta(bad, step{at: 0, n: 3})
			good := w.refDelta(id, Blob, base, step{at: 0, n: 7})
			want := w.want()
			got := checkDamaged(t, name, w.save(), want)
			delete(want, bad.id.String())
			delete(want, child.id.String())
			compareObjects(t, got.objects, want)
			var named []string
			for _, p := range got.problems {
				named = append(named, p.ID.String())
			}
			slices.Sort(named)
			wantNamed := []string{bad.id.String(), child.id.String()}
			slices.Sort(wantNamed)
			if !slices.Equal(named, wantNamed) {
				t.Errorf("problems %v", got.problems)
			}
			s := openStore(t, 20, w.save())
			for _, e := range []*written{bad, child} {
				if _, _, err := s.Object(e.id, MaxText); err == nil || errors.Is(err, ErrNotFound) && name != "base is missing" {
					t.Errorf("Object returns error %v", err)
				}
			}
			if _, text, err := s.Object(good.id, MaxText); err != nil || !bytes.Equal(text, good.text) {
				t.Errorf("Object returns %q, error %v", text, err)
			}
			// And so without an index.
			pack, _ := w.bytes()
			dir := t.TempDir()
			writePack(t, dir, "x", pack, nil)
			got = checkDamaged(t, name+", no index", dir, maps.Clone(w.want()))
			if len(got.problems) == 0 {
				t.Error("no problem without an index")
			}
		})
	}
}

// TestCycle makes deltas that are their own bases, by way of others, in one pack and
// across two.
func TestCycle(t *testing.T) {
	cycle := func(t *testing.T, size int) (w *packWriter, members []*written) {
		w = &packWriter{t: t}
		w.blob("something else")
		var ids []ID
		for i := range size {
			ids = append(ids, hashOf(20, Blob, []byte{byte(i)}))
		}
		for i := range size {
			delta, _ := makeDelta([]byte{0}, step{at: 0, n: 1})
			next := ids[(i+1)%size]
			e := w.raw(Blob, []byte{byte(i)}, slices.Concat(entryHead(refDelta, uint64(len(delta))), next.Bytes(), deflated(delta)))
			members = append(members, e)
		}
		members = append(members, w.delta(members[0], step{insert: "hangs on it"}))
		return w, members
	}
	for size := 1; size <= 4; size++ {
		w, members := cycle(t, size)
		dir := w.save()
		got := checkDamaged(t, fmt.Sprintf("a circle of %d", size), dir, w.want())
		if len(got.objects) != 1 || len(got.problems) != len(members) {
			t.Errorf("a circle of %d: %d objects, problems %v", size, len(got.objects), got.problems)
		}
		s := openStore(t, 20, dir)
		for _, e := range members {
			if _, _, err := s.Object(e.id, MaxText); err == nil {
				t.Errorf("%v is read", e.id)
			}
		}
		pack, _ := w.bytes()
		dir = t.TempDir()
		writePack(t, dir, "x", pack, nil)
		checkDamaged(t, "no index", dir, w.want())
	}

	// Two packs, each with the base of the other's delta.
	ids := []ID{hashOf(20, Blob, []byte("a")), hashOf(20, Blob, []byte("b"))}
	dir := t.TempDir()
	want := map[string]stored{}
	for i := range 2 {
		w := &packWriter{t: t}
		delta, _ := makeDelta([]byte{0}, step{at: 0, n: 1})
		w.raw(Blob, []byte{"ab"[i]}, slices.Concat(entryHead(refDelta, uint64(len(delta))), ids[1-i].Bytes(), deflated(delta)))
		w.blob(fmt.Sprint("other ", i))
		w.saveIn(dir, itoa(i))
		maps.Copy(want, w.want())
	}
	if got := checkDamaged(t, "two packs", dir, want); len(got.objects) != 2 {
		t.Errorf("two packs: %d objects", len(got.objects))
	}
}

// TestWrongIndex reads packs whose index has a good checksum but says what is not so.
func TestWrongIndex(t *testing.T) {
	w := samplePack(t)
	pack, index := w.bytes()
	want := w.want()
	n := len(w.entries)
	ids := 8 + 4*256
	crcs := ids + 20*n
	offsets := crcs + 4*n
	for name, change := range map[string]func(x []byte) []byte{
		"version 3":                func(x []byte) []byte { x[7] = 3; return x },
		"two ids swapped":          func(x []byte) []byte { swap(x[ids:ids+20], x[ids+20:ids+40]); return x },
		"an id twice":              func(x []byte) []byte { copy(x[ids:ids+20], x[ids+20:ids+40]); return x },
		"an offset twice":          func(x []byte) []byte { copy(x[offsets:offsets+4], x[offsets+4:offsets+8]); return x },
		"an offset not listed":     func(x []byte) []byte { copy(x[offsets:], "\xff\xff\xff\xff"); return x },
		"counts backwards":         func(x []byte) []byte { copy(x[8+4*200:], "\xff\xff\xff\xff"); return x },
		"counts wrong":             func(x []byte) []byte { clear(x[8 : 8+4*255]); return x },
		"an object less":           func(x []byte) []byte { return lessAnObject(x, n) },
		"two gigabytes of ids":     hugeIndex,
		"an offset of 62 bits":     func(x []byte) []byte { return farOffset(x, n, 1<<62) },
		"an offset of 64 bits":     func(x []byte) []byte { return farOffset(x, n, math.MaxUint64) },
		"no objects, in version 1": func([]byte) []byte { return make([]byte, 4*256+40) },
	} {
		x := change(bytes.Clone(index))
		h := newHash(20)
		h.Write(x[:len(x)-20])
		h.Sum(x[:len(x)-20])
		dir := t.TempDir()
		writePack(t, dir, "test", pack, x)
		got := checkDamaged(t, name, dir, want)
		if len(got.objects) != len(want) || len(got.problems) != 1 || !strings.HasSuffix(got.problems[0].Path, ".idx") {
			t.Errorf("%s: %d objects, problems %v", name, len(got.objects), got.problems)
		}
		s := openStore(t, 20, dir)
		for _, e := range w.entries { // read from an index that is not checked
			_, _, _ = s.Object(e.id, MaxText)
			s.Has(e.id)
		}
	}
	// What only the checksum of one object tells.
	x := bytes.Clone(index)
	x[crcs] ^= 1
	h := newHash(20)
	h.Write(x[:len(x)-20])
	h.Sum(x[:len(x)-20])
	dir := t.TempDir()
	writePack(t, dir, "test", pack, x)
	got := sweep(t, openStore(t, 20, dir), 1)
	compareObjects(t, got.objects, want)
	if len(got.problems) > 0 {
		t.Errorf("a wrong checksum of a good object: problems %v", got.problems)
	}
}

func swap(a, b []byte) {
	for i := range a {
		a[i], b[i] = b[i], a[i]
	}
}

func hugeIndex(x []byte) []byte {
	x = x[:8+4*256+100]
	for b := range 256 {
		be.PutUint32(x[8+4*b:], 100_000_000)
	}
	return x
}

func lessAnObject(x []byte, n int) []byte {
	ids, crcs := 8+4*256, 8+4*256+20*n
	offsets := crcs + 4*n
	last := int(x[crcs-20])
	x = slices.Delete(x, offsets+4*(n-1), offsets+4*n)
	x = slices.Delete(x, crcs+4*(n-1), crcs+4*n)
	x = slices.Delete(x, ids+20*(n-1), ids+20*n)
	for b := last; b < 256; b++ {
		be.PutUint32(x[8+4*b:], uint32(n-1))
	}
	return x
}

func farOffset(x []byte, n int, offset uint64) []byte {
	offsets := 8 + 4*256 + 24*n
	copy(x[offsets:], "\x80\x00\x00\x00")
	return slices.Insert(x, offsets+4*n, be.AppendUint64(nil, offset)...)
}

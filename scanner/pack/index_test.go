package pack

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestIndexFind looks for ids among some that lie evenly, as hashes do, and among others
// that somebody has made so that they do not.
func TestIndexFind(t *testing.T) {
	const size = 20
	random := rand.New(rand.NewPCG(1, 2))
	id := func(prefix ...byte) []byte {
		b := make([]byte, size)
		for i := copy(b, prefix); i < size; i++ {
			b[i] = byte(random.Uint32())
		}
		return b
	}
	many := func(n int, one func(i int) []byte) [][]byte {
		var ids [][]byte
		for i := range n {
			ids = append(ids, one(i))
		}
		return ids
	}
	for name, ids := range map[string][][]byte{
		"none":  nil,
		"one":   many(1, func(int) []byte { return id() }),
		"even":  many(50_000, func(int) []byte { return id() }),
		"begin": many(5000, func(int) []byte { return id(7, 0, 0, 0, 0) }),
		"end":   many(5000, func(int) []byte { return id(7, 255, 255, 255, 255) }),
		"both":  many(5000, func(i int) []byte { return id(7, byte(-(i & 1)), byte(-(i & 1))) }),
		"steep": many(5000, func(i int) []byte { return id(7, byte(1<<(i%8)-1), 0) }),
	} {
		t.Run(name, func(t *testing.T) {
			slices.SortFunc(ids, bytes.Compare)
			ids = slices.CompactFunc(ids, bytes.Equal)
			x := &index{n: len(ids), hashSize: size, ids: bytes.Join(ids, nil)}
			for _, id := range ids {
				for b := int(id[0]) + 1; b <= 256; b++ {
					x.fanout[b]++
				}
			}
			for i, id := range ids {
				if at, found := x.find(id); at != i || !found {
					t.Fatalf("%x is at %d, found %v, not at %d", id, at, found, i)
				}
			}
			others := many(5000, func(i int) []byte { return id([]byte{0, 6, 7, 8, 255}[i%5]) })
			for _, id := range ids {
				near := slices.Clone(id)
				near[size-1]++
				others = append(others, near)
			}
			slices.SortFunc(others, bytes.Compare)
			last := 0
			for _, id := range others {
				want, _ := slices.BinarySearchFunc(ids, id, bytes.Compare)
				if at, found := x.find(id); at != want || found {
					t.Fatalf("%x belongs at %d, found %v, not at %d", id, at, found, want)
				}
				if at, found := x.findAfter(id, last); at != want || found {
					t.Fatalf("%x belongs at %d, found %v, not at %d after %d", id, at, found, want, last)
				}
				last = want
			}
			for i, id := range ids {
				if at, found := x.findAfter(id, i/2); at != i || !found {
					t.Fatalf("%x is at %d, found %v, not at %d after %d", id, at, found, i, i/2)
				}
			}
		})
	}
}

// TestIndexFanout puts a wrong number anywhere into the table by which ids are looked up, one that
// does not count backwards.
func TestIndexFanout(t *testing.T) {
	w := &packWriter{t: t}
	for i := range 40 {
		w.blob(itoa(i))
	}
	_, content := w.bytes()
	right, err := openIndex(bytes.NewReader(content), 20)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := right.load(); err != nil {
		t.Fatal(err)
	}
	wrong := 0
	for b := 1; b < 256; b++ {
		for _, n := range []uint32{right.fanout[b] - 1, right.fanout[b] + 1} {
			if n < right.fanout[b-1] || n > right.fanout[b+1] || n > uint32(right.n) {
				continue
			}
			x, err := right.load()
			if err != nil {
				t.Fatal(err)
			}
			x.fanout[b] = n
			if wrong++; x.check() == nil {
				t.Errorf("%d ids begin with less than %d, not %d: no error", right.fanout[b], b, n)
			}
		}
	}
	if wrong < 20 {
		t.Errorf("%d tables were tried", wrong)
	}
}

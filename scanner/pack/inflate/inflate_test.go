package inflate

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/adler32"
	"io"
	"slices"
	"testing"
)

// reference inflates the deflate stream that src begins with by the standard library. It returns
// the text as far as there is one, but no more than most bytes, and how many bytes the stream
// takes up; ok tells whether that is all of the stream.
func reference(src []byte, most int) (text []byte, used int, ok bool) {
	r := bytes.NewReader(src)
	text, err := io.ReadAll(io.LimitReader(flate.NewReader(r), int64(most)))
	return text, len(src) - r.Len(), err == nil && len(text) < most
}

// deflated returns the deflate stream of a text that the standard library makes.
func deflated(text []byte, level int) []byte {
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, level)
	if err != nil {
		panic(err)
	}
	_, _ = w.Write(text) // to memory
	_ = w.Close()
	return b.Bytes()
}

// zlibbed returns a zlib stream made of a deflate stream.
func zlibbed(stream, text []byte) []byte {
	z := append([]byte{0x78, 0x9c}, stream...)
	return binary.BigEndian.AppendUint32(z, adler32.Checksum(text))
}

// words returns a text of n bytes.
func words(n int) []byte {
	rng := newEncoder(uint64(n))
	var b []byte
	for len(b) < n {
		w := []string{"func ", "return ", "err", "nil", "\n\t", "if ", "!= ", "aaaaaaaaaaaaaaa", "x := ", "%"}
		b = append(b, w[rng.IntN(len(w))]...)
		if rng.IntN(8) == 0 {
			b = append(b, byte(rng.IntN(256)))
		}
	}
	return b[:n]
}

// sample returns deflate streams of all kinds.
func sample() [][]byte {
	var all [][]byte
	for _, n := range []int{0, 1, 3, 30, 300, 1500} {
		for _, level := range []int{flate.HuffmanOnly, flate.NoCompression, flate.BestSpeed, flate.BestCompression} {
			all = append(all, deflated(words(n), level))
		}
	}
	all = append(all,
		deflated(bytes.Repeat([]byte("a"), 3000), 9), deflated(bytes.Repeat([]byte("abc"), 1000), 9),
		deflated(bytes.Repeat([]byte("0123456789"), 300), 9))
	for seed := range uint64(20) {
		stream, _ := randomStream(seed)
		all = append(all, stream)
	}
	return all
}

// longest is the longest text in these tests, in bytes.
const longest = 1 << 21

// check inflates src as all callers could, and compares with the standard library.
func check(t testing.TB, d *Decoder, src []byte) {
	t.Helper()
	text, used, ok := reference(src, longest)
	for _, slack := range []int{0, 1, 8, 2 * Slack} {
		checkIn(t, d, src, slack, guarded, text, used, ok)
		checkIn(t, d, src, slack, allocated, text, used, ok)
	}
}

// allocated returns n bytes of memory that checkptr knows the bounds of.
func allocated(_ testing.TB, _ string, n int) []byte { return make([]byte, n) }

// checkIn inflates src in memory of one kind, with slack bytes behind the input and the text,
// and compares with what the standard library does. That declares the right size, and wrong ones.
func checkIn(t testing.TB, d *Decoder, src []byte, slack int, memory func(t testing.TB, use string, n int) []byte, text []byte, used int, ok bool) {
	t.Helper()
	sizes := []int{len(text), len(text) + 1}
	if len(text) > 0 {
		sizes = append(sizes, len(text)-1)
	}
	if !ok {
		sizes = append(sizes, len(text)+1000)
	}
	in := memory(t, "input", len(src)+slack)
	for i := range in[copy(in, src):] {
		in[len(src)+i] = byte(i * 37)
	}
	in = in[:len(src)]
	for _, size := range sizes {
		const before, after = 5, 7 // bytes that must not change
		room := memory(t, "text", before+size+slack+after)
		edges := slices.Concat(room[:before], room[before+size+slack:])
		got, n, err := d.Inflate(room[:before:before+size+slack], in, size)
		name := fmt.Sprintf("%d bytes for a text of %d, slack of %d", len(src), size, slack)
		switch {
		case !bytes.Equal(edges, slices.Concat(room[:before], room[before+size+slack:])):
			t.Fatalf("%s: written outside of the slice", name)
		case err == nil && (!ok || size != len(text)):
			t.Fatalf("%s: no error", name)
		case err != nil && ok && size == len(text):
			t.Fatalf("%s: error %v", name, err)
		case err != nil && ok && size < len(text) && !errors.Is(err, ErrTooLong),
			err != nil && ok && size > len(text) && !errors.Is(err, ErrTooShort):
			t.Fatalf("%s instead of %d: error %v", name, len(text), err)
		case err != nil && (len(got) != before || n != 0):
			t.Fatalf("%s: a text with the error %v", name, err)
		case err == nil && (n != used || !bytes.Equal(got[before:], text)):
			t.Fatalf("%s: another text, or %d bytes of input instead of %d", name, n, used)
		}
	}
}

func TestSample(t *testing.T) {
	var d Decoder
	for _, src := range sample() {
		if _, _, ok := reference(src, longest); !ok {
			t.Fatal("the standard library does not take a stream of the sample")
		}
		check(t, &d, src)
		check(t, &d, append(src, "behind the stream there is more"...))
	}
}

func TestLarge(t *testing.T) {
	var d Decoder
	lengths := []int{70_000, 1_000_000}
	if testing.Short() {
		lengths = lengths[:1]
	}
	for _, n := range lengths {
		for level := flate.HuffmanOnly; level <= flate.BestCompression; level++ {
			check(t, &d, deflated(words(n), level))
		}
	}
}

func TestRandomCodes(t *testing.T) {
	seeds := uint64(3000)
	if testing.Short() {
		seeds = 300
	}
	var d Decoder
	for seed := range seeds {
		src, want := randomStream(seed)
		text, _, ok := reference(src, longest)
		if !ok || !bytes.Equal(text, want) {
			t.Fatalf("seed %d: the encoder does not write what it should", seed)
		}
		check(t, &d, src)
	}
}

func TestTruncated(t *testing.T) {
	step := 1
	if testing.Short() {
		step = 13
	}
	var d Decoder
	for _, src := range sample() {
		text, _, _ := reference(src, longest)
		for n := 0; n < len(src); n += step {
			if _, _, err := d.Inflate(nil, src[:n:n], len(text)); !errors.Is(err, ErrTruncated) {
				t.Fatalf("%d of %d bytes: error %v", n, len(src), err)
			}
			if n%16 == 0 {
				check(t, &d, src[:n])
			}
		}
	}
}

func TestFlippedBits(t *testing.T) {
	step := 1
	if testing.Short() {
		step = 13
	}
	var d Decoder
	for _, src := range sample() {
		for i := 0; i < 8*len(src); i += step {
			src[i/8] ^= 1 << (i % 8)
			text, used, ok := reference(src, longest)
			checkIn(t, &d, src, i%3*Slack, guarded, text, used, ok)
			src[i/8] ^= 1 << (i % 8)
		}
	}
}

// TestDegenerateCodes inflates blocks whose codes have a single codeword, or none.
func TestDegenerateCodes(t *testing.T) {
	var d Decoder
	for _, lens := range [][2][]int{
		{{256: 1}, {0}},
		{{256: 1}, {1}},
		{{'a': 1, 256: 1}, {0}},
		{{'a': 1, 256: 2, 257: 2}, {1}},
		{{'a': 1, 256: 2, 257: 2}, {2: 1}},
		{{'a': 1, 256: 2, 257: 2}, {0: 2}},
		{{'a': 1, 256: 2}, {0}},
		{{'a': 1, 'b': 1, 256: 1}, {0}},
		{{'a': 1, 'b': 1, 256: 0}, {0}},
		{{256: 0}, {0}},
	} {
		for tail := range 256 {
			e := newEncoder(1)
			e.bits(1|2<<1, 3)
			e.header(testCode{lens: lens[0]}, testCode{lens: lens[1]})
			e.bits(tail, 8)
			check(t, &d, e.stream)
		}
	}
}

func TestZlib(t *testing.T) {
	text := words(2000)
	good := zlibbed(deflated(text, 6), text)
	change := func(i int, b byte) []byte {
		z := bytes.Clone(good)
		z[(i+len(z))%len(z)] = b
		return z
	}
	for _, c := range []struct {
		name string
		src  []byte
		size int
		err  error
	}{
		{"good", good, 2000, nil},
		{"more behind it", append(bytes.Clone(good), 1, 2, 3), 2000, nil},
		{"nothing", nil, 2000, ErrTruncated},
		{"one byte", good[:1], 2000, ErrTruncated},
		{"a header", good[:2], 2000, ErrTruncated},
		{"half a checksum", good[:len(good)-2], 2000, ErrTruncated},
		{"wrong checksum", change(-1, good[len(good)-1]+1), 2000, ErrChecksum},
		{"other method", change(0, 0x79), 2000, ErrCorrupt},
		{"large window", change(0, 0x88), 2000, ErrCorrupt},
		{"wrong header", change(1, 0x9d), 2000, ErrCorrupt},
		{"dictionary", change(1, 0xbb), 2000, ErrDictionary},
		{"too long", good, 1999, ErrTooLong},
		{"too short", good, 2001, ErrTooShort},
		{"negative", good, -1, ErrTooLong},
	} {
		var d Decoder
		got, used, err := d.Zlib([]byte("before"), c.src, c.size, true)
		if !errors.Is(err, c.err) {
			t.Errorf("%s: error %v", c.name, err)
		}
		if err == nil && (used != len(good) || string(got) != "before"+string(text)) {
			t.Errorf("%s: used %d of %d", c.name, used, len(good))
		}
	}
	var d Decoder
	if _, _, err := d.Zlib(nil, change(-1, good[len(good)-1]+1), 2000, false); err != nil {
		t.Errorf("checksum not to be compared: error %v", err)
	}
}

// FuzzInflate compares with the standard library what is made of any bytes.
func FuzzInflate(f *testing.F) {
	for _, src := range sample() {
		f.Add(src)
	}
	var d Decoder
	f.Fuzz(func(t *testing.T, src []byte) { checkQuickly(t, &d, src) })
}

// FuzzCodes compares with the standard library what is made of streams with any codes, damaged
// in one place.
func FuzzCodes(f *testing.F) {
	f.Add(uint64(1), uint(0), byte(0))
	f.Add(uint64(2), uint(10), byte(4))
	var d Decoder
	f.Fuzz(func(t *testing.T, seed uint64, at uint, change byte) {
		src, _ := randomStream(seed)
		src[at%uint(len(src))] ^= change
		checkQuickly(t, &d, src)
	})
}

// checkQuickly is check with less memory.
func checkQuickly(t *testing.T, d *Decoder, src []byte) {
	const most = 1 << 15
	text, used, ok := reference(src, most)
	if len(text) == most {
		return
	}
	checkIn(t, d, src, 0, guarded, text, used, ok)
	checkIn(t, d, src, 2*Slack, guarded, text, used, ok)
	checkIn(t, d, src, used%9, allocated, text, used, ok)
}

package archive

import (
	"bytes"
	"io"
	mathbits "math/bits"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/klauspost/compress/flate"
)

// What another program compressed is read: with lengths and distances that deflate has not.
func TestDeflate64(t *testing.T) {
	var head strings.Builder
	for i := range 200 {
		head.WriteByte(byte(33 + (i*7919+i*i)%94))
	}
	want := head.String() + "\n" + strings.Repeat("all work and no play\n", 2000) + head.String() + "\n" + strings.Repeat("x", 70000)
	data := sample(t, "deflate64")
	for _, r := range []io.Reader{bytes.NewReader(data), iotest.OneByteReader(bytes.NewReader(data))} {
		if got, err := io.ReadAll(newDeflate64(r)); string(got) != want || err != nil {
			t.Errorf("got %d bytes, want %d, %v", len(got), len(want), err)
		}
	}
	for cut := 0; cut < len(data); cut += 97 {
		if _, err := io.ReadAll(newDeflate64(bytes.NewReader(data[:cut]))); err == nil {
			t.Errorf("cut off after %d bytes, it is not damaged", cut)
		}
	}
}

// Where nothing is long or far away, it is deflate.
func TestDeflate64IsDeflate(t *testing.T) {
	random := rand.New(rand.NewPCG(64, 1))
	for level := flate.HuffmanOnly; level <= flate.BestCompression; level++ {
		text := make([]byte, 30_000)
		for i := range text {
			text[i] = "abcdef\n\xff"[random.IntN(3)+random.IntN(6)]
		}
		got, err := io.ReadAll(newDeflate64(bytes.NewReader(deflatedBy(t, text, level))))
		if !bytes.Equal(got, text) || err != nil {
			t.Errorf("level %d: %d bytes, %v", level, len(got), err)
		}
	}
}

// deflate64Bomb returns one byte, and some copies of it of the greatest length.
func deflate64Bomb(copies int) (data []byte) {
	var bits uint64
	held := 0
	put := func(v uint64, n int) {
		bits |= v << held
		for held += n; held >= 8; held -= 8 {
			data = append(data, byte(bits))
			bits >>= 8
		}
	}
	code := func(v uint64, n int) { put(mathbits.Reverse64(v)>>(64-n), n) } // the first bit first
	put(0b011, 3)                                                           // the last block, with fixed codes
	code(0x30+'x', 8)
	for range copies {
		code(0b11000101, 8) // length 285
		put(0xffff, 16)
		code(0, 5)
	}
	code(0, 7)
	put(0, 7)
	return data
}

func deflatedBy(t testing.TB, text []byte, level int) []byte {
	return packedBy(t, text, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, level) })
}

// FuzzDeflate64 checks that whatever is read ends, and is what a library makes of it that reads
// deflate, if that is not damaged and has nothing that means something else here.
func FuzzDeflate64(f *testing.F) {
	f.Add(sample(f, "deflate64"))
	for level := flate.HuffmanOnly; level <= flate.BestCompression; level++ {
		f.Add(deflatedBy(f, []byte("all work and no play makes a dull boy"), level))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		const most = 1 << 16
		got, err := io.ReadAll(io.LimitReader(newDeflate64(bytes.NewReader(data)), most))
		want, wantErr := io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(data)), most))
		if err == nil && wantErr == nil && len(want) < 258 && !bytes.Equal(got, want) {
			t.Fatalf("got %q, want %q", got, want)
		}
	})
}

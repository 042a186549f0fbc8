package deflate

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"math/rand/v2"
	"testing"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"
)

// noCodes is a block that has codes for the letter a and for a copy of three bytes, none for how far
// back to copy from, and some of both.
var noCodes = []byte("\x0d\xc0\x81\x08\x00\x00\x00\x00\x20\xd6\xfd\x29\x0e\x00\x00\x00\x00\x20\xb0\x98\x0c\x0e" +
	"\xbd\x51\x60\x31\x19\x1c\x7a\xa3\xc0\x62\x32\x38\xf4\x46\x81\xc5\x64\x70\xe8\x8d\x02\x8b")

// What comes out of a damaged stream does not depend on the stream before.
func TestDamagedAfterOthers(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	texts := [][]byte{nil, []byte("a"), bytes.Repeat([]byte("some text "), 100), nil, nil}
	for i := range 9000 {
		texts[3] = append(texts[3], byte('a'+random.IntN(i%20+1)))
		texts[4] = append(texts[4], texts[3][random.IntN(i/2+1):][:i%3]...)
	}
	for name, c := range map[string]struct {
		pack  func(io.Writer) io.WriteCloser
		head  string
		begin func(io.Reader) (io.Reader, error)
		again func(io.Reader, io.Reader) error
	}{
		"deflate": {
			func(w io.Writer) io.WriteCloser { f, _ := flate.NewWriter(w, 9); return f }, "",
			func(r io.Reader) (io.Reader, error) { return flate.NewReader(r), nil },
			func(d, r io.Reader) error { Reset(d, r); return nil },
		},
		"zlib": {
			func(w io.Writer) io.WriteCloser { return zlib.NewWriter(w) }, emptyZlib[:2],
			func(r io.Reader) (io.Reader, error) { return zlib.NewReader(r) }, ResetZlib,
		},
		"gzip": {
			func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) }, emptyGzip[:10],
			func(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) },
			func(d, r io.Reader) error { return ResetGzip(d.(*gzip.Reader), r) },
		},
	} {
		t.Run(name, func(t *testing.T) {
			damaged := append([]byte(c.head), noCodes...)
			want := ""
			for i, text := range texts {
				var packed bytes.Buffer
				w := c.pack(&packed)
				_, _ = w.Write(text)
				_ = w.Close()
				d, err := c.begin(&packed)
				if err != nil {
					t.Fatal(err)
				}
				if got, err := io.ReadAll(d); err != nil || !bytes.Equal(got, text) {
					t.Fatalf("%d bytes, %v", len(got), err)
				}
				if err := c.again(d, bytes.NewReader(damaged)); err != nil {
					t.Fatal(err)
				}
				text, err := io.ReadAll(d)
				if err == nil {
					t.Error("damage is no error")
				}
				got := fmt.Sprintf("%q, %v", text, err) // which names the place
				if want = cmp.Or(want, got); got != want {
					t.Errorf("after text %d: %s, after none: %s", i, got, want)
				}
			}
		})
	}
}

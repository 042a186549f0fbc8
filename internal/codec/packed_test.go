package codec

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"encoding/base64"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/neokeys/neokeys/internal/testkey"
)

func gzipped(s string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	io.WriteString(w, s) //nolint:errcheck // a buffer takes everything
	w.Close()
	return b.String()
}

func deflated(s string) string {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	io.WriteString(w, s) //nolint:errcheck // a buffer takes everything
	w.Close()
	return b.String()
}

// A word in an encoded text is seen with what follows it, and at the place where that is written.
func TestWords(t *testing.T) {
	w := NewWords("NEO_API_KEY")
	encode := base64.StdEncoding.EncodeToString
	const plain = "A=b\nNEO_API_KEY=some value\nC=d\n"
	for src, want := range map[string][]string{
		"x: " + encode([]byte(plain)):              {"base64"},
		"x: " + encode([]byte("1"+plain)):          {"base64"},
		"x: " + encode([]byte("12"+plain)):         {"base64"},
		"x: " + encode([]byte(gzipped(plain))):     {"base64", "gzip"},
		`x: "` + encode([]byte(deflated(plain))):   {"base64", "zlib"},
		"x: " + strings.ToUpper("TkVPX0FQSV9LRVk"): nil,
	} {
		var names []string
		for pos := range src {
			w.Undo([]byte(src), pos, func(int) bool { return true }, func(p Plain) {
				if at := bytes.Index(p.Text, []byte("NEO_API_KEY=some value")); at < 0 || !p.Several && p.Key != at {
					t.Errorf("%s: the word is at %d, and not at %d of %q", src, at, p.Key, p.Text)
				} else if s := p.Source(at, at+5); s.Start < 3 || s.End > len(src) {
					t.Errorf("%s: it is written as %v", src, s)
				}
				names = p.Names
			})
		}
		if !slices.Equal(names, want) {
			t.Errorf("%s: %q, want %q", src, names, want)
		}
	}
}

// Whatever compressed data there is, what is seen of it has a place in the text.
func FuzzPacked(f *testing.F) {
	key := testkey.New(rand.New(rand.NewPCG(31, 5)))
	for _, packed := range []string{gzipped(key), deflated(key), zipped(key)} {
		encoded := base64.StdEncoding.EncodeToString([]byte(packed))
		for _, s := range []string{"x: " + encoded, `"` + encoded, base64.StdEncoding.EncodeToString([]byte(encoded)), `\x1f\x8b\x08\x00`, "0x1f, 0x8b, 0x08", `gzinflate("` + encoded} {
			f.Add([]byte(s))
		}
	}
	w := NewWords("NEO_API_KEY")
	f.Fuzz(func(t *testing.T, src []byte) {
		if len(src) > PackedReach {
			t.Skip()
		}
		once := len(src)
		src = bytes.Repeat(src, min(4, 1+PackedReach/(once+1)))
		left := 16 << 10
		spend := func(n int) bool { left -= n; return left > 0 }
		look := func(p Plain) bool {
			for i := range p.Text {
				if s := p.Source(i, i+1); s.Start < 0 || s.Start >= s.End || s.End > len(src) {
					t.Fatalf("%v: byte %d is written as %v of %d bytes", p.Names, i, s, len(src))
				}
			}
			return true
		}
		EachPacked(src, spend, func(u *Unpacked) {
			look(u.Plain())
			u.Keys(spend, look)
		})
		for pos := range src {
			if once <= pos && pos < len(src)-min(once, PackedReach/4) {
				continue // as the first of the copies
			}
			w.Undo(src, pos, spend, func(p Plain) { look(p) })
		}
	})
}

package codec

import (
	"bytes"
	"compress/flate"
	"strings"
	"testing"
	"time"
)

// Whatever comes out of compressed data, little of it is looked at, and in little time.
func TestBombs(t *testing.T) {
	zeros := strings.Repeat("\x00", 16<<20)
	var saml bytes.Buffer
	w, err := flate.NewWriter(&saml, flate.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = w.Write([]byte(zeros))
	_ = w.Close()
	for name, src := range map[string]string{
		"gzip": b64(packed(zeros)), "gzip twice": b64(packed(packed(zeros))), "base64 twice": b64(b64(packed(zeros))),
		"zlib": `"` + b64(zlibbed(zeros)) + `"`, "zip": b64(zipped(zeros)), "SAML": "SAMLRequest=" + b64(saml.String()),
		"hex": each(packed(zeros[:1<<20]), "%02x", ""),
	} {
		start, n := time.Now(), 0
		Each([]byte(src), func(pos int) {
			Undo([]byte(src), pos, nil, func(p Plain) bool {
				n += len(p.Text)
				return true
			})
		})
		if took := time.Since(start); took > 5*time.Second || n > 32<<20 {
			t.Errorf("%s: %d bytes looked at in %v", name, n, took)
		}
	}
}

// Text that is full of what begins a form takes time that grows with its length: a budget bounds
// the work, as in a scan.
func TestHostileWithinBudget(t *testing.T) {
	for _, part := range []string{
		`"neo_"+"sk_"+`, `a="neo_sk_"+a`, `"neo_sk_%s","a"`, "neo sk prod ", `neo_sk_"abc"`, "SAMLRequest=", "=?a?b?X3Nr?=", " eJwAAA", "6e656f5c75",
		"110,\n101,", `\u0000006e\u`, "_sk_prod", `neo"`, "${neo_sk_}", "1f8b0808",
	} {
		src := []byte(strings.Repeat(part, 256<<10/len(part)))
		left := 24 * len(src)
		spend := func(n int) bool {
			left -= n
			return left > 0
		}
		start := time.Now()
		Each(src, func(pos int) {
			if left > 0 {
				from := max(0, pos-8<<10)
				Undo(src[from:min(len(src), pos+8<<10)], pos-from, spend, func(Plain) bool { return true })
			}
		})
		if took := time.Since(start); took > 10*time.Second {
			t.Errorf("%s: %v", part, took)
		}
	}
}

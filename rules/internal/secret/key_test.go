package secret

import (
	"bytes"
	"strings"
	"testing"

	"github.com/neokeys/neokeys/finding"
)

func FuzzAPIKey(f *testing.F) {
	f.Add([]byte(`\u0020neo_sk_` + "prod_" + "AbCdEf0123456789AbCdEf01"))
	f.Add([]byte("%25neo_sk_neo_sk_eu_"))
	f.Fuzz(func(t *testing.T, text []byte) {
		for pos := 0; ; pos++ {
			n := bytes.Index(text[pos:], []byte(finding.KeyPrefix))
			if n < 0 {
				break
			}
			pos += n
			k, ok := KeyAt(text, pos)
			if !ok {
				continue
			}
			if k.Start < 0 || k.End > len(text) || k.Key.Secret.Reveal() != string(text[k.Start:k.End]) {
				t.Fatalf("match %d:%d of %q", k.Start, k.End, text)
			}
			if !k.Example && strings.Contains(Mask(string(text)), k.Key.Secret.Reveal()) {
				t.Fatalf("Mask leaves %q", text)
			}
		}
	})
}

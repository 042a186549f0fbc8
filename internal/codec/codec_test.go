package codec

import (
	"bytes"
	"encoding/base64"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/testkey"
)

// encoders write a text in each form: one for each of Forms, by the names joined.
var encoders = map[string]func(string) string{
	"base64": func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) },
	"base64 utf-16le": func(s string) string {
		var wide []byte
		for _, c := range []byte(s) {
			wide = append(wide, c, 0)
		}
		return base64.URLEncoding.EncodeToString(wide)
	},
	"": func(s string) string { return strings.ReplaceAll(s, "_", `\_`) },
}

// What each form undoes begins with the key, and has its place.
func TestForms(t *testing.T) {
	key := testkey.New(rand.New(rand.NewPCG(31, 1)))
	for _, f := range Forms {
		encode := encoders[strings.Join(f.Names, " ")]
		if encode == nil {
			t.Fatalf("no test writes the form %v", f.Names)
		}
		for _, before := range []string{"", "a", "ab", "abc", "key="} {
			src := []byte("x: " + encode(before+key+" and more") + " y")
			found := false
			Each(src, func(at *Form, pos int) {
				if at != f {
					return
				}
				f.Undo(src, pos, func(p Plain) bool {
					if bytes.HasPrefix(p.From().Text, []byte(key)) {
						found = true
						span := p.Source(p.Key, p.Key+len(key))
						if got := span.Of(src); len(got) < len(key) || span.Start < len("x: ") || span.End > len(src)-len(" y") {
							t.Errorf("%v: the key is written as %q", f.Names, got)
						}
					}
					return true
				})
			})
			if !found {
				t.Errorf("%v: no key in %s", f.Names, src)
			}
		}
	}
}

func FuzzForms(f *testing.F) {
	f.Add([]byte("YQpuZW9fc2tfcHJvZF8\n  wMTIz"))
	f.Add([]byte("bgBlAG8AXwBzAGsAXw"))
	f.Add([]byte(`neo\_sk\_prod\`))
	f.Fuzz(func(t *testing.T, src []byte) {
		Each(src, func(form *Form, pos int) {
			form.Undo(src, pos, func(p Plain) bool {
				if p.Key > len(p.Text) || len(p.Text) > 8*finding.MaxAPIKeyLen {
					t.Fatalf("%v: the key begins at %d of %d bytes", form.Names, p.Key, len(p.Text))
				}
				for i := range p.Text {
					if s := p.Source(i, i+1); s.Start < 0 || s.Start >= s.End || s.End > len(src) {
						t.Fatalf("%v: byte %d is written as %v of %d bytes", form.Names, i, s, len(src))
					}
				}
				return true
			})
		})
	})
}

func TestBase64(t *testing.T) {
	for value, want := range map[string]string{"YQ==": "a", "YQ": "", "-_-_": "", "YQ=": "", "": "", "!": ""} {
		if plain, ok := Base64(value); string(plain) != want || ok != (want != "" || value == "") {
			t.Errorf("Base64(%q) = %q, %v", value, plain, ok)
		}
	}
	for value, want := range map[string]string{"YQ==": "a", "YQ": "a", "-_-_": "\xfb\xff\xbf", "!": ""} {
		if plain, ok := LooseBase64(value); string(plain) != want || ok != (want != "") {
			t.Errorf("LooseBase64(%q) = %q, %v", value, plain, ok)
		}
	}
}

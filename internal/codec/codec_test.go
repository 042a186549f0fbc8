package codec

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/testkey"
)

func b64(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

// each returns s with every byte written by format, and sep between.
func each(s, format, sep string) string {
	var parts []string
	for _, c := range []byte(s) {
		parts = append(parts, fmt.Sprintf(format, c))
	}
	return strings.Join(parts, sep)
}

func packed(s string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write([]byte(s))
	_ = w.Close()
	return b.String()
}

func zlibbed(s string) string {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	_, _ = w.Write([]byte(s))
	_ = w.Close()
	return b.String()
}

func zipped(s string) string {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, _ := z.Create("word/document.xml")
	_, _ = w.Write([]byte(s))
	_ = z.Close()
	return b.String()
}

func wide(s string) string { return each(s, "%c\x00", "") }

func cut(s string, n int, sep string) string {
	var parts []string
	for len(s) > n {
		parts, s = append(parts, s[:n]), s[n:]
	}
	return strings.Join(append(parts, s), sep)
}

func underscores(with string) func(string) string {
	return func(s string) string { return strings.ReplaceAll(s, "_", with) }
}

// written are texts with a key, in each form, by what decoded_from says of them.
var written = []struct {
	names string
	write func(key string) string
}{
	{"base64", b64},
	{"base64", func(k string) string { return cut(b64("user:"+k), 19, "\n  ") }},
	{"base64", func(k string) string { return cut(b64("Authorization: Bearer "+k), 24, "?=\r\n =?utf-8?B?") }},
	{"base64 utf-16le", func(k string) string { return b64(wide(k)) }},
	{"base64 base64", func(k string) string { return b64(b64(k)) }},
	{"base64 base64", func(k string) string { return b64(b64("{" + k)) }},
	{"base64 base64", func(k string) string { return b64("{" + b64("ab"+k)) }},
	{"base64 base64 base64", func(k string) string { return b64(b64(b64(k))) }},
	{"base64 base64 base64", func(k string) string { return b64("ab" + b64("a"+b64("ab"+k))) }},
	{"base64 base64 reversed", func(k string) string { return b64(b64("a key: " + string(backwards([]byte(k))))) }},
	{"base64 base64 quoted-printable", func(k string) string { return b64(b64("Key: " + underscores("=5F")(k))) }},
	{"base64 base64 hex", func(k string) string { return b64(b64("key: " + hex.EncodeToString([]byte(k)))) }},
	{"base64", func(k string) string { return "key:: " + b64(k)[:3] + "\n " + b64(k)[3:] }},
	{"base64", func(k string) string { return "key:: " + b64(k)[:6] + "\n " + b64(k)[6:] }},
	{"base64", func(k string) string { return "key:: " + b64("a " + k)[:9] + "\n " + b64("a " + k)[9:] }},
	{"quoted-printable base64", func(k string) string { return b64(k)[:5] + "=\r\n" + b64(k)[5:] }},
	{"base64 hex", func(k string) string { return b64(hex.EncodeToString([]byte(k))) }},
	{"base64 js-escape", func(k string) string { return b64(`"` + underscores(`\u005f`)(k) + `"`) }},
	{"base64 gzip", func(k string) string { return b64(packed(strings.Repeat("a: b\n", 20) + "key: " + k + "\n")) }},
	{"base64 base64 gzip", func(k string) string { return b64(b64(packed(`{"data":"` + k + `"}`))) }},
	{"base64 gzip base64", func(k string) string { return b64(packed("data: " + b64("x"+k) + "\n")) }},
	{"base64 zip", func(k string) string {
		return "<DataMashup>" + b64("\x00\x00\x00\x00\x02\x01\x00\x00"+zipped("shared Q = \""+k+"\"")+"\x00\x00") + "</DataMashup>"
	}},
	{"base64 zip", func(k string) string { return b64(zipped("key = " + k)) }},
	{"base64 zip", func(k string) string { return b64(strings.Split(zipped("key = "+k), "PK\x01\x02")[0]) }},
	{"base64 zip", func(k string) string { return b64(zipped("none") + zipped("key = "+k)) }},
	{"base64 zlib", func(k string) string { return `exec(d('` + b64(zlibbed("key = "+k)) + `'))` }},
	{"js-escape", underscores(`\u005f`)},
	{"js-escape", underscores(`\u005F`)},
	{"js-escape", underscores(`\x5f`)},
	{"js-escape", underscores(`\u{5f}`)},
	{"js-escape", underscores(`\N{LOW LINE}`)},
	{"js-escape js-escape", underscores(`\\u005f`)},
	{"js-escape", func(k string) string { return each(k, `\x%02x`, "") }},
	{"js-escape", func(k string) string { return each(k, `\u%04X`, "") }},
	{"js-escape", func(k string) string { return strings.Replace(k, "prod_", `prod\x5f`, 1) }},
	{"octal", func(k string) string { return each(k, `\%03o`, "") }},
	{"octal", underscores(`\137`)},
	{"", underscores(`\_`)},
	{"percent", underscores("%5F")},
	{"percent percent", underscores("%255F")},
	{"percent", func(k string) string { return each(k, "%%%02X", "") }},
	{"percent percent", func(k string) string { return url.QueryEscape(each(k, "%%%02x", "")) }},
	{"html", underscores("&#95;")},
	{"html", underscores("&#x5F;")},
	{"html", underscores("&lowbar;")},
	{"html", func(k string) string { return each(k, "&#%d;", "") }},
	{"html", func(k string) string { return each(k, "&#x%x;", "") }},
	{"html html", underscores("&amp;#95;")},
	{"quoted-printable", underscores("=5F")},
	{"quoted-printable", func(k string) string { return cut(k, 17, "=\r\n") }},
	{"quoted-printable", func(k string) string { return k[:2] + "=\n" + k[2:] }},
	{"quoted-printable", func(k string) string { return cut(underscores("=5F")(k), 22, "?=\r\n =?UTF-8?Q?") }},
	{"hex", func(k string) string { return hex.EncodeToString([]byte(k)) }},
	{"hex", func(k string) string { return strings.ToUpper(hex.EncodeToString([]byte("key=" + k))) }},
	{"hex", func(k string) string { return each(k, "%02x", " ") }},
	{"hex", func(k string) string { return each(k, "0x%02x", ", ") }},
	{"hex", func(k string) string { return each(k, "0x%02X", ",") }},
	{"hex", func(k string) string { return each(k, "%02x", ":") }},
	{"hex", func(k string) string { return each(k, `"%02x"`, ", ") }},
	{"hex", func(k string) string { return "68 65 78 64 75 6d 70 " + each(k, "%02x", " ") }},
	{"hex utf-16le", func(k string) string { return "hex(2):" + cut(each(wide(k), "%02x", ","), 75, "\\\r\n  ") }},
	{"char-codes", func(k string) string { return "[" + each(k, "%d", ", ") + "]" }},
	{"char-codes", func(k string) string { return "String.fromCharCode(" + each(k, "%d", ",") + ")" }},
	{"char-codes", func(k string) string { return each(k, "chr(%d)", ".") }},
	{"char-codes", func(k string) string { return each(k, "Chr(%d)", " & ") }},
	{"char-codes", func(k string) string { return each(k, "[char]%d", "+") }},
	{"rot13", testkey.ROT13},
	{"reversed", func(k string) string { b := []byte(k); slices.Reverse(b); return string(b) }},
	{"folded", func(k string) string { return cut(k, 20, "\\\n") }},
	{"folded", func(k string) string { return cut(k, 20, "\\\n    ") }},
	{"folded", func(k string) string { return cut(k, 9, "\r\n ") }},
	{"folded", func(k string) string { return k[:2] + "\n " + k[2:] }},
	{"ansi", func(k string) string { return "\x1b[01;31m\x1b[K" + k[:12] + "\x1b[m\x1b[K" + k[12:] }},
	{"ansi", func(k string) string { return "\x1b[1m" + k[:3] + "\x1b[m" + k[3:] }},
	{"joined", func(k string) string { return `"neo_sk_" + "prod_" + "` + k[12:] + `"` }},
	{"joined", func(k string) string { return `'neo_sk_'` + "\n  . 'prod_' . \n '" + k[12:] + `'` }},
	{"joined", func(k string) string { return `"neo_" .. "sk_prod_" .. "` + k[12:] + `"` }},
	{"joined", func(k string) string { return `"n" & "eo_sk_prod_" & _` + "\n" + `"` + k[12:] + `"` }},
	{"joined", func(k string) string { return `"neo_sk_prod_" "` + k[12:] + `"` }},
	{"joined", func(k string) string { return `("neo_sk_prod_"` + "\n    " + `"` + k[12:] + `")` }},
	{"joined", func(k string) string { return `"neo_sk_prod_".concat("` + k[12:] + `")` }},
	{"joined", func(k string) string { return `["neo_sk_prod_", "` + k[12:] + `"].join("")` }},
	{"joined", func(k string) string { return `"_".join(["neo", "sk", "prod", "` + k[12:] + `"])` }},
	{"joined", func(k string) string { return `CONCAT('neo_sk_', 'prod_', '` + k[12:] + `')` }},
	{"joined", func(k string) string { return "`neo_sk_${\"prod\"}_${'" + k[12:] + "'}`" }},
	{"joined", func(k string) string { return `f"neo_sk_{'prod'}_` + k[12:] + `"` }},
	{"joined", func(k string) string { return `fmt.Sprintf("neo_sk_%s_%s", "prod", "` + k[12:] + `")` }},
	{"joined", func(k string) string { return `"neo_sk_{}_{}".format("prod", "` + k[12:] + `")` }},
	{"joined", func(k string) string { return `printf 'neo_sk_%s_%s' 'prod' '` + k[12:] + `'` }},
	{"joined", func(k string) string { return `"%s%s" % ("neo_sk_prod_", "` + k[12:] + `")` }},
	{"joined", func(k string) string { return `const P = "neo_sk_prod_"` + "\n" + `const key = P + "` + k[12:] + `"` }},
	{"joined", func(k string) string { return "const P = 'neo_sk_prod_';\nconst key = `${P}" + k[12:] + "`;" }},
	{"joined", func(k string) string { return "const P = 'neo_sk_prod_', S = '" + k[12:] + "';\nfetch(u, P + S)" }},
	{"joined", func(k string) string {
		return "const k = {s: '" + k[12:] + "', p: 'neo_sk_prod_'};\nfetch(u, k.p + k.s)"
	}},
}

// undone returns the names of the first form in which Undo finds the key, and what is written
// for it.
func undone(src []byte, key string) (names, source string, ok bool) {
	Each(src, func(pos int) {
		if ok {
			return
		}
		Undo(src, pos, nil, func(p Plain) bool {
			rest := p.From().Text
			if bytes.HasPrefix(rest, []byte(key)) && (len(rest) == len(key) || !finding.IsSecretByte(rest[len(key)])) {
				span := p.Source(p.Key, p.Key+len(key))
				names, source, ok = strings.Join(p.Names, " "), string(span.Of(src)), true
			}
			return !ok
		})
	})
	return names, source, ok
}

func TestForms(t *testing.T) {
	key := testkey.New(rand.New(rand.NewPCG(31, 1)))
	for _, form := range written {
		for _, around := range [][2]string{{"", ""}, {"key = ", "\n"}, {"{\"a\": [", "]}\n"}} {
			text := form.write(key)
			src := []byte(around[0] + text + around[1])
			names, source, ok := undone(src, key)
			if !ok {
				t.Errorf("%s: no key in %s", form.names, src)
				break
			}
			if names != form.names {
				t.Errorf("undone as %q, want %q: %s", names, form.names, src)
			}
			if !strings.Contains(text, source) {
				t.Errorf("%s: the key is written as %q in %s", form.names, source, src)
			}
		}
	}
}

// What looks like a form but is none costs little, and makes no key.
func TestNoForms(t *testing.T) {
	for _, src := range []string{
		`"neo_sk_" + name`, "neo_client = new NeoClient()", "int neo_[110,101,111]", "H4sIAAAAAAAA", `"eJwAAAAA"`,
		"6e656f5f", `const P = "neo_sk_"; P + P + P`, `"neo_sk_%s_%s"`,
	} {
		Each([]byte(src), func(pos int) {
			Undo([]byte(src), pos, nil, func(p Plain) bool {
				if env, secret, ok := finding.CutAPIKey(p.From().Text); ok && len(secret) >= finding.MinSecretLen {
					t.Errorf("%s: a key of %s, %v", src, env, p.Names)
				}
				return true
			})
		})
	}
}

func FuzzUndo(f *testing.F) {
	key := testkey.New(rand.New(rand.NewPCG(31, 2)))
	for _, form := range written {
		f.Add([]byte(form.write(key)))
	}
	for _, s := range zipStarts() { // no base64 where the group of letters would begin
		f.Add([]byte("!!!!!" + s.first + s.letters))
	}
	for _, c := range cuts { // where the text begins or ends among the letters
		f.Add([]byte(c.letters))
		f.Add([]byte("=\r\n" + c.letters + "=\n"))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		Each(src, func(pos int) {
			Undo(src, pos, nil, func(p Plain) bool {
				if p.Key > len(p.Text) || len(p.Names) > 2*maxDepth+2 {
					t.Fatalf("%v: the key begins at %d of %d bytes", p.Names, p.Key, len(p.Text))
				}
				for i := range p.Text {
					if s := p.Source(i, i+1); s.Start < 0 || s.Start >= s.End || s.End > len(src) {
						t.Fatalf("%v: byte %d is written as %v of %d bytes", p.Names, i, s, len(src))
					}
				}
				return true
			})
		})
	})
}

// BenchmarkHostile is what a text costs that is full of what begins a form.
func BenchmarkHostile(b *testing.B) {
	for name, part := range map[string]string{
		"plain": "neo_sk_prod_", "begun": "neo_", "escape": `neo\u005fsk\u005f`, "nested": `\\\\u005fsk\\\\`, "percent": "%25255fsk", "html": "&amp;amp;#95;sk&",
		"joined": `"neo_"+"sk_"+`, "constant": `a="neo_sk_"+a`, "template": `"neo_sk_%s","a"`, "hex": "6e656f5f", "codes": "110,101,111,",
		"base64": "bmVvX3Nr", "packed": "H4sIAAAA", "folded": "neo_\\\n", "mail": "neo_=\n", "reversed": "_ks_oen", "split": "_sk_prod",
	} {
		src := []byte(strings.Repeat(part, 64<<10/len(part)))
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(src)))
			for b.Loop() {
				for pos := range src {
					if anchored(src, pos) {
						from := max(0, pos-8<<10)
						Undo(src[from:min(len(src), pos+8<<10)], pos-from, nil, func(Plain) bool { return true })
					}
				}
			}
		})
	}
}

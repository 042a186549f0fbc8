package report

import (
	"encoding/base32"
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

// each writes every character of s in a form, with sep between them.
func each(s, form, sep string) string {
	var words []string
	for _, c := range []byte(s) {
		words = append(words, fmt.Sprintf(form, c))
	}
	return strings.Join(words, sep)
}

// spellings are ways to write a text other than plainly.
var spellings = map[string]func(string) string{
	"plain":            func(s string) string { return s },
	"lower case":       strings.ToLower,
	"spaced":           func(s string) string { return each(s, "%c", " ") },
	"backslashes":      func(s string) string { return each(s, "%c", `\`) },
	"dashed":           func(s string) string { return each(s, "%c", "-") },
	"list of letters":  func(s string) string { return "[" + each(s, "'%c'", ", ") + "]" },
	"concatenated":     func(s string) string { return `"` + s[:3] + `" + "` + s[3:5] + `" + "` + s[5:] + `"` },
	"entities":         func(s string) string { return each(s, "&#%d;", "") },
	"hex entities":     func(s string) string { return each(s, "&#x%x;", "") },
	"octal":            func(s string) string { return each(s, `\%03o`, "") },
	"hex escapes":      func(s string) string { return each(s, `\x%02x`, "") },
	"unicode escapes":  func(s string) string { return each(s, `\u%04X`, "") },
	"braced escapes":   func(s string) string { return each(s, `\u{%x}`, "") },
	"percent":          func(s string) string { return each(s, "%%%02X", "") },
	"percent twice":    func(s string) string { return url.PathEscape(each(s, "%%%02x", "")) },
	"quoted-printable": func(s string) string { return each(s, "=%02X", "") },
	"mixed":            func(s string) string { return s[:2] + each(s[2:4], `\x%x`, "") + s[4:] },
	"numbers":          func(s string) string { return "[" + each(s, "%d", ", ") + "]" },
	"hex numbers":      func(s string) string { return each(s, "0x%02x", ",") },
	"hex pairs":        func(s string) string { return each(s, "%02x", ":") },
	"chr":              func(s string) string { return each(s, "chr(%d)", ".") },
	"hex":              func(s string) string { return hex.EncodeToString([]byte(s)) },
	"base32":           func(s string) string { return base32.StdEncoding.EncodeToString([]byte(s)) },
	"base64":           func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) },
	"base64 inside":    func(s string) string { return base64.URLEncoding.EncodeToString([]byte("xy:" + s + ";")) },
	"base64 of UTF-16": func(s string) string { return base64.StdEncoding.EncodeToString([]byte(each(s, "%c\x00", ""))) },
}

// turns are ways to write a text that change all of its letters, or their order.
var turns = map[string]func(string) string{
	"":                    func(s string) string { return s },
	"reversed ":           reversed,
	"rot13 ":              testkey.ROT13,
	"rot13 and reversed ": func(s string) string { return testkey.ROT13(reversed(s)) },
}

func reversed(s string) string {
	b := []byte(s)
	slices.Reverse(b)
	return string(b)
}

// A piece that is written from right to left or with rot13, around or inside of another form, is
// not shown either.
func TestTurnedPiecesAreMasked(t *testing.T) {
	rng := rand.New(rand.NewPCG(33, 34))
	for turn, turned := range turns {
		for name, spell := range spellings {
			key := finding.NewAPIKey("prod", testkey.Secret(rng, 24))
			secret := strings.TrimPrefix(key.Secret.Reveal(), "neo_sk_prod_")
			ps := piecesOf(&finding.Result{Findings: []finding.Finding{at(key, "a.js", 1, "", "")}})
			for _, n := range []int{6, 8, 10, 24} {
				from := rng.IntN(len(secret) - n + 1)
				piece := secret[from : from+n]
				forms := []string{spell(turned(piece))}
				if strings.HasPrefix(name, "base") || name == "hex" {
					forms = append(forms, turned(spell(piece)))
				}
				for _, form := range forms {
					if got := ps.masked("before " + form + " after"); strings.Contains(got, form) || !strings.Contains(got, "...") {
						t.Errorf("%s%s: %d characters of %s: %q", turn, name, n, secret, got)
					}
				}
			}
		}
	}
}

// Beside the whole key, no six characters in a row of its secret are shown, in any spelling.
func TestPiecesAreMasked(t *testing.T) {
	rng := rand.New(rand.NewPCG(31, 32))
	rounds := 40
	if testing.Short() {
		rounds = 5
	}
	for name, spell := range spellings {
		for range rounds {
			key := finding.NewAPIKey("prod", testkey.Secret(rng, 24))
			if rng.IntN(3) == 0 {
				key = finding.NewLegacyToken(testkey.Secret(rng, 32))
			}
			secret := strings.TrimPrefix(key.Secret.Reveal(), "neo_sk_prod_")
			from := rng.IntN(len(secret) - 6)
			piece := secret[from : from+6+rng.IntN(len(secret)-from-5)]
			spelled := spell(piece)
			r := result(at(key, "a.js", 1, "before "+spelled+" x='", "' // "+spelled+" after"))
			r.Findings = append(r.Findings, habit("a.js", 2, "get('"+spelled+"') and more"))
			r.Finish()
			for _, format := range []Format{Text, SARIF, Markdown, GitLab, JUnit, HTML, CSV, CSVKeys} {
				o := options()
				o.Width, o.Verbose = 500, true
				got := render(t, format, r, o)
				if strings.Contains(got, spelled) || strings.Contains(strings.ToLower(got), strings.ToLower(piece)) {
					t.Fatalf("%s of %d characters (%s) is in the %s:\n%s", name, len(piece), key.Redacted, format, got)
				}
			}
			shown := Mask(r)
			if s := shown.Findings[1].Snippet; s.Text[s.Start:s.End] != key.Redacted || !strings.Contains(s.Text, "...") || !strings.HasSuffix(s.Text, "er") {
				t.Errorf("%s: %q marks %q", name, s.Text, s.Text[s.Start:s.End])
			}
			if s := shown.Findings[0].Snippet; !strings.HasPrefix(s.Text, "g") || s.Start != 0 || s.End != len(s.Text) {
				t.Errorf("%s: %+v", name, s)
			}
		}
	}
}

// What has nothing of a key in it stays as it is.
func TestOtherTextIsNotMasked(t *testing.T) {
	r := tree()
	shown := Mask(r)
	for i := range r.Findings {
		if got, want := shown.Findings[i].Snippet, r.Findings[i].Snippet; got != want {
			t.Errorf("%+v becomes %+v", want, got)
		}
	}
	ps := piecesOf(r)
	secret := prodKey.Secret.Reveal()[len("neo_sk_prod_"):]
	for _, s := range []string{"", "neo_sk_prod_", secret[:5], secret[3:8] + " and " + secret[13:18], "neo_sk_prod_" + secret[:4] + "..." + secret[20:]} {
		if got := ps.masked(s); got != s {
			t.Errorf("%q becomes %q", s, got)
		}
	}
	for s, want := range map[string]string{
		"a " + secret[2:9] + " b":                  "a ... b",
		secret[:6]:                                 "...",
		secret[:7] + "/" + secret[7:14] + "!":      "...!",
		secret[:7] + ", and then " + secret[10:18]: "..., and then ...",
	} {
		if got := ps.masked(s); got != want {
			t.Errorf("%q becomes %q, want %q", s, got, want)
		}
	}
}

func BenchmarkMask(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 2))
	r := &finding.Result{}
	for i := range 1000 {
		key := finding.NewAPIKey("prod", testkey.Secret(rng, 24))
		r.Findings = append(r.Findings, at(key, "a.js", i, strings.Repeat("var a = 1; ", 9), strings.Repeat("b(c); ", 16)))
	}
	for b.Loop() {
		Mask(r)
	}
}

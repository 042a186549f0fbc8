package rules

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/neokeys/neokeys/finding"
)

var base64Alphabets = map[string]*base64.Encoding{
	"standard": base64.StdEncoding, "URL": base64.URLEncoding, "unpadded": base64.RawStdEncoding,
}

// wrap breaks text into lines of a width.
func wrap(text string, width int, lineEnd string) string {
	var lines []string
	for len(text) > width {
		lines = append(lines, text[:width])
		text = text[width:]
	}
	return strings.Join(append(lines, text), lineEnd)
}

// checkDecoded fails unless the only match in text is of key, and lies where its base64 does.
func checkDecoded(t *testing.T, text, key string, decoded ...string) {
	t.Helper()
	got := matches(NeoAPIKey, "a.txt", text)
	if len(got) != 1 || got[0].Key.Secret.Reveal() != key || !slices.Equal(got[0].Decoded, decoded) {
		t.Errorf("in %q: found %+v, want %s", text, got, key)
		return
	}
	letters := strings.NewReplacer("\r", "", "\n", "", " ", "", `\n`, "").Replace(text[got[0].Start:got[0].End])
	want := len(key)
	if len(decoded) == 2 {
		want = 2*len(key) - 1
	}
	if n := len(letters) - want*8/6; n < 0 || n > 2 {
		t.Errorf("in %q: the match %q is of %d letters for %d bytes", text, letters, len(letters), want)
	}
}

func TestAPIKeyInBase64(t *testing.T) {
	rng := rand.New(rand.NewPCG(21, 1))
	for range 40 {
		key := "neo_sk_" + []string{"prod", "dev", "eu1", "sandbox", "production"}[rng.IntN(5)] + "_" + randomSecret(rng, 24)
		for _, form := range []string{
			"%s", "%s\n", "user:%s", "ab %s cd", `{"a":"%s","b":1}`, "NEO_API_KEY=%s\nOTHER=x\n", "aé: %s ~~~", "x?%s?>?", `"\n%s`,
			"Authorization: Bearer %s",
		} {
			plain := fmt.Sprintf(form, key)
			for name, alphabet := range base64Alphabets {
				encoded := alphabet.EncodeToString([]byte(plain))
				for _, around := range []string{
					"%s", "key: %s\n", `{"data":"%s"}`, "Authorization: Basic %s\r\n", "https://example.com/%s?x", "eyJhbGciOiJIUzI1NiJ9.%s.c2ln",
					"data:\n  A: %s\n  OTHER: dGVzdA==\n", "%s\nusername\npassword\n", "username\n%s\n",
				} {
					text := fmt.Sprintf(around, encoded)
					checkDecoded(t, text, key, "base64")
					if t.Failed() {
						t.Fatalf("%q with the %s alphabet", plain, name)
					}
				}
			}
		}
	}
}

// However lines are broken, and wherever in them the key begins.
func TestAPIKeyInWrappedBase64(t *testing.T) {
	rng := rand.New(rand.NewPCG(22, 1))
	for before := range 130 {
		for _, length := range []int{24, 18} {
			key := "neo_sk_" + "prod_" + randomSecret(rng, length)
			plain := strings.Repeat("~", before) + key + "\nand more text that follows it and takes some lines of its own\n"
			encoded := base64.StdEncoding.EncodeToString([]byte(plain))
			for _, width := range []int{60, 64, 72, 76} {
				for _, lineEnd := range []string{"\n", "\r\n", "\n    ", `\n`} {
					checkDecoded(t, "x: "+wrap(encoded, width, lineEnd)+"\n", key, "base64")
				}
			}
			if t.Failed() {
				t.Fatalf("%d bytes before a key of %d characters", before, length)
			}
		}
	}
}

// Commands for PowerShell are in UTF-16.
func TestAPIKeyInBase64OfUTF16(t *testing.T) {
	rng := rand.New(rand.NewPCG(23, 1))
	for _, before := range []string{"", "a", "$k='", "Invoke-RestMethod -Headers @{Authorization='Bearer ", "é €"} {
		key := "neo_sk_" + "live_" + randomSecret(rng, 24)
		var wide []byte
		for _, u := range utf16.Encode([]rune(before + " " + key + "'\n")) {
			wide = binary.LittleEndian.AppendUint16(wide, u)
		}
		for skip := range 3 { // other bytes may stand before the text
			encoded := base64.StdEncoding.EncodeToString(append(make([]byte, skip), wide...))
			checkDecoded(t, "powershell -EncodedCommand "+encoded+"\n", key, "base64", "utf-16le")
		}
	}
}

func TestAPIKeysInBase64(t *testing.T) {
	rng := rand.New(rand.NewPCG(24, 1))
	encode := func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
	a, b := "neo_sk_"+"prod_"+randomSecret(rng, 24), "neo_sk_"+"test_"+randomSecret(rng, 24)
	for text, want := range map[string][]string{
		encode(a + b):                {a, b},
		encode(a) + "\n" + encode(b): {a, b},
		encode(a+"\n"+b) + " " + a:   {a, b, a},
		encode("xneo" + a[3:]):       nil,
		encode("neo_sk_prod_short"):  nil,
		encode("neo_sk_"):            nil,
		encode(a)[1:]:                nil,
		strings.ToLower(encode(a)):   nil,
	} {
		var got []string
		for _, m := range matches(NeoAPIKey, "a.txt", text) {
			got = append(got, m.Key.Secret.Reveal())
		}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("in %q: found %q, want %q", text, got, want)
		}
	}
	m := matches(NeoAPIKey, "a.txt", encode(b))
	if len(m) != 1 || m[0].Severity != finding.Warning || m[0].Message != "Neo API key for the test environment, in base64" {
		t.Errorf("found %+v", m)
	}
	if m := matches(NeoAPIKey, "a.txt", encode("neo_sk_"+"prod_"+strings.Repeat("x", 24))); len(m) != 1 || !m[0].Example {
		t.Errorf("a placeholder in base64: found %+v", m)
	}
}

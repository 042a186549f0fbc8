package secret

import (
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/neokeys/neokeys/internal/testkey"
)

func TestMaskBase64(t *testing.T) {
	rng := rand.New(rand.NewPCG(25, 1))
	for _, before := range []string{"", "a", "ab"} {
		key := "neo_sk_" + "prod_" + testkey.Secret(rng, 25)
		encoded := base64.RawStdEncoding.EncodeToString([]byte(before + ":" + key))
		twice := base64.RawStdEncoding.EncodeToString([]byte(before + key + key))
		for _, text := range []string{"a/" + encoded + ".txt", encoded + key + encoded, key + " " + encoded, "neo_sk_prod_" + encoded, twice, "x " + twice, "refs/tags/lw" + encoded} {
			masked := Mask(text)
			if strings.Contains(masked, encoded) || strings.Contains(masked, encoded[8:40]) || strings.Contains(masked, twice[8:40]) || strings.Contains(masked, key) {
				t.Errorf("Mask(%q) = %q", text, masked)
			}
			at := 0
			for _, s := range Secrets([]byte(text)) {
				if s.Start < at || s.End <= s.Start {
					t.Errorf("in %q: a span %v after %d", text, s, at)
				}
				at = s.End
			}
		}
	}
}

func FuzzBase64(f *testing.F) {
	f.Add([]byte("YQpuZW9fc2tfcHJvZF8\n  wMTIz"))
	f.Add([]byte("\r\nX3NrX==\\nbmVvX3NrX"))
	f.Add([]byte("bgBlAG8AXwBzAGsAXw"))
	f.Fuzz(func(t *testing.T, text []byte) {
		Mask(string(text))
		at := 0
		for _, s := range Secrets(text) {
			if s.Start < at || s.End <= s.Start || s.End > len(text) {
				t.Fatalf("in %q: a span %v after %d", text, s, at)
			}
			at = s.End
		}
		for pos := range text {
			KeysAt(text, pos, false, nil, func(k Key) {
				if k.Start < 0 || k.Start >= k.End || k.End > len(text) {
					t.Fatalf("match %d:%d of %q", k.Start, k.End, text)
				}
			})
		}
	})
}

func TestMask(t *testing.T) {
	secret := testkey.Secret(rand.New(rand.NewPCG(4, 1)), 24)
	for _, text := range []string{"neo_sk_%s", "a/neo_sk_prod_%s.txt", "neo_sk_Prod_%s", "xneo_sk_p_%sneo_sk_q_%[1]s", "neo_sk_neo_sk_prod_%s"} {
		full := fmt.Sprintf(text, secret)
		masked := Mask(full)
		if text != "neo_sk_%s" && strings.Contains(masked, secret) {
			t.Errorf("Mask(%s) = %s", full, masked)
		}
	}
	for _, text := range []string{"", "neo_sk_", "nothing here", "neo_sk_prod_short", "agent_neo_sk_123"} {
		if got := Mask(text); got != text {
			t.Errorf("Mask(%q) = %q", text, got)
		}
	}
}

func TestSecrets(t *testing.T) {
	rng := rand.New(rand.NewPCG(6, 1))
	a, b := testkey.Secret(rng, 40), testkey.Secret(rng, 40)
	for _, c := range []struct {
		line string
		want []string
	}{
		{`["` + a + `", "` + b + `"]`, []string{a, b}},
		{"token=" + a + "&next=" + b, []string{a, b}},
		{a + "neo_sk_x_" + b, []string{a, b}},
		{"neo_sk_x_" + a + "neo_sk_y_" + b, []string{a, b}},
		{"path/to/" + a + ".txt", nil},
		{"the quick brown fox, settings.secretKey and processEnvironmentVariables", []string{}},
		{"2024-01-02T03:04:05", []string{}},
		{"", []string{}},
	} {
		got := []string{}
		at := 0
		for _, s := range Secrets([]byte(c.line)) {
			if s.Start < at || s.End <= s.Start {
				t.Fatalf("%q: a span %v after %d", c.line, s, at)
			}
			at = s.End
			got = append(got, c.line[s.Start:s.End])
		}
		if c.want == nil {
			if !strings.Contains(strings.Join(got, " "), a) {
				t.Errorf("%q: %q", c.line, got)
			}
		} else if !slices.Equal(got, c.want) {
			t.Errorf("%q: got %q, want %q", c.line, got, c.want)
		}
	}
}

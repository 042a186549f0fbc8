package rules

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/testkey"
	"github.com/neokeys/neokeys/rules/internal/secret"
)

func TestAPIKeyForms(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	const none = finding.Confidence("")
	for _, c := range []struct {
		env      string
		len      int
		want     finding.Confidence
		severity finding.Severity
	}{
		{"prod", 24, finding.High, finding.Error},
		{"production", 24, finding.High, finding.Error},
		{"live", 24, finding.High, finding.Error},
		{"staging", 24, finding.High, finding.Warning},
		{"dev", 24, finding.High, finding.Warning},
		{"qa", 24, finding.High, finding.Warning},
		{"prod", 15, none, 0},
		{"prod", 16, finding.Medium, finding.Error},
		{"test", 16, finding.Medium, finding.Warning},
		{"prod", 23, finding.Medium, finding.Error},
		{"prod", 25, finding.Medium, finding.Error},
		{"prod", 64, finding.Medium, finding.Error},
		{"prod", 65, none, 0},
		{"eu1", 24, finding.Medium, finding.Error},
		{"eu1", 23, none, 0},
		{"eu1", 25, none, 0},
		{"a", 24, none, 0},
		{"ab", 24, finding.Medium, finding.Error},
		{"abcdefghijklmnop", 24, finding.Medium, finding.Error},
		{"abcdefghijklmnopq", 24, none, 0},
		{"1prod", 24, none, 0},
		{"Prod", 24, none, 0},
	} {
		for range 20 {
			secret := testkey.Secret(rng, c.len)
			key := "neo_sk_" + c.env + "_" + secret
			text := "key = '" + key + "'"
			got := matches(NeoAPIKey, "a.js", text)
			if c.want == none {
				if len(got) != 0 {
					t.Errorf("%s with %d characters is found", c.env, c.len)
				}
				continue
			}
			if len(got) != 1 {
				t.Fatalf("%s with %d characters: %d matches, want 1", c.env, c.len, len(got))
			}
			m := got[0]
			if text[m.Start:m.End] != key || m.Confidence != c.want || m.Severity != c.severity || m.Example {
				t.Errorf("%s with %d characters: %+v", c.env, c.len, m)
			}
			if m.Key.Env != c.env || m.Key.Secret.Reveal() != key || strings.Contains(m.Message, secret) {
				t.Errorf("%s with %d characters: wrong key", c.env, c.len)
			}
		}
	}
}

func TestAPIKeyEdges(t *testing.T) {
	key := "neo_sk_" + "prod_" + testkey.Secret(rand.New(rand.NewPCG(2, 1)), 24)
	for _, before := range []string{
		"", " ", `"`, "'", "`", "=", ":", "/", "_", "-", ".", "(", ">", "|", "\n", "\x00", "é", "密钥", "\xff",
		`\n`, `\t`, `\r`, `\\n`, `\x20`, `\x3D`, `\u0020`, `\u003d`, `\u{20}`, `\U0001F511`, `\040`, `\0`, `\b`,
		"%20", "%3D", "%3d", "%22", "%0A", "%253D", "%25252F", "%u003D", "=3D",
		"&quot;", "&#34;", "&#x22;", "&amp;quot;", "\x1b[31m", `\x1b[1;32m`, `\u001b[m`, `\033[0m`,
		"agent_",
	} {
		if got := matches(NeoAPIKey, "a.js", before+key); len(got) != 1 || got[0].Start != len(before) {
			t.Errorf("a key after %q: %d matches", before, len(got))
		}
	}
	for _, before := range []string{"a", "Z", "0", "lu", "%2", "x20", "u0020", `\u002`, "3D", "2520", "=3d", "[31m", `\q`, "m"} {
		if got := matches(NeoAPIKey, "a.js", before+key); len(got) != 0 {
			t.Errorf("a key after %q is found", before)
		}
	}
	for _, after := range []string{"", " ", `"`, `\n`, "%22", "&quot;", "_", "-", ".", ",", ";", "é", "\x00"} {
		got := matches(NeoAPIKey, "a.js", key+after)
		if len(got) != 1 || got[0].End != len(key) {
			t.Errorf("a key before %q: %d matches", after, len(got))
		}
	}
}

// In Markdown, an underscore means something.
func TestEscapedAPIKey(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 1))
	for _, before := range []string{"", "Key: ", `\_`, "密钥"} {
		for _, after := range []string{"", ".", `\_`, "\\\n", "_"} {
			key := "neo_sk_" + "prod_" + testkey.Secret(rng, 24)
			escaped := strings.ReplaceAll(key, "_", `\_`)
			text := before + escaped + after
			got := matches(NeoAPIKey, "a.md", text)
			if len(got) != 1 || got[0].Key.Secret.Reveal() != key || text[got[0].Start:got[0].End] != escaped {
				t.Errorf("in %q: found %+v", text, got)
			}
			if masked := secret.Mask(text); strings.Contains(masked, key[12:]) || len(secret.Secrets([]byte(text))) != 1 {
				t.Errorf("Mask(%q) = %q", text, masked)
			}
		}
	}
	for _, text := range []string{`lu` + `neo\_sk\_prod\_` + testkey.Secret(rng, 24), `neo\_sk\_prod\_short`, `neo\_sk\_`, `neo\_sk\_prod\_` + strings.Repeat("x", 24)} {
		for _, m := range matches(NeoAPIKey, "a.md", text) {
			if !m.Example {
				t.Errorf("%s is found", text)
			}
		}
	}
}

// Other products' keys, in shapes that public code holds.
func TestAPIKeyOthers(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 1))
	for _, text := range []string{"luneo_sk_1234567890abcdef", "agent_neo_sk_123", "neo_sk_", "neo_sk_prod_", "NEO_SK_PROD_" + testkey.Secret(rng, 24)} {
		if got := matches(NeoAPIKey, "a.js", text); len(got) != 0 {
			t.Errorf("%s is found", text)
		}
	}
	const urlSafe = base62 + "-_-_-_-_"
	for range 200_000 {
		b := make([]byte, 43) // of 32 bytes
		for i := range b {
			b[i] = urlSafe[rng.IntN(len(urlSafe))]
		}
		if got := matches(NeoAPIKey, "a.txt", `"neo_sk_`+string(b)+`"`); len(got) != 0 {
			t.Fatalf("neo_sk_%s is found", b)
		}
	}
	// The one that comes closest.
	near := "neo_sk_" + "abc_" + testkey.Secret(rng, 24) + "-" + randomSecret(rng, 14)
	if got := matches(NeoAPIKey, "a.js", near); len(got) != 0 {
		t.Errorf("%s is found", near)
	}
}

func TestAPIKeyExamples(t *testing.T) {
	for _, secret := range []string{
		"AbCdEf0123456789AbCdEf01", // the documentation's own
		strings.Repeat("x", 24), strings.Repeat("A", 24), strings.Repeat("0", 24),
		"abcdefghijklmnopqrstuvwx", "123456789012345678901234", "ABCDEFGHIJKLMNOPQRSTUVWX", "0123456789abcdef01234567",
		"xxxxxxxxxxxxxxxxxxxxAbC1", "yourkeyyourkeyyourkeyhere", "YourSecretKeyGoesHere0000", "exampleexampleexample123",
		"changemechangemechangeme", "placeholderplaceholder12", "redactedredactedredacted", "dummydummydummydummy1234",
	} {
		got := matches(NeoAPIKey, "a.js", "neo_sk_"+"prod_"+secret)
		if len(got) != 1 || !got[0].Example {
			t.Errorf("%s: %+v is not one example", secret, got)
		}
	}
}

// Keys that follow one another at once are found whole.
func TestAPIKeysInARow(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 1))
	for _, envs := range [][]string{{"prod", "prod"}, {"dev", "prod", "staging"}, {"eu1", "test"}} {
		var text, want string
		for _, env := range envs {
			key := "neo_sk_" + env + "_" + testkey.Secret(rng, 24)
			text += key
			want += key + " "
		}
		var got string
		for _, m := range matches(NeoAPIKey, "a.js", text) {
			got += m.Key.Secret.Reveal() + " "
		}
		if got != want {
			t.Errorf("in %s: found %s", text, got)
		}
	}
	// What a word hides does not become one by what is before it.
	for _, before := range []string{"x", "neo_sk_prod_short", "neo_sk_" + "prod_" + testkey.Secret(rng, 70)} {
		if got := matches(NeoAPIKey, "a.js", before+"neo_sk_"+"prod_"+testkey.Secret(rng, 24)); len(got) != 0 {
			t.Errorf("after %s: found %v", before, got)
		}
	}
}

// A placeholder in angle brackets has not even the form of a key.
func TestAngleBracketsAreNoKey(t *testing.T) {
	for _, text := range []string{"neo_sk_prod_<your-key>", "neo_sk_<env>_<secret>", "neo_sk_<env>_" + strings.Repeat("x", 24), "neo_sk_prod_${NEO_SECRET}", "neo_sk_prod_{{ secret }}", "neo_sk_prod_************************", "neo_sk_prod_..."} {
		if got := matches(NeoAPIKey, "README.md", text); len(got) != 0 {
			t.Errorf("%s: %+v", text, got)
		}
	}
}

// In data that is not text, strings stand side by side: a letter on either side of a key is no
// part of it.
func TestAPIKeyInData(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 9))
	for range 50 {
		key := testkey.New(rng)
		for _, around := range [][2]string{{"productio", "join"}, {"U", ""}, {"buffer", "LBearer"}, {"", "neo"}, {"x", strings.Repeat("y", 200)}} {
			src := []byte(around[0] + key + around[1])
			var found []secret.Key
			secret.KeysAt(src, len(around[0]), true, nil, func(k secret.Key) { found = append(found, k) })
			if len(found) != 1 || found[0].Key.Secret.Reveal() != key || found[0].Confidence != finding.High || len(found[0].Key.Readings) > 0 {
				t.Errorf("in %s: found %v", src, found)
			}
		}
	}
}

// In text, a secret that is longer than documented is one, but where it ends is in doubt.
func TestAPIKeyReadings(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 10))
	key := testkey.New(rng)
	whole := key + testkey.Secret(rng, 7)
	got := matches(NeoAPIKey, "a.txt", "key "+whole+"\n")
	if len(got) != 1 || got[0].Key.Secret.Reveal() != whole {
		t.Fatalf("found %v", got)
	}
	var readings []string
	for _, r := range got[0].Key.Readings {
		readings = append(readings, r.Secret.Reveal())
	}
	if want := []string{whole, key}; !slices.Equal(readings, want) {
		t.Errorf("read as %q, want %q", readings, want)
	}
	if got := matches(NeoAPIKey, "a.txt", "key "+key+"\n"); len(got) != 1 || len(got[0].Key.Readings) != 0 {
		t.Errorf("a key with clear edges has readings: %v", got)
	}
}

// What has the length of another product's keys is one of theirs, unless it begins like a
// whole key of Neo's.
func TestAPIKeyOfOtherProducts(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 11))
	for _, rest := range []int{43, 48} {
		for _, c := range []struct {
			tail string
			want finding.Confidence
		}{
			{"ab_" + testkey.Secret(rng, 24) + "-" + testkey.Secret(rng, rest-28), ""},
			{"prod_" + testkey.Secret(rng, rest-5), ""},
			{"prod_" + testkey.Secret(rng, 24) + "_" + testkey.Secret(rng, rest-30), finding.Medium},
		} {
			got := matches(NeoAPIKey, "a.txt", "key neo_sk_"+c.tail+"\n")
			if c.want == "" && len(got) > 0 || c.want != "" && (len(got) != 1 || got[0].Confidence != c.want) {
				t.Errorf("neo_sk_%s: found %v", c.tail, got)
			}
		}
	}
}

// An option of one letter may have its argument attached.
func TestAPIKeyAttachedToOption(t *testing.T) {
	key := testkey.New(rand.New(rand.NewPCG(1, 12)))
	for _, line := range []string{"tool -k" + key, "gh secret set NEO_API_KEY -b" + key, `["-k` + key + `"]`} {
		if got := matches(NeoAPIKey, "a.sh", line); len(got) != 1 || got[0].Key.Secret.Reveal() != key {
			t.Errorf("%s: found %v", line, got)
		}
		if got := matches(NeoLegacyToken, "a.sh", line); len(got) != 0 {
			t.Errorf("%s: a token of the older API, %v", line, got)
		}
	}
}

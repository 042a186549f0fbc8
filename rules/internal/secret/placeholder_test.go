package secret

import (
	"math"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/neokeys/neokeys/internal/testkey"
)

func TestPlaceholders(t *testing.T) {
	for _, secret := range strings.Fields(`
		AbCdEf0123456789AbCdEf01 ABCDEF0123456789ABCDEF01 abcdefghijklmnopqrstuvwx zyxwvutsrqponmlkjihgfedc
		0123456789abcdef01234567 1234567890abcdef12345678 1234567890abcdef 0000000000000000 123456789012345678901234
		qwertyuiopasdfghjklzxcvb 1qaz2wsx3edc4rfv5tgb6yhn a1b2c3d4e5f6g7h8i9j0k1l2 1a2b3c4d5e6f7g8h9i0j1k2l A1B2C3D4E5F6G7H8I9J0K1L2
		aBcDeFgHiJkLmNoPqRsTuVwX AaBbCcDdEeFfGgHhIiJjKkLl abcd1234efgh5678ijkl9012 ABCDefgh1234ABCDefgh1234
		ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 abcABC123abcABC123abcABC
		abc123def456ghi789jkl012 ABC123DEF456GHI789JKL012 ab12cd34ef56gh78ij90kl12 123abc456def789ghi012jkl
		aaaaaaaabbbbbbbbcccccccc ZZZZYYYYXXXXWWWWVVVVUUUU abc123abc123abc123abc123 deadbeefdeadbeefdeadbeef 000000000000000000000001
		YourSecretKeyGoesHere ReplaceThisWithYourKey00 InsertYourNeoApiKeyHere1 ThisIsAnExampleKey123456 thisisnotarealkey1234567
		FAKEFAKEFAKEFAKEFAKEFAKE TESTTESTTESTTEST SomeRandomSecretValue123 mysecretkeymysecretkey12 PUTYOURKEYHEREPUTYOURKEY
		your-secret-key-here my_super_secret_token YOUR_SECRET_API_KEY xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx changeme12345678
		lorem.ipsum.dolor.lorem.ipsum your-256-bit-secret-token`) {
		if !IsPlaceholder(secret) {
			t.Errorf("%s is taken for a key: %.1f bits shorter", secret, saving(secret))
		}
	}
	for name, form := range map[string]string{
		"a lone example": "%sEXAMPLE%s", "half of it x": "%sxxxxxx%sxxxxxx", "redacted tail": "%s%sxxxxxxxxxxxx",
	} {
		rng := rand.New(rand.NewPCG(5, 1))
		for range 100 {
			secret := strings.Replace(form, "%s", testkey.Secret(rng, 6), 1)
			secret = strings.Replace(secret, "%s", testkey.Secret(rng, 6), 1)
			if !IsPlaceholder(secret) {
				t.Errorf("%s: %s is taken for a key: %.1f bits shorter", name, secret, saving(secret))
			}
		}
	}
}

// What real keys may hold by chance, or what their owners may put in them.
func TestNoPlaceholders(t *testing.T) {
	rng := rand.New(rand.NewPCG(6, 1))
	for _, part := range strings.Fields(`test TEST Test key Key fake neo dummy Dummy xxxx 0000 1234 abcd prod secret Secret aaaaa 12345 qwerty api token`) {
		for range 200 {
			n := 24 - len(part)
			at := rng.IntN(n + 1)
			secret := testkey.Secret(rng, at) + part + testkey.Secret(rng, n-at)
			if IsPlaceholder(secret) {
				t.Errorf("%s is taken for a placeholder: %.1f bits shorter", secret, saving(secret))
			}
		}
	}
	for _, form := range []string{"neoagent-production-%s", "company_account_project_%s", "AAAAAAAAAAAA%s", "00000000-0000-%s", "%spassword"} {
		if secret := strings.Replace(form, "%s", testkey.Secret(rng, 32), 1); IsPlaceholder(secret) {
			t.Errorf("%s is taken for a placeholder", secret)
		}
	}
	for _, secret := range []string{"CorrectHorseBatteryStap1", "0190a5e2c3f47b1d8e6f2a4c", "65f1c0a29bd3e84710fa6c2e", "20241124123456789a7c3f0e"} {
		if IsPlaceholder(secret) {
			t.Errorf("%s is taken for a placeholder: %.1f bits shorter", secret, saving(secret))
		}
	}
}

func saving(secret string) float64 {
	return float64(len(secret))*math.Log2(alphabet(secret)) - describe(secret).bits
}

// The bound on how many random secrets are hidden rests on the descriptions being a
// prefix code: what may come next must have a total probability of 1 at most.
func TestDescriptionIsAPrefixCode(t *testing.T) {
	p := func(bits float64) float64 { return math.Exp2(-bits) }
	for _, code := range partCodes {
		if sum := p(code.literal) + 3*p(code.other); sum > 1+1e-9 {
			t.Errorf("the kinds of parts have a probability of %v", sum)
		}
	}
	if sum := float64(wordForms*len(placeholderWords)) * p(wordBits); sum > 1+1e-9 {
		t.Errorf("the words have a probability of %v", sum)
	}
	seen := map[string]bool{}
	for _, w := range placeholderWords {
		if seen[w] || len(w) < 2 || strings.Trim(w, "abcdefghijklmnopqrstuvwxyz") != "" {
			t.Errorf("%q is listed twice, or is no word", w)
		}
		seen[w] = true
	}
	forms := 0
	for _, s := range []string{"example", "Example", "EXAMPLE", "eXample", "exAmple", "EXAMPLe", "EXample", "ExamplE"} {
		if isWord(s, "example") {
			forms++
		}
	}
	if forms != wordForms {
		t.Errorf("a word is recognised in %d forms", forms)
	}
	sum := 0.0
	for _, bits := range distanceBits[1:] {
		sum += p(bits)
	}
	stepSum := 0.0
	for _, bits := range stepBits {
		stepSum += p(bits)
	}
	if sum > 1+1e-9 || stepSum > 1+1e-9 {
		t.Errorf("the distances have a probability of %v, the steps of %v", sum, stepSum)
	}
	if got := float64(2*len(orders)) * p(orderBits); got > 1+1e-9 {
		t.Errorf("the orders have a probability of %v", got)
	}
	for _, o := range orders {
		if got := float64(len(o.chars)) * p(o.startBits); got > 1+1e-9 {
			t.Errorf("the places in %s have a probability of %v", o.chars, got)
		}
		for i := range o.chars {
			if strings.IndexByte(o.chars[i+1:], o.chars[i]) >= 0 {
				t.Errorf("%s holds %c twice", o.chars, o.chars[i])
			}
		}
	}
}

// The bound holds at any saving, so it can be seen to hold where it is not too small to
// be seen: among random secrets, at most one in 2^s may be s bits shorter. NEOKEYS_SECRETS
// sets how many secrets of each kind are drawn.
func TestRandomSecretsAreNoPlaceholders(t *testing.T) {
	draws := 5_000
	if v, err := strconv.Atoi(os.Getenv("NEOKEYS_SECRETS")); err == nil {
		draws = v
	}
	for _, kind := range []struct {
		name, alphabet string
		len            int
	}{
		{"24 letters and digits", testkey.Letters, 24},
		{"16 letters and digits", testkey.Letters, 16},
		{"64 letters and digits", testkey.Letters, 64},
		{"24 hexadecimal digits", "0123456789abcdef", 24},
		{"32 hexadecimal digits", "0123456789ABCDEF", 32},
		{"24 lower-case letters and digits", "abcdefghijklmnopqrstuvwxyz0123456789", 24},
		{"43 characters of base64", testkey.Letters + "-_", 43},
		{"16 decimal digits", "0123456789", 16},
	} {
		t.Run(kind.name, func(t *testing.T) {
			rng := rand.New(rand.NewPCG(7, uint64(kind.len)))
			var shorter [64]int
			b := make([]byte, kind.len)
			for range draws {
				for i := range b {
					b[i] = kind.alphabet[rng.IntN(len(kind.alphabet))]
				}
				s := saving(string(b))
				if s >= minSaving {
					t.Errorf("%s may be taken for a placeholder", b)
				}
				for bits := 0; bits < int(s); bits++ {
					shorter[bits]++
				}
			}
			t.Logf("%v of %d are 1, 2, ... bits shorter", shorter[:minSaving], draws)
			for bits, n := range shorter {
				if allowed := math.Ceil(float64(draws) / math.Exp2(float64(bits+1))); float64(n) > allowed {
					t.Errorf("%d of %d are %d bits shorter, more than %v", n, draws, bits+1, allowed)
				}
			}
		})
	}
}

func FuzzPlaceholder(f *testing.F) {
	f.Add("AbCdEf0123456789AbCdEf01")
	f.Add("your-secret-key-here")
	f.Add("\x00\xffXxXx")
	f.Fuzz(func(t *testing.T, s string) {
		IsPlaceholder(s)
		if got, most := describe(s).bits, 1+float64(len(s))*(partCodes[0].literal+math.Log2(max(alphabet(s), 1))); got > most+1e-6 {
			t.Errorf("the description of %q takes %v bits, more than its characters", s, got)
		}
	})
}

func BenchmarkPlaceholder(b *testing.B) {
	secret := testkey.Secret(rand.New(rand.NewPCG(8, 1)), 24)
	for b.Loop() {
		IsPlaceholder(secret)
	}
}

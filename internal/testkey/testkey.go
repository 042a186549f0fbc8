// Package testkey makes keys for tests. They look like Neo's to every rule, and are made
// while a test runs: the repository itself holds none.
package testkey

import (
	"encoding/base64"
	"encoding/hex"
	"math/rand/v2"
	"strings"
)

// Letters are what the secret part of a key is made of.
const Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

// Secret returns n random letters and digits, which are no placeholder.
func Secret(random *rand.Rand, n int) string { return secret(random.IntN, n) }

// Fresh is Secret with randomness of its own.
func Fresh(n int) string { return secret(rand.IntN, n) }

// New returns a whole key.
func New(random *rand.Rand) string { return "neo_sk_" + "prod_" + Secret(random, 24) }

func secret(intN func(int) int, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = Letters[intN(len(Letters))]
	}
	return string(b)
}

// Forms returns a source of random values of n characters for each form that tokens
// commonly have.
func Forms(rng *rand.Rand) map[string]func(n int) string {
	from := func(alphabet string) func(int) string {
		return func(n int) string {
			b := make([]byte, n)
			for i := range b {
				b[i] = alphabet[rng.IntN(len(alphabet))]
			}
			return string(b)
		}
	}
	bytes := func(n int) []byte {
		b := make([]byte, n)
		for i := range b {
			b[i] = byte(rng.IntN(256))
		}
		return b
	}
	return map[string]func(int) string{
		"base62":    from(Letters),
		"hex":       from("0123456789abcdef"),
		"HEX":       from("0123456789ABCDEF"),
		"base36":    from("0123456789abcdefghijklmnopqrstuvwxyz"),
		"base32":    from("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"),
		"letters":   from(Letters[:52]),
		"lowercase": from(Letters[26:52]),
		"base64":    func(n int) string { return base64.StdEncoding.EncodeToString(bytes(n * 3 / 4)) },
		"base64url": func(n int) string { return base64.RawURLEncoding.EncodeToString(bytes(n * 3 / 4)) },
		"uuid": func(int) string {
			h := hex.EncodeToString(bytes(16))
			return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
		},
	}
}

// ROT13 returns s with each letter moved by 13 places in the alphabet.
func ROT13(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case 'a' <= r && r <= 'z':
			return 'a' + (r-'a'+13)%26
		case 'A' <= r && r <= 'Z':
			return 'A' + (r-'A'+13)%26
		}
		return r
	}, s)
}

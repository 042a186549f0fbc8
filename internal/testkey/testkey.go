// Package testkey makes keys for tests. They look like Neo's to every rule, and are made
// while a test runs: the repository itself holds none.
package testkey

import "math/rand/v2"

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

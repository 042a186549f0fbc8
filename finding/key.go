package finding

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
)

// A KeyKind is an API whose keys have a form of their own.
type KeyKind string

// The kinds of keys, by the words that reports use.
const (
	KindAPI    KeyKind = "api"    // neo_sk_<env>_<secret>, for api.neoagent.io
	KindLegacy KeyKind = "legacy" // the raw token of the older API at app.neoagent.co
)

// A Key is a credential, the thing a person rotates or revokes.
type Key struct {
	Kind KeyKind
	// ID identifies the key everywhere without giving it away: the first 16
	// hex digits of the SHA-256 of the whole key.
	ID string
	// Env is the environment named in a neo_sk_ key; empty for a legacy token.
	Env string
	// Redacted is a form that a person who holds the key can recognise, such as
	// "neo_sk_prod_AbCd...Ef01".
	Redacted string
	// Secret is the key itself.
	Secret Secret
	// Readings are the ways to take a key whose edges are in doubt, the likeliest first,
	// which has the key's own ID; at most [MaxReadings]. It is empty where the edges are
	// certain. A verdict on whether the key works belongs to one reading.
	Readings []*Key
}

// MaxReadings is the most readings that a key has. Each costs a request to verify.
const MaxReadings = 4

// Alone returns the key without its other readings.
func (k *Key) Alone() *Key {
	alone := *k
	alone.Readings = nil
	return &alone
}

// NewAPIKey returns the key neo_sk_<env>_<secret>.
func NewAPIKey(env, secret string) *Key {
	prefix := KeyPrefix + env + "_"
	return newKey(KindAPI, env, prefix+secret, prefix+Redact(secret))
}

// NewLegacyToken returns the raw token of the older API.
func NewLegacyToken(token string) *Key {
	return newKey(KindLegacy, "", token, Redact(token))
}

func newKey(kind KeyKind, env, whole, redacted string) *Key {
	sum := sha256.Sum256([]byte(whole))
	return &Key{Kind: kind, ID: hex.EncodeToString(sum[:8]), Env: env, Redacted: redacted, Secret: NewSecret(whole)}
}

// Redact returns what may be printed of a secret: a third of it at most, four
// characters at each end of the 24 that a Neo key has, fewer of a shorter one.
func Redact(s string) string {
	n := min(4, len(s)/6)
	return s[:n] + "..." + s[len(s)-n:]
}

// A Secret holds text that must not be printed. However it is formatted, marshalled
// or reached by reflection, its text does not come out; only Reveal gives it.
type Secret struct {
	// A function, because printers follow unexported fields and pointers by reflection
	// without asking Format, but cannot look into a closure.
	reveal func() string
}

// NewSecret wraps s.
func NewSecret(s string) Secret { return Secret{func() string { return s }} }

// Reveal returns the text. Call it to compare, find or mask the key in memory. The text leaves
// the program only to the API that the key belongs to, and where the user passed --show-secrets
// or had fix keep the values in a file of their own.
func (s Secret) Reveal() string {
	if s.reveal == nil {
		return ""
	}
	return s.reveal()
}

const hidden = "[secret]"

// Format implements fmt.Formatter for every verb.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, hidden) }

// MarshalText implements encoding.TextMarshaler, and so JSON's needs too.
func (s Secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// String implements fmt.Stringer.
func (s Secret) String() string { return hidden }

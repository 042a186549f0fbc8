package finding

import "bytes"

// The grammar of a key of the current API, by its guide: neo_sk_<env>_<secret>, as in
// neo_sk_prod_ and 24 letters and digits.
const (
	// KeyPrefix begins every key of the current API.
	KeyPrefix = "neo_sk_"
	// SecretLen is the length of the secret in the guide's example key.
	SecretLen = 24
	// MinSecretLen is the least length of a secret that has not SecretLen characters. Such a
	// secret is believed only behind an environment that EnvSeverity knows.
	MinSecretLen = 16
	// MaxSecretLen is the greatest length of such a secret.
	MaxSecretLen = 64
	// MinEnvLen is the least length of an environment's name.
	MinEnvLen = 2
	// MaxEnvLen is the greatest length of an environment's name.
	MaxEnvLen = 16

	// EnvPattern is a regular expression of an environment's name.
	EnvPattern = `[a-z][a-z0-9]{1,15}`
	// SecretPattern is a regular expression of one character of a secret.
	SecretPattern = `[A-Za-z0-9]`
)

// usualEnvs are the environments that people have, and the severity of a key that
// leaks from one of them.
var usualEnvs = map[string]Severity{
	"prod": Error, "production": Error, "live": Error,
	"staging": Warning, "stage": Warning,
	"dev": Warning, "development": Warning,
	"test": Warning, "testing": Warning,
	"sandbox": Warning, "preview": Warning,
	"qa": Warning, "uat": Warning,
	"local": Warning, "demo": Warning,
}

// EnvSeverity returns the severity of a leaked key of the environment; false for an
// environment that is not a usual one.
func EnvSeverity(env string) (s Severity, usual bool) {
	s, usual = usualEnvs[env]
	return s, usual
}

// IsEnvByte reports whether c may stand in the name of an environment. The first
// character is a letter.
func IsEnvByte(c byte) bool { return 'a' <= c && c <= 'z' || '0' <= c && c <= '9' }

// IsSecretByte reports whether c may stand in the secret of a key.
func IsSecretByte(c byte) bool { return IsEnvByte(c) || 'A' <= c && c <= 'Z' }

// CutAPIKey takes apart the key that text begins with. It knows the form of a key, not
// which lengths and environments are credible.
func CutAPIKey(text []byte) (env, secret string, ok bool) {
	rest, ok := bytes.CutPrefix(text, []byte(KeyPrefix))
	if !ok {
		return "", "", false
	}
	n := 0
	for n < len(rest) && IsEnvByte(rest[n]) {
		n++
	}
	if n < MinEnvLen || n > MaxEnvLen || rest[0] <= '9' || n == len(rest) || rest[n] != '_' {
		return "", "", false
	}
	env, rest = string(rest[:n]), rest[n+1:]
	if n = SecretRun(rest); n == 0 {
		return "", "", false
	}
	return env, string(rest[:n]), true
}

// SecretRun returns the length of the secret that text begins with. It ends where the
// next key begins, if that follows without a gap.
func SecretRun(text []byte) int {
	n := 0
	for n < len(text) && IsSecretByte(text[n]) {
		n++
	}
	if next := n - len("neo"); next >= 0 && bytes.HasPrefix(text[next:], []byte(KeyPrefix)) {
		return next
	}
	return n
}

// APIKeyLen returns the length of a whole key with this environment and a secret of
// this length.
func APIKeyLen(env string, secretLen int) int {
	return len(KeyPrefix) + len(env) + len("_") + secretLen
}

// MaxAPIKeyLen is the length of the longest key that is believed.
const MaxAPIKeyLen = len(KeyPrefix) + MaxEnvLen + len("_") + MaxSecretLen

package finding

import (
	"regexp"
	"strings"
	"testing"
)

func TestCutAPIKey(t *testing.T) {
	secret := strings.Repeat("aB3", 8)
	for text, want := range map[string]string{
		KeyPrefix + "prod_" + secret:                                  "prod " + secret,
		KeyPrefix + "eu2_" + secret + " and more":                     "eu2 " + secret,
		KeyPrefix + "prod_" + secret + KeyPrefix + "test_" + secret:   "prod " + secret,
		KeyPrefix + strings.Repeat("e", MaxEnvLen) + "_x":             strings.Repeat("e", MaxEnvLen) + " x",
		KeyPrefix + strings.Repeat("e", MaxEnvLen+1) + "_" + secret:   "",
		KeyPrefix + "p_" + secret:                                     "",
		KeyPrefix + "2eu_" + secret:                                   "",
		KeyPrefix + "Prod_" + secret:                                  "",
		KeyPrefix + "prod_":                                           "",
		KeyPrefix + "prod":                                            "",
		KeyPrefix:                                                     "",
		"NEO_SK_prod_" + secret:                                       "",
		KeyPrefix + "prod_" + strings.Repeat("s", MaxSecretLen):       "prod " + strings.Repeat("s", MaxSecretLen),
		KeyPrefix + "prod_" + strings.Repeat("s", MaxSecretLen+1):     "prod " + strings.Repeat("s", MaxSecretLen+1),
		KeyPrefix + "prod_" + KeyPrefix + "test_" + secret:            "",
		KeyPrefix + "prod_" + "sne" + "-" + strings.Repeat("s", 2*24): "prod sne",
	} {
		env, secret, ok := CutAPIKey([]byte(text))
		if got := strings.TrimSpace(env + " " + secret); got != want || ok != (want != "") {
			t.Errorf("%s is taken apart into %q, %v; want %q", text, got, ok, want)
		}
	}
}

// The functions and the patterns say the same.
func TestPatterns(t *testing.T) {
	env, secret := regexp.MustCompile("^"+EnvPattern+"$"), regexp.MustCompile("^"+SecretPattern+"$")
	for c := range 256 {
		b := byte(c)
		if got := env.Match([]byte{'a', b}); got != IsEnvByte(b) {
			t.Errorf("%q in an environment: %v by the pattern", b, got)
		}
		if got := secret.Match([]byte{b}); got != IsSecretByte(b) {
			t.Errorf("%q in a secret: %v by the pattern", b, got)
		}
	}
	for n := range 2 * MaxEnvLen {
		if got, want := env.MatchString(strings.Repeat("e", n)), MinEnvLen <= n && n <= MaxEnvLen; got != want {
			t.Errorf("an environment of %d letters: %v by the pattern", n, got)
		}
	}
}

func FuzzCutAPIKey(f *testing.F) {
	f.Add([]byte(KeyPrefix + "prod_x" + KeyPrefix))
	f.Fuzz(func(t *testing.T, text []byte) {
		env, secret, ok := CutAPIKey(text)
		if ok && !strings.HasPrefix(string(text), KeyPrefix+env+"_"+secret) || !ok && env+secret != "" {
			t.Errorf("%q is taken apart into %q and %q, %v", text, env, secret, ok)
		}
	})
}

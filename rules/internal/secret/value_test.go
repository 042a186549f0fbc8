package secret

import (
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/neokeys/neokeys/internal/testkey"
)

// The doc page repeats these figures: how many of 100 random values are missed. What is
// taken for a placeholder besides, TestRandomSecretsAreNoPlaceholders measures.
func TestRandomEnough(t *testing.T) {
	most := map[string]map[int]float64{ // percent by length
		"base62":    {16: 0.6, 24: 0.1, 32: 0.05, 64: 0},
		"letters":   {16: 0.8, 24: 0.1, 32: 0.05, 64: 0},
		"base36":    {16: 0.8, 24: 0.1, 32: 0.05, 64: 0},
		"base32":    {16: 1.2, 24: 0.2, 32: 0.1, 64: 0},
		"hex":       {16: 1.5, 24: 0.2, 32: 0.1, 64: 0},
		"HEX":       {16: 1.5, 24: 0.2, 32: 0.1, 64: 0},
		"lowercase": {16: 6, 24: 1.2, 32: 0.2, 64: 0},
		"base64":    {16: 3, 24: 0.7, 32: 0.2, 64: 0},
		"base64url": {16: 3, 24: 0.7, 32: 0.2, 64: 0},
		"uuid":      {16: 0.3},
	}
	const each = 10_000
	forms := testkey.Forms(rand.New(rand.NewPCG(10, 1)))
	for _, form := range slices.Sorted(maps.Keys(forms)) {
		draw := forms[form]
		for _, n := range slices.Sorted(maps.Keys(most[form])) {
			limit := most[form][n]
			missed := 0
			for range each {
				if !Likely([]byte(draw(n))) {
					missed++
				}
			}
			percent := float64(missed) * 100 / each
			t.Logf("%-9s %d: %.2f%%", form, n, percent)
			if percent > limit {
				t.Errorf("%s of %d characters: %.2f%% missed, want %.2f%% at most", form, n, percent, limit)
			}
		}
	}
}

func TestWordsAreNoTokens(t *testing.T) {
	for _, value := range strings.Fields(`
		your-secret-key-here my_super_secret_token YOUR_NEOAGENT_SECRET_KEY neoAgentSecretKey
		process.env.NEOAGENT_SECRET_KEY import.meta.env.VITE_NEO_KEY System.getenv settings.NEO_API_KEY
		config.neoagent.secretKey getNeoApiKeyFromVault NeoApiKeyProviderFactoryBean ProcessInfo.processInfo.environment
		errors.neoagent.invalid_secret_key settings.integrations.neo.api_key.label common.form.validation.required
		secret/data/neoagent/production /run/secrets/neo_api_key ./config/credentials/neo.key ~/.config/neoagent/token
		/etc/neoagent/secret.key projects/neo-prod/secrets/neo-api-key/versions/latest neo-api-key-secret.yaml
		application/x-www-form-urlencoded text/html+utf-8 en-US.UTF-8 docs.neoagent.io/authentication
		2024-01-15T10-30-00 2024.01.15-10.30.00 1.22.333-SNAPSHOT 10.20.30.40/255.255.255.0 v1.2.3-beta.4+build.5
		release-2024-01-15-hotfix 1234567890123457 31415926535897932384626433 99999999999999999999
		internationalization-and-localization HttpClientConnectionManagerFactory AbstractSingletonProxyFactoryBean
		WebSocketHandshakeInterceptor XMLHttpRequestUpload NSLocalizedStringFromTable kSecAttrAccessibleAfterFirstUnlock
		customer-support-chat-widget-v2 how-to-rotate-your-api-keys the-quick-brown-fox-jumps AWS4-HMAC-SHA256
		ECDHE-RSA-AES256-GCM-SHA384 aes-256-gcm-encrypted utf8mb4_unicode_ci us-east-1.amazonaws.com
		sha256WithRSAEncryption urn-ietf-params-oauth x-amz-server-side-encryption arn-aws-secretsmanager
		/etc/mysql/my.cnf /assets/xmlhr.min.js //svn.musicpd.org/neo /gitweb/gitweb.cgi ./oss-fuzz/fuzz-x.sh
		2003.05.22.23.20.19 2018_02_12_164506 -9223372036854775808 105.9309951055148 1_000_000_000_000
		przeszczepionych konfliktbehafteten app/assets/javascripts/xmlhr.js yippeeyeswehaveit
		donaudampfschifffahrtsgesellschaft objektskrivningsfasen zusammenarbeiten html/js/json/xml
		base64EncodedSecretKey k8s.io/apimachinery/pkg node_modules/.bin/webpack-dev-server
	`) {
		if got := Judge([]byte(value)); got == Token {
			t.Errorf("%s is taken for a token: %.1f bits", value, surprise([]byte(value)))
		}
	}
}

func TestExampleValues(t *testing.T) {
	for _, value := range strings.Fields(`
		your-secret-key-here my_super_secret_token YOUR_NEOAGENT_SECRET_KEY insert-your-token-here replace-me-with-token
		xxxxxxxxxxxxxxxx XXXXXXXXXXXXXXXXXXXXXXXX 0000000000000000 aaaaaaaaaaaaaaaaaaaa deadbeefdeadbeef deadbeefdeadbeefdeadbeef
		abcdefghijklmnop abcdefghijklmnopqrstuvwxyz abcdef0123456789 a1b2c3d4e5f6g7h8 a1b2c3d4e5f6g7h8i9j0 AbCdEf0123456789AbCdEf01
		0123456789abcdef 1234567890abcdef1234567890abcdef 00000000-0000-0000-0000-000000000000 1234567890123456
		test-secret-key-1 example-token-value changeme-changeme dummy-secret-value fake_neo_api_token
	`) {
		if got := Judge([]byte(value)); got != Example {
			t.Errorf("%s is judged %d, want an example", value, got)
		}
	}
}

func TestTokensBehindWords(t *testing.T) {
	rng := rand.New(rand.NewPCG(20, 1))
	forms := testkey.Forms(rng)
	for _, prefix := range []string{"sk_live_", "whsec_", "neoagent-", "neo_live_", "Neo-Token-"} {
		missed := 0
		const each = 1000
		for range each {
			for _, value := range []string{prefix + forms["hex"](32), prefix + forms["base62"](24), prefix + forms["base36"](24), forms["hex"](32) + "-us18"} {
				if !Likely([]byte(value)) {
					missed++
				}
			}
		}
		if missed > 4*each/500 {
			t.Errorf("behind %s, %d of %d are missed", prefix, missed, 4*each)
		}
	}
}

func TestValueBounds(t *testing.T) {
	rng := rand.New(rand.NewPCG(11, 1))
	for _, n := range []int{0, 1, 15, 513, 4000} {
		if got := Judge([]byte(testkey.Secret(rng, n))); got != NotToken {
			t.Errorf("%d characters are judged %d", n, got)
		}
	}
	for _, n := range []int{17, 100, 512} {
		if got := Judge([]byte(testkey.Secret(rng, n))); got != Token {
			t.Errorf("%d characters are judged %d", n, got)
		}
	}
	for _, value := range []string{"neo_sk_" + "prod_" + testkey.Secret(rng, 24), testkey.Secret(rng, 20) + " ", "{" + testkey.Secret(rng, 20), testkey.Secret(rng, 20) + "é"} {
		if got := Judge([]byte(value)); got != NotToken {
			t.Errorf("%s is judged %d", value, got)
		}
	}
}

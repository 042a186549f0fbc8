package naming

import (
	"slices"
	"strings"
	"testing"
)

func TestKeyNames(t *testing.T) {
	for _, c := range []struct {
		text, whole, core string
		raw               bool
	}{
		{"NEO_KEY", "", "", false},
		{"NEO_TOKEN=", "NEO_TOKEN", "", false},
		{"neoSecret", "", "", false},
		{"neo-token: x", "neo-token", "", false},
		{"NEO_AGENT_TOKEN", "", "", false},
		{"NEOAGENT_KEY", "", "", false},
		{"VITE_NEO_KEY=", "VITE_NEO_KEY", "NEO_KEY", false},
		{"NEO_API_KEY", "", "", true},
		{"NEOAGENT_SECRET_KEY", "", "", true},
		{"NEOAGENT_API_KEY", "", "", true},
		{"neoagent_auth_token", "", "", true},
		{"neoagent-webhook-secret", "", "", true},
		{"neoAgentApiKey", "", "", true},
		{"NeoAgentWebhooksToken", "", "", true},
		{"neo_agent_api_secret", "", "", true},
		{"neoApiSecret", "", "", true},
		{"neoAPIKey", "", "", true},
		{"NEOAPIKey", "", "", true},
		{"neoapikey", "", "", true},
		{"neo.api.key", "", "", true},
		{"neo-auth-token", "", "", true},
		{"NeoAgent:ApiKey", "", "", true},
		{"NeoAgent__ApiKey", "", "", true},
		{"Neo::API_KEY", "", "", true},
		{"$neo->apiKey = ", "neo->apiKey", "", true},
		{"config['neoagent']['secret_key'] =", "neoagent']['secret_key", "", true},
		{"/prod/neoagent/secret-key", "neoagent/secret-key", "", true},
		{"Neo API key: ", "Neo API key", "", true},
		{"NEOAGENT_PROD_SECRET_KEY", "", "", true},
		{"NEO_API_ACCESS_TOKEN", "", "", true},
		{"NEO_WEBHOOKS_API_TOKEN", "", "", true},
		{"neo_api_keys", "", "", true},
		{"neoKeys", "", "", false},
		{"NEO_KEYS", "", "", false},
		{"NEXT_PUBLIC_NEO_API_KEY", "", "NEO_API_KEY", true},
		{"$myNeoApiKey;", "myNeoApiKey", "NeoApiKey", true},
		{"x-neo-api-key", "neo-api-key", "", true},
		{"NEO_API_KEY_PROD=", "NEO_API_KEY_PROD", "NEO_API_KEY", true},
		{"neoApiKeyForBilling2 =", "neoApiKeyForBilling2", "neoApiKey", true},
		{"neo.api.key.prod=", "neo.api.key.prod", "neo.api.key", true},
		{"neoApiKey.equals(x)", "neoApiKey", "", true},
		{"neoApiKeySomewhere", "", "neoApiKey", true},
		{"neowebhooksecret", "", "", true},
		{"neoWebhooksSecret", "", "", true},
		{"NEO_API_KEY2", "", "NEO_API_KEY", true},
		{`"\nNEO_API_KEY=`, "NEO_API_KEY", "", true},
	} {
		if c.whole == "" {
			c.whole = c.text
		}
		if c.core == "" {
			c.core = c.whole
		}
		pos := strings.Index(strings.ToLower(c.text), "neo")
		n, ok := KeyNameAt([]byte(c.text), pos)
		if !ok {
			t.Errorf("%s: no name", c.text)
			continue
		}
		agent := strings.Contains(strings.ToLower(c.text), "agent")
		if whole, core := c.text[n.Start:n.End], c.text[n.Core:n.CoreEnd]; whole != c.whole || core != c.core || n.Qualified != c.raw || n.Agent != agent {
			t.Errorf("%s: %q, %q, %+v", c.text, whole, core, n)
		}
	}
	for _, text := range []string{
		"NEON_API_KEY", "neon-auth-token", "neo4j_auth_token", "NEOVIM_API_KEY", "neonApiKey", "LUNEO_API_KEY", "luneoApiKey",
		"neo", "neoagent", "neoagent.config", "neoagent.core.api", "neo_api", "NEOAGENT_URL", "neoagent_keyboard", "NEO_API_KEYRING", "NEO_API_KEYSTORE",
		"neo_monkey", "neo_api_public_key", "NEO_API_KEY_ID", "neoApiKeyId", "NEO_API_KEY_FILE", "NEO_API_KEY_SHA256", "neoApiKeyHash",
		"neoApiKeyHeaderName", "ENCRYPTED_NEO_API_KEY", "encryptedNeoApiKey", "hashedNeoApiKey", "neo.api.key.id", "neo-api-key-name",
		"isNeoApiKey", "hasNeoApiKey", "is_neo_api_key", "needsNeoApiKey", "neoKeyCode", "neoKeyDown", "neoApiKeyHandler",
		"neoApiKey.length", "neo api key id is", "neokeys", "NEOKEYS", "Neokeys", "neokeys-push", "neokeys_hook",
	} {
		if n, ok := KeyNameAt([]byte(text), strings.Index(strings.ToLower(text), "neo")); ok {
			t.Errorf("%s is a name: %+v", text, n)
		}
	}
}

func TestWordInitials(t *testing.T) {
	for _, w := range slices.Concat(KindWords, midWords) {
		if !strings.Contains(WordInitials, w[:1]) {
			t.Errorf("%s begins with none of %s", w, WordInitials)
		}
	}
}

func TestNeighbour(t *testing.T) {
	for src, want := range map[string]string{
		"https://api.nasa.gov/neo":                       "api.nasa.gov",
		"http://SSD-API.jpl.nasa.gov/x":                  "SSD-API.jpl.nasa.gov",
		"xapi.nasa.gov neon.technology projectneo.org":   "",
		"import neo_api_client; 'https://x.kotak.com'":   "neo_api_client",
		"'https://x.kotak.com' import neo_api_client":    "kotak.com",
		"neo_api_clients neovim.io.":                     "neovim.io",
		"neovim.iox":                                     "",
		"https://neo.org":                                "neo.org",
		"https://api.neoagent.io https://www.neon.tech/": "neon.tech",
	} {
		if got := Neighbour(src); got != want {
			t.Errorf("%q: %q, want %q", src, got, want)
		}
	}
}

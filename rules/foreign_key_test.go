package rules

import (
	"math/rand/v2"
	"strings"
	"testing"
)

func TestForeignKey(t *testing.T) {
	rng := rand.New(rand.NewPCG(23, 1))
	plain := randomSecret(rng, 32)
	urlSafe := func(n int) string { return randomSecret(rng, n-20) + "-_" + randomSecret(rng, 18) }
	for _, c := range []struct {
		path, text, key string
		want            int
	}{
		{"a.py", "requests.get('https://api.neoagent.io/public-api/agents', headers={'Authorization': 'Bearer KEY'})", plain, 1},
		{"a.py", "requests.get('https://api.neoagent.io/public-api/agents', headers={'Authorization': 'Bearer KEY'})", urlSafe(43), 1},
		{".env", "NEO_BASE_URL=https://api.neoagent.io\nNEO_API_KEY=KEY\n", urlSafe(48), 1},
		{"a.sh", "curl https://api.neoagent.io/public-api/agents -H 'Authorization: Bearer KEY'", plain, 1},
		{"a.json", `{"url": "https://api.neoagent.io", "headers": {"Authorization": "Bearer KEY"}}`, plain, 1},
		{"a.py", "requests.get('https://api.example.com/', headers={'Authorization': 'Bearer KEY'})", plain, 0},
		{".env", "NEO_BASE_URL=https://api.neo.projectdiscovery.io\nOTHER=https://api.neoagent.io\nNEO_API_KEY=KEY\n", plain, 0},
		{"a.py", "# see https://api.neoagent.io\nKEY_ = 'KEY'", plain, 0},
		{"README.md", "https://api.neoagent.io KEY", plain, 0},
		{".env", "NEO_BASE_URL=https://api.neoagent.io\nNEO_API_KEY=KEY\n", strings.Repeat("x", 32), 0},
		{".env", "NEO_BASE_URL=https://api.neoagent.io\nNEO_API_KEY=KEY\n", "prod_" + randomSecret(rng, 24), 0},
		{".env", "NEO_BASE_URL=https://api.neoagent.io\nNEO_API_KEY=KEY\n", randomSecret(rng, 33), 0},
	} {
		key := "neo_sk_" + c.key
		text := strings.ReplaceAll(c.text, "KEY_", "NAME")
		text = strings.ReplaceAll(strings.ReplaceAll(text, "API_KEY", "API_NAME"), "KEY", key)
		text = strings.ReplaceAll(text, "API_NAME", "API_KEY")
		found := matches(ForeignKey, c.path, text)
		if len(found) != c.want || c.want == 1 && text[found[0].Start:found[0].End] != key {
			t.Errorf("%s\n%s\n  %d matches, want %d", c.path, c.text, len(found), c.want)
		}
		for _, m := range found {
			if strings.Contains(m.Message, c.key) || m.Key != nil {
				t.Errorf("%+v", m)
			}
		}
	}
}

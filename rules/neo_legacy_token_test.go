package rules

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/neokeys/neokeys/finding"
)

// In snippets, TOKEN stands for a random token.
func withToken(snippet, token string) string { return strings.ReplaceAll(snippet, "TOKEN", token) }

// legacyFound returns the tokens that are found in text, placeholders apart.
func legacyFound(path, text string) (tokens, examples []string) {
	for _, m := range matches(NeoLegacyToken, path, text) {
		if m.Example {
			examples = append(examples, text[m.Start:m.End])
		} else {
			tokens = append(tokens, text[m.Start:m.End])
		}
	}
	return tokens, examples
}

func TestLegacyMatch(t *testing.T) {
	token := randomSecret(rand.New(rand.NewPCG(16, 1)), 32)
	for text, want := range map[string]Match{
		"NEOAGENT_SECRET_KEY=TOKEN":                                 {Confidence: finding.High, Message: "Neo legacy token in NEOAGENT_SECRET_KEY"},
		"neoagent_token=TOKEN":                                      {Confidence: finding.Medium, Message: "Neo legacy token in neoagent_token"},
		"{\"neoagentKey\": \"TOKEN\"}":                              {Confidence: finding.Medium, Message: "Neo legacy token in neoagentKey"},
		"NEO_AGENT_SECRET: TOKEN":                                   {Confidence: finding.Medium, Message: "Neo legacy token in NEO_AGENT_SECRET"},
		"NEO_API_KEY=TOKEN":                                         {Confidence: finding.Medium, Message: "Neo legacy token in NEO_API_KEY"},
		"a['neoagent']['api_key'] = 'TOKEN'":                        {Confidence: finding.High, Message: "Neo legacy token in a Neo key's variable"},
		"curl https://app.neoagent.co -H 'Authorization: TOKEN'":    {Confidence: finding.High, Message: "Neo legacy token sent to app.neoagent.co"},
		"POST https://app.neoagent.co/\nAuthorization: TOKEN\n\n{}": {Confidence: finding.Medium, Message: "Neo legacy token sent to app.neoagent.co"},
	} {
		got := matches(NeoLegacyToken, "a.txt", withToken(text, token))
		if len(got) != 1 {
			t.Errorf("%s: %d matches", text, len(got))
			continue
		}
		m := got[0]
		if m.Severity != finding.Error || m.Confidence != want.Confidence || m.Message != want.Message || m.Example ||
			m.Key.Kind != finding.KindLegacy || m.Key.Secret.Reveal() != token || m.End-m.Start != len(token) {
			t.Errorf("%s: %+v", text, m)
		}
	}
}

func TestLegacyLists(t *testing.T) {
	rng := rand.New(rand.NewPCG(18, 1))
	for path, snippets := range map[string][]string{
		"b.yaml": {"neo_api_keys:\n  - ONE\n  - 'TWO'\n  - THREE\nother:\n  - FOUR\n", "neo_api_keys:\n- ONE\n- TWO\n- THREE\nother:\n- FOUR\n"},
		"a.yaml": {"neo_api_keys: [ONE, TWO, THREE]", "neo_api_keys: ['ONE', x, 'TWO', \"THREE\"]"},
		"a.js":   {"const neoAuthTokens=[\"ONE\",\"TWO\",`THREE`]", "const neoAuthTokens = [\n  'ONE',\n  'TWO',\n  'THREE',\n]"},
		"A.java": {"String[] neoApiKeys = {\"ONE\", \"TWO\", \"THREE\"};", "String[] neoApiKeys = new String[]{\"ONE\", \"TWO\", \"THREE\"};"},
		"a.go":   {"var neoAPIKeys = []string{\"ONE\", \"TWO\", \"THREE\"}"},
		"a.json": {`{"neoApiKeys": ["ONE", "TWO", "THREE"], "sha": "FOUR"}`},
		"a.py":   {"neo_api_keys = {'ONE', 'TWO', 'THREE'}"},
	} {
		for _, snippet := range snippets {
			var want []string
			text := snippet
			for _, word := range []string{"ONE", "TWO", "THREE", "FOUR"} {
				token := randomSecret(rng, 32)
				text = strings.Replace(text, word, token, 1)
				if word != "FOUR" {
					want = append(want, token)
				}
			}
			if got, _ := legacyFound(path, text); !slices.Equal(got, want) {
				t.Errorf("%s: in\n%s\nfound %q", path, text, got)
			}
		}
	}
}

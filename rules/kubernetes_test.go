package rules

import (
	"encoding/base64"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestKubernetesSecret(t *testing.T) {
	rng := rand.New(rand.NewPCG(17, 1))
	token, secret := randomSecret(rng, 40), randomSecret(rng, 24)
	for plain, want := range map[string]string{
		token:                        token,
		token + "\n":                 token,
		"neo_sk_" + "prod_" + secret: "", // of another rule
		"your-secret-key-here":       "",
		"not a token at all, sorry":  "",
	} {
		encoded := base64.StdEncoding.EncodeToString([]byte(plain))
		for _, manifest := range []string{
			"apiVersion: v1\nkind: Secret\nmetadata:\n  name: neo\ndata:\n  NEOAGENT_SECRET_KEY: TOKEN\n",
			"kind: Secret\ndata: {neo-api-key: TOKEN}\n",
			`{"kind": "Secret", "data": {"NEOAGENT_SECRET_KEY": "TOKEN"}}`,
			"data:\n  other: eA==\n  neo_api_key: TOKEN\nkind: Secret\n",
		} {
			var got string
			for _, m := range matches(NeoLegacyToken, "secret.yaml", withToken(manifest, encoded)) {
				if !m.Example {
					got += m.Key.Secret.Reveal()
				}
				if !slices.Equal(m.Decoded, []string{"base64"}) {
					t.Errorf("%q in %s: decoded from %q", plain, manifest, m.Decoded)
				}
			}
			if got != want {
				t.Errorf("%q in %s: found %q", plain, manifest, got)
			}
		}
	}
}

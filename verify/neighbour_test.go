package verify

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/neokeys/neokeys/finding"
)

func TestOtherVendorsKeysAreNeverSent(t *testing.T) {
	var asked atomic.Int32
	v := newVerifier(t, options(serve(t, func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		neo(200)(w, r)
	})))
	for value, who := range map[string]string{
		"neo_sk_" + random(32):                        "ProjectDiscovery",
		"neo_sk_" + random(10) + "-_" + random(31):    "a project of its own",
		"neo_sk_" + "ab_" + random(40):                "a project of its own",
		"neo_sk_" + "prod_" + random(43):              "a project of its own",
		"sk-ant-" + "api03-" + random(40):             "Anthropic",
		"sk-proj-" + random(40):                       "OpenAI",
		"sk-v1-" + random(40):                         "heyneo.so",
		"ghp_" + random(36):                           "GitHub",
		"github_pat_" + random(22) + "_" + random(59): "GitHub",
		"xoxb-" + random(40):                          "Slack",
		"xoxp-" + random(40):                          "Slack",
		"AKIA" + strings.ToUpper(random(16)):          "AWS",
		"SG." + random(22) + "." + random(43):         "SendGrid",
		"glpat-" + random(20):                         "GitLab",
		"AIza" + random(35):                           "Google",
		"eyJ" + random(30) + ".eyJ" + random(20):      "JSON Web Token",
	} {
		key, advice := Diagnose(value)
		if key != nil || !strings.Contains(strings.Join(advice, "\n"), who) {
			t.Errorf("%.8s: key %v, advice %q", value, key, advice)
		}
		// Whoever makes a key of it all the same.
		k := finding.NewLegacyToken(value)
		wantAnswer(t, check(t, v, k), finding.NotChecked, who)
		for _, line := range []string{"# see " + value + " here", "NEO_API_KEY=" + value + "\n\nand more"} {
			inputs, err := KeysIn(strings.NewReader(line))
			if err != nil {
				t.Fatal(err)
			}
			for _, in := range inputs {
				if in.Key != nil {
					t.Errorf("%.8s: taken from %.12q", value, line)
				}
			}
		}
	}
	for _, env := range []string{"ab", "prod"} {
		k := finding.NewAPIKey(env, random(43-len(env)-1))
		wantAnswer(t, check(t, v, k), finding.NotChecked, "a project of its own")
	}
	if asked.Load() != 0 {
		t.Errorf("%d requests", asked.Load())
	}
	// Neo's own forms are not among them.
	for _, k := range []*finding.Key{newKey(), newToken(), finding.NewAPIKey("staging", random(24))} {
		if why := unsendable(k); why != "" {
			t.Errorf("%s: %s", k.Redacted, why)
		}
	}
}

func TestBesideAnotherNeosHost(t *testing.T) {
	token := random(40)
	for text, sent := range map[string]bool{
		"NEO_BASE_URL=https://api.nasa.gov/neo/rest/v1\nNEO_API_KEY=" + token:                        false,
		"NEOAGENT_SECRET_KEY=" + token + "\nNEO4J_URI=neo4j+s://a.databases.neo4j.io":                false,
		"from neo_api_client import NeoAPI\nNEO_API_KEY = '" + token + "'":                           false,
		"url=https://heyneo.so/v1\nNEO_SECRET_KEY=" + token:                                          false,
		"url=https://app.neoagent.co/api/x\nNEOAGENT_SECRET_KEY=" + token:                            true,
		"docs: https://api.nasa.gov/" + strings.Repeat("\n# far away", 9) + "\nNEO_API_KEY=" + token: true,
	} {
		inputs, err := KeysIn(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		got := false
		for _, in := range inputs {
			got = got || in.Key != nil
			if in.Key == nil && !strings.Contains(strings.Join(in.Advice, ""), "stands beside") {
				t.Errorf("%q: %q", text, in.Advice)
			}
		}
		if got != sent {
			t.Errorf("%q: taken %v, want %v", text, got, sent)
		}
	}
	f := finding.Finding{Key: finding.NewLegacyToken(token)}
	f.Snippet.Text = `curl https://api.nasa.gov/neo?key=x...`
	if why := Neighbour(&f); !strings.Contains(why, "api.nasa.gov") {
		t.Errorf("a token in a request to another Neo: %q", why)
	}
	f.Key = newKey()
	if why := Neighbour(&f); why != "" {
		t.Errorf("a key with Neo's own form: %q", why)
	}
}

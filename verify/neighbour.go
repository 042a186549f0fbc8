package verify

import (
	"strings"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/lazyregexp"
	"github.com/neokeys/neokeys/rules"
)

// Other products have Neo in their name, or keys that look like Neo's. To send one of
// their keys to Neo's hosts would leak it.

// vendors are the visible beginnings of other services' keys, by their documentation.
var vendors = []struct{ start, who string }{
	{"sk-ant-", "Anthropic"},
	{"sk-proj-", "OpenAI"},
	{"sk-v1-", "heyneo.so"},
	{"sk-", "OpenAI or a service like it"},
	{"sk_live_", "Stripe"}, {"sk_test_", "Stripe"}, {"pk_live_", "Stripe"}, {"pk_test_", "Stripe"}, {"rk_live_", "Stripe"}, {"rk_test_", "Stripe"},
	{"ghp_", "GitHub"}, {"gho_", "GitHub"}, {"ghu_", "GitHub"}, {"ghs_", "GitHub"}, {"ghr_", "GitHub"}, {"github_pat_", "GitHub"},
	{"glpat-", "GitLab"},
	{"xoxa-", "Slack"}, {"xoxb-", "Slack"}, {"xoxe-", "Slack"}, {"xoxo-", "Slack"}, {"xoxp-", "Slack"}, {"xoxr-", "Slack"}, {"xoxs-", "Slack"},
	{"AKIA", "AWS"}, {"ASIA", "AWS"},
	{"AIza", "Google"}, {"ya29.", "Google"},
	{"SG.", "SendGrid"},
	{"npm_", "npm"},
	{"pypi-", "PyPI"},
	{"hf_", "Hugging Face"},
	{"eyJ", "whoever issued this JSON Web Token"},
}

var (
	// keyRun matches what a key's characters and URL-safe base64 have in common, so all
	// of a foreign key.
	keyRun = lazyregexp.New(prefix + `[A-Za-z0-9_-]+`)
	// noEnv matches a key without an environment.
	noEnv = lazyregexp.New(`^[A-Za-z0-9]{32}$`)
)

// owner returns who probably gave out a value of this form; empty if that may be Neo.
func owner(value string) string {
	rest, ok := strings.CutPrefix(value, prefix)
	switch {
	case ok && noEnv.MatchString(rest):
		return "Neo of ProjectDiscovery (docs.neo.projectdiscovery.io)"
	case ok && (len(rest) == 43 || len(rest) == 48):
		// 32 and 36 bytes in URL-safe base64.
		return "a project of its own that uses the same prefix"
	case ok:
		return ""
	}
	for _, v := range vendors {
		if strings.HasPrefix(value, v.start) {
			return v.who
		}
	}
	return ""
}

// Neighbour returns why the key of a finding is not to be asked about, if it is a raw
// token that stands on one line with the host of another product called Neo; else
// nothing.
func Neighbour(f *finding.Finding) (reason string) {
	if f.Key == nil || f.Key.Kind != finding.KindLegacy {
		return ""
	}
	return besideNeighbour(f.Snippet.Text)
}

func besideNeighbour(text string) string {
	host := rules.Neighbour(text)
	if host == "" {
		return ""
	}
	return "not asked: it stands beside " + strings.ToLower(host) + ", so it is probably a key for that"
}

// NotAsked is the answer about a key that is not to be sent anywhere.
func NotAsked(reason string) Answer { return notChecked(reason) }

// unsendable returns why k is not sent, or nothing. What cannot be a header's value is
// not handed to net/http, whose errors might repeat it.
func unsendable(k *finding.Key) (reason string) {
	if who := owner(k.Secret.Reveal()); who != "" {
		return "not asked: by its form, it is probably a key of " + who
	}
	if !sendable(k) {
		return "not asked: it holds characters that no key has, or is too long for one"
	}
	return ""
}

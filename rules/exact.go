package rules

import (
	"bytes"
	"strings"

	"github.com/neokeys/neokeys/finding"
)

// exactAnchor is how many bytes of a key make the anchor of its [Exact].
const exactAnchor = 24

// Exact returns a rule that matches one known key wherever its bytes are, whatever is around
// them: to search for a key that leaked is another thing than to recognise one. Forms in which a
// key is encoded are for the ordinary rules.
func Exact(k *finding.Key) *Rule {
	key := []byte(k.Secret.Reveal())
	id := apiKeyRule
	if k.Kind == finding.KindLegacy {
		id = legacyTokenRule
	}
	return &Rule{
		ID: id, Title: "The key that is searched for", Severity: finding.Error,
		Anchors: []string{strings.ToLower(string(key[:min(len(key), exactAnchor)]))},
		Match: func(v *View, report func(Match)) {
			if bytes.HasPrefix(v.Text[v.Pos:], key) {
				report(Match{
					Start: v.Pos, End: v.Pos + len(key), Severity: finding.Error, Confidence: finding.High,
					Message: "the key that is searched for", Key: k.Alone(),
				})
			}
		},
	}
}

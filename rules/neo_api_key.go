package rules

import (
	_ "embed"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/rules/internal/secret"
)

//go:embed neo_api_key.md
var neoAPIKeyDoc string

// NeoAPIKey finds keys of the current API, neo_sk_<env>_<secret>.
var NeoAPIKey = &Rule{
	ID:               apiKeyRule,
	Title:            "Neo API key",
	Severity:         finding.Error,
	CWEs:             []int{798, 312, 540},
	SecuritySeverity: 9.1,
	Doc:              neoAPIKeyDoc,
	Anchors:          secret.Anchors(),
	Match:            matchAPIKey,
	MatchPacked:      matchPackedKeys,
}

func matchAPIKey(v *View, report func(Match)) {
	secret.KeysAt(v.Text, v.Pos, v.Data, v.Work.Spend, func(k secret.Key) {
		report(keyMatch(&k))
	})
}

func matchPackedKeys(u *Unpacked, work *Work, report func(Match)) {
	secret.PackedKeys(u, work.Spend, func(k secret.Key) { report(keyMatch(&k)) })
}

func keyMatch(k *secret.Key) Match {
	return Match{
		Start: k.Start, End: k.End, Severity: k.Severity, Confidence: k.Confidence,
		Message: k.Message(), Key: k.Key, Decoded: k.Decoded, Example: k.Example,
	}
}

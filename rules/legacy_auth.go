package rules

import (
	_ "embed"

	"github.com/neokeys/neokeys/finding"
)

//go:embed legacy_auth.md
var legacyAuthDoc string

// LegacyAuth finds calls to the older API, which takes raw tokens.
var LegacyAuth = &Rule{
	ID:               "legacy-auth",
	Title:            "Older Neo API called with a raw token",
	Severity:         finding.Note,
	CWEs:             []int{1104, 522},
	SecuritySeverity: 2.0,
	Doc:              legacyAuthDoc,
	Anchors:          []string{"neoagent"},
	MatchFile:        matchLegacyAuth,
}

func matchLegacyAuth(f *File, report func(Match)) {
	said := map[int]bool{}
	for _, c := range f.APICalls() {
		for _, h := range c.Headers {
			if !c.Host.Legacy || h.Name != "authorization" || h.Scheme != "" || said[h.Start] {
				continue
			}
			said[h.Start] = true
			report(Match{
				Start: h.Start, End: h.End, Severity: finding.Note, Confidence: finding.High,
				Message: "the older API at app.neoagent.co has one token for everything; use api.neoagent.io with a key for each integration",
			})
		}
	}
}

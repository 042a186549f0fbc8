package rules

import (
	_ "embed"

	"github.com/neokeys/neokeys/finding"
)

//go:embed missing_bearer.md
var missingBearerDoc string

// MissingBearer finds calls to the current API that send their key in a way that it does
// not read.
var MissingBearer = &Rule{
	ID:               "missing-bearer",
	Title:            "Neo key sent without the Bearer scheme",
	Severity:         finding.Warning,
	CWEs:             []int{1173, 522},
	SecuritySeverity: 3.1,
	Doc:              missingBearerDoc,
	Anchors:          []string{"neoagent"},
	MatchFile:        matchMissingBearer,
}

func matchMissingBearer(f *File, report func(Match)) {
	said := map[int]bool{}
	for _, c := range f.APICalls() {
		if c.Host.Legacy {
			continue
		}
		for _, h := range c.Headers {
			if !h.Key || said[h.Start] {
				continue
			}
			message := ""
			switch {
			case h.Name != "authorization":
				message = "api.neoagent.io accepts the key only as Authorization: Bearer <key>"
			case h.Scheme == "" && h.Known:
				message = "the key is sent without Bearer: api.neoagent.io answers 401"
			case h.Scheme != "" && h.Scheme != "bearer":
				message = "the key is sent with the scheme " + h.Scheme + ": api.neoagent.io expects Bearer and answers 401"
			default:
				continue
			}
			said[h.Start] = true
			report(Match{Start: h.Start, End: h.End, Severity: finding.Warning, Confidence: finding.High, Message: message})
		}
	}
}

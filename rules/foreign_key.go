package rules

import (
	"bytes"
	_ "embed"
	"slices"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/rules/internal/naming"
	"github.com/neokeys/neokeys/rules/internal/secret"
)

//go:embed foreign_key.md
var foreignKeyDoc string

// ForeignKey finds keys of another vendor that are sent to Neo.
var ForeignKey = &Rule{
	ID:               "foreign-key",
	Title:            "Another vendor's key sent to Neo",
	Severity:         finding.Error,
	CWEs:             []int{201, 522},
	SecuritySeverity: 6.5,
	Doc:              foreignKeyDoc,
	Anchors:          []string{finding.KeyPrefix},
	MatchFile:        matchForeignKey,
}

func matchForeignKey(f *File, report func(Match)) {
	sends := slices.ContainsFunc(f.NeoHosts(), func(h naming.Host) bool { return !h.Legacy && !h.Own && !f.InComment(h.Start) })
	if !sends || f.Place.Exposure == finding.Docs || naming.Neighbour(string(f.Text)) != "" {
		return
	}
	for pos := 0; ; pos += len(finding.KeyPrefix) {
		n := bytes.Index(f.Text[pos:], []byte(finding.KeyPrefix))
		if n < 0 {
			return
		}
		pos += n
		if end, ok := secret.ForeignKeyAt(f.Text, pos); ok && !f.InComment(pos) {
			report(Match{
				Start: pos, End: end, Severity: finding.Error, Confidence: finding.Medium,
				Message: "another vendor's key is sent to api.neoagent.io: revoke it at that vendor, and use a key of Neo's",
			})
		}
	}
}

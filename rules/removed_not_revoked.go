package rules

import (
	_ "embed"
	"fmt"

	"github.com/neokeys/neokeys/finding"
)

//go:embed removed_not_revoked.md
var removedNotRevokedDoc string

// RemovedNotRevoked finds keys that were taken out of the files, which does not make
// them harmless.
var RemovedNotRevoked = &Rule{
	ID:               "removed-not-revoked",
	Title:            "Neo key deleted but not confirmed revoked",
	Severity:         finding.Error,
	CWEs:             []int{798, 672},
	SecuritySeverity: 8.8,
	Doc:              removedNotRevokedDoc,
	Review:           reviewRemovedNotRevoked,
}

func reviewRemovedNotRevoked(r *Review) {
	if !r.History {
		return
	}
	var found []finding.Finding
	for _, places := range r.keyFindings() {
		var last, lastHere *finding.Finding // lastHere is the last that counts
		gone := true
		for _, f := range places {
			if f.InHead == nil || *f.InHead || f.Liveness == finding.Inactive {
				gone = false
				break
			}
			if f.RemovedIn != nil && (last == nil || f.RemovedIn.Date.After(last.RemovedIn.Date)) {
				last = f
			}
			if f.RemovedIn != nil && f.Counts() && (lastHere == nil || f.RemovedIn.Date.After(lastHere.RemovedIn.Date)) {
				lastHere = f
			}
		}
		if !gone || lastHere == nil {
			continue
		}
		message := fmt.Sprintf("commit %.8s removed this key, but every clone still holds it: revoke it if you have not yet", last.RemovedIn.OID)
		found = append(found, lastHere.AboutKey("removed-not-revoked", finding.Error, message))
	}
	r.add(found)
}

package rules

import (
	_ "embed"
	"slices"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/rules/place"
)

//go:embed shared_key.md
var sharedKeyDoc string

// SharedKey finds keys that several integrations have in common.
var SharedKey = &Rule{
	ID:               "shared-key",
	Title:            "One Neo key used by several integrations",
	Severity:         finding.Warning,
	CWEs:             []int{1125, 522},
	SecuritySeverity: 4.0,
	Doc:              sharedKeyDoc,
	Review:           reviewSharedKey,
}

func reviewSharedKey(r *Review) {
	var found []finding.Finding
	for _, places := range r.keyFindings() {
		var parts, envs []string
		var first *finding.Finding
		for _, f := range places {
			if !f.Counts() || !current(f) || !inUse(f.Exposure) {
				continue
			}
			if first == nil {
				first = f
			}
			if p := r.integration(f.File()); !slices.Contains(parts, p) {
				parts = append(parts, p)
			}
			if e := place.Environment(r.rel(f.Path)); e != "" && !slices.Contains(envs, e) {
				envs = append(envs, e)
			}
		}
		slices.Sort(parts)
		slices.Sort(envs)
		switch {
		case len(parts) > 1:
			found = append(found, first.AboutKey("shared-key", finding.Warning,
				"one key shared by "+list(parts)+": it cannot be rotated or revoked for one of them alone; create one key for each"))
		case len(envs) > 1:
			found = append(found, first.AboutKey("shared-key", finding.Warning,
				"one key shared by "+list(envs)+": a leak in one affects the other; create one key for each"))
		}
	}
	r.add(found)
}

package rules

import (
	_ "embed"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/rules/internal/facts"
)

//go:embed redundant_tenant.md
var redundantTenantDoc string

// RedundantTenant finds calls that say which tenant they are for.
var RedundantTenant = &Rule{
	ID:               "redundant-tenant",
	Title:            "Tenant id sent with a Neo key",
	Severity:         finding.Note,
	CWEs:             []int{1173},
	SecuritySeverity: 1.0,
	Doc:              redundantTenantDoc,
	Anchors:          []string{"neoagent"},
	MatchFile:        matchRedundantTenant,
}

func matchRedundantTenant(f *File, report func(Match)) {
	report = once(report)
	say := func(start, end int) {
		report(Match{
			Start: start, End: end, Severity: finding.Note, Confidence: finding.Medium,
			Message: "the key identifies its tenant: api.neoagent.io reads no tenant or client id",
		})
	}
	for _, c := range f.APICalls() {
		if c.Host.Legacy {
			continue
		}
		for _, h := range c.Headers {
			if facts.IsTenantHeader(h.Name) {
				say(h.Start, h.End)
			}
		}
		for _, m := range c.Tenants {
			say(m.Start, m.End)
		}
	}
}

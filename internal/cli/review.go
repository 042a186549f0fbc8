package cli

import (
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/rules"
	"github.com/neokeys/neokeys/scanner"
)

// set returns rules made ready to run, with the project's own names.
func (p *policy) set(rs []*rules.Rule) (*rules.Set, error) {
	set, err := rules.NewSetFor(rules.WithNeeded(rs), rules.Own{Variables: p.settings.Variables, Hosts: p.settings.Hosts})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", p.settings.Path, err)
	}
	return set, nil
}

// review has the rules judge together all that was found, and suppresses what the project
// says does not count of what they add. abs turns a finding's path into an absolute one,
// and exists tells whether there is a file at such a path.
func (p *policy) review(r *finding.Result, rs []*rules.Rule, abs func(string) string, exists func(string) bool, now time.Time) {
	review := rules.Review{
		Result: r, History: p.history, Now: now, MaxKeyAge: p.settings.MaxKeyAge, Exists: exists,
		Rel:      func(path string) string { return relative(p.root, abs(path)) },
		Tracking: func(path string) rules.Tracking { return scanner.Tracking(abs(path)) },
	}
	review.Run(rs)
	r.Findings = ofRules(rs, r.Findings)
	r.Examples = ofRules(rs, r.Examples)
	p.suppress(r, abs)
}

// ofRules returns the findings of rs. Others are there for rules that judge them together.
func ofRules(rs []*rules.Rule, findings []finding.Finding) []finding.Finding {
	return slices.DeleteFunc(findings, func(f finding.Finding) bool {
		return !slices.ContainsFunc(rs, func(r *rules.Rule) bool { return r.ID == f.Rule })
	})
}

// existsOnDisk returns a function that tells whether there is a file at a finding's path.
func existsOnDisk(abs func(string) string) func(string) bool {
	return func(path string) bool {
		_, err := os.Lstat(abs(path))
		return err == nil
	}
}

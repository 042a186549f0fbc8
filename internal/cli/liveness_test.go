package cli

import (
	"strings"
	"testing"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/verify"
)

func TestUnanswered(t *testing.T) {
	suppressed := &finding.Suppression{By: "baseline"}
	asked := func(l finding.Liveness, reason string, s *finding.Suppression) finding.Finding {
		return finding.Finding{
			Key: finding.NewAPIKey("prod", random(24)), Severity: finding.Error, Liveness: l,
			Verification: &finding.Verification{Reason: reason}, Suppressed: s,
		}
	}
	for name, c := range map[string]struct {
		findings []finding.Finding
		want     string // empty for no problem
	}{
		"nothing":      {nil, ""},
		"answers":      {[]finding.Finding{asked(finding.Live, "a", nil), asked(finding.Restricted, "a", nil), asked(finding.Inactive, "a", nil)}, ""},
		"unknown":      {[]finding.Finding{asked(finding.Live, "a", nil), asked(finding.Unknown, "b", nil)}, "1 of 2 keys work, so treat them as live: b"},
		"not asked":    {[]finding.Finding{asked(finding.NotChecked, "c", nil)}, "1 of 1 keys"},
		"one reason":   {[]finding.Finding{asked(finding.Unknown, "b", nil), asked(finding.Unknown, "b", nil)}, "2 of 2 keys work, so treat them as live: b"},
		"many reasons": {[]finding.Finding{asked(finding.Unknown, "a", nil), asked(finding.Unknown, "b", nil), asked(finding.Unknown, "c", nil), asked(finding.Unknown, "d", nil)}, "a; b; c; and other reasons"},
		"suppressed":   {[]finding.Finding{asked(finding.Unknown, "a", suppressed)}, ""},
		"no key":       {[]finding.Finding{{Severity: finding.Error, Liveness: finding.NotChecked}}, ""},
	} {
		r := &finding.Result{Findings: c.findings}
		p, some := unanswered(r)
		if some != (c.want != "") || !strings.Contains(p.Message, c.want) {
			t.Errorf("%s: %q, want %q", name, p.Message, c.want)
		}
	}
}

func TestVerifyStatus(t *testing.T) {
	for want, states := range map[status][][]finding.Liveness{
		statusClean:    {{finding.Inactive}, {finding.Inactive, finding.Inactive}},
		statusFindings: {{finding.Live}, {finding.Restricted}, {finding.Inactive, finding.Live}, {finding.Unknown, finding.Live}, {finding.NotChecked, finding.Restricted}},
		statusFailed:   {{finding.Unknown}, {finding.NotChecked}, {finding.Inactive, finding.Unknown}, {finding.NotChecked, finding.Inactive}},
	} {
		for _, list := range states {
			var given []givenKey
			for _, l := range list {
				given = append(given, givenKey{answer: verify.Answer{Liveness: l}})
			}
			if got := verifyStatus(given); got != want {
				t.Errorf("%v: exit status %d, want %d", list, got, want)
			}
		}
	}
}

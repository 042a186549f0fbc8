package verify

import (
	"strings"
	"testing"

	"github.com/neokeys/neokeys/finding"
)

func TestAdvice(t *testing.T) {
	for _, c := range []struct {
		key      *finding.Key
		liveness finding.Liveness
		want     []string
	}{
		{newKey(), finding.Live, []string{"revoke", "immediately and permanently", "24 hours", "https://dashboard.neoagent.io/"}},
		{newKey(), finding.Restricted, []string{"revoke", "24 hours"}},
		{newToken(), finding.Live, []string{"regenerate", "Webhooks API"}},
		{newKey(), finding.Inactive, []string{"no longer works"}},
		{newKey(), finding.Unknown, []string{"treat it as live"}},
		{newKey(), finding.NotChecked, []string{"treat it as live"}},
	} {
		got := Answer{Liveness: c.liveness}.Advice(c.key)
		for _, want := range c.want {
			if !strings.Contains(got, want) {
				t.Errorf("%s, kind %s: %q lacks %q", c.liveness, c.key.Kind, got, want)
			}
		}
		assertNoKey(t, "the advice", got)
	}
}

func TestApply(t *testing.T) {
	live, restricted, dead, unheard := newKey(), newKey(), newKey(), newKey()
	gone := false
	r := &finding.Result{
		Findings: []finding.Finding{
			{Key: live, Severity: finding.Note, Liveness: finding.NotChecked},
			{Key: live, Severity: finding.Error, Liveness: finding.NotChecked, Suppressed: &finding.Suppression{}},
			{Key: restricted, Severity: finding.Warning, Liveness: finding.NotChecked},
			{Key: dead, Severity: finding.Warning, Liveness: finding.NotChecked},
			{Key: unheard, Severity: finding.Warning, Liveness: finding.NotChecked},
			{Severity: finding.Warning, Liveness: finding.NotChecked},
			{Key: dead, Severity: finding.Error, Liveness: finding.NotChecked, InHead: &gone},
			{Key: live, Severity: finding.Warning, Liveness: finding.NotChecked, InHead: &gone},
			{Key: unheard, Severity: finding.Error, Liveness: finding.NotChecked, InHead: &gone},
		},
		Examples: []finding.Finding{{Key: live, Severity: finding.Note, Liveness: finding.NotChecked}},
	}
	Apply(r, map[string]Answer{
		live.ID:       {Liveness: finding.Live, Reason: "told"},
		restricted.ID: {Liveness: finding.Restricted, Reason: "told"},
		dead.ID:       {Liveness: finding.Inactive, Reason: "told"},
	})
	for i, want := range []struct {
		finding.Liveness
		finding.Severity
	}{
		{finding.Live, finding.Error},
		{finding.Live, finding.Error},
		{finding.Restricted, finding.Error},
		{finding.Inactive, finding.Warning},
		{finding.NotChecked, finding.Warning},
		{finding.NotChecked, finding.Warning},
		{finding.Inactive, finding.Note},
		{finding.Live, finding.Error},
		{finding.NotChecked, finding.Error},
		{finding.Live, finding.Error},
	} {
		f := append(r.Findings, r.Examples...)[i]
		if asked := f.Liveness != finding.NotChecked; asked != (f.Verification != nil) {
			t.Errorf("finding %d: %s, verification %+v", i, f.Liveness, f.Verification)
		} else if asked && (f.Verification.Reason != "told" || f.Verification.Advice == "") {
			t.Errorf("finding %d: %+v", i, f.Verification)
		}
		if f.Liveness != want.Liveness || f.Severity != want.Severity {
			t.Errorf("finding %d: %s, %s; want %s, %s", i, f.Liveness, f.Severity, want.Liveness, want.Severity)
		}
	}
}

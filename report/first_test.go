package report

import (
	"strings"
	"testing"
	"time"

	"github.com/neokeys/neokeys/finding"
)

// Of a key that was elsewhere before, both commits are shown, and how old the key is.
func TestFirstCommit(t *testing.T) {
	day := func(n int) time.Time { return time.Date(2026, 1, 1+n, 0, 0, 0, 0, time.UTC) }
	inHead := true
	f := finding.Finding{
		Rule: "neo-api-key", Severity: finding.Error, Message: "a key", Location: finding.Location{Path: "new", Line: 1, Column: 1},
		Key: finding.NewAPIKey("prod", "x"), InHead: &inHead,
		Commit: &finding.Commit{OID: strings.Repeat("b", 40), Date: day(50), Subject: "rename"},
		First:  &finding.Commit{OID: strings.Repeat("a", 40), Date: day(0), Subject: "begin"},
	}
	write := func(format Format) string {
		t.Helper()
		var b strings.Builder
		r := &finding.Result{Findings: []finding.Finding{f}}
		if err := Write(&b, format, r, Options{Started: day(60), Width: 200, Verbose: true}); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	if got := write("text"); !strings.Contains(got, "aaaaaaaa") || !strings.Contains(got, "begin") || !strings.Contains(got, "bbbbbbbb") || !strings.Contains(got, "the key is") {
		t.Errorf("text: %s", got)
	}
	if got := write("json"); !strings.Contains(got, `"first_commit": {`) {
		t.Errorf("json: %s", got)
	}
	f.First = f.Commit
	if got := write("text"); strings.Contains(got, "the key is") {
		t.Errorf("text: %s", got)
	}
}

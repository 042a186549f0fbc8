package report

import (
	"fmt"
	"strings"
	"testing"

	"github.com/neokeys/neokeys/finding"
)

// Reports that are shown on HEAD give the place there; where HEAD has none, the file alone, and
// the commit in words.
func TestPlacesInHead(t *testing.T) {
	yes, no := true, false
	moved := at(prodKey, "src/a.js", 1, "k='", "'")
	moved.Commit, moved.InHead = author("1a", 10, "s"), &yes
	moved.Head = &finding.Location{Path: "lib/a.js", Line: 51, Column: 4, EndLine: 51, EndColumn: 40}
	gone := at(testKey, "src/b.js", 7, "k='", "'")
	gone.Commit, gone.RemovedIn, gone.InHead = author("2b", 10, "s"), author("3c", 5, "t"), &no
	unknown := at(legacyKey, "src/c.py", 9, "k='", "'")
	unknown.Commit, unknown.InHead = author("4d", 10, "s"), &yes
	plain := at(finding.NewAPIKey("dev", "Nb5Tq9"+"Lw2Xv7"+"Rb1Ns8"+"Hd5Mf3"), "src/d.js", 3, "k='", "'")
	r := result(moved, gone, unknown, plain)

	got := render(t, GitHub, r, options())
	for _, want := range []string{
		"file=lib/a.js,line=51,col=4,endColumn=40,", "file=src/b.js,title=", "file=src/c.py,title=", "file=src/d.js,line=3,",
		"Commit 2b2b2b2b brought it in at src/b.js:7:4.", "Commit 4d4d4d4d brought it in at src/c.py:9:4.",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in the annotations:\n%s", want, got)
		}
	}
	for i, place := range []string{"lib/a.js:51:4", "src/c.py:1:0", "src/d.js:3:4", "src/b.js:1:0"} {
		result := parseSARIF(t, render(t, SARIF, r, options())).Results[i]
		p := result.Locations[0].PhysicalLocation
		column := 0
		if p.Region.StartColumn != nil {
			column = *p.Region.StartColumn
		}
		if got := fmt.Sprintf("%s:%d:%d", *p.ArtifactLocation.URI, *p.Region.StartLine, column); got != place {
			t.Errorf("result %d is at %s, want %s", i, got, place)
		}
		if named := strings.Contains(*result.Message.Text, "brought it in at"); named != strings.HasSuffix(place, ":0") {
			t.Errorf("result %d says %s", i, *result.Message.Text)
		}
	}
	// The place in the commit stays in the text and JSON.
	if got := render(t, Text, r, options()); !strings.Contains(got, "src/a.js:1:4") || !strings.Contains(got, "src/b.js:7:4") {
		t.Error(got)
	}
	if got := render(t, JSONL, r, options()); !strings.Contains(got, `"path":"src/a.js"`) {
		t.Error(got)
	}
}

// withHabits is a key with what rules say of it and of its line.
func withHabits() *finding.Result {
	key := at(prodKey, ".env", 3, "NEO_API_KEY=", "")
	r := result(key)
	f := &r.Findings[0]
	tracked := habit(".env", 3, "NEO_API_KEY=")
	tracked.Rule, tracked.Severity, tracked.Message = "env-file-tracked", finding.Error, "git tracks this file"
	elsewhere := habit("src/http.js", 3, "http://")
	r.Findings = append(r.Findings,
		f.AboutKey("stale-key", finding.Warning, "old"), f.AboutKey("shared-key", finding.Warning, "shared"),
		f.About("env-mismatch", finding.Warning, "mismatch"), tracked, elsewhere)
	r.Finish()
	return r
}

// What is said of a key is part of it, in the text, in Markdown and in annotations.
func TestHabitsAreFolded(t *testing.T) {
	r := withHabits()
	got := render(t, GitHub, r, options())
	if n := strings.Count(got, "\n::") + strings.Count(got[:2], "::"); n != 2 || !strings.Contains(got, "See also env-mismatch, shared-key, stale-key and env-file-tracked.") {
		t.Errorf("%d annotations:\n%s", n, got)
	}
	got = render(t, Text, r, options())
	if strings.Count(got, ".env:3:13") != 1 || strings.Count(got, prodKey.Redacted) != 2 ||
		!strings.Contains(got, "[env-mismatch] [shared-key] [stale-key] [env-file-tracked]\n") {
		t.Error(got)
	}
	o := options()
	o.Verbose = true
	got = render(t, Text, r, o)
	for _, message := range []string{"mismatch", "shared", "old", "git tracks this file"} {
		if strings.Count(got, ": "+message+"\n") != 1 {
			t.Errorf("%q is not there once:\n%s", message, got)
		}
	}
	got = render(t, Markdown, r, options())
	if strings.Count(got, "<code>.env&#58;3&#58;13</code>") != 1 || !strings.Contains(got, "\n- warning: shared [shared-key]") {
		t.Error(got)
	}
	// The count is that of findings all the same.
	if got := render(t, Outputs, r, options()); !strings.HasPrefix(got, "findings=6\nkeys=1\n") {
		t.Error(got)
	}
}

// The first of GitHub's ten annotations are not one key's places.
func TestAnnotationsBeginWithTheKeys(t *testing.T) {
	var findings []finding.Finding
	for i := range 12 {
		findings = append(findings, at(prodKey, "a.js", i+1, "", ""))
	}
	other := finding.NewAPIKey("prod", "Nb5Tq9"+"Lw2Xv7"+"Rb1Ns8"+"Hd5Mf3")
	h := habit("h.js", 1, "x")
	h.Severity = finding.Error
	got := render(t, GitHub, result(append(findings, at(other, "z.js", 1, "", ""), h)...), options())
	for _, want := range []string{"file=z.js", "file=h.js", "4 more errors"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not there:\n%s", want, got)
		}
	}
}

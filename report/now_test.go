package report

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/neokeys/neokeys/finding"
)

// Reports that are shown beside HEAD's files have the place there.
func TestPlaceInHead(t *testing.T) {
	in := true
	f := finding.Finding{
		Rule: "neo-api-key", Severity: finding.Error, Message: "a key", Key: finding.NewAPIKey("prod", strings.Repeat("Ab3", 8)), InHead: &in,
		Location: finding.Location{Path: "a.py", Line: 3, Column: 4, EndLine: 3, EndColumn: 9},
		Head:     &finding.Location{Path: "b.py", Line: 517, Column: 6, EndLine: 517, EndColumn: 11},
		Commit:   &finding.Commit{OID: strings.Repeat("1a", 20), Author: "A", Date: time.Unix(1e9, 0)},
	}
	for format, want := range map[Format]string{GitLab: `"start_line": 517`, JUnit: `name="b.py:517:6"`, Markdown: "b.py&#58;517&#58;6", GitHub: "file=b.py,line=517", SARIF: `"startLine": 517`, HTML: `>b.py:517:6</`, CSV: ",b.py,517,6\n", JSON: `"line": 517`} {
		r := &finding.Result{Findings: []finding.Finding{f}}
		r.Finish()
		var b bytes.Buffer
		from := "a.py:3:4"
		switch format {
		case GitHub, SARIF: // what is shown beside the code has its place alone
			from = ""
		case CSV, JSON:
			from = "a.py"
		}
		if err := Write(&b, format, r, Options{}); err != nil || !strings.Contains(b.String(), want) || !strings.Contains(strings.ReplaceAll(b.String(), "&#58;", ":"), from) {
			t.Errorf("%s: %v, %s", format, err, b.String())
		}
	}
}

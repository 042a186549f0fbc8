package report_test

import (
	"os"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/report"
	"github.com/neokeys/neokeys/rules"
)

// A report is written of a result, in one of the formats that Formats lists.
func ExampleWrite() {
	key := finding.NewAPIKey("prod", "r8Kq2Vz5"+"Lw0XbT7m"+"Jd3NcYpA")
	result := &finding.Result{
		Findings: []finding.Finding{{
			Rule: rules.NeoAPIKey.ID, Severity: finding.Error, Confidence: finding.High, Message: "Neo API key for the prod environment",
			Location: finding.Location{Path: "src/app.js", Line: 3, Column: 14, EndLine: 3, EndColumn: 50},
			Key:      key, Exposure: finding.Source, Liveness: finding.NotChecked,
			Snippet: finding.Snippet{Text: "const key = '" + key.Redacted + "'", Start: 13, End: 13 + len(key.Redacted)},
		}},
		Summary: finding.Summary{Files: 1, Bytes: 120},
	}
	result.Finish()
	err := report.Write(os.Stdout, report.Text, result, report.Options{Rules: rules.All(), Width: 80})
	if err != nil {
		panic(err)
	}
	// Output:
	// error  neo_sk_prod_r8Kq...cYpA  key id f76b1d19e0b303e0
	//   src/app.js:3:14  source
	//     3 | const key = 'neo_sk_prod_r8Kq...cYpA'
	//       |              ^^^^^^^^^^^^^^^^^^^^^^^
	//   Rotate it. Then remove it from src/app.js.
	//
	// Rotating gives you a new key now; the old one works for another 24 hours. If
	// anyone else could have seen it, revoke it instead: that stops it at once.
	// https://dashboard.neoagent.io/rbac?tab=api-keys
	//
	// Found 1 key in 1 place: 1 error.
	// Searched 1 file, 120 B in 0 ms.
}

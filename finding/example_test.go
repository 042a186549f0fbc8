package finding_test

import (
	"fmt"
	"strings"

	"github.com/neokeys/neokeys/finding"
)

// secret is made while the example runs: the repository itself holds none.
var secret = strings.Repeat("q7Rz", 6)

// A key is identified by its ID and shown in its redacted form; the key itself is not
// printed, however that is asked for.
func ExampleNewAPIKey() {
	key := finding.NewAPIKey("prod", secret)
	fmt.Println(key.Kind, key.Env, key.Redacted)
	fmt.Println(key.ID)
	fmt.Printf("%s %+v %q\n", key.Secret, key.Secret, key.Secret)
	// Output:
	// api prod neo_sk_prod_q7Rz...q7Rz
	// 83160665c65d3a78
	// [secret] [secret] [secret]
}

func ExampleCutAPIKey() {
	env, secret, ok := finding.CutAPIKey([]byte(finding.KeyPrefix + "staging_" + secret + "\n"))
	fmt.Println(env, len(secret), ok)
	// Output:
	// staging 24 true
}

// Finish sorts the findings and gives each a fingerprint.
func ExampleResult_Finish() {
	result := finding.Result{Findings: []finding.Finding{{
		Rule:     "neo-api-key",
		Severity: finding.Error,
		Location: finding.Location{Path: "src/app.js", Line: 3, Column: 14, EndLine: 3, EndColumn: 50},
		Key:      finding.NewAPIKey("prod", secret),
	}}}
	result.Finish()
	f := &result.Findings[0]
	fmt.Println(f.Path, f.Counts(), f.Fingerprint != "")
	// Output:
	// src/app.js true true
}

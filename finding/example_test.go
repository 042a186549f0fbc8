package finding_test

import (
	"fmt"

	"github.com/neokeys/neokeys/finding"
)

// Findings are grouped by key, because a key is what a person revokes.
func ExampleGroups() {
	key := finding.NewAPIKey("prod", "r8Kq2Vz5"+"Lw0XbT7m"+"Jd3NcYpA")
	at := func(path string, e finding.Exposure) finding.Finding {
		return finding.Finding{
			Rule: "neo-api-key", Severity: finding.Error, Key: key, Exposure: e,
			Location: finding.Location{Path: path, Line: 1, Column: 1},
		}
	}
	result := &finding.Result{Findings: []finding.Finding{at("src/app.js", finding.Source), at("dist/app.js", finding.Browser)}}
	result.Finish()
	keys, _ := finding.Groups(result.Findings)
	for _, g := range keys {
		fmt.Println(g.Key.Redacted, g.Severity(), g.Exposure())
		for _, f := range g.Findings {
			fmt.Println(" ", f.Path)
		}
	}
	// Output:
	// neo_sk_prod_r8Kq...cYpA error browser
	//   dist/app.js
	//   src/app.js
}

// However a key is printed, it stays secret.
func ExampleKey() {
	key := finding.NewAPIKey("dev", "r8Kq2Vz5"+"Lw0XbT7m"+"Jd3NcYpA")
	fmt.Println(key.Redacted, key.ID)
	fmt.Printf("%v %+v %s\n", key.Secret, key.Secret, key.Secret)
	// Output:
	// neo_sk_dev_r8Kq...cYpA 0064f9a57fdd5dc1
	// [secret] [secret] [secret]
}

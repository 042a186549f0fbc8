package rules_test

import (
	"fmt"
	"strings"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/rules"
)

// key is made while the example runs: the repository itself holds none.
var key = finding.KeyPrefix + "prod_" + strings.Repeat("q7Rz", 6)

// A set's anchors are searched for in one pass, and its rules run around those that are
// found.
func ExampleSet() {
	set := rules.NewSet(rules.All())
	text := []byte("timeout = 30\nNEO_API_KEY = " + key + "\n")
	for from := 0; ; {
		hit, ok := set.Anchors().Next(text, from)
		if !ok {
			break
		}
		view := &rules.View{
			Text: text[max(0, hit.Pos-rules.Reach):min(len(text), hit.Pos+rules.Reach)],
			Pos:  min(hit.Pos, rules.Reach),
		}
		set.Match(hit, view, func(r *rules.Rule, m rules.Match) {
			fmt.Printf("%s at byte %d: %s (%s)\n", r.ID, m.Start, m.Message, m.Key.Redacted)
		})
		from = hit.Pos + 1
	}
	// Output:
	// neo-api-key at byte 27: Neo API key for the prod environment (neo_sk_prod_q7Rz...q7Rz)
}

// Text that surrounds a finding may hold keys, too.
func ExampleMask() {
	fmt.Println(rules.Mask("curl -H 'Authorization: Bearer " + key + "'"))
	// Output:
	// curl -H 'Authorization: Bearer neo_sk_prod_q7Rz...q7Rz'
}

func ExampleSelect() {
	selected, err := rules.Select(rules.All(), []string{"neo-api-key", "key-in-url"}, []string{"key-in-url"})
	if err != nil {
		fmt.Println(err)
	}
	for _, r := range selected {
		fmt.Println(r.ID, r.Severity)
	}
	// Output:
	// neo-api-key error
}

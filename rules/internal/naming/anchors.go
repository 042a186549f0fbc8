package naming

import (
	"github.com/neokeys/neokeys/finding"
)

// Anchors are what a file holds that has something to do with Neo keys.
var Anchors = append(LegacyAnchors(), finding.KeyPrefix, "neokey", "neotoken")

// LegacyAnchors returns how the names begin that are believed, those of sections and the
// host. All start alike, so that the search for them stays cheap. Hardly any text has neo
// as a word; where one does, a blank or nothing follows, or another letter.
func LegacyAnchors() []string {
	anchors := []string{"neo_", "neo-", "neo.", "neo:", `neo"`, "neo'", "neo]", "neo=", "neo =", "neo {", "neoagent", "neo agent"}
	for _, kind := range []string{"secret", "api", "auth", "webhook"} {
		anchors = append(anchors, "neo"+kind, "neo "+kind)
	}
	for _, word := range []string{"prod", "live", "stag", "dev", "test", "sandbox", "access"} {
		anchors = append(anchors, "neo"+word)
	}
	return anchors
}

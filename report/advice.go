package report

import (
	"slices"

	"github.com/neokeys/neokeys/finding"
)

const (
	dashboardURL = "https://dashboard.neoagent.io/rbac?tab=api-keys"
	// legacySettings is where the older API's guide says that its tokens are.
	legacySettings = "Profile Settings > Webhooks API > Token Management"
)

// advice is what to do now about one key.
type advice struct {
	Action string // Revoke, Rotate, Regenerate or Remove: where there is a button, its name
	Text   string // whole sentences, which begin with the action
	Where  string // an address or a way through the menus; empty when there is nothing to do there
}

// readers says who can read a place of that exposure, for those that are handed out.
var readers = map[finding.Exposure]string{
	finding.Browser: "anyone who loads the page can read it",
	finding.Mobile:  "anyone who has the app can read it",
}

// newAdvice follows Neo's guides: revoking ends a key at once, rotating only after 24
// hours, and the raw tokens of the older API can be regenerated.
func newAdvice(g *finding.KeyGroup) advice {
	// Of a commit that no ref leads to any more, others may have a copy.
	history := slices.ContainsFunc(g.Findings, func(f *finding.Finding) bool {
		return inHistory(f) && (f.Commit != nil || !unreachable(f))
	})
	why := readers[g.Exposure()]
	if why == "" && history {
		why = "everyone with a clone of the repository can read it"
	}
	again := "Rotate would leave it working for another 24 hours."
	if g.Liveness().Works() {
		again = "Rotate would leave it working for another 24 hours, and it may be the old key of a rotation already."
		if why == "" {
			why = "it works"
		} else {
			why = "it works, and " + why
		}
	}
	a := advice{Where: dashboardURL}
	switch {
	case g.Liveness() == finding.Inactive:
		return advice{Action: "Remove", Text: "Remove it: it no longer works, and there is nothing left to revoke."}
	case g.Key.Kind == finding.KindLegacy:
		a = advice{Action: "Regenerate", Where: legacySettings, Text: "Regenerate it"}
		if why != "" {
			a.Text += " now: " + why
		}
		a.Text += ". The guide does not say when the old token stops working: see that it is refused."
	case why != "":
		a.Action = "Revoke"
		a.Text = "Revoke it now: " + why + ". That stops it at once, and with it whatever uses it. " +
			"(" + again + ")"
	default:
		a.Action = "Rotate"
		a.Text = "Rotate it: you get a new key now, and this one goes on working for 24 hours. " +
			"If somebody else may have read it, Revoke it instead: that stops it at once."
	}
	if history {
		a.Text += " Deleting it from the files does not take it out of the history."
	}
	return a
}

// advices returns the advice for each key in r by key id. It takes all places of a key
// into account, also where a report shows them one at a time.
func advices(r *finding.Result) map[string]advice {
	byKey := map[string]advice{}
	keys, _ := finding.Groups(r.Findings)
	for i := range keys {
		byKey[keys[i].Key.ID] = newAdvice(&keys[i])
	}
	return byKey
}

// inHistory reports whether f is about what a repository keeps rather than about files.
func inHistory(f *finding.Finding) bool { return f.Commit != nil || f.InHead != nil }

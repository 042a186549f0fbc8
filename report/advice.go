package report

import (
	"slices"
	"strings"

	"github.com/neokeys/neokeys/finding"
)

const (
	dashboardURL = "https://dashboard.neoagent.io/rbac?tab=api-keys"
	// legacySettings is where the older API's guide says that its tokens are.
	legacySettings = "Profile Settings > Webhooks API > Token Management"
)

// A Stage is how far the scanned content has travelled. The advice about a key depends on it.
type Stage uint8

// The stages. The zero value is for every scan that is not a hook's.
const (
	Kept    Stage = iota // in files or commits that nothing stopped
	Stopped              // stopped by a hook before it left the machine
	Refused              // refused by a server, which kept nothing
)

// The actions. Where there is a button, it has this name.
const (
	revoke     = "Revoke"
	rotate     = "Rotate"
	regenerate = "Regenerate"
	remove     = "Remove"
	nothing    = "Nothing"
)

// An advice is the next step for one key.
type advice struct {
	Action string
	Text   string // whole sentences about this key, which begin with the action
	How    string // what the action does, in whole sentences; the same for every key
	Where  string // an address or a way through the menus; empty when there is nothing to do there
	Keeps  bool   // the history keeps the key even if the files lose it
}

// full returns the whole advice, for reports that show it once per key.
func (a advice) full() string {
	text := strings.TrimSpace(a.Text + " " + a.How)
	if a.Keeps {
		text += " " + keepsHistory
	}
	return text
}

// readers says who can read a place of that exposure, for those that are handed out.
var readers = map[finding.Exposure]string{
	finding.Browser: "anyone who loads the page can read it",
	finding.Mobile:  "anyone who has the app can read it",
}

// hows says what each action does, after Neo's guides.
var hows = map[string]string{
	revoke:     "Revoking stops a key at once, and with it whatever uses it; Rotate would leave it working for another 24 hours.",
	rotate:     "Rotating gives you a new key now; the old one works for another 24 hours. If anyone else could have seen it, revoke it instead: that stops it at once.",
	regenerate: "The guide does not say when the old token stops working: check that the old token is rejected (`neokeys verify`).",
}

// newAdvice returns the advice for a key, given all its places.
func newAdvice(g *finding.KeyGroup, stage Stage) advice {
	todo := workOf(g, stage)
	if g.Liveness() == finding.Inactive {
		return deadAdvice(todo)
	}
	if stage == Stopped {
		return stoppedAdvice(g, todo)
	}
	why := reason(g)
	a := advice{Where: where(g), Keeps: stage == Kept && inClones(g)}
	switch {
	case g.Key.Kind == finding.KindLegacy:
		a.Action = regenerate
	case why != "" && stage != Refused:
		a.Action = revoke
	default:
		a.Action = rotate
	}
	a.How = hows[a.Action]
	a.Text = a.Action + " it."
	switch {
	case stage == Refused:
		a.Text = a.Action + " it if anyone else could have seen it: the server kept nothing of it."
	case why != "":
		a.Text = a.Action + " it now: " + why + "."
	}
	if todo := todo.String(); todo != "" {
		a.Text += " Then " + todo + "."
	}
	return a
}

// stoppedAdvice is the advice for a key that a hook stopped on its way.
func stoppedAdvice(g *finding.KeyGroup, todo *fileWork) advice {
	const kept = "It has not left this machine: rotate it only if it was shown elsewhere."
	switch {
	case todo.String() != "":
		return advice{Action: todo.action(), Text: todo.sentence() + " " + kept}
	case slices.ContainsFunc(g.Findings, func(f *finding.Finding) bool { return f.Exposure == finding.Message }):
		return advice{Action: remove, Text: "Remove it from the message. " + kept}
	case slices.ContainsFunc(g.Findings, func(f *finding.Finding) bool { return f.Commit != nil }):
		return advice{Action: remove, Text: "Remove it from the commit that brought it in. " + kept}
	}
	return advice{Action: nothing, Text: "Nothing to revoke. " + kept}
}

// deadAdvice is the advice for a key that no longer works.
func deadAdvice(todo *fileWork) advice {
	if todo.String() == "" {
		return advice{Action: nothing, Text: "Nothing to do: it no longer works, and there is nothing left to revoke."}
	}
	return advice{Action: todo.action(), Text: strings.TrimSuffix(todo.sentence(), ".") +
		": it no longer works, and there is nothing left to revoke."}
}

// where returns where keys of this kind are managed.
func where(g *finding.KeyGroup) string {
	if g.Key.Kind == finding.KindLegacy {
		return legacySettings
	}
	return dashboardURL
}

// reason returns why the key is urgent; empty if it is not.
func reason(g *finding.KeyGroup) string {
	why := readers[g.Exposure()]
	if why == "" && inClones(g) {
		why = "every clone has it"
	}
	switch {
	case !g.Liveness().Works():
		return why
	case why == "":
		return "it works"
	}
	return "it works, and " + why
}

// inClones reports whether clones may contain the key. They may still contain a commit that no
// ref leads to any more.
func inClones(g *finding.KeyGroup) bool {
	return slices.ContainsFunc(g.Findings, func(f *finding.Finding) bool {
		return inHistory(f) && (f.Commit != nil || !unreachable(f))
	})
}

// keepsHistory corrects a common belief.
const keepsHistory = "Deleting a key from the files does not delete it from the history."

// advices returns the advice for each key in r by key id. It takes all places of a key
// into account, also where a report shows them one at a time.
func advices(r *finding.Result, o Options) map[string]advice {
	byKey := map[string]advice{}
	keys, _ := finding.Groups(r.Findings)
	for i := range keys {
		byKey[keys[i].Key.ID] = newAdvice(&keys[i], o.stageOf(keys[i].Key.ID))
	}
	return byKey
}

// stageOf returns how far a key has travelled.
func (o *Options) stageOf(key string) Stage {
	if o.Stage == Stopped && o.Published[key] {
		return Kept
	}
	return o.Stage
}

// inHistory reports whether f is about what a repository keeps rather than about files.
func inHistory(f *finding.Finding) bool { return f.Commit != nil || f.InHead != nil }

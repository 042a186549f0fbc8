package report

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/neokeys/neokeys/finding"
)

// key writes the block of a key: heading, the most urgent place with its line, other places in
// one paragraph, next step. With -v, every place has its line and history.
func (t *textReport) key(e *entry) {
	t.heading(e)
	shown := e.places
	if !t.Verbose {
		shown = shown[:min(len(shown), maxPlaces)]
	}
	t.first(shown[0], e)
	if !t.Verbose {
		t.also(shown, len(e.places)-len(shown))
	} else {
		for _, f := range shown[1:] {
			t.first(f, e)
		}
		for _, h := range e.habits {
			t.wrap(2, 4, t.tag(h.Rule), t.place(h, ":"), plain(printable(h.Message)))
		}
	}
	text := strings.TrimPrefix(e.advice.Text, e.advice.Action)
	t.wrap(2, 2, span{text: e.advice.Action, style: t.bold}, plain(strings.TrimPrefix(text, " ")))
	t.printf("\n")
	for _, f := range append(e.places[:1:1], e.habits...) {
		t.explain(f)
	}
}

// also names all but the first of a key's places, each with what was not said of a commit
// before, and says how many more there are.
func (t *textReport) also(places []*finding.Finding, more int) {
	if len(places) == 1 {
		return
	}
	if !inHistory(places[0]) { // where there is nothing to say of a place but its kind, it has a line
		for _, f := range places[1:] {
			t.wrap(2, 4, t.place(f, ""), gap, span{text: facts(f), style: t.dim})
		}
		if more > 0 {
			t.printf("  and %s; -v lists all\n", number(more, "more place"))
		}
		return
	}
	var words []span
	if len(places) > 2 || more > 0 {
		words = append(words, plain("also"))
	}
	said := map[string]bool{}
	note := func(f *finding.Finding) {
		if f.Commit != nil {
			said[f.Commit.OID] = true
		}
	}
	note(places[0])
	for i, f := range places[1:] {
		facts := append(qualities(f), openness(f, func(c *finding.Commit) bool { return said[c.OID] })...)
		note(f)
		after := ""
		if i < len(places)-2 || more > 0 {
			after = ";"
		}
		words = append(words, t.place(f, ""), gap, span{text: strings.Join(facts, ", ") + after, style: t.dim})
	}
	if more > 0 {
		words = append(words, plain("and "+number(more, "more place")+"; -v lists all"))
	}
	t.wrap(2, 4, words...)
}

// first writes a place of the key with its line.
func (t *textReport) first(f *finding.Finding, e *entry) {
	text := facts(f)
	if t.Verbose {
		text = strings.Join(qualities(f), ", ") // the rest is below the line
	} else if oldest := cmp.Or(f.First, e.Oldest()); f.Commit != nil && oldest.OID != f.Commit.OID {
		text += "; first committed anywhere on " + day(oldest) + " (" + shortOID(oldest) + ")"
	}
	t.wrap(2, 4, t.place(f, ""), gap, span{text: text, style: t.dim})
	t.frame(f)
	if t.Verbose {
		t.history(f)
		for i := range f.Places {
			t.wrap(2, 4, span{text: placeOf(&f.Places[i]), style: t.path}, gap, span{text: "the same", style: t.dim})
		}
	}
}

// heading writes the severity, the key, its liveness and its tags.
func (t *textReport) heading(e *entry) {
	name := e.Key.Redacted
	if t.ShowSecrets {
		name = e.Key.Secret.Reveal()
	}
	words := []span{t.severity(e.level()), gap, {text: printable(name), style: t.bold}, gap}
	asked := e.Findings[0].Verification
	if l := e.Liveness(); l != "" && (l != finding.NotChecked || asked != nil) {
		words = append(words, span{text: string(l), style: t.livenessStyle(l)})
		// A host that cannot be reached is named once, not for every key.
		if asked != nil && !t.excused[asked.String()] {
			words[len(words)-1].text += ":"
			words = append(words, plain(printable(asked.String())))
			t.excused[asked.String()] = !l.Works() && l != finding.Inactive
		}
		words = append(words, gap)
	}
	words = append(words, plain("key id "+e.Key.ID))
	if e.Key.Kind == finding.KindLegacy {
		words = append(words, gap, plain("token of the older API"))
	}
	for i, id := range e.tags() {
		if i == 0 {
			words = append(words, gap)
		}
		words = append(words, t.tag(id))
	}
	t.wrap(0, 4, words...)
}

// qualities describes the place and how the key was recognised there.
func qualities(f *finding.Finding) []string {
	words := []string{string(f.Exposure)}
	if f.Confidence != finding.High && f.Confidence != "" {
		words = append(words, string(f.Confidence)+" confidence")
	}
	if len(f.DecodedFrom) > 0 {
		words = append(words, "decoded from "+printable(strings.Join(f.DecodedFrom, ", ")))
	}
	if v := variable(f); v != "" {
		words = append(words, v)
	}
	return words
}

// facts describes a place: its qualities, and when and by whom the key was added and removed.
func facts(f *finding.Finding) string {
	words := append(qualities(f), openness(f, func(*finding.Commit) bool { return false })...)
	if !f.Present() && len(f.Refs) > 0 && f.RemovedIn == nil {
		words = append(words, "on "+refs(f.Refs))
	}
	return strings.Join(words, ", ")
}

// openness returns when the place was exposed, and whether it still is. Commits that were said
// before are not named again.
func openness(f *finding.Finding, said func(*finding.Commit) bool) []string {
	if !inHistory(f) {
		return nil
	}
	var words []string
	if c := f.Commit; c != nil {
		if text := dates(f, said(c)); text != "" {
			words = append(words, text)
		}
	} else if f.Present() {
		words = append(words, "in HEAD")
	}
	switch {
	case f.Head != nil && f.Head.Path != f.Path:
		words = append(words, "now at "+placeOf(f.Head))
	case f.Head != nil && f.Head.Line != f.Line:
		words = append(words, fmt.Sprintf("now on line %d", f.Head.Line))
	case unreachable(f):
		words = append(words, "on no branch or tag any more; still readable until git prunes it")
	case !f.Present() && f.RemovedIn == nil:
		words = append(words, "not in HEAD")
	}
	return words
}

// dates returns from when, and until when, f's place had what was found, and who brought it there
// unless that was said; empty if there is nothing more to say.
func dates(f *finding.Finding, said bool) string {
	text := "added " + day(f.Commit)
	switch gone := f.RemovedIn; {
	case gone != nil && f.Head == nil:
		text = "from " + day(f.Commit) + " to " + day(gone)
	case f.Present() && f.Exposure != finding.Message:
		text = "in HEAD since " + day(f.Commit)
		if said {
			return ""
		}
	}
	if said {
		return text
	}
	return text + " (" + printable(f.Commit.Author) + ", " + shortOID(f.Commit) + ")"
}

// day is when a commit was made.
func day(c *finding.Commit) string { return c.Date.Format(time.DateOnly) }

func (t *textReport) livenessStyle(l finding.Liveness) func(...any) string {
	switch l {
	case finding.Inactive:
		return t.good
	case finding.NotChecked:
		return t.dim
	}
	return t.alarm
}

func (t *textReport) liveness(l finding.Liveness) string { return t.livenessStyle(l)(string(l)) }

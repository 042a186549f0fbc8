package report

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/neokeys/neokeys/finding"
)

// key writes the block of a key: heading, the most urgent place with its line, other places,
// next step. With -v, every place has its line and history.
func (t *textReport) key(e *entry) {
	t.heading(e)
	shown := e.places
	if !t.Verbose {
		shown = shown[:min(len(shown), maxPlaces)]
	}
	for i, f := range shown {
		if i == 0 || t.Verbose {
			t.first(f, e)
		} else {
			t.wrap(2, 4, t.place(f, ""), gap, span{text: facts(f), style: t.dim})
		}
	}
	if n := len(e.places) - len(shown); n > 0 {
		t.printf("  and %s; -v lists all\n", number(n, "more place"))
	}
	if t.Verbose {
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
	words := append(qualities(f), openness(f)...)
	if !f.Present() && len(f.Refs) > 0 && f.RemovedIn == nil {
		words = append(words, "on "+refs(f.Refs))
	}
	return strings.Join(words, ", ")
}

// openness returns when the place was exposed, and whether it still is.
func openness(f *finding.Finding) []string {
	if !inHistory(f) {
		return nil
	}
	added := "added"
	if f.Present() && f.Exposure != finding.Message {
		added = "in HEAD since"
	}
	var words []string
	if c := f.Commit; c != nil {
		words = append(words, added+" "+day(c)+" ("+printable(c.Author)+", "+shortOID(c)+")")
	} else if f.Present() {
		words = append(words, "in HEAD")
	}
	if c := f.RemovedIn; c != nil && f.Head == nil {
		words = append(words, "removed "+day(c)+" ("+shortOID(c)+")")
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

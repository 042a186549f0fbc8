package baseline

import (
	"strings"

	"github.com/neokeys/neokeys/finding"
)

// Apply suppresses the known findings, and returns the unused entries: those that were searched
// for and match no finding.
//
// An entry matches all places of its key in its path, or one habit's line. If its file is gone,
// it was renamed, and the entry also matches in another file; while the file exists, the same
// key in another file is a new finding. Applying a baseline twice changes nothing more.
func (b *Baseline) Apply(findings []finding.Finding, tree Tree) (unused []Entry) {
	k := newKnown(findings, tree)
	var moved, renamed []Entry
	for _, e := range b.Entries {
		switch {
		case !k.here(e):
			moved = append(moved, e)
		case !tree.Exists(e.Path): // a history has it there as well
			renamed = append(renamed, e)
		}
	}
	for _, e := range renamed {
		k.elsewhere(e, (*finding.Finding).Present)
	}
	b.elsewhere = nil
	for _, e := range moved {
		switch {
		case !tree.Exists(e.Path) && k.elsewhere(e, nil):
		case tree.Searched(e):
			unused = append(unused, e)
		default:
			b.elsewhere = append(b.elsewhere, e)
		}
	}
	b.answered = k.answered
	return unused
}

// A place is what one entry answers for. The path is empty of what is true of a key as a whole.
type place struct{ fingerprint, path string }

func placeOf(f *finding.Finding, tree Tree) place {
	if f.WholeKey() {
		return place{f.Fingerprint, ""}
	}
	return place{f.Fingerprint, tree.Rel(f.Path)}
}

// A known finds the findings that entries answer for.
type known struct {
	tree Tree
	// at holds the findings by place, under all fingerprints that entries may have of them,
	// without numbers; by holds them by what entries have of them wherever they are.
	at       map[place][]*finding.Finding
	by       map[string][]*finding.Finding
	answered map[place]Entry // which entry answered for each place
}

func newKnown(findings []finding.Finding, tree Tree) *known {
	k := &known{tree: tree, at: map[place][]*finding.Finding{}, by: map[string][]*finding.Finding{}, answered: map[place]Entry{}}
	for i := range findings {
		f := &findings[i]
		if !f.Counts() && f.Suppressed.By != by || !tree.covers(f) {
			continue
		}
		path := placeOf(f, tree).path
		former := f.FormerFingerprints()
		for _, name := range append(former, baseOf(f.Fingerprint)) {
			at := place{name, path}
			k.at[at] = append(k.at[at], f)
		}
		for _, name := range append(former, f.Match()) {
			k.by[name] = append(k.by[name], f)
		}
	}
	return k
}

// here suppresses the findings that e answers for at its path, and reports whether there are
// any.
func (k *known) here(e Entry) bool {
	for _, path := range []string{e.Path, ""} {
		for _, f := range k.at[place{baseOf(e.Fingerprint), path}] {
			// A habit is answered for once, a key as often as it is there.
			if f.Rule == e.Rule && (f.Key != nil || !k.taken(f)) {
				k.answer(f, e)
				return true
			}
		}
	}
	return false
}

// elsewhere suppresses the findings of one other path that e answers for, whose own file was
// renamed. only selects among them; nil is all.
func (k *known) elsewhere(e Entry, only func(*finding.Finding) bool) bool {
	name := e.Match
	if name == "" {
		name = baseOf(e.Fingerprint)
	}
	waiting := k.by[name]
	for len(waiting) > 0 && k.taken(waiting[0]) {
		waiting = waiting[1:]
	}
	k.by[name] = waiting
	for _, f := range waiting {
		if f.Rule == e.Rule && !k.taken(f) && (only == nil || only(f)) {
			k.answer(f, e)
			return true
		}
	}
	return false
}

func (k *known) taken(f *finding.Finding) bool {
	_, taken := k.answered[placeOf(f, k.tree)]
	return taken
}

// answer suppresses f and, of a key, its other places in the same path.
func (k *known) answer(f *finding.Finding, e Entry) {
	at := placeOf(f, k.tree)
	if !k.taken(f) {
		k.answered[at] = e
	}
	for _, g := range k.at[place{baseOf(f.Fingerprint), at.path}] {
		if g.Fingerprint == f.Fingerprint {
			g.Suppressed = &finding.Suppression{By: by, Reason: e.Reason}
		}
	}
}

// baseOf removes the number that distinguishes findings with the same fingerprint: it depends on
// which others were found in the same scan.
func baseOf(fingerprint string) string {
	base, _, _ := strings.Cut(fingerprint, "-")
	return base
}

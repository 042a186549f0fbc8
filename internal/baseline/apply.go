package baseline

import (
	"strings"

	"github.com/neokeys/neokeys/finding"
)

// Apply suppresses the known findings, and returns the unused entries: those that were searched
// for and match no finding.
//
// An entry matches all places of its key in its path, or one habit's line. Where the history says
// to what its file was renamed, it matches there too. Else, if its file is gone, it was renamed, and
// the entry also matches in another file; while the file exists, the same key in another file is a
// new finding. So it is for an entry of what only the history has: nothing can be renamed from
// there. Applying a baseline twice changes nothing more.
func (b *Baseline) Apply(findings []finding.Finding, tree Tree) (unused []Entry) {
	k := newKnown(findings, tree)
	type answer struct {
		Entry
		f *finding.Finding
	}
	var here []answer
	var rest []Entry
	for _, e := range b.Entries {
		if f := k.here(e); f != nil {
			here = append(here, answer{e, f})
		} else {
			rest = append(rest, e)
		}
	}
	for _, a := range here {
		present := k.follow(a.Entry, a.f)
		if !present && !a.History && !tree.Exists(a.Path) { // a history has it there as well
			k.elsewhere(a.Entry, (*finding.Finding).Present)
		}
	}
	b.elsewhere, b.renamed = nil, nil
	for _, e := range rest {
		moved := !e.History && !tree.Exists(e.Path) && k.elsewhere(e, nil)
		searched := tree.Searched(e)
		switch {
		case moved && !searched:
			b.renamed = append(b.renamed, e)
		case moved:
		case searched:
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
	arrived  map[arrival][]*finding.Finding
	answered map[place]Entry // which entry answered for each place
}

// An arrival is what entries have of a finding wherever it is, and the commit that added it to its path.
type arrival struct{ match, commit string }

func newKnown(findings []finding.Finding, tree Tree) *known {
	k := &known{
		tree: tree, at: map[place][]*finding.Finding{}, by: map[string][]*finding.Finding{},
		arrived: map[arrival][]*finding.Finding{}, answered: map[place]Entry{},
	}
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
			if f.Commit != nil && !f.WholeKey() {
				at := arrival{name, f.Commit.OID}
				k.arrived[at] = append(k.arrived[at], f)
			}
		}
	}
	return k
}

// here suppresses the findings that e answers for at its path, and returns one of them; nil if
// there are none.
func (k *known) here(e Entry) *finding.Finding {
	for _, path := range []string{e.Path, ""} {
		for _, f := range k.at[place{baseOf(e.Fingerprint), path}] {
			// A habit is answered for once, a key as often as it is there.
			if f.Rule == e.Rule && (f.Key != nil || !k.taken(f)) {
				k.answer(f, e)
				return f
			}
		}
	}
	return nil
}

// follow suppresses the findings in the files to which that of f, which e answers for, was renamed
// one after the other: the commit that removed the key from one path added it at the next. It reports
// whether it came to one that is present.
func (k *known) follow(e Entry, f *finding.Finding) (present bool) {
	for !f.Present() && f.RemovedIn != nil && !f.WholeKey() {
		next := k.next(e, f.RemovedIn)
		switch {
		case next == nil:
			return false
		case next.Present():
			if e.History || k.tree.Exists(e.Path) {
				return false
			}
			k.answer(next, e)
			return true
		}
		k.answer(next, e)
		f = next
	}
	return false
}

// next returns a finding that e may answer for and that a commit added; one that is present, if there
// is one.
func (k *known) next(e Entry, added *finding.Commit) (found *finding.Finding) {
	for _, f := range k.arrived[arrival{matchOf(e), added.OID}] {
		if f.Rule == e.Rule && !k.taken(f) && (found == nil || f.Present() && !found.Present()) {
			found = f
		}
	}
	return found
}

// matchOf returns what e has of a finding wherever that is.
func matchOf(e Entry) string {
	if e.Match == "" {
		return baseOf(e.Fingerprint)
	}
	return e.Match
}

// elsewhere suppresses the findings of one other path that e answers for, whose own file was
// renamed. only selects among them; nil is all.
func (k *known) elsewhere(e Entry, only func(*finding.Finding) bool) bool {
	name := matchOf(e)
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

package git

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/rules"
)

// maxEvents is how many events of one finding a Trace lists. Of more, the first and the last are
// kept.
const maxEvents = 500

// maxHolders bounds the memory that the holders of all path histories take.
const maxHolders = 10_000_000

// hold notes that the trees of refs have t, if a Trace is wanted.
func (h *history) hold(t *pathHistory, refs []int32) {
	if !h.Trace || h.holders > maxHolders {
		return
	}
	if h.holders += len(refs); h.holders > maxHolders {
		h.problem("", fmt.Errorf("the keys are in the files of very many refs: which refs have which was found out for %d of them only", maxHolders))
		return
	}
	t.holders = append(t.holders, refs...)
}

// trace returns the commits and refs of a path history, if they are wanted. leading are the
// names of the refs that lead to it.
func (h *history) trace(t *pathHistory, leading []string, cache map[int32]*finding.Commit) *finding.Trace {
	if !h.Trace {
		return nil
	}
	return &finding.Trace{Events: h.events(t, cache), Refs: h.detailed(t, leading)}
}

// events returns a path history's arrivals and departures in the order of the graph.
func (h *history) events(t *pathHistory, cache map[int32]*finding.Commit) []finding.Event {
	type change struct {
		commit  int32
		removed bool
	}
	var changes []change
	for _, a := range t.arrivals {
		changes = append(changes, change{commit: a.commit})
	}
	for _, d := range t.departures {
		changes = append(changes, change{d.commit, true})
	}
	rank := h.graph.ranks()
	slices.SortStableFunc(changes, func(a, b change) int { return cmp.Compare(rank[a.commit], rank[b.commit]) })
	if over := len(changes) - maxEvents; over > 0 {
		changes = slices.Delete(changes, maxEvents/2, maxEvents/2+over)
	}
	var events []finding.Event
	for _, c := range changes {
		class := h.class(c.commit)
		events = append(events, finding.Event{
			Commit: h.commitFinding(c.commit, cache), Removed: c.removed, InHead: class == 0, OnRef: class < 2,
		})
	}
	return events
}

// detailed returns what is known of the refs that lead to a path history.
func (h *history) detailed(t *pathHistory, leading []string) []finding.Ref {
	if h.tipOf == nil {
		h.tipOf = map[string]tip{}
		for _, tip := range h.tips {
			h.tipOf[rules.Mask(h.refs[tip.ref].name)] = tip
		}
	}
	slices.Sort(t.holders)
	var refs []finding.Ref
	for _, name := range leading {
		tip, ok := h.tipOf[name]
		if !ok || strings.HasPrefix(name, notesRefs) {
			continue
		}
		_, holds := slices.BinarySearch(t.holders, tip.ref)
		refs = append(refs, finding.Ref{
			Name: name, OID: h.graph.table.id(int(tip.commit)).String(),
			Date: time.Unix(h.graph.when[tip.commit], 0).UTC(), Holds: holds,
		})
	}
	return refs
}

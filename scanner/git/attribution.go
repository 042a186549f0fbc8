package git

import (
	"encoding/binary"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/rules"
)

// maxRefs is how many refs are listed for one finding.
const maxRefs = 1000

// attributeAll makes findings of the path histories.
func (h *history) attributeAll() {
	h.refNames()
	leading := h.leadingRefs()
	reachable := map[identity]bool{}
	for i, t := range h.histories {
		if t.message && (len(t.refs) > 0 || len(leading[i].refs) > 0) {
			reachable[t.identity] = true
		}
	}
	cache := map[int32]*finding.Commit{}
	firsts := h.firsts()
	for i, t := range h.histories {
		if h.late() {
			break
		}
		refs := leading[i]
		if len(t.refs) > 0 {
			slices.Sort(t.refs)
			refs.refs = slices.Compact(t.refs)
		}
		if t.message && len(refs.refs) == 0 && reachable[t.identity] {
			continue // a commit that was rewritten, its message kept
		}
		h.attribute(t, refs, firsts, cache)
	}
}

// A firstKey is a key, and whether it is asked for in all commits or only in those that some
// ref leads to.
type firstKey struct {
	key string
	all bool
}

// firsts returns the commits that first brought each key in, at whatever path.
func (h *history) firsts() map[firstKey]int32 {
	firsts := map[firstKey]int32{}
	if len(h.histories) == 0 || h.late() {
		return firsts
	}
	rank := h.graph.ranks()
	note := func(k firstKey, c int32) {
		if first, ok := firsts[k]; !ok || rank[c] < rank[first] {
			firsts[k] = c
		}
	}
	for _, t := range h.histories {
		for _, a := range t.arrivals {
			note(firstKey{t.key(), true}, a.commit)
			if h.fromRefs.has(a.commit) {
				note(firstKey{t.key(), false}, a.commit)
			}
		}
	}
	return firsts
}

// attribute makes a finding of a path history.
func (h *history) attribute(t *pathHistory, refs refSet, firsts map[firstKey]int32, cache map[int32]*finding.Commit) {
	arrival, arrived := h.first(t)
	hit := t.hit
	if hit == nil {
		if !arrived {
			return // in a tree that was not gone through to its end
		}
		hit = find(h.hitsAt(arrival.place), t.identity)
	}
	f := *hit
	expose(&f, t.exposure)
	if f.Refs = refs.refs; f.Refs == nil && !t.staged && h.ctx.Err() == nil {
		f.Refs = []string{} // it was looked for them
	}
	in := t.inHead || t.message && arrived && h.fromHead.has(arrival.commit)
	f.InHead = &in
	if t.inHead {
		if now := find(h.hitsAt(t.headPlace), t.identity); now != nil {
			place := now.Location
			f.Head = &place
		}
	}
	if t.staged {
		f.InHead = nil
		f.Message += ", staged and not committed yet"
	}
	if arrived {
		f.Commit = h.commitFinding(arrival.commit, cache)
		if f.Key != nil {
			if first, ok := firsts[firstKey{t.key(), !h.fromRefs.has(arrival.commit)}]; ok {
				f.First = h.commitFinding(first, cache)
			}
		}
		if gone, ok := h.last(t); ok && !in {
			f.RemovedIn = h.commitFinding(gone.commit, cache)
		}
		f.Trace = h.trace(t, f.Refs, cache)
		if !t.message && h.graph.cut(arrival.commit) {
			f.Message += ", brought in by this commit or by one before it that is not in this clone"
		}
	}
	if refs.notes && !t.message {
		f.Exposure = finding.Message
		f.Path = notePath(f.Path)
	}
	h.add(&f)
}

// expose says of f that it has had exposure e, too.
func expose(f *hit, e finding.Exposure) {
	if !e.WiderThan(f.Exposure) {
		return
	}
	f.Exposure = e
	if f.Key != nil {
		f.Severity = rules.Raise(f.Severity, e)
	}
}

// commitFinding returns what a report says of a commit.
func (h *history) commitFinding(c int32, cache map[int32]*finding.Commit) *finding.Commit {
	if f, ok := cache[c]; ok {
		return f
	}
	id := h.graph.table.id(int(c))
	f := &finding.Commit{OID: id.String()}
	if c, err := h.objects.commit(id); err == nil {
		f = c.finding()
	} else {
		h.unreadable(id.String(), err)
	}
	cache[c] = f
	return f
}

// class orders commits by reachability: HEAD, any ref, none.
func (h *history) class(c int32) int {
	switch {
	case h.fromHead.has(c):
		return 0
	case h.fromRefs.has(c):
		return 1
	}
	return 2
}

// first returns the arrival that the finding reports. Arrivals are in the graph's order.
func (h *history) first(t *pathHistory) (event, bool) {
	var best event
	for i, a := range t.arrivals {
		if i == 0 || h.class(a.commit) < h.class(best.commit) {
			best = a
		}
	}
	return best, len(t.arrivals) > 0
}

// last returns the departure that the finding reports.
func (h *history) last(t *pathHistory) (event, bool) {
	arrival, ok := h.first(t)
	if !ok {
		return event{}, false
	}
	class := h.class(arrival.commit)
	if class > 0 && t.atTip {
		return event{}, false
	}
	var best event
	found := false
	for _, d := range t.departures {
		if h.class(d.commit) <= class && (!found || best.split || !d.split) {
			best, found = d, true
		}
	}
	return best, found
}

// A refSet is refs that lead to a finding.
type refSet struct {
	refs  []string
	notes bool // all of them are notes
}

// leadingRefs returns for each trail the refs that lead to one of its arrivals. It goes
// through the graph once for every 64 path histories.
func (h *history) leadingRefs() []refSet {
	sets := make([]refSet, len(h.histories))
	if len(sets) == 0 || h.ctx.Err() != nil {
		return sets
	}
	known := map[string]refSet{}
	var mu sync.Mutex
	var cursor atomic.Int64
	var all sync.WaitGroup
	order := h.graph.inOrder()
	for range max(1, h.Jobs) {
		all.Go(func() {
			w := refWalk{history: h, order: order}
			for h.ctx.Err() == nil {
				from := int(cursor.Add(64)) - 64
				if from >= len(sets) {
					return
				}
				chunk := h.histories[from:min(from+64, len(sets))]
				if !w.walk(chunk) {
					continue
				}
				mu.Lock()
				for i := range chunk {
					sets[from+i] = h.refSet(w.refs[i], known)
				}
				mu.Unlock()
			}
		})
	}
	all.Wait()
	return sets
}

// A refWalk finds the refs that lead to up to 64 path histories at a time.
type refWalk struct {
	*history
	order []int32
	bits  []uint64    // of the path histories that have arrived at each commit
	refs  [64][]int32 // of each path history
}

// walk returns false if nothing has arrived at any commit.
func (w *refWalk) walk(chunk []*pathHistory) bool {
	if w.bits == nil {
		w.bits = make([]uint64, w.graph.len())
	}
	clear(w.bits)
	any := false
	for i, t := range chunk {
		w.refs[i] = w.refs[i][:0]
		for _, a := range t.arrivals {
			w.bits[a.commit] |= 1 << i
			any = true
		}
	}
	if !any {
		return false
	}
	for _, c := range w.order {
		for _, p := range w.graph.parents(c) {
			if p != missing {
				w.bits[c] |= w.bits[p]
			}
		}
	}
	for _, t := range w.tips {
		for i := range chunk {
			if w.bits[t.commit]&(1<<i) != 0 {
				w.refs[i] = append(w.refs[i], t.ref)
			}
		}
	}
	return true
}

// refSet returns the names of refs. Trails with the same refs share them.
func (h *history) refSet(refs []int32, known map[string]refSet) refSet {
	key := make([]byte, 0, 4*len(refs))
	for _, r := range refs {
		key = binary.LittleEndian.AppendUint32(key, uint32(r))
	}
	set, ok := known[string(key)]
	if !ok {
		set.notes = len(refs) > 0
		for i, r := range refs {
			name := h.refs[r].name
			set.notes = set.notes && strings.HasPrefix(name, notesRefs)
			if i < maxRefs {
				set.refs = append(set.refs, rules.Mask(name))
			}
		}
		slices.Sort(set.refs)
		known[string(key)] = set
	}
	return set
}

// refNames makes path histories of the matches in the names of refs, and in the names that symbolic
// refs lead to and no ref has, such as that of a branch without a commit.
func (h *history) refNames() {
	known := map[string]bool{}
	for _, r := range h.refs {
		known[r.name] = true
		h.refName(r.name, r.name)
	}
	for _, s := range h.symbolic {
		known[s.name] = true
		h.refName(s.name, s.name)
	}
	for _, s := range h.symbolic {
		if !known[s.target] {
			known[s.target] = true
			h.refName(s.target, s.name)
		}
	}
}

// refName makes path histories of the matches in a name that the ref called in holds or has.
func (h *history) refName(name, in string) {
	for _, hit := range h.nameHits(h.searcher, "", name) {
		hit.Path = "ref:" + hit.Path
		h.histories = append(h.histories, &pathHistory{hit: &hit, identity: hit.identity, refs: []string{rules.Mask(in)}})
	}
}

package git

import (
	"fmt"
	"slices"

	"github.com/neokeys/neokeys/finding"
)

// A pathHistory is what became of one match: in which commits it came to a path, and in which
// it went.
type pathHistory struct {
	identity
	path       int32
	arrivals   []event
	departures []event
	inHead     bool
	headPlace  int32            // the place in HEAD, if inHead
	atTip      bool             // some ref's own tree has it
	exposure   finding.Exposure // the widest that it has had at the path
	// holders are the refs whose own trees have it, as numbers in history.refs; only for a Trace.
	holders []int32
	// Of a match in a commit or tag, or in a blob without a path:
	hit     *hit
	message bool
	staged  bool // it is to be in the next commit
	refs    []string
	last    int32 // the place that joined it last
	// now and before are the steps at which it was last seen behind and before a change.
	now, before int
}

type pathMatch struct {
	path int32
	identity
}

// An event is an arrival at, or a departure from, a place in some commit.
type event struct {
	commit int32
	place  int32 // of an arrival
	// split marks a departure at a merge that has a parent without the match.
	split bool
}

// maxFollowed bounds the changes that are followed through the history, for the same
// reason.
const maxFollowed = 20_000_000

var errFollowed = fmt.Errorf("the files with matches change more than %d times: who brought some in was not found out", maxFollowed)

// join searches the files at the paths that were found, and follows each match through the
// commits.
func (h *history) join(roots rootTrees) {
	h.searchPlaces()
	h.follow(roots.commits)
	h.looseEnds(roots.loose)
}

// follow goes through the commits, parents first, and notes what each does to the path histories.
func (h *history) follow(trees []int32) {
	var before []int32
	for _, c := range h.graph.inOrder() {
		if h.ctx.Err() != nil || h.steps > maxFollowed {
			break
		}
		before = before[:0]
		same := true
		for _, p := range h.graph.parents(c) {
			if p != missing {
				before = append(before, trees[p])
				same = same && trees[p] == trees[c]
			}
		}
		if same && len(before) > 0 || trees[c] == 0 && len(before) == 0 {
			continue
		}
		h.compare(0, trees[c], before, func(path int32, now child, then []child) { h.note(c, path, now, then) })
	}
	if h.steps > maxFollowed {
		h.problem("", errFollowed)
	}
	h.steps = 0
	tips := map[int32][]int32{} // the refs of each tree
	for _, t := range h.tips {
		tips[trees[t.commit]] = append(tips[trees[t.commit]], t.ref)
	}
	mark := func(tree int32, mark func(t *pathHistory, place int32)) {
		h.compare(0, tree, nil, func(path int32, now child, _ []child) {
			for _, t := range h.historiesAt(path, now) {
				mark(t, h.places.known[placeKey(path, now)])
			}
		})
	}
	for tree, refs := range tips {
		mark(tree, func(t *pathHistory, _ int32) {
			t.atTip = true
			h.hold(t, refs)
		})
	}
	if h.head != missing {
		mark(trees[h.head], func(t *pathHistory, place int32) { t.inHead, t.headPlace = true, place })
	}
}

func (h *history) historiesAt(path int32, c child) []*pathHistory {
	if n, ok := h.places.known[placeKey(path, c)]; ok && c != none {
		return h.places.list[n].histories
	}
	return nil
}

// note notes what commit c does at a path.
func (h *history) note(c, path int32, now child, then []child) {
	has := h.historiesAt(path, now)
	h.noted++
	for _, b := range then {
		for _, t := range h.historiesAt(path, b) {
			t.before = h.noted
		}
	}
	for _, t := range has {
		t.now = h.noted
		if t.before == h.noted {
			continue
		}
		t.arrivals = append(t.arrivals, event{commit: c, place: h.places.known[placeKey(path, now)]})
	}
	for i, b := range then {
	departures:
		for _, t := range h.historiesAt(path, b) {
			if t.now == h.noted {
				continue
			}
			split := false
			for j, other := range then {
				if j == i {
					continue
				}
				switch in := slices.Contains(h.historiesAt(path, other), t); {
				case in && j < i:
					continue departures // it was noted for that parent
				case !in:
					split = true
				}
			}
			if split && h.stashed[c] {
				continue
			}
			t.departures = append(t.departures, event{commit: c, split: split})
		}
	}
}

// compare calls each for every path at which the pruned tree now and those before it are not
// all the same.
func (h *history) compare(path, now int32, before []int32, each func(path int32, now child, before []child)) {
	lists := make([][]edge, 1+len(before))
	lists[0] = h.prunedTrees.list[now]
	same := len(before) > 0
	for i, b := range before {
		lists[i+1] = h.prunedTrees.list[b]
		same = same && b == now
	}
	if same {
		return
	}
	for {
		least := ^uint64(0)
		for _, l := range lists {
			if len(l) > 0 {
				least = min(least, l[0].key())
			}
		}
		h.steps++
		if least == ^uint64(0) || h.steps > 2*maxFollowed || h.over() {
			return
		}
		children := make([]child, len(lists))
		var name uint32
		var kind child
		for i, l := range lists {
			children[i] = none
			if len(l) > 0 && l[0].key() == least {
				name, kind, children[i] = l[0].name, l[0].kind(), l[0].child
				lists[i] = l[1:]
			}
		}
		below, ok := h.paths.known[uint64(path)<<32|uint64(name)]
		switch {
		case !ok: // beyond the bounds above
		case kind != childTree:
			each(below, children[0], children[1:])
		default:
			trees := make([]int32, len(children))
			for i, c := range children {
				if c != none {
					trees[i] = int32(c.number())
				}
			}
			h.compare(below, trees[0], trees[1:], each)
		}
	}
}

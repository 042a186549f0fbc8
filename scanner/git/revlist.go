package git

import (
	"bytes"
	"cmp"
	"container/heap"
	"errors"
	"slices"

	"github.com/neokeys/neokeys/scanner/pack"
)

// A visit is a commit that a walk through the history has come to.
type visit struct {
	*commit
	excluded bool // it can be reached from what is excluded
	queued   bool
	listed   bool
	// cut says that parents are not here: the clone is shallow.
	cut bool
	// waits is how many of its listed parents are yet to be sorted in.
	waits int
}

// slop is how many more commits are looked at when all that are left are excluded
// ones, as git does: dates in a history need not be in order.
const slop = 5

// A revwalk finds the commits that can be reached from some and not from others.
type revwalk struct {
	s     *search
	seen  map[pack.ID]*visit
	queue visits
	// boundary are commits that are excluded once the walk has come to them.
	boundary map[pack.ID]bool
	// included counts the commits in the queue that are not excluded.
	included int
}

// run returns the commits that can be reached from include and not from exclude, parents
// before their children and otherwise by date, the oldest first.
func (w *revwalk) run(include, exclude []pack.ID) ([]*visit, error) {
	w.seen = map[pack.ID]*visit{}
	w.queue = visits{less: func(a, b *visit) bool { return b.before(a) }}
	for _, id := range exclude {
		w.add(id, true)
	}
	for _, id := range include {
		if !w.add(id, false) && w.seen[id] == nil {
			return nil, errNoCommit
		}
	}
	var list []*visit
	last := int64(1<<63 - 1) // the date of the last commit that was not excluded
	for left := slop; len(w.queue.list) > 0; {
		if err := w.s.ctx.Err(); err != nil {
			return nil, err
		}
		if w.included == 0 {
			if w.queue.list[0].when < last {
				if left--; left < 0 {
					break
				}
			}
		} else {
			left = slop
		}
		v := heap.Pop(&w.queue).(*visit)
		v.queued = false
		if !v.excluded {
			w.included--
			list = append(list, v)
			last = v.when
		}
		for _, p := range v.parents {
			if !w.add(p, v.excluded) && !v.excluded {
				v.cut = true
			}
		}
	}
	list = slices.DeleteFunc(list, func(v *visit) bool { return v.excluded })
	return w.sort(list), nil
}

// add puts a commit into the queue and reports whether it is here. One that is there is
// marked if it turns out to be excluded.
func (w *revwalk) add(id pack.ID, excluded bool) bool {
	excluded = excluded || w.boundary[id]
	if v, ok := w.seen[id]; ok {
		if v != nil && excluded {
			w.exclude(v)
		}
		return v != nil
	}
	c, err := w.s.objects.commit(id)
	if err != nil {
		w.seen[id] = nil
		if !excluded && !errors.Is(err, pack.ErrNotFound) {
			w.s.problem(id.String(), err)
		}
		return false
	}
	if !excluded {
		w.s.Progress.Bytes.Add(int64(len(c.text)))
	}
	if _, any := w.s.Rules.Anchors().Next(c.text, 0); !any {
		c.text = nil // there is nothing in it, and a walk can be long
	}
	v := &visit{commit: c, excluded: excluded, queued: true}
	w.seen[id] = v
	heap.Push(&w.queue, v)
	if !excluded {
		w.included++
	}
	return true
}

// exclude marks a commit, and of those it can reach all that were seen.
func (w *revwalk) exclude(v *visit) {
	for todo := []*visit{v}; len(todo) > 0; {
		v := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if v.excluded {
			continue
		}
		v.excluded = true
		if v.queued {
			w.included--
		}
		for _, p := range v.parents {
			if seen := w.seen[p]; seen != nil {
				todo = append(todo, seen)
			}
		}
	}
}

// sort puts parents before their children, the oldest first where there is a choice.
func (w *revwalk) sort(list []*visit) []*visit {
	children := map[pack.ID][]*visit{}
	ready := visits{less: func(a, b *visit) bool { return a.before(b) }}
	for _, v := range list {
		v.listed = true
	}
	for _, v := range list {
		for _, p := range v.parents {
			if parent := w.seen[p]; parent != nil && parent.listed {
				children[p] = append(children[p], v)
				v.waits++
			}
		}
		if v.waits == 0 {
			ready.list = append(ready.list, v)
		}
	}
	heap.Init(&ready)
	sorted := make([]*visit, 0, len(list))
	for len(ready.list) > 0 {
		v := heap.Pop(&ready).(*visit)
		sorted = append(sorted, v)
		for _, child := range children[v.id] {
			if child.waits--; child.waits == 0 {
				heap.Push(&ready, child)
			}
		}
	}
	// A damaged history may lead in circles; whoever is in one comes last.
	for _, v := range list {
		if v.waits > 0 {
			sorted = append(sorted, v)
		}
	}
	return sorted
}

// before orders commits by date, and by id where that is the same.
func (v *visit) before(o *visit) bool {
	return cmp.Or(cmp.Compare(v.when, o.when), bytes.Compare(v.id.Bytes(), o.id.Bytes())) < 0
}

// visits is a heap, of which the one that is less than all others comes first.
type visits struct {
	list []*visit
	less func(a, b *visit) bool
}

// The methods of heap.Interface.

func (h *visits) Len() int           { return len(h.list) }
func (h *visits) Less(i, j int) bool { return h.less(h.list[i], h.list[j]) }
func (h *visits) Swap(i, j int)      { h.list[i], h.list[j] = h.list[j], h.list[i] }
func (h *visits) Push(v any)         { h.list = append(h.list, v.(*visit)) }
func (h *visits) Pop() any {
	n := len(h.list) - 1
	v := h.list[n]
	h.list[n] = nil
	h.list = h.list[:n]
	return v
}

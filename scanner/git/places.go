package git

import (
	"fmt"
	"slices"
	"sync"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/scanner"
)

// A place is a version of a file at a path, or the path's own name.
type place struct {
	path      int32
	child     child
	hits      []hit
	histories []*pathHistory // one for each identity in hits
}

// A placeTable numbers places.
type placeTable struct {
	list  []place
	known map[uint64]int32
	seen  map[uint64]bool // pruned trees at paths
	// copies counts the paths of each blob, name and pruned tree; none counts beyond most.
	copies map[uint64]int
	most   int
	left   bool // some are at more
}

func newPlaceTable(most int) placeTable {
	return placeTable{known: map[uint64]int32{}, seen: map[uint64]bool{}, copies: map[uint64]int{}, most: most}
}

// repeated reports whether what e stands for is at too many paths, and counts this one.
func (t *placeTable) repeated(e edge) bool {
	key := uint64(e.child) // the same under whatever name
	if e.kind() == childName {
		key = e.value()
	}
	if t.copies[key] == t.most {
		t.left = true
		return true
	}
	t.copies[key]++
	return false
}

// These bound the folders and the versions of files that lead to wanted blobs: a few trees
// that hold each other several times can make more than can ever be gone through.
const (
	maxFolders = 2_000_000
	maxPlaces  = 300_000
	// maxPathsEver is at how many paths the same file, or folder, is looked at in all of a history.
	maxPathsEver = 10_000
)

// maxHeld is how many matches are kept in memory besides those that are reported. Those in more, as
// of a thousand keys in each of a thousand versions, are looked for again when one is wanted.
// Tests set it lower.
var maxHeld = 50_000

func placeKey(path int32, c child) uint64 { return uint64(path)<<32 | uint64(c) }

// findPlaces finds the places in the pruned tree at path.
func (h *history) findPlaces(path, tree int32, depth int) {
	key := placeKey(path, child(tree))
	if h.places.seen[key] || len(h.places.seen) >= maxFolders || len(h.places.list) >= h.maxPlaces || depth > maxPathDepth {
		return
	}
	h.places.seen[key] = true
	for _, e := range h.prunedTrees.list[tree] {
		if h.over() {
			return
		}
		below := h.paths.below(path, e.name)
		if e.kind() == childTree {
			if h.places.seen[placeKey(below, e.child)] || h.places.repeated(e) {
				continue
			}
			h.findPlaces(below, int32(e.number()), depth+1)
			continue
		}
		key := placeKey(below, e.child)
		if _, ok := h.places.known[key]; !ok && !h.places.repeated(e) {
			h.places.known[key] = int32(len(h.places.list))
			h.places.list = append(h.places.list, place{path: below, child: e.child})
		}
	}
}

// searchPlaces searches each place, and gives its matches their path histories.
func (h *history) searchPlaces() {
	h.known = map[pathMatch]*pathHistory{}
	byBlob := make([]int32, len(h.places.list))
	for i := range byBlob {
		byBlob[i] = int32(i)
	}
	slices.SortFunc(byBlob, func(a, b int32) int {
		return int(h.places.list[a].child) - int(h.places.list[b].child)
	})
	jobs := make(chan []int32, h.Jobs)
	var all sync.WaitGroup
	var mu sync.Mutex
	problem := func(path string, err error) {
		mu.Lock()
		defer mu.Unlock()
		h.unreadable(path, err)
	}
	for range h.Jobs {
		searcher := h.newSearcher(h.texts)
		all.Go(func() {
			for places := range jobs {
				h.searchBlob(searcher, places, problem)
				mu.Lock()
				for _, n := range places {
					h.addHistories(n)
				}
				mu.Unlock()
			}
		})
	}
	for len(byBlob) > 0 && h.ctx.Err() == nil {
		n := 1
		for n < len(byBlob) && h.places.list[byBlob[n]].child == h.places.list[byBlob[0]].child {
			n++
		}
		jobs <- byBlob[:n]
		byBlob = byBlob[n:]
	}
	close(jobs)
	all.Wait()
}

// addHistories adds the matches in place n to their path histories.
func (h *history) addHistories(n int32) {
	p := &h.places.list[n]
	for j := range p.hits {
		key := pathMatch{p.path, p.hits[j].identity}
		t := h.known[key]
		if t == nil {
			t = &pathHistory{identity: key.identity, path: p.path, last: missing}
			h.known[key] = t
			h.histories = append(h.histories, t)
		}
		if e := p.hits[j].Exposure; e.WiderThan(t.exposure) {
			t.exposure = e
		}
		if t.last != n {
			t.last = n
			p.histories = append(p.histories, t)
		}
	}
	if h.held += len(p.hits); h.held > maxHeld {
		h.held -= len(p.hits)
		p.hits = nil
	}
}

// hitsAt returns the matches in place n. Those that were given up are looked for again.
func (h *history) hitsAt(n int32) []hit {
	p := &h.places.list[n]
	if p.hits != nil || len(p.histories) == 0 {
		return p.hits
	}
	if h.again.hits == nil || h.again.place != n {
		// The first search reported what could not be read.
		h.searchBlob(h.searcher, []int32{n}, func(string, error) {})
		h.again.place, h.again.hits = n, p.hits
		p.hits = nil
	}
	return h.again.hits
}

// searchBlob searches one blob at each of its paths, or each name.
func (h *history) searchBlob(searcher *scanner.Searcher, places []int32, problem func(string, error)) {
	first := h.places.list[places[0]].child
	if first.kind() == childName {
		for _, n := range places {
			if h.ctx.Err() != nil {
				return
			}
			p := &h.places.list[n]
			folder, name := h.paths.split(p.path)
			p.hits = h.nameHits(searcher, folder, name)
		}
		return
	}
	id := h.wanted.id(first.number())
	text, long, _, err := h.content(id) // the sweep has counted what is absent
	if err != nil {
		problem(id.String(), err)
		return
	}
	for i, n := range places {
		if h.ctx.Err() != nil { // one blob may be at very many paths
			return
		}
		p := &h.places.list[n]
		path := h.paths.String(p.path)
		var found, examples []finding.Finding
		if long == nil {
			found, examples, err = h.searchText(searcher, path, text)
		} else {
			if i > 0 { // it was read to its end
				if _, long, _, err = h.content(id); err != nil || long == nil {
					problem(path, fmt.Errorf("blob %s: it cannot be read a second time: %w", id, err))
					return
				}
			}
			found, examples, err = searcher.SearchReader(h.ctx, path, long)
			_ = long.Close() // only read from
		}
		if err != nil && h.ctx.Err() == nil {
			problem(path, err)
		}
		p.hits = newHits(id, found, examples)
	}
}

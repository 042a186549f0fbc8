package git

import (
	"errors"
	"io/fs"
	"slices"

	"github.com/neokeys/neokeys/scanner/pack"
)

// looseTrees returns the trees with wanted blobs that no commit leads to, and of those that
// are in each other the outermost.
func (h *history) looseTrees(roots []int32, folders *folderList) []int32 {
	reached := newBitset(len(h.pruned))
	var todo []int32
	reach := func(t int32) {
		if t >= 0 && h.pruned[t] != 0 && !reached.has(t) {
			reached.set(t)
			todo = append(todo, t)
		}
	}
	drain := func() {
		for len(todo) > 0 {
			t := todo[len(todo)-1]
			todo = todo[:len(todo)-1]
			for _, e := range folders.of(int(t)) {
				if e.kind() == childTree {
					reach(int32(e.number()))
				}
			}
		}
	}
	for _, t := range roots {
		if h.over() {
			return nil
		}
		reach(t)
		drain()
	}
	inner := newBitset(len(h.pruned))
	var loose []int32
	for t := range h.pruned {
		if h.pruned[t] == 0 || reached.has(int32(t)) {
			continue
		}
		loose = append(loose, int32(t))
		for _, e := range folders.of(t) {
			if e.kind() == childTree {
				inner.set(int32(e.number()))
			}
		}
	}
	return slices.DeleteFunc(loose, inner.has)
}

// looseEnds makes path histories of matches that no commit leads to: in trees, whose paths begin
// there, and in blobs without any path.
func (h *history) looseEnds(trees []int32) {
	for _, tree := range trees {
		refs := h.others[h.treeIndex.trees.id(int(tree))]
		h.compare(0, h.pruned[tree], nil, func(path int32, now child, _ []child) {
			n, ok := h.places.known[placeKey(path, now)]
			if !ok {
				return // it is at too many paths
			}
			for _, t := range h.places.list[n].histories {
				if len(t.arrivals) > 0 {
					continue
				}
				if t.hit == nil {
					t.hit = find(h.hitsAt(n), t.identity)
				}
				t.staged = t.staged || slices.Contains(h.staged()[t.hit.Object], h.paths.String(path))
				t.refs = append(t.refs, refs...)
			}
		})
	}
	placed := newBitset(h.wanted.len())
	for i := range h.places.list {
		if c := h.places.list[i].child; c.kind() == childBlob {
			placed.set(int32(c.number()))
		}
	}
	h.looseBlobs(func(n int) bool { return placed.has(int32(n)) })
}

// untraced makes path histories of the matches in all wanted blobs when the search was interrupted
// before their paths were found.
func (h *history) untraced() { h.looseBlobs(func(int) bool { return false }) }

// looseBlobs makes path histories of the matches in blobs that lie at no path. What is staged has the
// path that the index gives it. Of the same match in several such blobs one is enough.
func (h *history) looseBlobs(placed func(int) bool) {
	seen := map[identity]*pathHistory{}
	for n := range h.wanted.len() {
		if h.late() {
			return
		}
		if placed(n) {
			continue
		}
		id := h.wanted.id(n)
		paths := h.staged()[id.String()]
		staged := len(paths) > 0
		if !staged {
			paths = []string{blobPath + id.String()}
		}
		for _, path := range paths {
			hits := h.hits(path, id)
			for i := range hits {
				t := seen[hits[i].identity]
				if t == nil || staged {
					t = &pathHistory{identity: hits[i].identity, hit: &hits[i], staged: staged}
					seen[t.identity] = t
					h.histories = append(h.histories, t)
				}
				t.refs = append(t.refs, h.others[id]...)
			}
		}
	}
}

// staged returns the paths of the blobs in the index, if there is one, by their ids in hex.
func (h *history) staged() map[string][]string {
	if h.inIndex == nil {
		h.inIndex = map[string][]string{}
		index, err := h.repo.readIndex()
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			h.problem("index", err)
		}
		if err == nil {
			for i := range index.Entries.Len() {
				e := index.Entries.At(i)
				id := pack.NewID(e.ID).String()
				h.inIndex[id] = append(h.inIndex[id], string(e.Path))
			}
		}
	}
	return h.inIndex
}

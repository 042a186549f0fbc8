package git

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"sync"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/scanner"
	"github.com/neokeys/neokeys/scanner/pack"
)

// A trail is what became of one match: in which commits it came to a path, and in which
// it went.
type trail struct {
	sameness
	path       int32
	arrivals   []event
	departures []event
	inHead     bool
	headPlace  int32 // the place in HEAD, if inHead
	atTip      bool  // some ref's own tree has it
	// Of a match in a commit or tag, or in a blob that lies at no path:
	hit     *hit
	message bool
	staged  bool // it is to be in the next commit
	refs    []string
	last    int32 // the place that joined it last
	// now and before are the steps at which it was last seen behind and before a change.
	now, before int
}

type trailKey struct {
	path int32
	sameness
}

// An event is an arrival at, or a departure from, a place in some commit.
type event struct {
	commit int32
	place  int32 // of an arrival
	// split tells of a departure that some parent had gone before.
	split bool
}

// A place is a version of a file at a path, or the path's own name.
type place struct {
	path   int32
	child  child
	hits   []hit
	trails []*trail // one for each sameness in hits
}

// A placeTable numbers places.
type placeTable struct {
	list  []place
	known map[uint64]int32
	seen  map[uint64]bool // shapes at paths
}

// These bound the folders and the versions of files that lead to wanted blobs: a few trees
// that hold each other several times can make more than can ever be gone through.
const (
	maxFolders = 2_000_000
	maxPlaces  = 300_000
)

// maxFollowed bounds the changes that are followed through the history, for the same
// reason.
const maxFollowed = 20_000_000

// maxHeld is how many matches are kept in memory besides those that are told. Those in more, as
// of a thousand keys in each of a thousand versions, are looked for again when one is wanted.
// Tests set it lower.
var maxHeld = 50_000

var errFollowed = fmt.Errorf("the files with matches change more than %d times: who brought some in was not found out", maxFollowed)

// errMissing is told of objects that others name.
var errMissing = fmt.Errorf("%w, though the history has it: the repository is damaged, and this was not searched; "+
	"fetch it again from where it came", pack.ErrNotFound)

func placeKey(path int32, c child) uint64 { return uint64(path)<<32 | uint64(c) }

// trace finds the wanted blobs in the history: reads the trees, finds the paths, searches
// each version of a file there, and follows each match through the commits.
func (h *history) trace() {
	var err error
	if h.forest, err = growForest(h.ctx, h.search, h.wanted); err != nil {
		h.untraced()
		return
	}
	for _, id := range h.forest.missing(h.objects.Store) {
		h.unreadable(id.String(), errMissing)
	}
	folders := h.forest.prune()
	h.shapes, h.shape = newShapes(folders)
	h.paths = newPathTree(&h.forest.names)
	h.places = placeTable{known: map[uint64]int32{}, seen: map[uint64]bool{}}
	h.known = map[trailKey]*trail{}

	commits := make([]int32, h.graph.len()) // the shapes of the commits' trees
	for c := range int32(len(commits)) {
		n := h.forest.trees.find(h.graph.tree(c))
		if n < 0 {
			h.unreadable(pack.NewID(h.graph.tree(c)).String(), errMissing)
			continue
		}
		commits[c] = h.shape[n]
		h.findPlaces(0, commits[c], 0)
	}
	loose := h.looseTrees(folders)
	for _, t := range loose {
		h.findPlaces(0, h.shape[t], 0)
	}
	if len(h.places.seen) >= maxFolders || len(h.places.list) >= h.maxPlaces {
		h.problem("", fmt.Errorf("the files with matches lie at more than %d paths: not all of them were looked at", len(h.places.list)))
	}
	h.searchPlaces()
	h.follow(commits)
	h.looseEnds(loose)
}

// findPlaces finds the places in a shape that lies at path.
func (h *history) findPlaces(path, shape int32, depth int) {
	key := placeKey(path, child(shape))
	if h.places.seen[key] || len(h.places.seen) >= maxFolders || len(h.places.list) >= h.maxPlaces || depth > maxPathDepth {
		return
	}
	h.places.seen[key] = true
	for _, e := range h.shapes.list[shape] {
		below := h.paths.below(path, e.name)
		if e.kind() == childTree {
			h.findPlaces(below, int32(e.number()), depth+1)
			continue
		}
		key := placeKey(below, e.child)
		if _, ok := h.places.known[key]; !ok {
			h.places.known[key] = int32(len(h.places.list))
			h.places.list = append(h.places.list, place{path: below, child: e.child})
		}
	}
}

// searchPlaces searches each place, and gives its matches their trails.
func (h *history) searchPlaces() {
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
					h.join(n)
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

// join puts the matches in place n on their trails.
func (h *history) join(n int32) {
	p := &h.places.list[n]
	for j := range p.hits {
		key := trailKey{p.path, p.hits[j].sameness}
		t := h.known[key]
		if t == nil {
			t = &trail{sameness: key.sameness, path: p.path, last: missing}
			h.known[key] = t
			h.trails = append(h.trails, t)
		}
		if t.last != n {
			t.last = n
			p.trails = append(p.trails, t)
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
	if p.hits != nil || len(p.trails) == 0 {
		return p.hits
	}
	if h.again.hits == nil || h.again.place != n {
		// What could not be read was told the first time.
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
			p := &h.places.list[n]
			folder, name := h.paths.split(p.path)
			p.hits = h.nameHits(searcher, folder, name)
		}
		return
	}
	id := h.wanted.id(first.number())
	text, long, err := h.objects.blob(id)
	if err != nil {
		problem(id.String(), err)
		return
	}
	for i, n := range places {
		p := &h.places.list[n]
		path := h.paths.String(p.path)
		var found, examples []finding.Finding
		if long == nil {
			found, examples, err = h.searchText(searcher, path, text)
		} else {
			if i > 0 { // it was read to its end
				if _, long, err = h.objects.blob(id); err != nil || long == nil {
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

// follow goes through the commits, parents first, and notes what each does to the trails.
func (h *history) follow(shapes []int32) {
	var before []int32
	for _, c := range h.graph.inOrder() {
		if h.ctx.Err() != nil || h.steps > maxFollowed {
			break
		}
		before = before[:0]
		same := true
		for _, p := range h.graph.parents(c) {
			if p != missing {
				before = append(before, shapes[p])
				same = same && shapes[p] == shapes[c]
			}
		}
		if same && len(before) > 0 || shapes[c] == 0 && len(before) == 0 {
			continue
		}
		h.compare(0, shapes[c], before, func(path int32, now child, then []child) { h.note(c, path, now, then) })
	}
	if h.steps > maxFollowed {
		h.problem("", errFollowed)
	}
	h.steps = 0
	tips := map[int32]bool{}
	for _, t := range h.tips {
		tips[shapes[t.commit]] = true
	}
	mark := func(shape int32, mark func(t *trail, place int32)) {
		h.compare(0, shape, nil, func(path int32, now child, _ []child) {
			for _, t := range h.trailsAt(path, now) {
				mark(t, h.places.known[placeKey(path, now)])
			}
		})
	}
	for shape := range tips {
		mark(shape, func(t *trail, _ int32) { t.atTip = true })
	}
	if h.head != missing {
		mark(shapes[h.head], func(t *trail, place int32) { t.inHead, t.headPlace = true, place })
	}
}

func (h *history) trailsAt(path int32, c child) []*trail {
	if n, ok := h.places.known[placeKey(path, c)]; ok && c != none {
		return h.places.list[n].trails
	}
	return nil
}

// note notes what commit c does at a path.
func (h *history) note(c, path int32, now child, then []child) {
	has := h.trailsAt(path, now)
	h.noted++
	for _, b := range then {
		for _, t := range h.trailsAt(path, b) {
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
		for _, t := range h.trailsAt(path, b) {
			if t.now == h.noted {
				continue
			}
			split := false
			for j, other := range then {
				if j == i {
					continue
				}
				switch in := slices.Contains(h.trailsAt(path, other), t); {
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

// compare tells each what is at every path at which now and the shapes before it are not all
// the same.
func (h *history) compare(path, now int32, before []int32, each func(path int32, now child, before []child)) {
	lists := make([][]edge, 1+len(before))
	lists[0] = h.shapes.list[now]
	same := len(before) > 0
	for i, b := range before {
		lists[i+1] = h.shapes.list[b]
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
		if h.steps++; least == ^uint64(0) || h.steps > 2*maxFollowed {
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
			shapes := make([]int32, len(children))
			for i, c := range children {
				if c != none {
					shapes[i] = int32(c.number())
				}
			}
			h.compare(below, shapes[0], shapes[1:], each)
		}
	}
}

// looseTrees returns the trees with wanted blobs that no commit leads to, and of those that
// lie in each other the outermost.
func (h *history) looseTrees(folders *folderList) []int32 {
	reached := newBitset(len(h.shape))
	var todo []int32
	reach := func(t int) {
		if t >= 0 && h.shape[t] != 0 && !reached.has(int32(t)) {
			reached.set(int32(t))
			todo = append(todo, int32(t))
		}
	}
	drain := func() {
		for len(todo) > 0 {
			t := todo[len(todo)-1]
			todo = todo[:len(todo)-1]
			for _, e := range folders.of(int(t)) {
				if e.kind() == childTree {
					reach(e.number())
				}
			}
		}
	}
	for c := range int32(h.graph.len()) {
		reach(h.forest.trees.find(h.graph.tree(c)))
		drain()
	}
	inner := newBitset(len(h.shape))
	var loose []int32
	for t := range h.shape {
		if h.shape[t] == 0 || reached.has(int32(t)) {
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

// looseEnds makes trails of matches that no commit leads to: in trees, whose paths begin
// there, and in blobs without any path.
func (h *history) looseEnds(trees []int32) {
	for _, tree := range trees {
		refs := h.others[h.forest.trees.id(int(tree))]
		h.compare(0, h.shape[tree], nil, func(path int32, now child, _ []child) {
			n := h.places.known[placeKey(path, now)]
			for _, t := range h.places.list[n].trails {
				if len(t.arrivals) > 0 {
					continue
				}
				if t.hit == nil {
					t.hit = find(h.hitsAt(n), t.sameness)
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

// untraced makes trails of the matches in all wanted blobs when the search was interrupted
// before their paths were found.
func (h *history) untraced() { h.looseBlobs(func(int) bool { return false }) }

// looseBlobs makes trails of the matches in blobs that lie at no path. What is staged has the
// path that the index gives it. Of the same match in several such blobs one is enough.
func (h *history) looseBlobs(placed func(int) bool) {
	seen := map[sameness]*trail{}
	for n := range h.wanted.len() {
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
				t := seen[hits[i].sameness]
				if t == nil || staged {
					t = &trail{sameness: hits[i].sameness, hit: &hits[i], staged: staged}
					seen[t.sameness] = t
					h.trails = append(h.trails, t)
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
			for i := range index.Entries {
				id := pack.NewID(index.Entries[i].ID).String()
				h.inIndex[id] = append(h.inIndex[id], string(index.Entries[i].Path))
			}
		}
	}
	return h.inIndex
}

package git

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/rules"
	"github.com/neokeys/neokeys/scanner"
	"github.com/neokeys/neokeys/scanner/pack"
)

// History searches every object of the repository, reachable or not, and says where in the
// history each match lies.
//
// There is one finding for each key and path. A commit brings a key in if its tree has the
// key at that path and no parent's has; it takes a key out if its tree has not got it
// while every parent's has, or, at a merge, some parent's. The finding's Commit is the
// oldest that brings it in, preferably one that HEAD leads to, else one that some ref
// leads to. InHead says whether HEAD's tree has the key at the path. If not, RemovedIn
// is the last commit on the way to HEAD that takes it out, or, if HEAD's history never
// had it, the last one that does and no ref's own tree has it any more. A commit whose
// parents are not here, as at the boundary of a shallow clone, brings in all that it has.
// A renamed file has a second path. Rules that look at whole files are run on what HEAD
// has, and nothing older.
//
// A match in an object that no commit leads to has neither, and no Refs unless a ref is
// that object's.
func (r *Repo) History(ctx context.Context, o Options) (*finding.Result, error) {
	s, err := r.search(ctx, o)
	if err != nil {
		return nil, err
	}
	s.objects.progress = new(scanner.Progress) // the sweep counts what is searched
	h := newHistory(s)
	h.run()
	if ctx.Err() != nil {
		s.problem("", errInterrupted)
	}
	return s.finish(), nil
}

// newHistory configures s for a full-history search. Versions of files are searched for keys only.
func newHistory(s *search) *history {
	h := &history{search: s, texts: s.Rules.WithoutFileRules(), maxPlaces: maxPlaces, maxPaths: maxPathsEver}
	s.searcher = s.newSearcher(h.texts)
	return h
}

// A history is a search of everything.
type history struct {
	*search
	texts *rules.Set // without the rules that look at whole files
	// unpackers are the sweep's searchers of archives.
	unpackers []*scanner.Searcher
	graph     *graph
	refs      []ref
	// symbolic are the symbolic refs, HEAD among them.
	symbolic []symbolicRef
	tips     []tip
	tags     map[pack.ID][]string // the refs that lead to each tag
	// stashed are the commits that the stash is made of. What one of their parents does
	// not have was not taken out there.
	stashed map[int32]bool
	// others are the refs that lead to each tree and blob.
	others map[pack.ID][]string
	// fromHead and fromRefs are the commits that HEAD and all refs lead to; head is
	// HEAD's commit, or missing.
	head               int32
	fromHead, fromRefs reachable

	// What is known of the wanted blobs, once there are any:
	wanted    *idTable
	treeIndex *treeIndex
	// Of each tree in the treeIndex, pruned is the number in prunedTrees.
	prunedTrees *prunedTrees
	pruned      []int32
	paths       *pathTree
	places      placeTable
	maxPlaces   int
	maxPaths    int // of one file or folder
	steps       int // taken in comparing pruned trees

	histories []*pathHistory
	known     map[pathMatch]*pathHistory
	held      int            // matches in places
	tipOf     map[string]tip // by the masked name of the ref; for a Trace
	holders   int            // of all path histories
	noted     int            // steps of note
	// inIndex is what staged returns, once it was asked.
	inIndex map[string][]string
	// again are the matches that were looked for again last.
	again struct {
		place int32
		hits  []hit
	}
}

// A tip is a commit that a ref leads to.
type tip struct {
	ref    int32 // in refs
	commit int32
}

// run searches everything in five passes: refs, sweep, trees, join, attribution. When it is
// interrupted it reports what it has found by then.
func (h *history) run() {
	// 1. Refs. They are read before the objects: a commit made meanwhile is not seen, but
	// nothing is missed that a ref leads to.
	head := h.readRefs()

	// 2. Sweep: every object but trees is searched, and the graph of commits built.
	found := h.sweep()
	h.followRefs(head)
	h.checkShallow()
	h.want(found)
	h.reportArchives()

	// 3. Trees: where the blobs are in which something was found.
	// 4. Join: which commit brought each match to each path, and which took it out.
	if h.checkHead() || h.needsTrees() {
		if roots, ok := h.readTrees(); ok {
			h.join(roots)
		} else {
			h.untraced()
		}
	}

	// 5. Attribution: findings with their commits, refs and places in HEAD.
	h.habits(found)
	h.submodules()
	h.attributeAll()
}

// want notes the objects in which something was found: the matches in commits and tags, and
// which blobs are to be looked for in trees.
func (h *history) want(found []anchored) {
	h.wanted = newIDTable(h.repo.hashSize)
	for _, a := range found {
		switch {
		case a.kind != pack.Blob && !h.late():
			h.text(a)
		case a.kind != pack.Blob:
		case len(a.keys) > 0 || a.habits || a.partial:
			h.wanted.add(a.id.Bytes())
		}
	}
}

// needsTrees reports whether all trees are to be read. In a long history without a match they
// are not, and a notice says so.
func (h *history) needsTrees() bool {
	if h.AllNames || h.repo.partial || h.wanted.len() > 0 {
		return true
	}
	if h.Progress.Objects.Load() <= maxForNames {
		return !h.vouched() || h.namesAnchored()
	}
	h.notice("the history is long: file names were searched, and missing files looked for, in HEAD only; --all-names does both in old versions, too")
	return false
}

// errMissing is the error of objects that are missing although others name them.
var errMissing = fmt.Errorf("%w, though the history has it: the repository is damaged, and this was not searched; "+
	"fetch it again from where it came", pack.ErrNotFound)

// rootTrees are the pruned trees at which paths begin.
type rootTrees struct {
	commits []int32 // one a commit
	loose   []int32 // trees of the treeIndex that no commit leads to
}

// readTrees reads all trees and finds the paths of wanted blobs. It returns false if it was
// interrupted.
func (h *history) readTrees() (rootTrees, bool) {
	var sorted sync.WaitGroup
	if h.wanted.len() > 0 { // or hardly anybody asks
		sorted.Go(func() { h.graph.ranks() })
	}
	defer sorted.Wait()
	var err error
	if h.treeIndex, err = readTreeIndex(h.ctx, h.search, h.wanted); err != nil {
		return rootTrees{}, false
	}
	for _, id := range h.treeIndex.missing(h.objects.Store) {
		h.unreadable(id.String(), errMissing)
	}
	folders := h.treeIndex.prune(h.ctx)
	h.prunedTrees, h.pruned = newPrunedTrees(h.ctx, folders)
	if h.ctx.Err() != nil {
		return rootTrees{}, false
	}
	h.paths = newPathTree(&h.treeIndex.names)
	h.places = newPlaceTable(h.maxPaths)

	trees := h.treeIndex.trees.findAll(h.graph.trees, h.Jobs)
	roots := rootTrees{commits: make([]int32, len(trees))}
	for c, n := range trees {
		if n < 0 {
			h.unreadable(pack.NewID(h.graph.tree(int32(c))).String(), errMissing)
			continue
		}
		if roots.commits[c] = h.pruned[n]; roots.commits[c] != 0 {
			h.findPlaces(0, roots.commits[c], 0)
		}
		if c%checkEvery == 0 && h.ctx.Err() != nil {
			return rootTrees{}, false
		}
	}
	roots.loose = h.looseTrees(trees, folders)
	for _, t := range roots.loose {
		h.findPlaces(0, h.pruned[t], 0)
	}
	if h.places.left {
		h.problem("", fmt.Errorf("the same files or folders are at more than %d paths: they were searched at the first %d, and not at the others",
			h.maxPaths, h.maxPaths))
	}
	if len(h.places.seen) >= maxFolders || len(h.places.list) >= h.maxPlaces {
		h.problem("", fmt.Errorf("the files with matches lie at more than %d paths: not all of them were looked at", len(h.places.list)))
	}
	return roots, true
}

// namesAnchored reports whether there is an anchor in any tree. For a repository without ids, it costs
// less than what it may save: trees need not be hashed, nor what they refer to be looked for.
func (h *history) namesAnchored() bool {
	var found atomic.Bool
	err := h.objects.Sweep(h.ctx, pack.Sweep{
		Kinds: []pack.Kind{pack.Tree}, Jobs: h.Jobs, NoIDs: true, Again: true,
		NewVisitor: func() pack.Visitor { return anchorVisitor{&treeIndex{anchors: h.Rules.Anchors()}, &found} },
		Problem:    h.sweepProblem,
	})
	return err != nil || found.Load()
}

// An anchorVisitor looks for an anchor in trees.
type anchorVisitor struct {
	*treeIndex
	found *atomic.Bool
}

// Visit implements pack.Visitor.
func (v anchorVisitor) Visit(o *pack.Object) any {
	if o.Text == nil || !v.found.Load() && v.anchored(o) {
		v.found.Store(true)
	}
	return nil
}

// submodules names the repositories of submodules that are inside this one.
func (h *history) submodules() {
	root := filepath.Join(h.repo.Common, "modules")
	dirs := repositoriesIn(root, maxSubmodules+1)
	if len(dirs) > maxSubmodules {
		h.notice(fmt.Sprintf("this repository has more than %d repositories of submodules, in %s, which were not searched: run neokeys git on each", maxSubmodules, root))
		return
	}
	for _, dir := range dirs {
		h.notice("the repository of a submodule was not searched: neokeys git " + dir)
	}
}

// maxSubmodules is how many submodules are named one by one.
const maxSubmodules = 20

// maxForNames is how many objects, trees aside, a history may have for the names of all
// its files to be searched in any case. To do so takes the reading of every tree, which in
// a longer one is felt. It is a variable for a test, which would otherwise have to make so
// many.
var maxForNames int64 = 200_000

// sweep searches all objects but trees and builds the graph of the commits among them.
func (h *history) sweep() []anchored {
	parts := make([]*graphPart, h.Jobs)
	for i := range parts {
		parts[i] = newGraphPart(h.repo.hashSize)
	}
	s := sweep{
		store: h.objects.Store, rules: h.Rules, jobs: h.Jobs, progress: h.Progress,
		header:  func(worker int, o *pack.Object) { parts[worker].add(o) },
		problem: h.sweepProblem, openLFS: h.openLFS,
	}
	s.unpacker = func() *scanner.Searcher {
		u := scanner.NewSearcher(h.texts, h.Places)
		u.OpenArchives(h.MaxArchiveDepth)
		h.unpackers = append(h.unpackers, u)
		return u
	}
	found, _ := s.run(h.ctx) // whether it was interrupted is asked of ctx
	h.graph = newGraph(h.repo.hashSize, parts)
	h.absentLFS(len(s.absent))
	return found
}

func (s *search) sweepProblem(p pack.Problem) {
	path := p.Path
	if !p.ID.IsZero() {
		path = p.ID.String()
	}
	s.unreadable(path, p.Err)
}

// checkShallow reports commits whose parents are not here.
func (h *history) checkShallow() {
	boundary, err := h.repo.shallowBoundary()
	if err != nil {
		h.problem("shallow", err)
	}
	if h.ctx.Err() != nil {
		return // the graph is not whole
	}
	cut := 0
	for c := range int32(h.graph.len()) {
		if !h.graph.cut(c) {
			continue
		}
		cut++
		id := h.graph.table.id(int(c))
		switch {
		case h.repo.incomplete() != nil:
			h.missing++
		case !boundary[id] && h.fromRefs.has(c):
			h.orphan(id)
		}
	}
	if cut > 0 && len(boundary) > 0 {
		h.problem("", errors.New("the clone is shallow: what was committed before is not here; "+
			"`git fetch --unshallow` brings it (in GitHub Actions: fetch-depth: 0)"))
	}
}

// orphan reports the parents of a commit that are missing although they should be here.
func (h *history) orphan(id pack.ID) {
	c, err := h.objects.commit(id)
	if err != nil {
		h.unreadable(id.String(), err)
		return
	}
	for _, p := range c.parents {
		if h.graph.find(p) == missing {
			h.problem(p.String(), fmt.Errorf("commit %s was made from this one, which is missing: the repository is damaged, "+
				"and what that commit brings in may be older; `git fsck` says more", id))
		}
	}
}

// readRefs reads the refs, and returns what HEAD is: zero if it is nothing yet.
func (h *history) readRefs() pack.ID {
	head, err := h.repo.head()
	if err != nil {
		h.problem("HEAD", err)
		head.id = pack.ID{}
	}
	h.refs, h.symbolic = h.repo.allRefs(h.ctx, h.problem)
	h.refs = append(h.refs, h.repo.stashes()...)
	return head.id
}

// followRefs finds out what the refs and HEAD lead to.
func (h *history) followRefs(head pack.ID) {
	h.head, h.tags, h.others, h.stashed = missing, map[pack.ID][]string{}, map[pack.ID][]string{}, map[int32]bool{}
	if !head.IsZero() {
		if h.head = h.graph.find(head); h.head == missing && h.ctx.Err() == nil {
			h.unreadable("HEAD", fmt.Errorf("commit %s: %w", head, pack.ErrNotFound))
		}
	}
	var tips []int32
	for i, r := range h.refs {
		if h.late() {
			break
		}
		at := h.graph.find(r.id)
		if at == missing {
			id := h.throughTags(r)
			if at = h.graph.find(id); at == missing {
				h.others[id] = append(h.others[id], r.name)
				continue
			}
		}
		if r.name == "refs/stash" || strings.HasPrefix(r.name, "refs/stash@{") {
			h.stashed[at] = true
		}
		h.tips = append(h.tips, tip{int32(i), at})
		tips = append(tips, at)
	}
	h.fromHead = reachable{graph: h.graph, tips: []int32{h.head}}
	h.fromRefs = reachable{graph: h.graph, tips: append(tips, h.head)}
}

// throughTags returns what a ref's tag, or the last of its tags, is for.
func (h *history) throughTags(r ref) pack.ID {
	id, file := r.id, false
	for range maxTagDepth {
		t, ok := h.graph.tagged[id]
		if !ok {
			break
		}
		h.tags[id] = append(h.tags[id], r.name)
		if t.object.IsZero() {
			return id
		}
		id, file = t.object, t.file
	}
	vouched := file && h.vouched() // the sweep reads it if it is there, and to look for it would hash all trees
	if h.graph.find(id) == missing && h.ctx.Err() == nil && !vouched {
		kind, _, err := h.objects.Object(id, maxObject)
		long := kind == pack.Blob && errors.Is(err, pack.ErrTooLarge) // the sweep reads those, too
		if err != nil && !long {
			h.unreadable(r.name, fmt.Errorf("%s: %w", id, err))
		}
	}
	return id
}

// text notes the matches in a commit or a tag.
func (h *history) text(a anchored) {
	text, err := h.objects.text(a.id, a.kind)
	if err != nil {
		h.unreadable(a.id.String(), err)
		return
	}
	hits := h.textHits(a.kind.String(), a.id, text)
	for i := range hits {
		t := &pathHistory{hit: &hits[i], identity: hits[i].identity, message: true}
		if c := h.graph.find(a.id); c != missing {
			t.arrivals = []event{{commit: c}}
		}
		t.refs = h.tags[a.id]
		h.histories = append(h.histories, t)
	}
}

// checkHead makes sure that all of HEAD is here, and reports whether the name of a file
// in it has an anchor. Names in the rest of the history are looked at when trees are read
// for another reason: to read them for nothing but names would take a third to two thirds longer.
func (h *history) checkHead() (anchored bool) {
	if h.head == missing {
		return false
	}
	seen := newIDTable(h.repo.hashSize)
	seen.add(h.graph.tree(h.head))
	for at := 0; at < seen.len() && h.ctx.Err() == nil; at++ {
		entries, err := h.objects.tree(seen.id(at))
		left := h.repo.partial && errors.Is(err, pack.ErrNotFound) // that is counted later
		if err != nil && !left {
			h.unreadable("HEAD", err)
		}
		for i := range entries {
			if i%checkEvery == 0 && h.ctx.Err() != nil {
				return anchored
			}
			e := &entries[i]
			if !anchored {
				_, anchored = h.Rules.Anchors().Next(e.name, 0)
			}
			switch {
			case e.isFolder():
				seen.add(e.id.Bytes())
			case e.isFile() && !h.repo.partial && !h.vouched() && !h.objects.Knows(e.id) && !h.objects.Has(e.id):
				h.problem(e.id.String(), errMissing)
			}
		}
	}
	return anchored
}

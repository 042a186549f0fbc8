package git

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/neokeys/neokeys/scanner/gitdir"
	"github.com/neokeys/neokeys/scanner/pack"
)

// A change is a file that differs from what every parent has at that path.
type change struct {
	path string
	now  treeEntry // mode 0 if it is gone
	// before has, for each parent, what it has at path; mode 0 for nothing.
	before []treeEntry
}

// added reports whether no parent has the path.
func (c *change) added() bool {
	for i := range c.before {
		if c.before[i].mode != 0 {
			return false
		}
	}
	return true
}

// A comparison goes through a tree, or through the index, side by side with the trees of
// its parents. Whatever is as one of the parents has it is passed over unread: it
// came from there.
type comparison struct {
	ctx   context.Context
	trees func(pack.ID) ([]treeEntry, error)
	// changed is called for each file that no parent has like that, and each that all
	// parents have and that is gone.
	changed func(change)
	// named is called for each name of a file or folder that no parent has there.
	named func(folder, name string)
	// problem is called for each folder that could not be read.
	problem func(path string, err error)
	// limit is how many names are gone through at most; 0 is maxSteps.
	limit int

	steps   int
	visits  map[treeChange]int
	skipped int // folders that were not compared because they are at too many paths
}

// A treeChange is a tree and those that its parents have in its place. It is the same at however
// many paths it is.
type treeChange struct {
	now    pack.ID
	before string
}

const (
	// maxPathDepth is deeper than a folder that can be checked out.
	maxPathDepth = 4096
	// maxSteps bounds the names in one comparison: a few trees that hold each other
	// several times can make more paths than can ever be gone through.
	maxSteps = 10_000_000
	// maxTreePaths is at how many paths one commit's comparison visits the same tree: ten trees
	// that hold each other ten times spell ten billion paths.
	maxTreePaths = 1000
)

var (
	errTooDeep = errors.New("folders lie too deep in each other to be read")
	errBomb    = fmt.Errorf("more than %d names: the rest was not searched", maxSteps)
)

// errRepeated is the error of n folders that were left out as repetitions.
func errRepeated(n int) error {
	return fmt.Errorf("the same folders are at more than %d paths: they were searched at the first %d, and not at %d others, "+
		"nor at what is below them", maxTreePaths, maxTreePaths, n)
}

// checkEvery is after how many short steps a loop looks whether it is interrupted.
const checkEvery = 256

// A side is a folder on the newer side: a tree, or a stretch of the index.
type side struct {
	id     pack.ID // zero if it is not known which tree this is
	index  *gitdir.Entries
	skip   int // bytes of the index's paths that are the folder's own path
	cached *gitdir.CachedTree
}

// run compares now with the trees of its parents; a zero id is an empty tree.
func (c *comparison) run(now side, parents []pack.ID) error {
	c.steps, c.skipped, c.visits = 0, 0, map[treeChange]int{}
	if c.limit == 0 {
		c.limit = maxSteps
	}
	err := c.folder("", now, parents, 0)
	if c.skipped > 0 {
		c.problem("", errRepeated(c.skipped))
	}
	return err
}

// repeated reports whether the same folder was compared at very many other paths. A stretch of
// the index lists its paths one by one, and is never too many.
func (c *comparison) repeated(now side, parents []pack.ID) bool {
	if now.index != nil {
		return false
	}
	key := treeChange{now: now.id}
	for i := range parents {
		key.before += string(parents[i].Bytes()) + "/"
	}
	c.visits[key]++
	return c.visits[key] > maxTreePaths
}

func (c *comparison) folder(path string, now side, parents []pack.ID, depth int) error {
	if err := c.ctx.Err(); err != nil {
		return err
	}
	if depth > maxPathDepth {
		c.problem(path, errTooDeep)
		return nil
	}
	if c.repeated(now, parents) {
		c.skipped++
		return nil
	}
	current, subs := c.entries(path, now)
	before := make([][]treeEntry, len(parents))
	for i, id := range parents {
		if !id.IsZero() {
			before[i] = c.tree(path, id)
		}
	}
	then := make([]treeEntry, len(parents))
	for {
		// The least of the names that are next.
		var least *treeEntry
		if len(current) > 0 {
			least = &current[0]
		}
		for _, list := range before {
			if len(list) > 0 && (least == nil || compareEntries(&list[0], least) < 0) {
				least = &list[0]
			}
		}
		if least == nil {
			return nil
		}
		if c.steps++; c.steps > c.limit {
			return errBomb
		}
		if c.steps%checkEvery == 0 && c.ctx.Err() != nil {
			return c.ctx.Err()
		}
		var entry treeEntry
		sub := side{}
		if len(current) > 0 && compareEntries(&current[0], least) == 0 {
			entry, sub = current[0], side{id: current[0].id}
			if subs != nil {
				sub = subs[0]
				subs = subs[1:]
			}
			current = current[1:]
		}
		name, isFolder := least.name, least.isFolder()
		for i, list := range before {
			then[i] = treeEntry{}
			if len(list) > 0 && compareEntries(&list[0], least) == 0 {
				then[i] = list[0]
				before[i] = list[1:]
			}
		}
		if err := c.entry(path, name, isFolder, entry, sub, then, depth); err != nil {
			return err
		}
	}
}

func compareEntries(a, b *treeEntry) int {
	return compareNames(a.name, a.isFolder(), b.name, b.isFolder())
}

// entry compares what the sides have under one name.
func (c *comparison) entry(folder string, name []byte, isFolder bool, now treeEntry, sub side, before []treeEntry, depth int) error {
	all, none := true, true
	for i := range before {
		switch b := &before[i]; {
		case b.mode == 0:
			all = false
		case now.mode != 0 && b.id == now.id && !now.id.IsZero():
			return nil
		default:
			none = false
		}
	}
	if now.mode == 0 && !all {
		return nil
	}
	if none && c.named != nil {
		c.named(folder, string(name))
	}
	path := join(folder, name)
	if isFolder {
		parents := make([]pack.ID, len(before))
		for i := range before {
			parents[i] = before[i].id
		}
		return c.folder(path, sub, parents, depth+1)
	}
	if now.mode != 0 && !now.isFile() { // a submodule: its files are another repository's
		if !all || len(before) == 0 {
			return nil
		}
		now = treeEntry{} // which is in a file's place
	}
	c.changed(change{path, now, append([]treeEntry(nil), before...)})
	return nil
}

// tree reads the tree at path, and records what it cannot read as a problem.
func (c *comparison) tree(path string, id pack.ID) []treeEntry {
	entries, err := c.trees(id)
	if err != nil {
		c.problem(path, err)
	}
	return entries
}

// entries returns what is in a folder of the newer side, and for a folder of the index
// the sides that its entries are.
func (c *comparison) entries(path string, now side) ([]treeEntry, []side) {
	if now.index == nil {
		if now.id.IsZero() {
			return nil, nil
		}
		return c.tree(path, now.id), nil
	}
	var entries []treeEntry
	var subs []side
	for list := *now.index; list.Len() > 0; {
		e := list.At(0)
		name := e.Path[min(now.skip, len(e.Path)):]
		slash := bytes.IndexByte(name, '/')
		switch {
		case slash >= 0 && slash == len(name)-1 && e.Mode&modeType == modeFolder: // of a sparse index
			id := pack.NewID(e.ID)
			entries = append(entries, treeEntry{name[:slash], id, e.Mode})
			subs = append(subs, side{id: id})
			list = list.Slice(1, list.Len())
		case slash >= 0:
			n, cached := folderSpan(list, now.cached, name[:slash], now.skip+slash+1)
			folder := list.Slice(0, n)
			sub := side{index: &folder, skip: now.skip + slash + 1, cached: cached}
			if cached != nil {
				sub.id = pack.NewID(cached.ID)
			}
			entries = append(entries, treeEntry{name[:slash], sub.id, modeFolder})
			subs = append(subs, sub)
			list = list.Slice(n, list.Len())
		default:
			// An unmerged file has no content yet that could be recorded, nor has one
			// that there is only the intention to add.
			if e.Stage == 0 && !e.Intent {
				id := pack.NewID(e.ID)
				entries = append(entries, treeEntry{name, id, e.Mode})
				subs = append(subs, side{id: id})
			}
			list = list.Slice(1, list.Len())
		}
	}
	return entries, subs
}

// folderSpan returns how many entries at the beginning of list are below their first
// folder, whose path is skip bytes long, and what is known of its tree.
func folderSpan(list gitdir.Entries, parent *gitdir.CachedTree, name []byte, skip int) (int, *gitdir.CachedTree) {
	size := list.Len()
	prefix := list.Path(0)[:skip]
	cached := parent.Folder(name)
	if cached != nil && 0 < cached.Entries && cached.Entries <= size &&
		bytes.HasPrefix(list.Path(cached.Entries-1), prefix) &&
		(cached.Entries == size || !bytes.HasPrefix(list.Path(cached.Entries), prefix)) {
		return cached.Entries, cached
	}
	n := 1
	for n < size && bytes.HasPrefix(list.Path(n), prefix) {
		n++
	}
	if cached != nil && cached.Entries >= 0 {
		cached = nil // it does not fit the index
	}
	return n, cached
}

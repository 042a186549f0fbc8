package pack

import (
	"context"
	"io"
	"runtime"
	"slices"
	"sync"
)

// A Sweep says what to go through in a store, and who is to look at it.
type Sweep struct {
	// Kinds are the kinds of objects to visit; none is all of them. The families of
	// the others are not read.
	Kinds []Kind
	// Jobs is how many objects are read at a time; 0 is one per processor.
	Jobs int
	// NewVisitor is called Jobs times, once for each worker.
	NewVisitor func() Visitor
	// Problem is called for each object that cannot be read, by one worker at a time.
	// Other damage is among the store's Problems afterwards.
	Problem func(Problem)
	// Spans says that visitors take big blobs in pieces: see [Object.Window]. Then two versions of a
	// big file take hardly more memory than one.
	Spans bool
	// Again says that another sweep of the same store is to follow, for which it is to
	// keep what it finds out of the packs.
	Again bool
	// NoIDs says that no visitor asks for an id, which saves hashing where there are none.
	NoIDs bool
}

// A Visitor looks at objects. It is called by one worker only.
type Visitor interface {
	// Visit looks at an object, which is its own until it returns. What it
	// returns is the Note that the objects made from this one are given. It may be a [Skimmer].
	Visit(o *Object) (note any)
}

// A Name is that of an object. In a pack's index the ids are in another order than the
// objects in the pack, so that an id is only looked up for those that are asked for it, best
// for many in a row. A Name keeps the pack's tables in memory.
type Name struct {
	id ID
	in *families // if not nil, where the object is number i
	i  uint32
}

// ID returns the object's id.
func (n *Name) ID() ID {
	if n.in != nil {
		return n.in.id(n.i)
	}
	return n.id
}

// AppendIDs appends the bytes of the objects' ids to dst. The ids lie far from each other: for many at a
// time the processor waits together.
func AppendIDs(dst []byte, names []Name) []byte {
	touched := byte(0)
	for i := range names {
		if n := &names[i]; n.in != nil && n.in.index.names == nil {
			touched += n.in.raw(n.i)[0]
		}
	}
	runtime.KeepAlive(touched)
	for i := range names {
		if n := &names[i]; n.in != nil {
			dst = append(dst, n.in.raw(n.i)...)
		} else {
			dst = append(dst, n.id.Bytes()...)
		}
	}
	return dst
}

// An Object is an object as a sweep comes by it.
type Object struct {
	Name
	Kind Kind
	Size int64
	// Text is the object's text, unless that is too long to be held: then
	// Reader gives it, once, bit by bit. With [Sweep.Spans], Text and Reader are nil for a big blob
	// that is held in pieces.
	Text   []byte
	Reader io.Reader
	// Edits made the text from Base, that of an object that was visited before. They are nil if it was not made so, or if that object was not visited.
	Edits []Edit
	// Base is nil if that text is in pieces.
	Base []byte
	// Note is what Visit returned for the object that this one was made from.
	Note any
	// IsBase says that others are made from this one, which are given what Visit returns.
	IsBase bool

	spans *spans
}

// bigText is how long a text can be for several workers to hold such texts at the same
// time. Longer ones are read one after the other.
const bigText = 8 << 20

// heldText is how many bytes of text all workers together hold for the objects that
// are still to be made from it. What is dropped is inflated again. Tests set it lower.
var heldText = 64 << 20

// Sweep visits each object of the store once, in whatever order is cheapest; those that
// were made from another one come after it. It returns an error only when ctx is
// cancelled.
func (s *Store) Sweep(ctx context.Context, what Sweep) error {
	if what.Jobs <= 0 {
		what.Jobs = runtime.GOMAXPROCS(0)
	}
	w := &sweeper{Sweep: what, store: s, ctx: ctx}
	for k := range kindNames {
		w.wanted[k] = k > 0 && (len(what.Kinds) == 0 || slices.Contains(what.Kinds, Kind(k)))
	}
	w.wanted[broken] = true // it may be of any kind
	w.workers = make([]*worker, what.Jobs)
	for i := range w.workers {
		w.workers[i] = newWorker(w, what.NewVisitor())
	}
	w.run()
	return ctx.Err()
}

// A sweeper carries out one Sweep.
type sweeper struct {
	Sweep
	store   *Store
	ctx     context.Context
	wanted  [len(kindNames)]bool
	workers []*worker
	naming  bool // blobs are hashed, too

	mu sync.Mutex // for Problem
}

func (w *sweeper) problem(p Problem) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.Problem != nil {
		w.Problem(p)
	}
}

// small is how many objects a pack has that one worker reads alone, if there are enough of
// them for each worker. Tests set it lower.
var small = 20_000

// run goes through everything.
func (w *sweeper) run() {
	w.store.bigBase.forget()
	tables := w.list()
	repeated := findRepeated(tables, w.store.hashSize)
	few := 0
	for _, t := range tables {
		if t.pack != nil && t.index.n < small {
			few++
		}
	}
	var alone []task
	for i, t := range tables {
		switch {
		case t.pack == nil:
			alone = append(alone, w.looseTasks(t, repeated[i])...)
		case t.index.n < small && few >= len(w.workers):
			alone = append(alone, func(k *worker) { w.sweepPack(t, repeated[i], k) })
		default:
			w.sweepPack(t, repeated[i], w.workers...)
		}
	}
	parallel(w.workers, alone)
}

// A task is something for one worker to do.
type task func(*worker)

// parallel shares out tasks among workers.
func parallel(workers []*worker, tasks []task) {
	queue := make(chan task, len(tasks))
	for _, t := range tasks {
		queue <- t
	}
	close(queue)
	var all sync.WaitGroup
	for _, k := range workers {
		all.Go(func() {
			for t := range queue {
				if k.ctx.Err() == nil {
					t(k)
				}
			}
		})
	}
	all.Wait()
}

// A table is the objects of a pack or of a directory of loose ones, in the order of
// their ids.
type table struct {
	ids   []byte
	pack  *packFile // nil for loose objects
	index *index
	dir   string
}

// list lists everything there is. The repository may be repacked meanwhile, when objects
// move from loose ones to packs, from packs to packs and from packs to loose ones. A pack
// that is open stays readable, so all is seen once the packs are the same before
// and after the loose objects were listed.
func (w *sweeper) list() []table {
	s := w.store
	s.refresh()
	var loose []looseDir
	for range 10 {
		loose = loose[:0]
		for _, dir := range s.dirs {
			loose = append(loose, listLoose(dir, s.hashSize, s.problem))
		}
		if !s.refresh() {
			break
		}
	}
	var tables []table
	for _, p := range s.packList() {
		if x := p.load(s); x != nil {
			tables = append(tables, table{ids: x.ids, pack: p, index: x})
		}
	}
	for _, d := range loose {
		tables = append(tables, table{ids: d.ids, dir: d.path})
	}
	return w.named(tables)
}

// named gives ids to packs without, unless there is one pack alone: what is in two of them is found by
// its id.
func (w *sweeper) named(tables []table) []table {
	filled := 0
	for _, t := range tables {
		if t.pack != nil || len(t.ids) > 0 {
			filled++
		}
	}
	for i := range tables {
		if t := &tables[i]; filled > 1 && t.pack != nil && t.index.names != nil {
			t.index = t.pack.name(w.store)
			t.ids = t.index.ids
		}
	}
	return tables
}

// sweepPack visits the objects of one pack, but not those that are repeated there.
func (w *sweeper) sweepPack(t table, repeated bitset, workers ...*worker) {
	f, err := t.pack.loadFamilies(w.ctx, t.index, len(workers))
	if err != nil {
		if w.ctx.Err() == nil {
			w.problem(Problem{Path: t.pack.path, Err: err})
		}
		return
	}
	fw := newFamilyWalk(w.ctx, f, repeated, len(workers))
	w.gather(fw, len(workers))
	var all sync.WaitGroup
	for _, k := range workers {
		all.Go(func() { k.walkFamilies(fw) })
	}
	all.Wait()
	fw.idle.Store(0) // nobody waits for work any more
	if n := t.index.names; n != nil && w.ctx.Err() == nil && len(fw.big) == 0 {
		for _, kind := range []Kind{Commit, Tag, Tree} {
			if w.wanted[kind] && !w.NoIDs {
				n.finish(kind)
			}
		}
	}
	if !w.Again {
		t.pack.forget()
	}
	for _, i := range fw.big {
		if w.ctx.Err() != nil {
			return
		}
		workers[0].sweepBig(fw, i)
	}
}

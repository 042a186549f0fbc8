package pack

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"runtime"
	"slices"
	"sync"
)

// names are the ids of the objects in a pack whose index has none: one that came from a server, or that is in an
// archive. An object is hashed when its id is asked for or, for an id, when it may be the one: commits and tags before trees, and trees before
// blobs, each in the order of the pack, where servers put what is new first. Asking for an id that the
// pack has not got hashes all of it.
type names struct {
	p *packFile
	s *Store
	x *index

	searching sync.Mutex // held by the one who looks for an id among what has none yet

	mu    sync.Mutex
	ids   []byte // by number of the object
	known bitset // of ids
	slots []uint32
	count int
	kinds []Kind        // of all objects, deltas included
	done  [Tag + 1]bool // kinds of which all have been hashed
	from  [Tag + 1]int  // up to where objects of a kind have been hashed one by one
	tried [Tag + 1]int  // how many
}

// get returns the id of object i, if it is known.
func (n *names) get(i uint32) (ID, bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if !n.known.has(int(i)) {
		return ID{}, false
	}
	return NewID(n.raw(i)), true
}

func (n *names) raw(i uint32) []byte { return n.ids[int(i)*n.p.hashSize:][:n.p.hashSize] }

// set notes the id of object i.
func (n *names) set(i uint32, id ID) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.ids == nil {
		n.ids = make([]byte, n.x.n*n.p.hashSize)
		n.known = newBitset(n.x.n)
	}
	if n.known.has(int(i)) {
		return
	}
	copy(n.raw(i), id.Bytes())
	n.known.add(int(i))
	if n.count++; 2*n.count > len(n.slots) {
		n.grow()
		return
	}
	n.put(i)
}

// grow makes room for twice as many.
func (n *names) grow() {
	n.slots = make([]uint32, max(1<<10, 2*len(n.slots)))
	for i := range n.x.n {
		if n.known.has(i) {
			n.put(uint32(i))
		}
	}
}

// put adds object i to the slots.
func (n *names) put(i uint32) {
	mask := uint32(len(n.slots) - 1)
	at := be32(n.raw(i)) & mask
	for n.slots[at] != 0 {
		at = (at + 1) & mask
	}
	n.slots[at] = i + 1
}

// lookup returns the object with an id, if that is known.
func (n *names) lookup(id []byte) (uint32, bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if len(n.slots) == 0 {
		return 0, false
	}
	mask := uint32(len(n.slots) - 1)
	for at := be32(id) & mask; n.slots[at] != 0; at = (at + 1) & mask {
		if i := n.slots[at] - 1; bytes.Equal(n.raw(i), id) {
			return i, true
		}
	}
	return 0, false
}

// id returns the id of object i, hashing it if need be; the zero id if it cannot be read.
func (n *names) id(i uint32) ID {
	if id, ok := n.get(i); ok {
		return id
	}
	id, err := n.hash(i)
	if err != nil {
		return ID{}
	}
	n.set(i, id)
	return id
}

// hash reads and hashes object i.
func (n *names) hash(i uint32) (ID, error) {
	offset := n.x.offset(i)
	kind, text, err := n.s.text(n.p, offset, n.s.maxText())
	if err == nil {
		return hashOf(n.p.hashSize, kind, text), nil
	}
	if !errors.Is(err, ErrTooLarge) {
		return ID{}, err
	}
	l, err := n.p.entryAt(offset)
	if err != nil || l.e.kind > Tag {
		return ID{}, errors.Join(err, ErrTooLarge)
	}
	t, err := l.stream()
	if err != nil {
		return ID{}, err
	}
	defer t.release()
	h := startHash(n.p.hashSize, l.e.kind, t.left)
	_, err = io.Copy(h, readerOf(n.s, t))
	return NewID(h.Sum(nil)), err
}

// phases are the kinds in the order in which an id is looked for.
var phases = []Kind{Commit, Tag, Tree, Blob}

// find returns the object with an id, which is of kind want if that is not 0.
func (n *names) find(id []byte, want Kind) (uint32, bool) {
	if i, ok := n.lookup(id); ok {
		return i, true
	}
	n.searching.Lock()
	defer n.searching.Unlock()
	for _, kind := range phases {
		if want != 0 && kind != want {
			continue
		}
		if i, ok := n.lookup(id); ok {
			return i, true
		}
		if n.isDone(kind) {
			continue
		}
		if i, ok := n.findFirst(id, kind); ok {
			return i, true
		}
		n.nameAll(kind)
	}
	return n.lookup(id)
}

func (n *names) isDone(kind Kind) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.done[kind]
}

// finish notes that all objects of a kind have been hashed.
func (n *names) finish(kind Kind) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.done[kind] = true
}

// oneByOne is how many objects of a kind are hashed one by one, in the hope that the one that is
// wanted is among them, before all are hashed family by family.
const oneByOne = 20_000

// findFirst looks for an id among the first objects of a kind in the pack.
func (n *names) findFirst(id []byte, kind Kind) (uint32, bool) {
	kinds := n.allKinds()
	for n.from[kind] < len(kinds) && n.tried[kind] < oneByOne && n.s.interrupted() == nil {
		i := n.from[kind]
		n.from[kind]++
		if kinds[i] != kind {
			continue
		}
		n.tried[kind]++
		if got := n.id(uint32(i)); bytes.Equal(got.Bytes(), id) {
			return uint32(i), true
		}
	}
	return 0, false
}

// allKinds returns the kind of each object, of a delta that of its family; broken for what cannot be
// read.
func (n *names) allKinds() []Kind {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.kinds != nil {
		return n.kinds
	}
	f, err := n.p.loadFamilies(n.s.context(), n.x, runtime.GOMAXPROCS(0))
	if err != nil {
		return nil
	}
	kinds := make([]Kind, len(f.kind))
	var todo []uint32
	for i, kind := range f.kind {
		if kind > Tag {
			continue
		}
		kinds[i] = kind
		for todo = append(todo[:0], uint32(i)); len(todo) > 0; {
			at := todo[len(todo)-1]
			todo = todo[:len(todo)-1]
			for c := f.first[at]; c != 0; c = f.next[c-1] {
				kinds[c-1] = kind
				todo = append(todo, c-1)
			}
		}
	}
	n.kinds = kinds
	return kinds
}

// nameAll hashes all objects of a kind.
func (n *names) nameAll(kind Kind) {
	w := &sweeper{store: n.s, ctx: n.s.context(), naming: true}
	w.Again, w.Jobs = true, runtime.GOMAXPROCS(0)
	w.wanted[kind] = true
	for range w.Jobs {
		w.workers = append(w.workers, &worker{sweeper: w, visitor: unseeing{}})
	}
	w.sweepPack(table{pack: n.p, index: n.x}, nil, w.workers...)
	if n.s.interrupted() == nil {
		n.finish(kind)
	}
}

// unseeing is a visitor for whom the sweep itself is enough.
type unseeing struct{}

// Visit implements Visitor.
func (unseeing) Visit(*Object) any { return nil }

// note hashes object i, whose text b is, if a sweep needs its id: commits, tags and trees are
// always asked for theirs.
func (n *names) note(i uint32, kind Kind, b *body, naming bool) {
	if kind == Blob && !naming {
		return
	}
	if _, ok := n.get(i); !ok {
		n.set(i, b.hash(n.p.hashSize, kind))
	}
}

// ID returns the object's id.
func (o *Object) ID() ID {
	if o.in == nil || o.in.index.names == nil || o.Text == nil && o.spans == nil {
		return o.Name.ID()
	}
	n := o.in.index.names
	id, ok := n.get(o.i)
	if !ok {
		b := body{text: o.Text, spans: o.spans}
		id = b.hash(n.p.hashSize, o.Kind)
		n.set(o.i, id)
	}
	return id
}

// Unnamed reports whether the store is one pack that came from a server and whose objects have not
// been hashed: its ids are found out when they are asked for, which [Store.Has] and its like make
// expensive. The server vouches for what such a pack refers to.
func (s *Store) Unnamed() bool {
	packs := s.packList()
	if len(packs) != 1 {
		return false
	}
	x := packs[0].index.Load()
	if x == nil {
		x = packs[0].load(s)
	}
	return x.names != nil
}

// context returns what SetContext was given.
func (s *Store) context() context.Context {
	if ctx := s.ctx.Load(); ctx != nil {
		return *ctx
	}
	return context.Background()
}

// HasOffsets reports whether a pack of the store has a list of offsets beside it, without opening it.
func (s *Store) HasOffsets() bool {
	return slices.ContainsFunc(s.packList(), func(p *packFile) bool {
		_, err := os.Stat(offsetsPath(p.path))
		return err == nil && p.idx == nil
	})
}

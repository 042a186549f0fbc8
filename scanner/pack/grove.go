package pack

import (
	"context"
	"sync"
	"sync/atomic"
)

// A grove is a forest that workers go through together.
type grove struct {
	*forest
	ctx      context.Context
	jobs     int
	repeated bitset // objects, by their place in the index, that are visited elsewhere
	// needed are the objects that are to be visited and those they are made from;
	// nil is all.
	needed bitset
	cursor atomic.Int64 // the next object that may be a root

	mu     sync.Mutex
	more   sync.Cond
	shared []frame      // handed over by busy workers
	idle   atomic.Int32 // workers that wait for something to do
	big    []uint32     // objects too big for several workers to hold such
}

// rootBatch is how many objects one worker takes at a time, to go through the families of
// the roots among them.
const rootBatch = 512

func newGrove(ctx context.Context, f *forest, repeated bitset, jobs int) *grove {
	g := &grove{forest: f, ctx: ctx, jobs: jobs, repeated: repeated}
	g.more.L = &g.mu
	if repeated != nil {
		g.need()
	}
	return g
}

// need marks what is needed to visit the objects that are not repeated.
func (g *grove) need() {
	parent := make([]uint32, g.len()) // as number plus one
	for i, c := range g.first {
		for ; c != 0; c = g.next[c-1] {
			parent[c-1] = uint32(i) + 1
		}
	}
	g.needed = newBitset(g.len())
	for i := range parent {
		if g.isRepeated(uint32(i)) {
			continue
		}
		for at := uint32(i) + 1; at != 0 && !g.needed.has(int(at-1)); at = parent[at-1] {
			g.needed.add(int(at - 1))
		}
	}
}

// needless reports whether object i need not be read.
func (g *grove) needless(i uint32) bool { return g.needed != nil && !g.needed.has(int(i)) }

// isRepeated reports whether object i is visited elsewhere.
func (g *grove) isRepeated(i uint32) bool { return g.repeated.has(g.place(i)) }

// addBig leaves object i, and what is made from it, for later.
func (g *grove) addBig(i uint32) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.big = append(g.big, i)
}

// share hands over to another worker what is left to be made from f.
func (g *grove) share(f frame) {
	g.mu.Lock()
	g.shared = append(g.shared, f)
	g.mu.Unlock()
	g.more.Signal()
}

// wait returns something that another worker handed over. It returns false when all
// workers wait.
func (g *grove) wait() (frame, bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.idle.Add(1)
	for {
		if n := len(g.shared) - 1; n >= 0 {
			f := g.shared[n]
			g.shared = g.shared[:n]
			g.idle.Add(-1)
			return f, true
		}
		if int(g.idle.Load()) == g.jobs {
			g.more.Broadcast()
			return frame{}, false
		}
		g.more.Wait()
	}
}

// A frame is an object whose text is held while others are made from it.
type frame struct {
	at      uint32 // the object, or outside
	kind    Kind
	child   uint32 // the next one to make, as number plus one
	text    []byte
	dropped bool // text is to be made again when it is needed
	shared  bool // another worker holds the text, too
	visited bool
	note    any // what the visitor said, if it was visited
}

// outside stands for an object that is not in the pack.
const outside = ^uint32(0)

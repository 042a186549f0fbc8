package pack

import (
	"context"
	"sync"
	"sync/atomic"
)

// A familyWalk is the families of one pack that several workers go through together.
type familyWalk struct {
	*families
	ctx      context.Context
	jobs     int
	repeated bitset // objects, by their place in the index, that are visited elsewhere
	// needed are the objects that are to be visited and those they are made from;
	// nil is all.
	needed bitset
	// gathered are entries that were read ahead.
	gathered gathered
	cursor   atomic.Int64 // the next object that may be a root

	mu     sync.Mutex
	more   sync.Cond
	shared []frame      // handed over by busy workers
	idle   atomic.Int32 // workers that wait for something to do
	big    []uint32     // objects too big for several workers to hold such
}

// rootBatch is how many objects one worker takes at a time, to go through the families of
// the roots among them.
const rootBatch = 512

func newFamilyWalk(ctx context.Context, f *families, repeated bitset, jobs int) *familyWalk {
	fw := &familyWalk{families: f, ctx: ctx, jobs: jobs, repeated: repeated}
	fw.more.L = &fw.mu
	if repeated != nil {
		fw.need()
	}
	return fw
}

// need marks what is needed to visit the objects that are not repeated.
func (fw *familyWalk) need() {
	parent := make([]uint32, fw.len()) // as number plus one
	for i, c := range fw.first {
		for ; c != 0; c = fw.next[c-1] {
			parent[c-1] = uint32(i) + 1
		}
	}
	fw.needed = newBitset(fw.len())
	for i := range parent {
		if fw.isRepeated(uint32(i)) {
			continue
		}
		for at := uint32(i) + 1; at != 0 && !fw.needed.has(int(at-1)); at = parent[at-1] {
			fw.needed.add(int(at - 1))
		}
	}
}

// needless reports whether object i need not be read.
func (fw *familyWalk) needless(i uint32) bool { return fw.needed != nil && !fw.needed.has(int(i)) }

// isRepeated reports whether object i is visited elsewhere.
func (fw *familyWalk) isRepeated(i uint32) bool { return fw.repeated.has(fw.place(i)) }

// addBig leaves object i, and what is made from it, for later.
func (fw *familyWalk) addBig(i uint32) {
	fw.mu.Lock()
	defer fw.mu.Unlock()
	fw.big = append(fw.big, i)
}

// share hands over to another worker what is left to be made from f.
func (fw *familyWalk) share(f frame) {
	fw.mu.Lock()
	fw.shared = append(fw.shared, f)
	fw.mu.Unlock()
	fw.more.Signal()
}

// wait returns something that another worker handed over. It returns false when all
// workers wait.
func (fw *familyWalk) wait() (frame, bool) {
	fw.mu.Lock()
	defer fw.mu.Unlock()
	fw.idle.Add(1)
	for {
		if n := len(fw.shared) - 1; n >= 0 {
			f := fw.shared[n]
			fw.shared = fw.shared[:n]
			fw.idle.Add(-1)
			return f, true
		}
		if int(fw.idle.Load()) == fw.jobs {
			fw.more.Broadcast()
			return frame{}, false
		}
		fw.more.Wait()
	}
}

// A frame is an object whose text is held while others are made from it.
type frame struct {
	at    uint32 // the object, or outside
	kind  Kind
	child uint32 // the next one to make, as number plus one
	body
	dropped bool // the text is to be made again when it is needed
	shared  bool // another worker holds the text, too
	visited bool
	note    any // what the visitor said, if it was visited
}

// outside stands for an object that is not in the pack.
const outside = ^uint32(0)

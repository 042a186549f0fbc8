package pack

import (
	"sync"
	"sync/atomic"
)

// gathered are entries of a pack that a walk of families would come by in no order: each is read
// from the pack once, and all of them in the order in which they lie there.
type gathered struct {
	bytes []byte
	// ends are where each object's entry ends in bytes; it begins where the one before it ends. An
	// object that was not gathered has none there.
	ends []uint32
}

// maxGathered is how many bytes of a pack are gathered. What is beyond is read when it is needed. Tests
// set it lower.
var maxGathered int64 = 64 << 20

// longEntry is how many bytes of a pack an object has that is worth a read of its own.
const longEntry = 16 << 10

// gather gathers the deltas in families of the kinds that are wanted. Deltas of trees and commits are short
// and often lie far from what they are made from: to read each by itself would take longer than to
// inflate it. In a small pack nothing is far.
func (w *sweeper) gather(fw *familyWalk, jobs int) {
	if w.wanted[Blob] || fw.len() < small {
		return
	}
	members := w.members(fw, jobs)
	g := gathered{ends: make([]uint32, fw.len())}
	size := uint32(0)
	for i := range g.ends {
		n := fw.end(uint32(i)) - fw.offset(uint32(i))
		if members[i] && n <= longEntry && int64(size)+n <= maxGathered {
			size += uint32(n)
		}
		g.ends[i] = size
	}
	g.bytes = make([]byte, size)
	eachBatch(fw, jobs, func() func(i uint32) {
		r := reader{file: fw.p.file, end: fw.p.end, ahead: window}
		return func(i uint32) {
			to := g.of(i)
			if len(to) == 0 {
				return
			}
			if b, err := r.bytes(fw.offset(i), len(to)); err == nil && len(b) == len(to) {
				copy(to, b)
			} else {
				clear(to) // no entry begins with a zero: it is read again, by who says what is wrong
			}
		}
	})
	fw.gathered = g
}

// of returns the bytes of object i's entry, if it was gathered.
func (g *gathered) of(i uint32) []byte {
	if g.ends == nil {
		return nil
	}
	from := uint32(0)
	if i > 0 {
		from = g.ends[i-1]
	}
	return g.bytes[from:g.ends[i]:g.ends[i]]
}

// members returns which objects are deltas in families of the kinds that are wanted.
func (w *sweeper) members(fw *familyWalk, jobs int) []bool {
	members := make([]bool, fw.len())
	eachBatch(fw, jobs, func() func(i uint32) {
		var todo []uint32
		return func(i uint32) {
			if kind := fw.kind[i]; kind == ofsDelta || kind == refDelta || !w.wanted[kind] {
				return
			}
			for todo = append(todo, i); len(todo) > 0; {
				at := todo[len(todo)-1]
				todo = todo[:len(todo)-1]
				for c := fw.first[at]; c != 0; c = fw.next[c-1] {
					if !fw.needless(c - 1) {
						members[c-1] = true
						todo = append(todo, c-1)
					}
				}
			}
		}
	})
	return members
}

// eachBatch has jobs workers go over all objects in batches, each with a function that begin makes.
func eachBatch(fw *familyWalk, jobs int, begin func() func(i uint32)) {
	var cursor atomic.Int64
	var all sync.WaitGroup
	for range jobs {
		all.Go(func() {
			each := begin()
			for fw.ctx.Err() == nil {
				from := int(cursor.Add(headBatch)) - headBatch
				if from >= fw.len() {
					return
				}
				for i := from; i < min(from+headBatch, fw.len()); i++ {
					each(uint32(i))
				}
			}
		})
	}
	all.Wait()
}

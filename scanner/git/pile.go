package git

import "iter"

// A pile is a long list that grows without being copied, which would leave several times its memory
// behind.
type pile[T any] struct {
	n      int // in all
	chunks [][]T
}

// Chunks are as long as all that is there already, between these bounds.
const (
	firstChunk = 1 << 10
	lastChunk  = 64 << 10
)

// add appends values, which stay together in one chunk.
func (p *pile[T]) add(values ...T) {
	last := len(p.chunks) - 1
	if last < 0 || len(p.chunks[last])+len(values) > cap(p.chunks[last]) {
		p.chunks = append(p.chunks, make([]T, 0, max(len(values), min(max(p.n, firstChunk), lastChunk))))
		last++
	}
	p.chunks[last] = append(p.chunks[last], values...)
	p.n += len(values)
}

// take yields the chunks one after the other, and gives them up.
func (p *pile[T]) take() iter.Seq[[]T] {
	return func(yield func([]T) bool) {
		for i, c := range p.chunks {
			p.chunks[i] = nil
			if !yield(c) {
				break
			}
		}
		p.chunks, p.n = nil, 0
	}
}

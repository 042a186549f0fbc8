package pack

import (
	"math/bits"
	"sort"
)

// An order is the objects of a pack in the order in which they lie there, by which they
// are numbered.
type order struct {
	// keys holds, for each object, its offset in the pack above its place in the index.
	keys []uint64
	bits uint // of the place
}

// newOrder puts the objects of a loaded index in the order of their offsets.
func newOrder(x *index) (order, error) {
	o := order{make([]uint64, x.n), placeBits(x.n)}
	largest := uint64(0)
	for i := range o.keys {
		offset := x.offsetOf(i)
		largest = max(largest, offset)
		o.keys[i] = offset<<o.bits | uint64(i)
	}
	if bits.Len64(largest)+int(o.bits) > 63 {
		return o, damage("the index has an offset that no pack can have")
	}
	radixSort(o.keys, o.bits, uint(bits.Len64(largest)))
	for i := 1; i < len(o.keys); i++ {
		if o.keys[i]>>o.bits == o.keys[i-1]>>o.bits {
			return o, damage("the index has two objects at the same place")
		}
	}
	return o, nil
}

// placeBits returns how many bits the places of n objects take.
func placeBits(n int) uint { return uint(bits.Len(uint(max(n-1, 0)))) }

func (o order) len() int              { return len(o.keys) }
func (o order) offset(i uint32) int64 { return int64(o.keys[i] >> o.bits) }
func (o order) place(i uint32) int    { return int(o.keys[i] & (1<<o.bits - 1)) }

// radixSort sorts keys by their width bits above the lowest low.
func radixSort(keys []uint64, low, width uint) {
	const digit = 11
	other := make([]uint64, len(keys))
	from, to := keys, other
	var count [1 << digit]int
	for shift := low; shift < low+width; shift += digit {
		clear(count[:])
		for _, k := range from {
			count[k>>shift&(1<<digit-1)]++
		}
		sum := 0
		for d, n := range count {
			count[d] = sum
			sum += n
		}
		for _, k := range from {
			d := k >> shift & (1<<digit - 1)
			to[count[d]] = k
			count[d]++
		}
		from, to = to, from
	}
	if len(keys) > 0 && &from[0] != &keys[0] {
		copy(keys, from)
	}
}

// before returns the object that begins at offset, which must lie before object i's.
func (o order) before(i uint32, offset int64) (uint32, bool) {
	// A base is mostly near: look at distances that double.
	step := uint32(1)
	for step < i && o.offset(i-step) > offset {
		step *= 2
	}
	from := i - min(step, i)
	n := sort.Search(int(i-from), func(n int) bool { return o.offset(from+uint32(n)) >= offset })
	at := from + uint32(n)
	return at, at < i && o.offset(at) == offset
}

// at returns the number of the object at offset, which must be that of one.
func (o order) at(offset uint64) uint32 {
	return uint32(sort.Search(len(o.keys), func(i int) bool { return o.keys[i]>>o.bits >= offset }))
}

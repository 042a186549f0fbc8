package git

import (
	"bytes"
	"hash/maphash"
	"slices"
	"sync"

	"github.com/neokeys/neokeys/scanner/pack"
)

// An idTable numbers object ids in the order in which they are added. It is what a map
// would be, in less memory: histories have millions of objects.
type idTable struct {
	size int    // bytes of an id
	ids  []byte // one after another
	// slots hold numbers plus one and, above, the ids' hashes, so that few ids are looked
	// at that are not the wanted one.
	slots []uint64
	seed  maphash.Seed
	// touched keeps the compiler from leaving out what only brings memory into the cache.
	touched byte
}

func newIDTable(size int) *idTable {
	return &idTable{size: size, slots: make([]uint64, 64), seed: maphash.MakeSeed()}
}

func (t *idTable) len() int { return len(t.ids) / t.size }

// raw returns the bytes of the i-th id.
func (t *idTable) raw(i int) []byte { return t.ids[i*t.size : (i+1)*t.size] }

func (t *idTable) id(i int) pack.ID { return pack.NewID(t.raw(i)) }

// slot returns where id, whose hash is given, is in slots, or where it belongs.
func (t *idTable) slot(id []byte, hash uint32) int {
	mask := uint32(len(t.slots) - 1)
	for i := hash & mask; ; i = (i + 1) & mask {
		s := t.slots[i]
		if s == 0 || uint32(s>>32) == hash && bytes.Equal(t.raw(int(uint32(s)-1)), id) {
			return int(i)
		}
	}
}

// find returns the number of id, or -1.
func (t *idTable) find(id []byte) int {
	return int(uint32(t.slots[t.slot(id, uint32(maphash.Bytes(t.seed, id)))])) - 1
}

// add gives id a number if it has none.
func (t *idTable) add(id []byte) { t.addHashed(id, uint32(maphash.Bytes(t.seed, id))) }

// addAll appends to numbers those of ids, which lie one after another. In a large table nearly every
// slot has to be fetched from memory; many at a time take little longer than one.
func (t *idTable) addAll(ids []byte, numbers []int32) []int32 {
	const atOnce = 64
	var hashes [atOnce]uint32
	var at [atOnce]int
	if len(t.ids) == 0 && len(ids) > 0 { // so that there is something to touch
		numbers = append(numbers, int32(t.addHashed(ids[:t.size], uint32(maphash.Bytes(t.seed, ids[:t.size])))))
		ids = ids[t.size:]
	}
	for len(ids) > 0 {
		n := min(atOnce, len(ids)/t.size)
		mask := uint32(len(t.slots) - 1)
		for i := range n {
			hashes[i] = uint32(maphash.Bytes(t.seed, ids[i*t.size:(i+1)*t.size]))
		}
		for i := range n {
			if s := uint32(t.slots[hashes[i]&mask]); s != 0 {
				at[i] = int(s-1) * t.size
			} else {
				at[i] = 0
			}
		}
		for i := range n {
			t.touched += t.ids[at[i]]
		}
		for i := range n {
			numbers = append(numbers, int32(t.addHashed(ids[i*t.size:(i+1)*t.size], hashes[i])))
		}
		ids = ids[n*t.size:]
	}
	return numbers
}

// findAll returns the numbers of ids, which lie one after another, or -1. Workers share them.
func (t *idTable) findAll(ids []byte, jobs int) []int32 {
	numbers := make([]int32, len(ids)/t.size)
	part := max(1, (len(numbers)+jobs-1)/max(1, jobs))
	var all sync.WaitGroup
	for from := 0; from < len(numbers); from += part {
		all.Go(func() {
			for i := from; i < min(from+part, len(numbers)); i++ {
				numbers[i] = int32(t.find(ids[i*t.size : (i+1)*t.size]))
			}
		})
	}
	all.Wait()
	return numbers
}

// addHashed returns the number of id, which may be a new one.
func (t *idTable) addHashed(id []byte, hash uint32) int {
	i := t.slot(id, hash)
	if t.slots[i] != 0 {
		return int(uint32(t.slots[i])) - 1
	}
	n := t.len()
	t.ids = append(t.ids, id...)
	t.slots[i] = uint64(hash)<<32 | uint64(n+1)
	if 2*(n+1) > len(t.slots) {
		t.resize(2 * len(t.slots))
	}
	return n
}

// reserve makes room for n ids in all.
func (t *idTable) reserve(n int) {
	t.ids = slices.Grow(t.ids, max(0, n-t.len())*t.size)
	size := len(t.slots)
	for size < 2*n {
		size *= 2
	}
	if size > len(t.slots) {
		t.resize(size)
	}
}

func (t *idTable) resize(size int) {
	old := t.slots
	t.slots = make([]uint64, size)
	mask := uint32(size - 1)
	for _, s := range old {
		if s == 0 {
			continue
		}
		i := uint32(s>>32) & mask
		for t.slots[i] != 0 {
			i = (i + 1) & mask
		}
		t.slots[i] = s
	}
}

package git

import (
	"bytes"
	"hash/maphash"

	"github.com/neokeys/neokeys/scanner/pack"
)

// An idTable numbers object ids in the order in which they are added. It is what a map
// would be, at a third of the memory: histories have millions of objects.
type idTable struct {
	size  int    // bytes of an id
	ids   []byte // one after another
	slots []uint32
	seed  maphash.Seed
}

func newIDTable(size int) *idTable {
	return &idTable{size: size, slots: make([]uint32, 64), seed: maphash.MakeSeed()}
}

func (t *idTable) len() int { return len(t.ids) / t.size }

// raw returns the bytes of the i-th id.
func (t *idTable) raw(i int) []byte { return t.ids[i*t.size : (i+1)*t.size] }

func (t *idTable) id(i int) pack.ID { return pack.NewID(t.raw(i)) }

// slot returns where id is in slots, or where it belongs.
func (t *idTable) slot(id []byte) uint64 {
	mask := uint64(len(t.slots) - 1)
	i := maphash.Bytes(t.seed, id) & mask
	for t.slots[i] != 0 && !bytes.Equal(t.raw(int(t.slots[i]-1)), id) {
		i = (i + 1) & mask
	}
	return i
}

// find returns the number of id, or -1.
func (t *idTable) find(id []byte) int { return int(t.slots[t.slot(id)]) - 1 }

// add returns the number of id, which may be a new one.
func (t *idTable) add(id []byte) int {
	i := t.slot(id)
	if t.slots[i] != 0 {
		return int(t.slots[i]) - 1
	}
	n := t.len()
	t.ids = append(t.ids, id...)
	t.slots[i] = uint32(n) + 1
	if 2*(n+1) > len(t.slots) {
		t.slots = make([]uint32, 2*len(t.slots))
		for k := range n + 1 {
			t.slots[t.slot(t.raw(k))] = uint32(k) + 1
		}
	}
	return n
}

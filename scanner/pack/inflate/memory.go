package inflate

import (
	"encoding/binary"
	"unsafe"
)

// What follows reads and writes without a check that the memory is the slice's. Only fast calls
// it, where its loop's conditions are the proof.

// at returns the entry of the main table for literals and lengths that has index i.
func (t *tables) at(i uint64) entry {
	// The index was masked with literalMask, which is below the table's size.
	return *(*entry)(unsafe.Add(unsafe.Pointer(&t.literal), i*4))
}

// load returns the eight bytes at p+i.
func load(p unsafe.Pointer, i int) uint64 {
	return binary.LittleEndian.Uint64((*[8]byte)(unsafe.Add(p, i))[:])
}

// store sets the byte at p+i to b.
func store(p unsafe.Pointer, i int, b byte) { *(*byte)(unsafe.Add(p, i)) = b }

// store8 sets the eight bytes at p+i to v.
func store8(p unsafe.Pointer, i int, v uint64) {
	binary.LittleEndian.PutUint64((*[8]byte)(unsafe.Add(p, i))[:], v)
}

// copy16 copies the sixteen bytes at p+from to p+to, which is at least as far away.
func copy16(p unsafe.Pointer, to, from int) {
	*(*[16]byte)(unsafe.Add(p, to)) = *(*[16]byte)(unsafe.Add(p, from))
}

// copyFar copies the bytes from out+to-distance to out+to, up to out+end and at most 31 further.
// The distance is at least sixteen.
func copyFar(out unsafe.Pointer, to, end, distance int) {
	for ; to < end; to += 32 {
		copy16(out, to, to-distance)
		copy16(out, to+16, to+16-distance)
	}
}

// copyNear is copyFar for a distance below sixteen: bytes that are copied may be there only
// since those before them were.
func copyNear(out unsafe.Pointer, to, end, distance int) {
	switch {
	case distance >= 8:
		for ; to < end; to += 8 {
			store8(out, to, load(out, to-distance))
		}
	case distance == 1:
		v := 0x0101010101010101 * (load(out, to-1) & 0xff)
		for ; to < end; to += 8 {
			store8(out, to, v)
		}
	default:
		// Of eight bytes that are copied the first distance are right; the next copy
		// overwrites the others.
		for ; to < end; to += distance {
			store8(out, to, load(out, to-distance))
		}
	}
}

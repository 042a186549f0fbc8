package pack

import "encoding/binary"

// An entry is what a pack says about an object before the object's stream.
type entry struct {
	kind   Kind // or ofsDelta, refDelta
	size   uint64
	base   int64  // of an ofsDelta: the offset of its base
	baseID []byte // of a refDelta
	head   int    // bytes up to the stream
}

// maxHead is how long an entry's head can be: a size, and an offset or a hash.
const maxHead = 10 + maxHash

// parseEntry reads the head of the entry at offset in a pack with hashes of hashSize
// bytes.
func parseEntry(b []byte, offset int64, hashSize int) (entry, error) {
	var e entry
	if len(b) == 0 {
		return e, damage("the pack is cut off")
	}
	c := b[0]
	e.kind = Kind(c >> 4 & 7)
	e.size = uint64(c & 15)
	n := 1
	for shift := 4; c&0x80 != 0; shift += 7 {
		if n == len(b) {
			return e, damage("the pack is cut off")
		}
		c = b[n]
		n++
		if shift > 63 || uint64(c&0x7f)<<shift>>shift != uint64(c&0x7f) {
			return e, damage("a size beyond 64 bits")
		}
		e.size |= uint64(c&0x7f) << shift
	}
	switch e.kind {
	case Commit, Tree, Blob, Tag:
	case ofsDelta:
		back, m := offsetVarint(b[n:])
		if m == 0 || back == 0 || back > uint64(offset) {
			return e, damage("the base of the delta lies outside of the pack")
		}
		e.base = offset - int64(back)
		n += m
	case refDelta:
		if len(b) < n+hashSize {
			return e, damage("the pack is cut off")
		}
		e.baseID = b[n : n+hashSize]
		n += hashSize
	default:
		return e, damage("an object of unknown type %d", e.kind)
	}
	e.head = n
	return e, nil
}

// offsetVarint reads the distance of a delta from its base: groups of seven bits, the
// highest first, where each group but the last counts one more than it says. It returns
// the bytes read, or 0 if it is no such number.
func offsetVarint(b []byte) (n uint64, size int) {
	for i, c := range b {
		if i > 0 {
			n++
		}
		if n>>56 != 0 {
			return 0, 0
		}
		n = n<<7 | uint64(c&0x7f)
		if c&0x80 == 0 {
			return n, i + 1
		}
	}
	return 0, 0
}

// be is the byte order of all that git writes.
var be = binary.BigEndian

func be32(b []byte) uint32 { return be.Uint32(b) }
func be64(b []byte) uint64 { return be.Uint64(b) }

package inflate

import "unsafe"

// In one turn of the fast loop
//
//   - eight bytes of input are loaded at most twice, the second time at most seven bytes behind
//     the first;
//   - at most two literals and then a match of at most 258 bytes are written, and the copying of
//     a match may overwrite 31 bytes more.
const (
	maxRead    = 7 + 8
	maxWritten = 2 + 258 + 31
)

// fast decodes a block up to its end, when it reports that it is done, or up to where a turn of
// its loop could come too near to the end of the input or of the memory for the text.
//
// It loads and stores without checking each index. The comparison at the head of the loop
// proves all of them in bounds: at and to only grow, by no more than maxRead and maxWritten,
// and what is copied begins behind the start of the text, which is compared for each match.
func (d *Decoder) fast() (done bool, err error) {
	lastAt, lastTo := len(d.src)-maxRead, min(d.end, len(d.out)-maxWritten)
	if d.at > lastAt || d.to > lastTo {
		return false, nil
	}
	src, out := unsafe.Pointer(unsafe.SliceData(d.src)), unsafe.Pointer(unsafe.SliceData(d.out))
	code, mask := d.code, d.code.literalMask
	at, to := d.at, d.to
	// Of n only the lowest eight bits count, so that a whole entry can be subtracted from it.
	bits, n := d.bits, uint32(d.n)

	bits, n, at = refill(src, at, bits, n)
	for e := code.at(bits & mask); at <= lastAt && to <= lastTo; {
		before := bits // the bits of e, and those behind it
		bits, n = bits>>(e&63), n-e
		if e&literal != 0 {
			store(out, to, byte(e>>16))
			to++
			e, before = code.at(bits&mask), bits
			bits, n = bits>>(e&63), n-e
			if e&literal != 0 {
				store(out, to, byte(e>>16))
				to++
				e, before = code.at(bits&mask), bits
				bits, n = bits>>(e&63), n-e
			}
		}
		if e&exceptional != 0 {
			if e&subtable != 0 {
				e, before = code.literal[inSubtable(e, bits)&(literalSize-1)], bits
				bits, n = bits>>(e&63), n-e
			}
			if e&exceptional != 0 {
				if !isEnd(e) {
					err = ErrCorrupt
				}
				done = true
				break
			}
		}
		if e&literal != 0 {
			store(out, to, byte(e>>16))
			to++
			e = code.at(bits & mask)
			bits, n, at = refill(src, at, bits, n)
			continue
		}
		length := value(e, before)

		e = code.distance[bits&(1<<distanceBits-1)]
		bits, n, at = refill(src, at, bits, n)
		if e&subtable != 0 {
			bits, n = bits>>distanceBits, n-distanceBits
			e = code.distance[inSubtable(e, bits)&(distanceSize-1)]
		}
		distance := value(e, bits)
		if e&exceptional != 0 || distance > to-d.start {
			err = ErrCorrupt
			break
		}
		bits, n = bits>>(e&63), n-e
		e = code.at(bits & mask)
		bits, n, at = refill(src, at, bits, n)
		if distance >= 16 {
			copy16(out, to, to-distance)
			copy16(out, to+16, to+16-distance)
			if length > 32 {
				copyFar(out, to+32, to+length, distance)
			}
		} else {
			copyNear(out, to, to+length, distance)
		}
		to += length
	}
	d.at, d.to, d.bits, d.n = at, to, bits, uint(n&0xff)
	return done, err
}

// refill is bitReader's for where eight bytes can be loaded.
func refill(src unsafe.Pointer, at int, bits uint64, n uint32) (uint64, uint32, int) {
	return bits | load(src, at)<<(n&63), n | 56, at + int(7-n>>3&7)
}

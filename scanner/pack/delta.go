package pack

import (
	"math/bits"
	"slices"
)

// An Edit is one step in making a text from another: a copy of bytes of the other, or
// bytes that are new. The steps of a text follow each other without a gap.
type Edit struct {
	At   int // offset in the text that is made
	Len  int
	From int // offset in the text that is copied from, or Inserted
}

// Inserted is the From of an Edit whose bytes are new.
const Inserted = -1

// deltaSizes reads the sizes at the beginning of a delta: that of the text it is to be
// applied to, and of the one it makes.
func deltaSizes(delta []byte) (from, to uint64, rest []byte, err error) {
	from, rest, ok := varint(delta)
	if ok {
		to, rest, ok = varint(rest)
	}
	if !ok {
		return 0, 0, nil, damage("the delta is cut off")
	}
	return from, to, rest, nil
}

// applyDelta appends to dst the text that delta makes of base, and to edits its steps.
// limit is the longest text that is wanted.
func applyDelta(dst, base, delta []byte, edits []Edit, limit int) ([]byte, []Edit, error) {
	from, to, ops, err := deltaSizes(delta)
	switch {
	case err != nil:
		return dst, edits, err
	case from != uint64(len(base)):
		return dst, edits, damage("the delta is for a text of %d bytes, its base has %d", from, len(base))
	case to > uint64(limit):
		return dst, edits, ErrTooLarge
	}
	start := len(dst)
	for len(ops) > 0 {
		op := ops[0]
		ops = ops[1:]
		if op&0x80 == 0 {
			n := int(op)
			if n == 0 || n > len(ops) {
				return dst, edits, damage("the delta has an invalid step")
			}
			edits = append(edits, Edit{len(dst) - start, n, Inserted})
			dst = append(dst, ops[:n]...)
			ops = ops[n:]
		} else {
			var offset, n uint32
			offset, n, ops, err = copyStep(op, ops)
			if err != nil {
				return dst, edits, err
			}
			if uint64(offset)+uint64(n) > uint64(len(base)) {
				return dst, edits, damage("the delta copies from beyond the end of its base")
			}
			edits = append(edits, Edit{len(dst) - start, int(n), int(offset)})
			dst = grow(dst, int(n), int(to)-(len(dst)-start))
			dst = append(dst, base[offset:offset+n]...)
		}
		if uint64(len(dst)-start) > to {
			return dst, edits, damage("the delta makes more than the %d bytes it declares", to)
		}
	}
	if uint64(len(dst)-start) != to {
		return dst, edits, damage("the delta makes %d bytes, not the %d it declares", len(dst)-start, to)
	}
	return dst, edits, nil
}

// grow makes room for n more bytes. When there is none it makes some for what is still to
// come, of which expected bytes are claimed.
func grow(dst []byte, n, expected int) []byte {
	if cap(dst)-len(dst) >= n {
		return dst
	}
	return slices.Grow(dst, max(n, min(expected, max(firstRoom, len(dst)))))
}

// copyStep reads what follows the first byte of a copy: whichever bytes of offset and
// size are not zero.
func copyStep(op byte, ops []byte) (offset, n uint32, rest []byte, err error) {
	if len(ops) < bits.OnesCount8(op&0x7f) {
		return 0, 0, nil, damage("the delta is cut off")
	}
	i := 0
	for shift := 0; shift < 32; shift += 8 {
		if op&1 != 0 {
			offset |= uint32(ops[i]) << shift
			i++
		}
		op >>= 1
	}
	for shift := 0; shift < 24; shift += 8 {
		if op&1 != 0 {
			n |= uint32(ops[i]) << shift
			i++
		}
		op >>= 1
	}
	if n == 0 {
		n = 0x10000
	}
	return offset, n, ops[i:], nil
}

// varint reads a number in groups of seven bits, the lowest first.
func varint(b []byte) (n uint64, rest []byte, ok bool) {
	for i, c := range b {
		shift := 7 * i
		if shift > 63 || uint64(c&0x7f)<<shift>>shift != uint64(c&0x7f) {
			return 0, nil, false
		}
		n |= uint64(c&0x7f) << shift
		if c&0x80 == 0 {
			return n, b[i+1:], true
		}
	}
	return 0, nil, false
}

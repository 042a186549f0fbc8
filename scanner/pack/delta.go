package pack

import (
	"encoding/binary"
	"slices"
)

// An Edit is one step in making a text from another: a copy of bytes of the other, or
// bytes that are new. The steps of a text follow each other without a gap. Where a delta
// copies less than minCopy bytes they count as new: to look at them again takes less than to
// keep account of them.
type Edit struct {
	At   int // offset in the text that is made
	Len  int
	From int // offset in the text that is copied from, or Inserted
}

// Inserted is the From of an Edit whose bytes are new.
const Inserted = -1

// minCopy is how many bytes the shortest copy has among Edits.
const minCopy = 256

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

// stepsFor returns the steps of a delta for a text of base bytes, and how long a text they are to make. limit is
// the longest that is wanted.
func stepsFor(delta []byte, base, limit int) (ops []byte, to int, err error) {
	from, made, ops, err := deltaSizes(delta)
	switch {
	case err != nil:
		return nil, 0, err
	case from != uint64(base):
		return nil, 0, errOtherBase(from, base)
	case made > uint64(limit):
		return nil, 0, ErrTooLarge
	}
	return ops, int(made), nil
}

// applyDelta appends to dst the text that delta makes of base, and to edits its steps.
// limit is the longest text that is wanted.
func applyDelta(dst, base, delta []byte, edits []Edit, limit int) ([]byte, []Edit, error) {
	ops, to, err := stepsFor(delta, len(base), limit)
	if err != nil {
		return dst, edits, err
	}
	start := len(dst)
	for len(ops) > 0 {
		e := Edit{At: len(dst) - start}
		e.Len, e.From, ops, err = nextStep(ops)
		if err != nil {
			return dst, edits, err
		}
		src := ops // begins with what the step appends
		switch {
		case e.From == Inserted:
			ops = ops[e.Len:]
		case uint(e.From) > uint(len(base)) || e.Len > len(base)-e.From:
			return dst, edits, errBeyondBase
		default:
			src = base[e.From:]
		}
		if e.Len < minCopy {
			e.From = Inserted
		}
		if n := len(edits) - 1; n >= 0 && e.From == Inserted && edits[n].From == Inserted {
			edits[n].Len += e.Len
		} else {
			edits = append(edits, e)
		}
		if cap(dst)-len(dst) < e.Len {
			dst = grow(dst, e.Len, to-e.At)
		}
		dst = appendShort(dst, src, e.Len)
		if len(dst)-start > to {
			return dst, edits, errMakesMore(to)
		}
	}
	if len(dst)-start != to {
		return dst, edits, errMakesOther(len(dst)-start, to)
	}
	return dst, edits, nil
}

var (
	errInvalidStep = damage("the delta has an invalid step")
	errBeyondBase  = damage("the delta copies from beyond the end of its base")
)

func errOtherBase(from uint64, base int) error {
	return damage("the delta is for a text of %d bytes, its base has %d", from, base)
}

func errMakesMore(to int) error {
	return damage("the delta makes more than the %d bytes it declares", to)
}

func errMakesOther(made, to int) error {
	return damage("the delta makes %d bytes, not the %d it declares", made, to)
}

// short is how long a step may be for which that many bytes are copied whatever its length
// is: most steps are short, and the processor cannot foresee how short.
const short = 64

// appendShort appends the first n bytes of src.
func appendShort(dst, src []byte, n int) []byte {
	if n <= short && len(src) >= short && cap(dst)-len(dst) >= short {
		*(*[short]byte)(dst[len(dst) : len(dst)+short]) = [short]byte(src)
		return dst[:len(dst)+n]
	}
	return append(dst, src[:n]...)
}

// grow makes room for n more bytes, of which there is too little: some for what is still to
// come, of which expected bytes are claimed.
func grow(dst []byte, n, expected int) []byte {
	return slices.Grow(dst, max(n, room(len(dst), expected)))
}

// nextStep reads the next step of a delta: n bytes are copied from an offset, or, where that is
// Inserted, are what rest begins with. Of a copy, whichever bytes of offset and size are not zero follow
// its first byte.
func nextStep(ops []byte) (n, from int, rest []byte, err error) {
	op := ops[0]
	ops = ops[1:]
	if op&0x80 == 0 {
		if op == 0 || int(op) > len(ops) {
			return 0, 0, nil, errInvalidStep
		}
		return int(op), Inserted, ops, nil
	}
	f := &copyForms[op&0x7f]
	if len(ops) >= 8 {
		n, from = f.read(binary.LittleEndian.Uint64(ops))
	} else {
		if len(ops) < int(f.len) {
			return 0, 0, nil, damage("the delta is cut off")
		}
		var last [8]byte
		copy(last[:], ops)
		n, from = f.read(binary.LittleEndian.Uint64(last[:]))
	}
	if from < 0 { // where an int has 32 bits
		return 0, 0, nil, errBeyondBase
	}
	return n, from, ops[f.len:], nil
}

// A copyForm is where the bytes of a copy's offset and size lie behind its first byte. With a
// table of them the bytes are put in their places without a branch for each, half of which
// the processor would guess wrong.
type copyForm struct {
	// Of offset[k], and of size[k], those bits are set that belong k bytes higher up.
	offset [4]uint32
	size   [3]uint32
	skip   uint8 // bits before the size
	len    uint8 // bytes of both
}

// copyForms has a form for each way to set the lower bits of a copy's first byte.
var copyForms = func() (forms [1 << 7]copyForm) {
	for op := range forms {
		f := &forms[op]
		for i := range 4 {
			if op>>i&1 != 0 {
				f.offset[i-int(f.len)] |= 0xff << (8 * f.len)
				f.len++
			}
		}
		f.skip = 8 * f.len
		before := f.len
		for i := range 3 {
			if op>>(4+i)&1 != 0 {
				at := int(f.len - before)
				f.size[i-at] |= 0xff << (8 * at)
				f.len++
			}
		}
	}
	return forms
}()

// read takes size and offset from the bytes behind a copy's first.
func (f *copyForm) read(b uint64) (n, offset int) {
	o, s := uint32(b), uint32(b>>f.skip)
	offset = int(o&f.offset[0] | o&f.offset[1]<<8 | o&f.offset[2]<<16 | o&f.offset[3]<<24)
	n = int(s&f.size[0] | s&f.size[1]<<8 | s&f.size[2]<<16)
	if n == 0 {
		n = 0x10000
	}
	return n, offset
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

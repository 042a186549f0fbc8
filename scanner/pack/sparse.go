package pack

import "slices"

// A big text that nothing is made from need not be whole: a visitor that searches its edits looks
// at most copies only where they begin and end. Such a text is sparse: of a longer copy it has
// that many bytes at either end, its margin, and between them whatever the memory held, which is
// touched nowhere else. Two versions of a big file then take hardly more memory than one. For
// texts that are not big it was not worth while: to leave out copies saved no time.

// whole is the margin for a text that is not sparse.
const whole = int(^uint(0) >> 2)

// marginFor returns the margin for the text of object i, to be made from the one in parent.
func (k *worker) marginFor(fw *familyWalk, i uint32, parent *frame) int {
	if k.alone && k.Margin > 0 && fw.first[i] == 0 && parent.kind == Blob && parent.visited && fw.index.crcs != nil {
		return k.Margin
	}
	return whole
}

// derivedText returns the text of object i, which is to be of size bytes, that the worker's delta
// makes of the one in parent.
func (k *worker) derivedText(fw *familyWalk, i uint32, parent *frame, size int) ([]byte, error) {
	margin := k.marginFor(fw, i, parent)
	text := k.buffer(size)
	if margin != whole && cap(text) < size {
		if b := sparseBuffer(k.delta); b != nil {
			k.recycle(text)
			text = b
		}
	}
	var err error
	text, k.edits, err = applySparsely(text, parent.text, k.delta, k.edits[:0], k.store.maxText(), margin)
	return text, err
}

// sparseBuffer returns an empty buffer for the sparse text that delta makes, all of whose size it
// has room for: it must not be copied as it grows. Unless the delta's steps are as long together
// as it declares it returns nil.
func sparseBuffer(delta []byte) []byte {
	_, size, ops, err := deltaSizes(delta)
	made := uint64(0)
	for err == nil && len(ops) > 0 && made <= size {
		op := ops[0]
		ops = ops[1:]
		n := uint32(op)
		if op&0x80 != 0 {
			_, n, ops, err = copyStep(op, ops)
		} else {
			ops = ops[min(int(op), len(ops)):]
		}
		made += uint64(n)
	}
	if err != nil || made != size || size > MaxText {
		return nil
	}
	return make([]byte, 0, size)
}

// appendSparsely appends to dst the ends of a copy, and leaves room for what is between them.
func appendSparsely(dst, src []byte, margin int) []byte {
	at := len(dst)
	dst = dst[:at+len(src)]
	copy(dst[at:], src[:margin])
	copy(dst[len(dst)-margin:], src[len(src)-margin:])
	return dst
}

// Need makes sure that Text[from:to], as far as there is such, is the object's. With a
// [Sweep.Margin] a visitor must call it before it looks at anything but what is inserted, and a
// margin at either end of what is copied. It is for blobs only: other texts are whole.
func (o *Object) Need(from, to int) {
	if o.base == nil {
		return
	}
	from, to = max(0, from), min(to, len(o.Text))
	if from == 0 && to == len(o.Text) {
		defer func() { o.base = nil }()
	}
	at, _ := slices.BinarySearchFunc(o.Edits, from, func(e Edit, from int) int { return e.At + e.Len - 1 - from })
	for _, e := range o.Edits[min(at, len(o.Edits)):] {
		if e.At >= to {
			break
		}
		if e.From != Inserted {
			first, end := max(e.At, from), min(e.At+e.Len, to)
			if first < end {
				copy(o.Text[first:end], o.base[e.From+first-e.At:])
			}
		}
	}
}

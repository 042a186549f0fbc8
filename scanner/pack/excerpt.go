package pack

// A Skimmer is a Visitor that may do without a text. For two of three objects in a history the text is
// made only to be looked at where it differs from another: nothing is made from it in turn.
type Skimmer interface {
	Visitor
	// Edge is how many bytes of both ends of a copy it wants to see. It sees QuarterEnd bytes at least.
	Edge() int
	// Skim looks at an excerpt of a blob that was made from one that was visited, and reports
	// whether that is enough. If not, Visit is called for the same object. o has neither Text nor Edits.
	Skim(o *Object, x *Excerpt) bool
}

// An Excerpt is what is new in a text that was made from another: all that the delta inserts, and
// the ends of what it copies. Whatever has up to a byte more than the visitor's Edge, and is not wholly
// inside of a copy, is in it in one piece.
type Excerpt struct {
	// Text is the excerpt.
	Text []byte
	// Same is how many bytes at the beginning of the whole text are those of the other's. If they are fewer
	// than ExcerptHead, Text has the first ExcerptHead bytes, or all there are.
	Same int
	// Quarters are the ends of the four quarters of the whole text: of the first size/4 bytes, and so on.
	Quarters [4][]byte
	room     [4][QuarterEnd]byte
}

// QuarterEnd is how many bytes each of an excerpt's Quarters has, where the text has as many before its end.
const QuarterEnd = 32

// ExcerptHead is how many bytes of a text its excerpt begins with, if they are not the same as in the other.
const ExcerptHead = 1<<10 + 64

// of makes x the excerpt of the text that delta makes of base. It fails where applyDelta does.
func (x *Excerpt) of(base, delta []byte, edge, limit int) error {
	ops, to, err := stepsFor(delta, len(base), limit)
	if err != nil {
		return err
	}
	text, size, head := x.Text[:0], 0, ExcerptHead
	quarter, end := 0, to/4
	x.Same, x.Quarters = 0, [4][]byte{}
	for len(ops) > 0 {
		var n, at int
		n, at, ops, err = nextStep(ops)
		if err != nil {
			return err
		}
		src := ops
		if at == Inserted {
			ops = ops[n:]
		} else {
			if uint(at) > uint(len(base)) || n > len(base)-at {
				return errBeyondBase
			}
			src = base[at:]
		}
		for ; size+n >= end && quarter < len(x.Quarters); end = to * (quarter + 1) / 4 {
			x.endQuarter(quarter, text, src[:end-size])
			quarter++
		}
		if size == 0 && at == 0 {
			if x.Same = n; n >= ExcerptHead {
				head = 0
			}
		}
		if first := max(edge, head-size); at == Inserted || n <= first+edge {
			text = appendShort(text, src, n)
		} else {
			text = appendShort(text, src, first)
			text = appendShort(text, src[n-edge:], edge)
		}
		if size += n; size > to {
			return errMakesMore(to)
		}
	}
	x.Text = text
	if size != to {
		return errMakesOther(size, to)
	}
	return nil
}

// endQuarter notes the end of a quarter, of which last is what the step at hand has, and text is how the excerpt
// ends before.
func (x *Excerpt) endQuarter(quarter int, text, last []byte) {
	last = last[max(0, len(last)-QuarterEnd):]
	b := append(x.room[quarter][:0], text[len(text)-min(len(text), QuarterEnd-len(last)):]...)
	x.Quarters[quarter] = append(b, last...)
}

// skimmable reports whether object i, of size bytes and a delta of the object in parent, may be visited without its text:
// neither is anything made from that, nor must it be hashed. Of a big text the excerpt may be big, too, and it is kept.
func (k *worker) skimmable(fw *familyWalk, i uint32, parent *frame, size uint64) bool {
	return k.skimmer != nil && size <= bigText && fw.first[i] == 0 && parent.kind == Blob && parent.visited && parent.spans == nil &&
		fw.index.names == nil && fw.index.crcs != nil && !fw.isSuspect.has(int(i)) && !fw.isRepeated(i)
}

// skim shows the visitor an excerpt of object i, of size bytes, which the worker's delta makes of the
// one in parent, and reports whether that is enough.
func (k *worker) skim(fw *familyWalk, i uint32, parent *frame, size uint64) bool {
	if k.excerpt.of(parent.text, k.delta, k.edge, k.store.maxText()) != nil {
		return false // whoever makes the text finds the same
	}
	k.object = Object{Name: Name{in: fw.families, i: i}, Kind: parent.kind, Size: int64(size), Note: parent.note}
	return k.skimmer.Skim(&k.object, &k.excerpt)
}

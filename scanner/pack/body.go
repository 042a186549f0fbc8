package pack

import (
	"bytes"
	"errors"
	"io"
)

// A body is the text of an object: in one piece, or a big one in many.
type body struct {
	text  []byte
	spans *spans // if not nil, in place of text
	// own is how many bytes it takes beyond what the texts that it was made from take.
	own int
}

func wholeBody(text []byte) body { return body{text: text, own: len(text)} }

func (b *body) size() int {
	if b.spans != nil {
		return b.spans.size
	}
	return len(b.text)
}

// asSpans returns the text as spans.
func (b *body) asSpans() *spans {
	if b.spans != nil {
		return b.spans
	}
	return oneSpan(b.text)
}

// join makes one piece of the text.
func (b *body) join() {
	if b.spans != nil {
		*b = wholeBody(b.spans.text())
	}
}

// hash returns the id of an object of that kind with the text.
func (b *body) hash(hashSize int, kind Kind) ID {
	if b.spans == nil {
		return hashOf(hashSize, kind, b.text)
	}
	h := startHash(hashSize, kind, int64(b.spans.size))
	_, _ = io.Copy(h, b.spans.reader()) // never fails
	return NewID(h.Sum(nil))
}

// inPieces returns the text that delta makes of b, as pieces of b and of delta, whose memory it takes,
// and appends its steps to edits. limit is the longest text that is wanted.
func (b *body) inPieces(delta []byte, edits []Edit, limit int) (body, []Edit, error) {
	s, edits, err := b.asSpans().derive(delta, edits, limit)
	if err != nil {
		return body{}, edits, err
	}
	return body{spans: s, own: cap(delta) + spanSize*cap(s.list)}, edits, nil
}

// derivedBody returns the text of object i, which is to be of size bytes, that the worker's delta
// makes of the one in parent.
func (k *worker) derivedBody(fw *familyWalk, i uint32, parent *frame, size int) (body, error) {
	if k.alone && k.Spans && parent.kind == Blob {
		b, err := k.derivedSpans(parent, fw.first[i] != 0)
		if !errors.Is(err, errManySpans) {
			return b, err
		}
	}
	k.held -= parent.own
	parent.join()
	k.held += parent.own
	var text []byte
	var err error
	text, k.edits, err = applyDelta(k.buffer(size), parent.text, k.delta, k.edits[:0], k.store.maxText())
	return wholeBody(text), err
}

// derivedSpans is derivedBody for a big text, from which others are made if it is kept. Then it
// takes the worker's buffer for deltas, unless that is far too large.
func (k *worker) derivedSpans(parent *frame, kept bool) (body, error) {
	delta, taken := k.delta, kept
	if kept && cap(delta) > 2*len(delta) {
		delta, taken = bytes.Clone(delta), false
	}
	b, edits, err := parent.inPieces(delta, k.edits[:0], k.store.maxText())
	k.edits = edits
	if err == nil && taken {
		k.delta = nil
	}
	return b, err
}

// spanSize is how many bytes of memory a span takes.
const spanSize = 32

// Window returns the bytes of the text from one offset to another, which must be in it. They stay
// as they are until the next call. It is for texts that are in memory, in one piece or in many.
func (o *Object) Window(from, to int) []byte {
	if o.spans == nil {
		return o.Text[from:to]
	}
	return o.spans.window(from, to)
}

// Pieces returns a reader of a text that is in pieces in memory; nil if it is not.
func (o *Object) Pieces() *io.SectionReader {
	if o.spans == nil {
		return nil
	}
	return o.spans.reader()
}

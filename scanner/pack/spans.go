package pack

import (
	"errors"
	"io"
	"slices"
	"sort"
)

// spans are a big text that was made from another one, as a list of pieces: those of the other text
// and what a delta inserted between them. However many texts a family has, and however one is made
// from another, memory is taken for the first and for what was inserted.
// Texts that are not big are put together: the stack of a worker holds few of them, and they are
// searched and hashed in one piece.
type spans struct {
	list []span // without a gap
	size int
	buf  []byte // of window
}

// A span is one piece of a text.
type span struct {
	at    int // where it begins in the text
	bytes []byte
}

// maxSpans returns how many pieces a text of size bytes may be in: as a list, they must take much
// less memory than the text.
func maxSpans(size int) int { return max(1<<12, size>>9) }

var errManySpans = errors.New("the text is in too many pieces")

// oneSpan returns a text that is in one piece.
func oneSpan(text []byte) *spans { return &spans{list: []span{{0, text}}, size: len(text)} }

// find returns the number of the span that has the byte at offset at.
func (s *spans) find(at int) int {
	return sort.Search(len(s.list), func(i int) bool { return s.list[i].at+len(s.list[i].bytes) > at })
}

// add appends a piece.
func (s *spans) add(b []byte) {
	if n := len(s.list) - 1; n >= 0 && follows(s.list[n].bytes, b) {
		s.list[n].bytes = s.list[n].bytes[:len(s.list[n].bytes)+len(b)]
	} else if len(b) > 0 {
		s.list = append(s.list, span{s.size, b})
	}
	s.size += len(b)
}

// follows reports whether b lies behind a in the same memory.
func follows(a, b []byte) bool {
	return len(b) > 0 && cap(a) >= len(a)+len(b) && &a[:len(a)+1][len(a)] == &b[0]
}

// copy appends the n bytes of base at offset.
func (s *spans) copy(base *spans, offset, n int) {
	for i := base.find(offset); n > 0; i++ {
		from := offset - base.list[i].at
		piece := base.list[i].bytes[from:min(len(base.list[i].bytes), from+n)]
		s.add(piece)
		offset, n = offset+len(piece), n-len(piece)
	}
}

// derive returns the text that delta makes of s, and appends its steps to edits. It moves what is
// inserted to the beginning of delta, where the spans refer to it. limit is the longest text that
// is wanted. With errManySpans, delta is as it was.
func (s *spans) derive(delta []byte, edits []Edit, limit int) (*spans, []Edit, error) {
	n, size, err := s.measure(delta, limit)
	if err == nil && n > maxSpans(size) {
		err = errManySpans
	}
	if err != nil {
		return nil, edits, err
	}
	made := &spans{list: make([]span, 0, n)}
	inserted := delta[:0]
	err = steps(delta, func(e Edit, new []byte) error {
		edits = addEdit(edits, made.size, e)
		if e.From != Inserted {
			made.copy(s, e.From, e.Len)
			return nil
		}
		inserted = append(inserted, new...) // it never reaches what is still to be read
		made.add(inserted[len(inserted)-len(new):])
		return nil
	})
	made.list = slices.Clip(made.list)
	return made, edits, err
}

// measure checks a delta for s, and returns how many spans at most the text has that it makes, and
// how many bytes.
func (s *spans) measure(delta []byte, limit int) (n, size int, err error) {
	_, to, err := stepsFor(delta, s.size, limit)
	if err != nil {
		return 0, 0, err
	}
	between := true // the next insertion begins a span
	err = steps(delta, func(e Edit, _ []byte) error {
		switch {
		case e.From == Inserted && between:
			n++
		case e.From != Inserted && (uint(e.From) > uint(s.size) || e.Len > s.size-e.From):
			return errBeyondBase
		case e.From != Inserted:
			n += s.find(e.From+e.Len-1) - s.find(e.From) + 1
		}
		between = e.From != Inserted
		if size += e.Len; size > to {
			return errMakesMore(to)
		}
		return nil
	})
	if err == nil && size != to {
		err = errMakesOther(size, to)
	}
	return n, size, err
}

// steps calls each for the steps of a delta: At is not set, and new is what is inserted.
func steps(delta []byte, each func(e Edit, new []byte) error) error {
	_, _, ops, err := deltaSizes(delta)
	for err == nil && len(ops) > 0 {
		var e Edit
		var new []byte
		if e.Len, e.From, ops, err = nextStep(ops); err != nil {
			return err
		}
		if e.From == Inserted {
			new, ops = ops[:e.Len:e.Len], ops[e.Len:]
		}
		err = each(e, new)
	}
	return err
}

// addEdit appends a step that makes what is at offset at. One that goes on where the last one ends is made a part of that:
// git copies 64 KiB at a time at most.
func addEdit(edits []Edit, at int, e Edit) []Edit {
	e.At = at
	if e.From != Inserted && e.Len < minCopy {
		e.From = Inserted
	}
	if n := len(edits) - 1; n >= 0 {
		last := &edits[n]
		if e.From == Inserted && last.From == Inserted || e.From != Inserted && last.From != Inserted && last.From+last.Len == e.From {
			last.Len += e.Len
			return edits
		}
	}
	return append(edits, e)
}

// window returns text[from:to], which stays as it is until the next call.
func (s *spans) window(from, to int) []byte {
	if from >= to {
		return nil
	}
	i := s.find(from)
	if p := s.list[i]; to <= p.at+len(p.bytes) {
		return p.bytes[from-p.at : to-p.at : to-p.at]
	}
	s.buf = s.buf[:0]
	for ; i < len(s.list) && s.list[i].at < to; i++ {
		p := s.list[i]
		s.buf = append(s.buf, p.bytes[max(0, from-p.at):min(len(p.bytes), to-p.at)]...)
	}
	return s.buf
}

// text returns the text in one piece.
func (s *spans) text() []byte {
	text := make([]byte, 0, s.size)
	for _, p := range s.list {
		text = append(text, p.bytes...)
	}
	return text
}

// ReadAt implements io.ReaderAt. It may be called by several goroutines at once.
func (s *spans) ReadAt(b []byte, offset int64) (n int, err error) {
	if offset < 0 {
		return 0, errors.New("a negative offset")
	}
	if offset >= int64(s.size) {
		return 0, io.EOF
	}
	at := int(offset)
	for i := s.find(at); n < len(b) && i < len(s.list); i++ {
		n += copy(b[n:], s.list[i].bytes[at+n-s.list[i].at:])
	}
	if n < len(b) {
		return n, io.EOF
	}
	return n, nil
}

// reader returns a reader of the text.
func (s *spans) reader() *io.SectionReader { return io.NewSectionReader(s, 0, int64(s.size)) }

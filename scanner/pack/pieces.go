package pack

import (
	"errors"
	"io"
	"runtime"
	"slices"
	"sync"
)

// A bigBase is the big text that others were made from when they were last read, since versions of a
// file are asked for one after the other.
type bigBase struct {
	mu   sync.Mutex
	of   cacheKey
	text []byte
}

// get returns the text of an object that is no delta.
func (b *bigBase) get(l link) ([]byte, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	key := cacheKey{l.p, l.offset}
	if b.text != nil && b.of == key {
		return b.text, nil
	}
	b.drop()
	text, err := l.appendText(nil)
	if err != nil {
		return nil, err
	}
	b.of, b.text = key, text
	return text, nil
}

// drop gives up the text. It has to be gone before there is another.
func (b *bigBase) drop() {
	if b.text != nil {
		b.text = nil
		runtime.GC()
	}
}

// forget is drop for others.
func (b *bigBase) forget() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.drop()
}

// pieces returns the text that the deltas of a chain make, of which the last link is a big object
// that is no delta.
func (s *Store) pieces(chain []link) (body, error) {
	last := len(chain) - 1
	if chain[last].e.size > uint64(s.maxText()) {
		return body{}, ErrTooLarge
	}
	base, err := s.bigBase.get(chain[last])
	if err != nil {
		s.lost.add(chain, err)
		return body{}, err
	}
	b := body{text: base}
	for i, l := range slices.Backward(chain[:last]) {
		if b, err = s.derivePieces(b, l); err != nil {
			s.lost.add(chain[:i+1], err)
			return body{}, err
		}
	}
	return b, nil
}

// derivePieces returns the text that the delta l makes of b.
func (s *Store) derivePieces(b body, l link) (body, error) {
	if l.e.size > uint64(s.maxText()) {
		return body{}, ErrTooLarge
	}
	delta, err := l.appendText(nil)
	if err != nil {
		return body{}, err
	}
	made, _, err := b.inPieces(delta, nil, s.maxText())
	if errors.Is(err, errManySpans) {
		b.join()
		text, _, err := applyDelta(nil, b.text, delta, nil, s.maxText())
		return wholeBody(text), err
	}
	if err != nil {
		return body{}, err
	}
	made.own += b.own
	if made.own > heldText {
		made.join()
	}
	return made, nil
}

// makes returns how long the text is that an object has, which may be a delta, as far as it says so.
func (l link) makes() (uint64, error) {
	if l.e.kind <= Tag {
		return l.e.size, nil
	}
	t, err := l.stream()
	if err != nil {
		return 0, err
	}
	defer t.release()
	head := make([]byte, min(l.e.size, 2*maxVarint))
	if _, err := io.ReadFull(t, head); err != nil {
		return 0, err
	}
	_, size, _, err := deltaSizes(head)
	return size, err
}

// maxVarint is how many bytes a number of 64 bits takes.
const maxVarint = 10

// A textInMemory reads a text that is in memory. It is closed for nothing.
type textInMemory struct{ *io.SectionReader }

// Close implements io.Closer.
func (textInMemory) Close() error { return nil }

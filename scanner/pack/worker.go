package pack

import (
	"errors"
	"fmt"
	"io"
	"runtime"

	"github.com/neokeys/neokeys/scanner/pack/inflate"
)

// A worker makes texts and shows them to its visitor.
type worker struct {
	*sweeper
	visitor Visitor
	skimmer Skimmer // the visitor, if it is one
	edge    int     // what it wants to see

	roots   reader // of families, which are in a row
	r       reader // of what is made from them
	z       inflater
	delta   []byte
	edits   []Edit
	excerpt Excerpt
	object  Object
	alone   bool // no other worker holds texts: they may be big

	stack []frame
	held  int      // bytes of text in stack
	free  [][]byte // buffers for texts
	room  int      // bytes of free
	spare []byte   // a buffer for a big text, if alone; a small one must not hold on to it
}

func newWorker(w *sweeper, v Visitor) *worker {
	k := &worker{sweeper: w, visitor: v}
	if s, ok := v.(Skimmer); ok {
		k.skimmer, k.edge = s, max(s.Edge(), QuarterEnd)
	}
	return k
}

// ahead is how many bytes of a pack are read at a time to make one object of a family from
// another. The next one lies near in one of four.
const ahead = 2 << 10

// walkFamilies goes through families until there are no more.
func (k *worker) walkFamilies(fw *familyWalk) {
	k.open(fw)
	for {
		from := int(fw.cursor.Add(rootBatch)) - rootBatch
		if from >= fw.len() || k.ctx.Err() != nil {
			break
		}
		for i := from; i < min(from+rootBatch, fw.len()); i++ {
			k.root(fw, uint32(i))
		}
	}
	for {
		f, ok := fw.wait()
		if !ok {
			return
		}
		k.push(fw, f)
		k.walk(fw)
	}
}

// open makes the worker read the pack of the families.
func (k *worker) open(fw *familyWalk) {
	k.roots = reader{file: fw.p.file, end: fw.p.end, ahead: window, buf: k.roots.buf[:0]}
	k.r = reader{file: fw.p.file, end: fw.p.end, ahead: ahead, buf: k.r.buf[:0]}
}

// root goes through the family of object i, if that is a root.
func (k *worker) root(fw *familyWalk, i uint32) {
	switch kind := fw.kind[i]; kind {
	case broken:
		k.lost(fw, i, fw.broken[i])
	case ofsDelta:
		return
	case refDelta:
		base, ok := fw.bases[i]
		if !ok {
			return
		}
		kind, text, err := k.store.Object(base, k.store.maxText())
		if err != nil {
			k.lost(fw, i, fmt.Errorf("what it is made from, %s, cannot be read: %w", base, err))
			break
		}
		if k.wanted[kind] || fw.inDoubt.has(int(i)) {
			k.push(fw, frame{at: outside, kind: kind, child: i + 1, body: wholeBody(text), shared: true})
		}
	default:
		if k.wanted[kind] && !fw.needless(i) || fw.inDoubt.has(int(i)) {
			k.whole(fw, i, kind)
		}
	}
	k.walk(fw)
}

// walk makes all that can be made from what is on the stack.
func (k *worker) walk(fw *familyWalk) {
	for n := len(k.stack); n > 0; n = len(k.stack) {
		if k.ctx.Err() != nil {
			clear(k.stack)
			k.stack, k.held = k.stack[:0], 0
			return
		}
		if fw.idle.Load() > 0 {
			k.share(fw)
		}
		top := &k.stack[n-1]
		if top.child == 0 {
			k.pop()
			continue
		}
		i := top.child - 1
		top.child = fw.next[i]
		if !fw.needless(i) {
			k.derived(fw, i)
		}
	}
}

// share hands over to a worker with nothing to do what is left to be made from the frame
// that is nearest to the root.
func (k *worker) share(fw *familyWalk) {
	for i := range k.stack {
		if f := &k.stack[i]; f.child != 0 && !f.dropped {
			f.shared = true
			other := *f
			f.child = 0
			fw.share(other)
			return
		}
	}
}

// whole visits object i, which is no delta.
func (k *worker) whole(fw *familyWalk, i uint32, kind Kind) {
	l, b, err := k.read(fw, i)
	if err != nil {
		k.lost(fw, i, err)
		return
	}
	if l.e.size > bigText && !k.alone {
		if fw.first[i] != 0 {
			fw.addBig(i)
		} else if err := k.streamed(fw, i, l); err != nil {
			k.lost(fw, i, err)
		}
		return
	}
	var text []byte
	if b == nil {
		text, err = l.appendText(nil)
	} else {
		text, err = k.inflate(k.buffer(int(l.e.size)+inflate.Slack), b, int(l.e.size))
	}
	if err != nil {
		k.lost(fw, i, err)
		return
	}
	k.made(fw, i, kind, wholeBody(text), nil, nil)
}

// derived visits object i, a delta, to be made from the object on top of the stack.
func (k *worker) derived(fw *familyWalk, i uint32) {
	top := &k.stack[len(k.stack)-1]
	if top.dropped {
		_, text, err := k.store.text(fw.p, fw.offset(top.at), k.store.maxText())
		if err != nil {
			k.lost(fw, i, errNoBase)
			return
		}
		top.body, top.dropped, top.shared = wholeBody(text), false, true // the cache may have it
		k.held += top.own
	}
	l, b, err := k.read(fw, i)
	if err == nil && l.e.size > uint64(k.store.maxText()) {
		err = ErrTooLarge
	}
	if err == nil && b == nil {
		k.delta, err = l.appendText(k.delta[:0])
	} else if err == nil {
		k.delta, err = k.inflate(k.delta[:0], b, int(l.e.size))
	}
	if err != nil {
		k.lost(fw, i, err)
		return
	}
	_, size, _, err := deltaSizes(k.delta)
	if err == nil && size > bigText && !k.alone {
		fw.addBig(i)
		return
	}
	if err == nil && k.skimmable(fw, i, top, size) && k.skim(fw, i, top, size) {
		if top.child == 0 {
			k.pop()
		}
		return
	}
	made, err := k.derivedBody(fw, i, top, int(min(size, uint64(k.store.maxText()))))
	if err != nil {
		k.lost(fw, i, err)
		return
	}
	k.made(fw, i, top.kind, made, top, k.edits)
}

// made visits object i and keeps its text if there is something to be made from it.
func (k *worker) made(fw *familyWalk, i uint32, kind Kind, b body, parent *frame, edits []Edit) {
	if n := fw.index.names; n != nil {
		if fw.isSuspect.has(int(i)) {
			k.lost(fw, i, errChanged)
			return
		}
		if k.wanted[kind] && !k.NoIDs {
			n.note(i, kind, &b, k.naming)
		}
	} else if fw.isSuspect.has(int(i)) || fw.index.crcs == nil && !fw.isRepeated(i) {
		if err := b.check(fw.id(i), kind); err != nil {
			k.lost(fw, i, err)
			return
		}
	}
	f := frame{at: i, kind: kind, child: fw.first[i], body: b}
	if !fw.isRepeated(i) && k.wanted[kind] {
		k.object = Object{Name: Name{in: fw.families, i: i}, Kind: kind, Size: int64(b.size()), Text: b.text, IsBase: f.child != 0, spans: b.spans}
		if parent != nil && parent.visited {
			k.object.Edits, k.object.Base, k.object.Note = edits, parent.text, parent.note
		}
		f.note, f.visited = k.visitor.Visit(&k.object), true
	}
	if parent != nil && parent.child == 0 {
		parent.shared = parent.shared || f.child != 0 && b.spans != nil // which refer to its text
		k.pop()                                                         // what was made was the last
	}
	switch {
	case f.child != 0:
		k.push(fw, f)
	case b.spans == nil:
		k.recycle(b.text)
	}
}

// streamed visits object i, no delta, whose text is too long to hold.
func (k *worker) streamed(fw *familyWalk, i uint32, l link) error {
	if fw.isRepeated(i) {
		return nil
	}
	t, err := l.stream()
	if err != nil {
		return err
	}
	defer t.release()
	name := Name{in: fw.families, i: i}
	switch suspect := fw.isSuspect.has(int(i)); {
	case suspect && fw.index.names != nil:
		return errChanged
	case fw.index.names != nil && k.naming:
		_ = fw.index.names.id(i)
		return nil
	case !suspect:
		return k.stream(name, l.e.kind, t, t)
	}
	h := startHash(fw.index.hashSize, l.e.kind, t.left)
	if err := k.stream(name, l.e.kind, t, io.TeeReader(t, h)); err != nil {
		return err
	}
	if _, err := io.Copy(h, t); err != nil || NewID(h.Sum(nil)) != fw.id(i) {
		return errors.Join(err, errWrongID)
	}
	return nil
}

// stream shows a long text, of which r gives what t does, to the visitor and returns why it could not be read to its
// end.
func (k *worker) stream(name Name, kind Kind, t *textReader, r io.Reader) error {
	k.object = Object{Name: name, Kind: kind, Size: t.left, Reader: r}
	if k.wanted[kind] {
		k.visitor.Visit(&k.object)
	}
	if t.err != nil && !errors.Is(t.err, io.EOF) {
		return fmt.Errorf("%w; read up to byte %d", t.err, k.object.Size-t.left)
	}
	return nil
}

// sweepBig visits object i, which is big, and what is made from it. No other worker is
// at work.
func (k *worker) sweepBig(fw *familyWalk, i uint32) {
	k.alone = true
	kind, text, err := k.store.text(fw.p, fw.offset(i), k.store.maxText())
	size := len(text)
	defer func() {
		k.alone, k.spare, k.delta, k.object, text = false, nil, nil, Object{}, nil
		if size > heldText {
			runtime.GC() // or the next family's texts would come on top of these
		}
	}()
	if l, _, e := k.read(fw, i); errors.Is(err, ErrTooLarge) && e == nil && l.e.kind <= Tag {
		if err := k.streamed(fw, i, l); err != nil {
			k.lost(fw, i, err)
			return
		}
		for c := fw.first[i]; c != 0; c = fw.next[c-1] {
			k.lost(fw, c-1, fmt.Errorf("what it is made from is %w", ErrTooLarge))
		}
		return
	}
	if err != nil {
		k.lost(fw, i, err)
		return
	}
	k.made(fw, i, kind, wholeBody(text), nil, nil)
	k.walk(fw)
}

// lost deals with object i, which cannot be read, and with what is made from it. There may
// be copies of them elsewhere; what has none is named.
func (k *worker) lost(fw *familyWalk, i uint32, why error) {
	type missing struct {
		i   uint32
		why error
	}
	all := []missing{{i, why}}
	for len(all) > 0 && k.ctx.Err() == nil {
		m := all[len(all)-1]
		all = all[:len(all)-1]
		if fw.index.names != nil { // there is no other copy, and no name
			k.problem(Problem{Path: fw.p.path, Err: fmt.Errorf("the object at byte %d: %w", fw.offset(m.i), m.why)})
			for c := fw.first[m.i]; c != 0; c = fw.next[c-1] {
				all = append(all, missing{c - 1, errNoBase})
			}
			continue
		}
		id := fw.id(m.i)
		kind, text, err := k.store.object(&id, 0, bigText, fw.p)
		if err == nil {
			k.copied(fw, m.i, kind, text)
			continue
		}
		if !fw.isRepeated(m.i) {
			k.problem(Problem{ID: id, Path: fw.p.path, Err: m.why})
		}
		for c := fw.first[m.i]; c != 0; c = fw.next[c-1] {
			all = append(all, missing{c - 1, errNoBase})
		}
	}
}

// copied visits object i, whose text was found elsewhere, and leaves it on the stack if
// something is made from it.
func (k *worker) copied(fw *familyWalk, i uint32, kind Kind, text []byte) {
	if !k.wanted[kind] {
		return
	}
	f := frame{at: outside, kind: kind, child: fw.first[i], body: wholeBody(text), shared: true}
	if !fw.isRepeated(i) {
		k.object = Object{Name: Name{in: fw.families, i: i}, Kind: kind, Size: int64(len(text)), Text: text, IsBase: f.child != 0}
		f.note, f.visited = k.visitor.Visit(&k.object), true
	}
	if f.child != 0 {
		k.push(fw, f)
	}
}

var errChanged = damage("its bytes are not those that arrived")

var errNoBase = errors.New("what it is made from cannot be read")

// maxSpan is how long an object can be in its pack for its bytes to be read at once.
const maxSpan = 1 << 20

// read reads the head of object i, and its stream unless that is long.
func (k *worker) read(fw *familyWalk, i uint32) (link, []byte, error) {
	l := link{p: fw.p, offset: fw.offset(i)}
	n := min(fw.end(i)-l.offset, maxSpan)
	var err error
	b := fw.gathered.of(i)
	if len(b) == 0 || b[0] == 0 {
		r := &k.r
		if fw.kind[i] <= Tag || k.roots.holds(l.offset, int(n)) {
			r = &k.roots
		}
		if b, err = r.bytes(l.offset, int(n)); err != nil {
			return l, nil, err
		}
	}
	l.e, err = parseEntry(b, l.offset, fw.index.hashSize)
	if err != nil || n == maxSpan {
		return l, nil, err
	}
	return l, b[l.e.head:], nil
}

// inflate appends to dst what the stream src holds.
func (k *worker) inflate(dst, src []byte, size int) ([]byte, error) {
	// Up to a window's length the bytes were checked when the heads were read.
	dst, _, err := k.z.inflate(dst, src, size, len(src) > window-maxHead)
	return dst, err
}

// push puts an object on the stack, and makes room for its text if there is none.
func (k *worker) push(fw *familyWalk, f frame) {
	k.stack = append(k.stack, f)
	k.held += f.own
	limit := heldText / fw.jobs
	if k.held <= limit {
		return
	}
	for i := range k.stack[:k.joined(limit)] {
		if k.held <= limit {
			break
		}
		if f := &k.stack[i]; !f.dropped && f.at != outside {
			k.held -= f.own
			f.body, f.dropped = body{}, true
		}
	}
}

// joined returns the number of the highest frame whose text is in one piece: those above it refer to
// that, and to each other. If they take more than limit, the top one is put together.
func (k *worker) joined(limit int) int {
	top := len(k.stack) - 1
	own, i := 0, top
	for ; i >= 0 && k.stack[i].spans != nil; i-- {
		own += k.stack[i].own
	}
	if own <= limit {
		return max(i, 0)
	}
	f := &k.stack[top]
	k.held -= f.own
	f.join()
	k.held += f.own
	return top
}

// pop takes the object on top off the stack.
func (k *worker) pop() {
	n := len(k.stack) - 1
	f := &k.stack[n]
	k.held -= f.own
	if !f.shared {
		k.recycle(f.text)
	}
	*f = frame{}
	k.stack = k.stack[:n]
}

// buffer returns an empty buffer, which has room for some of size bytes.
func (k *worker) buffer(size int) []byte {
	if size > bigText && k.spare != nil {
		b := k.spare
		k.spare = nil
		return b[:0]
	}
	n := len(k.free) - 1
	if n < 0 {
		return make([]byte, 0, min(size, firstRoom))
	}
	b := k.free[n]
	k.free = k.free[:n]
	k.room -= cap(b)
	return b[:0]
}

// maxFree is how many bytes of buffers each worker keeps.
const maxFree = 4 << 20

// recycle keeps the buffer of a text that is no longer held.
func (k *worker) recycle(text []byte) {
	switch c := cap(text); {
	case c > bigText:
		if k.alone {
			k.spare = text
		}
	case k.room+c <= maxFree && len(k.free) < 64:
		k.free = append(k.free, text)
		k.room += c
	}
}

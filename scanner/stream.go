package scanner

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"math"
	"slices"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/rules"
	"github.com/neokeys/neokeys/rules/anchor"
	"github.com/neokeys/neokeys/scanner/archive"
)

const (
	// margin is how much text on either side of an anchor must be in the buffer
	// when the anchor is looked at: a rule's reach, in UTF-16.
	margin = 2*rules.Reach + 4
	// bufferSize is how much is read before it is searched: what fits into a
	// core's level 2 cache.
	bufferSize = 256 << 10
	// headSize is how much of the beginning of a file is kept to classify it.
	headSize = 4 << 10
)

// A stream searches one input at a time. Its memory is bounded whatever the input
// is, and is reused for the next one: each worker has one stream.
type stream struct {
	set    *rules.Set
	out    *collector
	places *rules.Places
	// projects is nil where paths begin at a project's root already.
	projects *projectPaths
	// outside is the project of files that are in no other; nil where there is only one.
	outside *Project

	// buf has room for bufferSize, and grows when a text of up to rules.MaxFile
	// is kept as a whole.
	buf  []byte
	wide [utf32BE + 1][4]wideView // by encoding, and by where in a unit the anchors stand
	name []byte                   // room for a file's name

	nest nest
	// past marks historical input: suppress advice about the working copy.
	past bool

	// Of what is in the buffer: its size, up to where anchors were looked at, and up to
	// where to fill it.
	n, handled, room int

	// Of the current input:
	path     string
	text     []byte // what is in the buffer
	base     int64  // offset in the input of text[0]
	counted  int64  // bytes that were counted as searched
	head     []byte // copy of the input's beginning, once text no longer has it
	encoding encoding
	cursor   cursor
	input    io.ReaderAt  // the input, if it can be read once more
	place    *rules.Place // nil until needed
	literals anchor.Set   // the anchors met
	seen     map[matchID]bool
	work     rules.Work               // on this input
	secrets  map[string][]rules.Span  // what to mask in the last lines that were shown
	around   rules.View               // of the last anchor
	binary   struct{ known, is bool } // whether its beginning is no text
	readable readable
	longs    longs
	masked   map[string]string // what was shown of texts that repeat: paths and messages
	excuses  []excuse
	found    []finding.Finding
	examples []finding.Finding
	kept     int // matches that were left by the last thinning
	unlisted int // matches that were not
	open     int // excuses that were left when they last were many
}

// matchID identifies a match, which several anchors may lead to.
type matchID struct {
	rule       *rules.Rule
	start, end int64
	key        string // its id: several may stand in what was packed there
}

func newStream(set *rules.Set, out *collector) *stream {
	return &stream{set: set, out: out, places: new(rules.Places), buf: make([]byte, bufferSize)}
}

// search reads r to its end and hands what it finds to the collector. It returns
// the number of bytes searched, which are all that could be read when there is
// an error.
func (s *stream) search(ctx context.Context, path string, r io.Reader) (int64, error) {
	s.begin(path)
	s.n, s.handled, s.room = 0, 0, bufferSize
	err := s.fill(r)
	s.text = s.buf[:s.n]
	s.encoding = detectEncoding(s.text)
	s.cursor = newCursor(s.encoding)
	whole := wholeOf(r)
	s.input = whole.At
	format := archive.DetectNamed(s.ownName(), s.text)
	opens := s.opens(format)
	switch {
	case opens && format.Random() && whole.At == nil && err == nil:
		var done func()
		whole, r, done = s.spool(r)
		defer done()
		err = s.fill(r)
	case opens && format.Random() && whole.At == nil:
		whole = archive.Whole{At: bytes.NewReader(bytes.Clone(s.text)), Size: int64(s.n)}
	case opens && !format.Random():
		t := &tap{ctx: ctx, stream: s, pending: bytes.Clone(s.text), r: r, err: err}
		s.unpack(ctx, format, t, whole)
		if err = t.err; err == nil {
			err = s.fill(r)
		}
	case format == archive.None:
		if f := s.carries(whole, err); f != archive.None {
			t := &tap{ctx: ctx, stream: s, pending: bytes.Clone(s.text), r: r, err: err}
			s.unpack(ctx, f, t, whole)
			if err = t.err; err == nil {
				err = s.fill(r)
			}
		}
	}
	for {
		if err != nil { // there is no more
			s.text = s.buf[:s.n]
			if !errors.Is(err, errTooMany) {
				err = cmp.Or(s.anchors(s.handled, s.n), err)
			}
			break
		}
		if err = s.advance(ctx); err != nil {
			break
		}
		s.skip(r)
		err = s.fill(r)
	}
	switch {
	case !errors.Is(err, io.EOF):
	case opens && format.Random():
		s.unpackEnd(ctx, format, whole)
	case s.endsAsZip(format, whole) && s.mayOpen(archive.Zip):
		s.unpackEnd(ctx, archive.Zip, whole)
	}
	if errors.Is(err, io.EOF) && archive.EndsAsDMG(s.text) {
		s.mayOpen(archive.DMG)
	}
	if !errors.Is(err, errTooMany) {
		if tooMany := s.whole(); tooMany != nil {
			err = tooMany
		}
	}
	s.end()
	s.input = nil // which may be in memory
	total := s.base + int64(s.n)
	s.count(total)
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return total, err
}

// fill reads from r until there is no more room in the buffer.
func (s *stream) fill(r io.Reader) error {
	for empty := 0; s.n < s.room; {
		m, err := r.Read(s.buf[s.n:s.room])
		s.n += m
		if err != nil {
			return err
		}
		if empty++; m > 0 {
			empty = 0
		} else if empty > 100 {
			return io.ErrNoProgress
		}
	}
	return nil
}

// advance searches what is in the buffer, which is full, and makes room behind it.
func (s *stream) advance(ctx context.Context) error {
	s.text = s.buf[:s.n]
	limit := s.n - margin
	if err := s.anchors(s.handled, limit); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	s.count(s.base + int64(s.n))
	if s.keeps() {
		s.handled, s.room = limit, s.grow(s.n)
		return nil
	}
	if s.awaitLong(limit) {
		return nil
	}
	s.handled = s.shift(limit)
	s.n, s.room = len(s.text), bufferSize
	return nil
}

// A holed input knows where parts of it were never written.
type holed interface {
	// skipHole skips such a part, if the input is at one, and returns its size in
	// bytes. They would all have been zero.
	skipHole() int64
}

// skip skips what need not be read to know that it is zeros: there are files, such as
// disk images, that are mostly that. It is tried when all there is in the buffer is
// zeros, as these are then the same that would be there after reading.
func (s *stream) skip(r io.Reader) {
	h, ok := r.(holed)
	if !ok || s.text[0] != 0 || len(bytes.TrimLeft(s.text, "\x00")) > 0 {
		return
	}
	n := h.skipHole()
	if n > 0 && s.input != nil {
		s.cursor.settle(s.input, s.base)
		s.input = nil // which may have many holes, each with little before it
	}
	s.base += n
	s.cursor.skip(n)
}

// count counts the bytes that were searched so far.
func (s *stream) count(total int64) {
	s.out.Bytes.Add(total - s.counted)
	s.counted = total
}

// searchBytes is search for an input that is in memory as a whole.
func (s *stream) searchBytes(path string, text []byte) error {
	s.begin(path)
	return s.searchAll(text)
}

// searchPlace is searchBytes in a given place, for inputs whose place does not follow from a path.
func (s *stream) searchPlace(place rules.Place, text []byte) error {
	s.begin(place.Path)
	s.place = &place
	return s.searchAll(text)
}

func (s *stream) searchAll(text []byte) error {
	s.text = text
	s.encoding = detectEncoding(text)
	s.cursor = newCursor(s.encoding)
	err := s.anchors(0, len(text))
	if err == nil {
		err = s.whole()
	}
	s.end()
	return err
}

// end hands what was found in the input to the collector.
func (s *stream) end() {
	if s.work.Spent() {
		s.problem(errors.New(rules.GaveUp))
	}
	s.leaveKnown()
	s.leaveTold()
	s.applyExcuses()
	s.forgetExcuses(math.MaxInt)
	s.countFromSubject()
	s.tellUnlisted()
	s.out.add(s.found, s.examples)
}

// searchName looks for keys in the name of something in a folder.
func (s *stream) searchName(folder, name string) {
	s.name = append(s.name[:0], name...)
	if _, ok := s.set.Anchors().Next(s.name, 0); !ok {
		return
	}
	path := join(folder, name)
	s.begin(path)
	s.text, s.encoding, s.cursor = s.name, utf8Text, newCursor(utf8Text)
	s.place = &rules.Place{Path: path, Exposure: finding.Name}
	_ = s.anchors(0, len(s.text)) // a name is too short to hold too many
	for _, list := range [][]finding.Finding{s.found, s.examples} {
		for i := range list {
			list[i].Location = finding.Location{Path: list[i].Path}
		}
	}
	s.out.add(s.found, s.examples)
}

// begin forgets the previous input.
func (s *stream) begin(path string) {
	s.path, s.base, s.counted, s.head, s.place, s.literals, s.input = path, 0, 0, nil, nil, anchor.Set{}, nil
	s.found, s.examples, s.excuses = nil, nil, s.excuses[:0]
	s.kept, s.unlisted, s.open = 0, 0, 0
	s.work, s.binary.known, s.readable, s.longs = rules.Work{}, false, readable{}, noLongs
	clear(s.seen)
	clear(s.masked)
	clear(s.nest.known)
	s.nest.named = false
}

// shift drops from the buffer what no anchor at or after limit needs, and returns
// where limit now is.
func (s *stream) shift(limit int) int { return limit - s.drop(limit-margin) }

// drop drops from the buffer what stands before text[first], or a little less, and returns how many bytes.
func (s *stream) drop(first int) int {
	if s.head == nil {
		s.head = append([]byte(nil), s.text[:min(headSize, len(s.text))]...)
	}
	drop := s.cursor.boundary(s.text, first)
	if s.input != nil {
		s.cursor.postpone(drop)
	} else {
		s.cursor.drop(s.text, drop)
	}
	copy(s.buf, s.text[drop:])
	s.text = s.buf[:len(s.text)-drop]
	s.base += int64(drop)
	return drop
}

// anchors looks at each anchor that begins in text[from:to].
func (s *stream) anchors(from, to int) error {
	s.forgetWide()
	finder := s.set.Anchors()
	for {
		h, ok := finder.Next(s.text, from)
		if !ok || h.Pos >= to {
			return nil
		}
		s.hit(h)
		from = h.Pos + 1
		if err := s.bound(h.Pos); err != nil {
			return err
		}
	}
}

// classify derives the input's place from its name and its first bytes.
func (s *stream) classify() {
	if s.place != nil {
		return
	}
	p := s.places.Of(s.where(), s.beginning())
	if outer := s.nest.outer; outer != nil {
		outer.classify()
		if e := outer.place.Exposure; e != finding.Source {
			p.Exposure = e // whoever can read an archive can read all in it
			s.place = &p
			return
		}
	}
	if isImagePart(s.ownName()) {
		p.Exposure = finding.Container
	}
	s.place = &p
}

// beginning returns the first bytes of the input.
func (s *stream) beginning() []byte {
	if s.head != nil {
		return s.head
	}
	return s.text[:min(headSize, len(s.text))]
}

// hit runs the rules on what is around an anchor.
func (s *stream) hit(h anchor.Hit) {
	s.classify()
	s.literals.AddAll(h.Literals)
	s.noteLong(h.Pos)
	v := &s.around
	first, stride, decoded := s.view(h, v)
	v.Code, v.Work = s.place.Code, &s.work
	s.work.Upto(s.base + int64(h.Pos))
	if s.set.MarksIgnore(h) {
		s.excuse(h, v)
	}
	s.set.Match(h, v, func(r *rules.Rule, m rules.Match) {
		f := s.record(r, m, first+m.Start*stride, min(first+m.End*stride, len(s.text)))
		if f == nil {
			return
		}
		f.Snippet = s.snippet(v.Text, m)
		f.DecodedFrom = slices.Concat(s.nest.packed, decoded, m.Decoded)
	})
}

// view makes v the text around an anchor that rules may see. The view's first byte was made
// from s.text[first], and each of its bytes from stride bytes of the text; decoded names the
// encoding.
func (s *stream) view(h anchor.Hit, v *rules.View) (first, stride int, decoded []string) {
	if h.Width > 1 {
		e := s.wideOrder(h.Pos, h.Width)
		first = s.widen(v, h.Pos, e)
		decoded = []string{e.wideName()}
	} else {
		first = max(s.markSize(), h.Pos-rules.Reach)
		v.Text = s.text[first:min(len(s.text), h.Pos+rules.Reach)]
		v.Pos = h.Pos - first
	}
	near := rules.Span{Start: max(0, v.Pos-textReach), End: min(len(v.Text), v.Pos+textReach)}
	switch {
	case !s.isText():
		v.Data = true
	case h.Width > 1:
		v.Data = controls(near.Of(v.Text))
	default:
		v.Data = !s.readable.at(s.text, s.base, rules.Span{Start: first + near.Start, End: first + near.End})
	}
	return first, h.Width, decoded
}

// record keeps the match at text[start:end] as a finding and returns it; nil if it was
// recorded before.
func (s *stream) record(r *rules.Rule, m rules.Match, start, end int) *finding.Finding {
	id := matchID{rule: r, start: s.base + int64(start), end: s.base + int64(end)}
	if m.Key != nil {
		id.key = m.Key.ID
	}
	if s.seen[id] {
		return nil
	}
	if s.seen == nil {
		s.seen = map[matchID]bool{}
	}
	s.seen[id] = true

	list, severity, exposure := &s.found, m.Severity, m.Exposed(s.place.Exposure)
	if m.Example {
		list = &s.examples
	}
	if m.Key != nil {
		severity = rules.Raise(severity, exposure)
	}
	*list = append(*list, finding.Finding{
		Rule:       r.ID,
		Severity:   severity,
		Confidence: m.Confidence,
		Message:    s.mask(m.Message), // it may name what stands in the text
		Key:        m.Key,
		Exposure:   exposure,
		Liveness:   finding.NotChecked,
	})
	f := &(*list)[len(*list)-1]
	f.Path, f.Container, f.Offset = s.mask(s.path), s.mask(s.nest.container()), id.start
	f.Line, f.Column = s.at(start)
	f.EndLine, f.EndColumn = s.at(end)
	return f
}

// at returns the line and column of text[pos].
func (s *stream) at(pos int) (line, column int) {
	s.cursor.settle(s.input, s.base)
	return s.cursor.at(s.text, pos)
}

// maxMasked is of how many texts it is kept what may be shown.
const maxMasked = 64

// mask is [rules.Mask], for texts most of which were just masked.
func (s *stream) mask(text string) string {
	shown, ok := s.masked[text]
	if !ok {
		shown = rules.Mask(text)
		if s.masked == nil {
			s.masked = map[string]string{}
		}
		if len(s.masked) < maxMasked {
			s.masked[text] = shown
		}
	}
	return shown
}

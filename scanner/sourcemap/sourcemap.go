// Package sourcemap finds the place in a source that a place in a bundle was made from, by
// the bundle's source map.
//
// The format is ECMA-426 (https://tc39.es/ecma426/), which was called "Source Map Revision 3
// Proposal". A map is read as a stream, twice, in memory that does not depend on its size:
// maps are as hostile as all that is scanned, and those of large apps have hundreds of
// megabytes. The libraries for Go that read maps unmarshal them as a whole, which takes eight
// times their size, and panic on mappings that name a source that is not there.
package sourcemap

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// A Query is a place to look up: in the bundle, or in the map itself.
type Query struct {
	// Line and Column are a place in the bundle: Line from 1, Column from 0 and in UTF-16
	// units. Line is 0 for a place in the map.
	Line, Column int
	// Offset is a place in the map, in bytes from its beginning.
	Offset int64
	// Secret is the key that stands there; empty for none. Where a source that the map
	// holds has it, too, that is the place: more exact than mappings, which tell of a
	// value that was folded or inlined only what it was made from.
	Secret string
}

// A Place is a place in a source.
type Place struct {
	// Source is the source's name as the map has it, behind the map's sourceRoot; see [Clean].
	Source string
	// Line and Column are from 1, the column in code points.
	Line, Column int
	// Text is the beginning of that line, up to 16 KiB; empty where the map does not hold the
	// source.
	Text string
	// Exact says that what was asked for stands there: the secret, or a part of it, or the
	// place in the map. Otherwise only a mapping leads there, whose text in the bundle begins
	// so many UTF-16 units before what was asked for.
	Exact  bool
	Before int
}

// Resolve looks up places by the map m, which it reads from the beginning. Of a query that
// the map has no answer to the place is nil. With an error, which says what is the matter
// with the map, it returns what it found before.
func Resolve(ctx context.Context, m io.ReadSeeker, queries []Query) ([]*Place, error) {
	found, err := lookUp(ctx, m, queries)
	places := make([]*Place, len(queries))
	lines := map[hit]*Place{}
	for i := range found {
		best := found[i].best()
		if best == nil {
			continue
		}
		// A hit and a mapping may be of one place, but their columns differ.
		p := &Place{Line: best.line, Column: best.column, Exact: best.exact, Before: best.before}
		places[i] = p
		at := hit{best.sourceID, best.line, 0}
		if lines[at] == nil {
			lines[at] = &Place{}
		}
	}
	if ctxErr := ctx.Err(); ctxErr != nil {
		return places, ctxErr
	}
	err = cmp.Or(err, readLines(ctx, m, lines))
	for i, p := range places {
		if p == nil {
			continue
		}
		best := found[i].best()
		line := lines[hit{best.sourceID, best.line, 0}]
		p.Source, p.Text = line.Source, line.Text
		if !p.Exact {
			p.Column = codePoints(p.Text, best.column) + 1
		} else if best.part {
			p.Column = beginning(p.Text, queries[i].Secret, p.Column)
		}
		if p.Source == "" {
			places[i] = nil // it has no name
		}
	}
	return places, err
}

// lookUp reads the map for the first time.
func lookUp(ctx context.Context, m io.ReadSeeker, queries []Query) ([]answer, error) {
	r := &resolver{answers: make([]answer, len(queries)), queries: queries, virtual: map[sourceID]bool{}}
	var needles []*needle
	bySecret := map[string]*needle{}
	var marks []mark
	for i := range queries {
		q, a := &queries[i], &r.answers[i]
		a.virtual = r.virtual
		if q.Line == 0 {
			marks = append(marks, mark{q.Offset, func(h hit) { a.marked = &h }})
			continue
		}
		a.needle = bySecret[q.Secret]
		if a.needle == nil && len(q.Secret) >= partSize && len(needles) < maxSecrets {
			a.needle = &needle{secret: []byte(q.Secret)}
			bySecret[q.Secret] = a.needle
			needles = append(needles, a.needle)
		}
	}
	r.hay = newHaystack(needles, marks)
	w := walker{visit: r}
	err := w.walk(ctx, m)
	if w.late && err == nil {
		for i := range r.answers {
			r.answers[i].mapped = nil
		}
		r.hay = newHaystack(nil, nil)
		err = w.walk(ctx, m)
	}
	return r.answers, cmp.Or(err, r.damage)
}

// An answer is what is known of a query.
type answer struct {
	marked  *hit
	needle  *needle
	mapped  *segment
	in      int // the section that mapped is of
	column  int // there, of what was asked for
	virtual map[sourceID]bool
}

// A found is a place that was chosen. Column is in UTF-16 units and from 0 if it is not exact.
type found struct {
	sourceID
	line, column int
	exact, part  bool
	before       int
}

// best chooses a place: where the key stands in a source, the mapping says which of several;
// elsewhere there is only the mapping.
func (a *answer) best() *found {
	if h := a.marked; h != nil {
		return &found{sourceID: h.sourceID, line: h.line, column: h.column, exact: true}
	}
	var mapped *found
	if s := a.mapped; s != nil && !a.virtual[sourceID{a.in, s.source}] {
		mapped = &found{sourceID: sourceID{a.in, s.source}, line: s.from.line + 1, column: s.from.column, before: a.column - s.at.column}
	}
	if a.needle == nil {
		return mapped
	}
	if h := a.nearest(a.needle.whole, mapped); h != nil {
		return &found{sourceID: h.sourceID, line: h.line, column: h.column, exact: true}
	}
	if h := a.nearest(a.needle.parts, mapped); h != nil {
		return &found{sourceID: h.sourceID, line: h.line, column: h.column, exact: true, part: true}
	}
	if mapped == nil && len(a.needle.whole) > 0 { // all of them in modules that are no files
		h := a.needle.whole[0]
		return &found{sourceID: h.sourceID, line: h.line, column: h.column, exact: true}
	}
	return mapped
}

// nearest returns the hit that is nearest to where the mapping leads.
func (a *answer) nearest(hits []hit, mapped *found) *hit {
	far := func(h hit) int {
		switch {
		case mapped == nil || h.sourceID != mapped.sourceID:
			return maxInt32
		case h.line < mapped.line:
			return mapped.line - h.line
		}
		return h.line - mapped.line
	}
	hits = slices.DeleteFunc(slices.Clone(hits), func(h hit) bool { return a.virtual[h.sourceID] })
	if len(hits) == 0 {
		return nil
	}
	h := slices.MinFunc(hits, func(x, y hit) int { return cmp.Compare(far(x), far(y)) })
	return &h
}

// beginning returns the column of line at which a secret begins that is made of several
// strings; otherwise that of the part that was found.
func beginning(line, secret string, part int) int {
	for n := len(secret); n >= 4; n-- {
		if i := strings.Index(line, secret[:n]); i >= 0 {
			return utf8.RuneCountInString(line[:i]) + 1
		}
	}
	return part
}

// A resolver looks places up while a map is read.
type resolver struct {
	queries []Query
	answers []answer
	hay     *haystack
	damage  error // of mappings: the rest of the map may be whole
	// virtual are sources that are no files, such as parcel's <anon>, which is the bundle
	// itself.
	virtual map[sourceID]bool
}

func (r *resolver) root(int, string) {}

func (r *resolver) source(l *lexer, id sourceID) error {
	name, err := l.text(256)
	if len(r.virtual) < maxSections && Clean(name).From == Virtual {
		r.virtual[id] = true
	}
	return err
}

func (r *resolver) content(l *lexer, id sourceID) error {
	r.hay.begin(id)
	defer r.hay.end()
	return l.string(r.hay.piece)
}

func (r *resolver) mappings(l *lexer, section int, offset position) error {
	var list []wanted
	for i := range r.queries {
		q, a := &r.queries[i], &r.answers[i]
		at := position{q.Line - 1, q.Column}
		if q.Line == 0 || at.compare(offset) < 0 {
			continue
		}
		a.mapped = nil // that of a section before does not reach this far
		inSection := at.from(offset)
		list = append(list, wanted{inSection, func(s segment) { a.mapped, a.in, a.column = &s, section, inSection.column }})
	}
	d := newDecoder(list)
	if err := l.string(d.piece); err != nil {
		return err
	}
	r.damage = cmp.Or(r.damage, d.end())
	return nil
}

// A reader reads the names and lines of places while a map is read for the second time.
type reader struct {
	wanted map[sourceID][]*wantedLine
	roots  map[int]string
}

type wantedLine struct {
	line  int
	place *Place
}

// readLines fills in the source and the text of lines.
func readLines(ctx context.Context, m io.ReadSeeker, lines map[hit]*Place) error {
	if len(lines) == 0 {
		return nil
	}
	r := &reader{wanted: map[sourceID][]*wantedLine{}, roots: map[int]string{}}
	for at, p := range lines {
		r.wanted[at.sourceID] = append(r.wanted[at.sourceID], &wantedLine{at.line, p})
	}
	w := walker{visit: r}
	err := w.walk(ctx, m)
	for id, list := range r.wanted {
		for _, w := range list {
			if w.place.Source != "" {
				w.place.Source = join(r.roots[id.section], w.place.Source)
			}
		}
	}
	return err
}

func (r *reader) root(section int, text string) {
	r.roots[section] = text
}

func (r *reader) source(l *lexer, id sourceID) error {
	list := r.wanted[id]
	if list == nil {
		return l.skip()
	}
	name, err := l.text(maxName)
	for _, w := range list {
		w.place.Source = name
	}
	return err
}

func (r *reader) content(l *lexer, id sourceID) error {
	list := r.wanted[id]
	if list == nil {
		return l.skip()
	}
	slices.SortFunc(list, func(a, b *wantedLine) int { return cmp.Compare(a.line, b.line) })
	line, next := 1, 0
	var text []byte
	keep := func() {
		if next < len(list) && list[next].line == line {
			list[next].place.Text = strings.TrimPrefix(string(text), "\ufeff")
			next++
		}
		text = text[:0]
	}
	err := l.string(func(piece []byte, _ int64, _ int) error {
		for part := range slices.Values(splitLines(piece)) {
			if next < len(list) && list[next].line == line && len(text) < maxLine {
				text = append(text, part[:min(len(part), maxLine-len(text))]...)
			}
			if n := len(part); n > 0 && part[n-1] == '\n' {
				keep()
				line++
			}
		}
		return nil
	})
	keep()
	return err
}

func (r *reader) mappings(l *lexer, _ int, _ position) error { return l.skip() }

// splitLines returns the lines of text, each with its end.
func splitLines(text []byte) (lines [][]byte) {
	for len(text) > 0 {
		n := slices.Index(text, '\n') + 1
		if n == 0 {
			n = len(text)
		}
		lines = append(lines, text[:n])
		text = text[n:]
	}
	return lines
}

// codePoints returns how many code points the first n UTF-16 units of text are.
func codePoints(text string, n int) int {
	units, points := 0, 0
	for _, r := range text {
		if units >= n {
			return points
		}
		units++
		if r > 0xffff {
			units++
		}
		points++
	}
	return points + n - units
}

// Line returns the beginning of a line of a source, up to 16 KiB. Lines are counted from 1.
func Line(ctx context.Context, r io.Reader, line int) string {
	b := bufio.NewReaderSize(r, 64<<10)
	var text []byte
	for at := 1; at <= line && ctx.Err() == nil; {
		piece, err := b.ReadSlice('\n')
		if at == line && len(text) < maxLine {
			text = append(text, piece[:min(len(piece), maxLine-len(text))]...)
		}
		if err == nil {
			at++
		} else if !errors.Is(err, bufio.ErrBufferFull) {
			break
		}
	}
	return strings.TrimPrefix(string(text), "\ufeff")
}

// maxLine is how much of a line is kept.
const maxLine = 16 << 10

package sourcemap

import (
	"cmp"
	"errors"
	"math"
	"slices"
)

const maxInt32 = math.MaxInt32

var errMappings = errors.New("its mappings are damaged: only places before the damage are known")

// A position is a line and a column, both from 0. Columns are UTF-16 units, as in mappings.
type position struct{ line, column int }

func (p position) compare(q position) int {
	return cmp.Or(cmp.Compare(p.line, q.line), cmp.Compare(p.column, q.column))
}

// from returns p as seen from offset, where a section begins.
func (p position) from(offset position) position {
	if p.line == offset.line {
		return position{0, p.column - offset.column}
	}
	return position{p.line - offset.line, p.column}
}

// A segment says that text from at up to the next segment was made from a place in a source.
type segment struct {
	at     position
	source int // index in the map's sources; -1 for text that was made from none
	from   position
}

// A wanted is a place of the bundle that is looked up in mappings.
type wanted struct {
	at     position
	answer func(segment) // is called if there is a segment of the same line at or before it
}

// A decoder looks up places in the mappings of a map while it reads them. The format is that
// of ECMA-426, "Mappings structure": a line is segments between commas and ends with a
// semicolon; a segment is one, four or five numbers, each the difference to the one before,
// in base 64 digits of which the sixth bit says that there are more.
type decoder struct {
	wanted []wanted // in order, those that are not yet passed

	line   int
	fields [5]int // column, source, line and column there, name: sums of the differences
	count  int    // of the current segment's fields
	value  uint64
	shift  uint
	last   segment // the one before, on the same line
	any    bool    // there is one
	damage error   // after which nothing is wanted any more
}

func newDecoder(list []wanted) *decoder {
	slices.SortStableFunc(list, func(a, b wanted) int { return a.at.compare(b.at) })
	return &decoder{wanted: list}
}

// digits maps base 64 digits to their values; others are 64 and more.
var digits = func() (values [256]uint8) {
	for i := range values {
		values[i] = 64
	}
	for i, c := range []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/") {
		values[c] = uint8(i)
	}
	return values
}()

// piece decodes one part of the mappings after another.
func (d *decoder) piece(text []byte, _ int64, _ int) error {
	for _, c := range text {
		if len(d.wanted) == 0 {
			return nil
		}
		v := digits[c]
		switch {
		case v >= 64 && (c != ',' && c != ';' || d.shift > 0):
			d.damaged()
		case v >= 64:
			d.segment()
			if c == ';' {
				d.newLine()
			}
		case d.count == len(d.fields) || d.shift > 30:
			d.damaged()
		default:
			d.value |= uint64(v&31) << d.shift
			if d.shift += 5; v&32 == 0 {
				d.field()
			}
		}
	}
	return nil
}

// damaged notes that the mappings are, and ends the search.
func (d *decoder) damaged() { d.damage, d.wanted = errMappings, nil }

// field adds a number to the sum of its kind.
func (d *decoder) field() {
	n := int(d.value >> 1)
	if d.value&1 != 0 {
		n = -n
	}
	d.fields[d.count] += n
	d.count++
	d.value, d.shift = 0, 0
}

// segment ends the current segment.
func (d *decoder) segment() {
	if d.count == 0 {
		return
	}
	f := &d.fields
	if d.count == 2 || d.count == 3 || f[0] < 0 || slices.Min(f[:]) < 0 || slices.Max(f[:]) > maxInt32 {
		d.damaged()
		return
	}
	s := segment{at: position{d.line, f[0]}, source: -1}
	if d.count >= 4 {
		s.source, s.from = f[1], position{f[2], f[3]}
	}
	d.pass(s.at)
	d.last, d.any, d.count = s, true, 0
}

func (d *decoder) newLine() {
	d.line++
	d.fields[0] = 0
	d.pass(position{d.line, 0})
	d.any = false
}

// pass answers what is wanted before at.
func (d *decoder) pass(at position) {
	for len(d.wanted) > 0 && d.wanted[0].at.compare(at) < 0 {
		if w := d.wanted[0]; d.any && d.last.source >= 0 && d.last.at.line == w.at.line && d.last.at.compare(w.at) <= 0 {
			w.answer(d.last)
		}
		d.wanted = d.wanted[1:]
	}
}

// end answers what is left, and says whether the mappings are damaged.
func (d *decoder) end() error {
	if d.shift > 0 {
		d.damaged()
	}
	if d.damage == nil {
		d.segment()
		d.pass(position{maxInt32 + 1, 0})
	}
	return d.damage
}

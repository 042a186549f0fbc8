package codec

import (
	"bytes"
	"strings"
	"sync"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/text"
)

// A unit reads what is written at src[i:] in some form: the byte it stands for, or nothing
// if that is -1, and how many bytes of src it takes. It takes none where there is no unit of
// the form.
type unit func(src []byte, i int) (c int, n int)

// perUnit is the cost of a unit.
const perUnit = 16

// nothing is what a unit stands for that only parts what belongs together.
const nothing = -1

const (
	// unitsBefore is how many bytes before an anchor are undone, to see what stands before
	// the key and where it begins, and probeBefore how many to see whether it does.
	unitsBefore, probeBefore = 96, 48
	// maxEncoded bounds how many bytes one key takes in any form.
	maxEncoded = 4 << 10
)

// undoUnits returns the undo of a form in which each unit stands by itself, in plain text.
func undoUnits(u unit) undo { return reader{unit: u}.undo }

// A reader reads the units of a form. Where they take long to read, marks are the bytes that they
// begin with, and cost is what it costs to read one there, or to see that there is none. quick, if it is
// not nil, reads the simplest ones without that cost.
type reader struct {
	unit
	marks string
	cost  int
	quick unit
}

// room holds what was read last. What is yielded is gone when yield returns.
type room struct {
	text  []byte
	spans []text.Span
}

var rooms = sync.Pool{New: func() any { return new(room) }}

func (r reader) undo(src []byte, pos int, spend Spend, yield func(Plain) bool) {
	if first := pos - len("neo"); first >= 0 && bytes.HasPrefix(src[first:], []byte(finding.KeyPrefix)) {
		return // it begins plainly, which is an anchor by itself
	}
	// Most anchors have no key around them, which little text is enough to show.
	room := rooms.Get().(*room)
	defer rooms.Put(room)
	probe, undone := r.read(room, src, pos, probeBefore, len(finding.KeyPrefix)+around, spend)
	at := keyNear(probe.Text, probe.Key)
	after := finding.MaxAPIKeyLen + around
	switch {
	case bytes.HasPrefix(probe.Text[min(at, len(probe.Text)):], []byte(finding.KeyPrefix)):
		if bytes.HasPrefix(src[pos:], []byte(finding.KeyPrefix)) && !r.breaksIn(src, pos, spend) {
			return
		}
	case undone < probe.Key-around:
		return
	default:
		if _, ok := nearest(probe.Text, probe.Key); !ok || begins(src[pos:]) {
			return
		}
		after *= 3 // for the form that the key has in this one
	}
	p, undone := r.read(room, src, pos, unitsBefore, after, spend)
	p.Key = keyNear(p.Text, p.Key)
	if undone > p.Key {
		yield(p)
	}
}

// breaksIn reports whether a unit stands where the key that begins at src[pos] breaks off.
func (r reader) breaksIn(src []byte, pos int, spend Spend) bool {
	for i := pos + len(finding.KeyPrefix); i < min(len(src), pos+finding.MaxAPIKeyLen); i++ {
		if !finding.IsSecretByte(src[i]) && src[i] != '_' {
			if !spend(r.cost) {
				return false
			}
			_, n := r.unit(src, i)
			return n > 0
		}
	}
	return false
}

// read undoes the units of a form from some bytes before the anchor at src[pos] until there
// are as many bytes of plain text after it. It returns where in the plain text the last of
// them ends that stood for something or parted something. The text is in room
// until that is used again.
func (r reader) read(room *room, src []byte, pos, before, after int, spend Spend) (p Plain, undone int) {
	p = Plain{Key: -1, Text: room.text[:0], spans: room.spans[:0]}
	defer func() { room.text, room.spans = p.Text, p.spans }()
	undone = -1
	end := min(len(src), pos+maxEncoded)
	for i := max(0, pos-before); i < end && spend(perPlain); {
		if i >= pos && p.Key < 0 {
			p.Key = len(p.Text)
		}
		if p.Key >= 0 && len(p.Text) > p.Key+after {
			break
		}
		c, n := r.unitAt(src, i, spend)
		if n == 0 {
			p.add(src[i], text.Span{Start: i, End: i + 1})
			i++
			continue
		}
		if i < pos && i+n > pos {
			p.Key = len(p.Text) // the anchor is a part of the unit
		}
		if c != nothing {
			p.add(byte(c), text.Span{Start: i, End: i + n})
		}
		undone = len(p.Text)
		i += n
		spend(perUnit)
	}
	if p.Key < 0 {
		p.Key = len(p.Text)
	}
	return p, undone
}

// unitAt reads the unit at src[i:].
func (r reader) unitAt(src []byte, i int, spend Spend) (c, n int) {
	if r.marks == "" {
		return r.unit(src, i)
	}
	if strings.IndexByte(r.marks, src[i]) < 0 {
		return 0, 0
	}
	if r.quick != nil {
		if c, n = r.quick(src, i); n > 0 {
			return c, n
		}
	}
	cost := r.cost
	if strings.IndexByte("$#{", src[i]) >= 0 {
		cost /= 4 // only a few bytes are looked at
	}
	if !spend(cost) {
		return 0, 0
	}
	return r.unit(src, i)
}

// keyNear returns where the key begins that the anchor at src[at] is a part of: at itself if
// no key begins near it.
func keyNear(src []byte, at int) int {
	if len(src) == 0 {
		return 0
	}
	first := max(0, at-around)
	near := src[first:min(len(src), at+around)]
	best := -1
	for pos := 0; ; pos++ {
		n := bytes.Index(near[pos:], []byte(finding.KeyPrefix))
		if n < 0 {
			break
		}
		pos += n
		// The last one that begins no later than the anchor, or the first after it.
		if best < 0 || first+pos <= at {
			best = pos
		}
	}
	if best < 0 {
		return min(at, len(src)-1)
	}
	return first + best
}

// hexDigits returns the number that the n hexadecimal digits at src[i:] are; -1 if they are
// none.
func hexDigits(src []byte, i, n int) int {
	if i+n > len(src) {
		return -1
	}
	v := 0
	for _, c := range src[i : i+n] {
		if !text.IsHex(c) {
			return -1
		}
		v = v<<4 | int(hexValue(c))
	}
	return v
}

func hexValue(c byte) byte {
	if text.IsDigit(c) {
		return c - '0'
	}
	return c | 0x20 - 'a' + 10
}

// character returns the number of a character as a byte: one beyond ASCII is no part of a
// key, and no letter before one.
func character(v int) int {
	if v > 0x7f {
		return 0xff
	}
	return v
}

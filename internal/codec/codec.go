// Package codec knows the forms in which a key may be written other than plainly: in an
// encoding, with escapes, in pieces. There is one table of them, [forms]; a new form is a
// new line there and a file of its own.
package codec

import (
	"bytes"
	"slices"
	"strings"
	"sync"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/text"
)

// A form is a way to write a key.
type form struct {
	// names are what a report says in decoded_from, outermost first. A form without
	// names is an escape of the language that the key stands in, and not reported.
	names []string
	// anchors are short texts, one of which is part of every key in this form. They are
	// searched for in any case. Those that ordinary text holds cost time.
	anchors []string
	// also returns more anchors: such as are worked out, or as several forms have. It is nil where there are none.
	also func() []string
	// undo calls yield with what the text around the anchor at src[pos] stands for. Where
	// that is in doubt, it calls yield for each way to take it, the shortest first, for as
	// long as yield returns true. Where no key can be, it does not call yield. It looks
	// at a bounded part of src, and spends what that costs beyond a first look: it stops where there is
	// nothing left to spend.
	undo undo
	// breaks are the bytes with which this form may go on where a key that begins plainly
	// breaks off. undo is then called with the place of its first letters, too.
	breaks string
	// whole says that only a key of the documented length is believed in this form: what
	// follows the key could be taken for a part of it.
	whole bool
}

// An undo is what undoes a form; see there.
type undo = func(src []byte, pos int, spend Spend, yield func(Plain) bool)

// A Spend takes the cost of some work from what is left for a text, and reports whether
// anything is left. The unit is what it takes to look at a byte: a few nanoseconds.
type Spend = func(n int) bool

// tooMuch is more than any text is worth: what asks for it says that something in the text is left out.
const tooMuch = 1 << 40

// What work costs beside looking at bytes, as measured on hostile texts.
const (
	// perPlain is the cost of a byte of plain text, with its place in the encoded one.
	perPlain = 6
	// perExpression is the cost of trying a regular expression on a few bytes.
	perExpression = 128
	// perStream is the cost of beginning to inflate something.
	perStream = 4 << 10
)

// A Plain is a text with forms undone.
type Plain struct {
	Text []byte
	// Key is where in Text the key begins to which the anchor belongs. What stands
	// before it is there to show whether a key can begin there.
	Key int
	// Names are the forms that were undone, outermost first, as in decoded_from.
	Names []string
	// Whole says that only a key of the documented length is to be believed.
	Whole bool
	// Several says that there may be more keys than one: the text was packed.
	Several bool
	// packed says that all of Text is written as place, and not each byte for itself.
	packed bool
	place  text.Span
	// spans are where in the encoded text each byte of Text is written; nil where nothing
	// was undone.
	spans []text.Span
}

// Undone reports whether anything was undone to see the text.
func (p *Plain) Undone() bool { return p.packed || p.spans != nil }

// Source returns the part of the encoded text that Text[start:end] is written as. The part
// is not empty, and nor may that of Text be.
func (p *Plain) Source(start, end int) text.Span {
	switch {
	case p.packed:
		return p.place
	case p.spans == nil:
		return text.Span{Start: start, End: end}
	}
	s := p.spans[start]
	for _, t := range p.spans[start+1 : end] {
		s.Start, s.End = min(s.Start, t.Start), max(s.End, t.End)
	}
	return s
}

// From returns p without what stands before the key.
func (p Plain) From() Plain {
	p.Text = p.Text[p.Key:]
	if p.spans != nil {
		p.spans = p.spans[p.Key:]
	}
	p.Key = 0
	return p
}

// add appends c, which is written as the span s.
func (p *Plain) add(c byte, s text.Span) {
	p.Text, p.spans = append(p.Text, c), append(p.spans, s)
}

// within returns p, which was undone from the text of outer, as undone from what outer was.
func (p Plain) within(outer *Plain, f *form) Plain {
	switch {
	case outer.Undone() && p.packed:
		p.place = outer.Source(p.place.Start, p.place.End)
	case outer.packed:
		p.packed, p.place, p.spans = true, outer.place, nil
	case outer.spans != nil:
		for i, s := range p.spans {
			p.spans[i] = outer.Source(s.Start, s.End)
		}
	}
	names := f.names
	if n := len(outer.Names); n > 0 && len(names) > 0 && outer.Names[n-1] == names[0] && names[0] == joined {
		names = nil // pieces of one expression
	}
	p.Names = slices.Concat(outer.Names, names, p.Names)
	p.Whole = outer.Whole || f.whole
	p.Several = p.Several || outer.Several
	return p
}

// maxDepth is how many forms in one another are undone.
const maxDepth = 4

// Undo calls yield with each text in which a key begins at Key that what stands around the
// anchor at src[pos] may stand for, until yield returns false. First is src itself, if a
// key begins at pos. Of forms in one another it undoes four. Before it looks at more bytes it
// asks spend whether it may; nil is no bound. What is yielded is gone when yield returns.
func Undo(src []byte, pos int, spend Spend, yield func(Plain) bool) {
	if spend == nil {
		spend = func(int) bool { return true }
	}
	u := undoings.Get().(*undoing)
	*u = undoing{yield: yield, spend: spend, left: maxTries, first: Plain{Text: src, Key: pos}}
	u.walk(&u.first, maxDepth)
	*u = undoing{} // which keeps no text
	undoings.Put(u)
}

// undoings are kept for the next call: hostile text has an anchor every four bytes.
var undoings = sync.Pool{New: func() any { return new(undoing) }}

// MayBegin reports whether [Undo] may have anything to look at where an anchor stands at the
// beginning of text. Most anchors in hostile text, and in names, are neither a key nor in a form.
func MayBegin(text []byte) bool {
	if bytes.HasPrefix(text, []byte(finding.KeyPrefix)) || formsAt(text) != 0 {
		return true
	}
	next, begun := breaksOff(text)
	return begun && table.Breaking[next]
}

// maxTries bounds how many ways to take what stands around one anchor are tried.
const maxTries = 8

// undoing is one call of [Undo].
type undoing struct {
	yield func(Plain) bool
	spend Spend
	left  int
	first Plain
}

// looked is what a first look at a text costs, to see which forms it may be in, or whether it is
// in one.
const looked = 8

// walk looks at what stands at p.Key, and reports whether to go on.
func (u *undoing) walk(p *Plain, depth int) bool {
	rest := p.Text[p.Key:]
	if bytes.HasPrefix(rest, []byte(finding.KeyPrefix)) && !u.yield(*p) {
		return false
	}
	if depth == 0 {
		return true
	}
	if !u.spend(looked) {
		return false
	}
	next, begun := breaksOff(rest)
	here := formsAt(rest)
	if here == 0 && !begun {
		return true
	}
	var f *form
	on := true
	undone := func(q Plain) bool { // one for all forms
		if !q.Several {
			u.left--
		}
		q = q.within(p, f)
		on = u.left > 0 && u.spend(perPlain*len(q.Text)) && u.near(&q, depth-1)
		return on
	}
	for n := range forms {
		f = forms[n]
		if here>>n&1 == 0 && (!begun || strings.IndexByte(f.breaks, next) < 0 || f.whole && isComplete(rest)) {
			continue
		}
		if !u.spend(looked) {
			return false
		}
		if f.undo(p.Text, p.Key, u.spend, undone); !on {
			return false
		}
	}
	return true
}

// around is how far from where a key is expected an anchor of its is looked for, since an
// anchor may be any part of neo_sk_ in some form.
const around = 12

// near walks on from the place nearest to q.Key at which an anchor stands.
func (u *undoing) near(q *Plain, depth int) bool {
	if bytes.HasPrefix(q.Text[q.Key:], []byte(finding.KeyPrefix)) {
		return u.walk(q, depth)
	}
	if pos, ok := nearest(q.Text, q.Key); ok {
		next := *q
		next.Key = pos
		return u.walk(&next, depth)
	}
	return true
}

// nearest returns the place nearest to src[at] at which an anchor stands; false if none is
// near.
func nearest(src []byte, at int) (pos int, ok bool) {
	for d := range around {
		for _, pos := range []int{at + d, at - d} {
			if pos >= 0 && pos < len(src) && anchored(src, pos) {
				return pos, true
			}
		}
	}
	return 0, false
}

// begins reports whether text begins with the first letters of a key, four at least.
func begins(text []byte) bool {
	return bytes.HasPrefix(text, []byte(finding.KeyPrefix[:minBegun]))
}

// breaksOff returns the byte at which a key that text begins with breaks off; false if text
// begins with none.
func breaksOff(text []byte) (next byte, begun bool) {
	if !begins(text) {
		return 0, false
	}
	for _, c := range text[minBegun:min(len(text), finding.MaxAPIKeyLen)] {
		if !finding.IsSecretByte(c) && c != '_' {
			return c, true
		}
	}
	return 0, false
}

// isComplete reports whether src begins with a key of the documented length, or a longer one: with
// more, it is not one that a form believes which has to be whole.
func isComplete(src []byte) bool {
	rest, ok := bytes.CutPrefix(src, []byte(finding.KeyPrefix))
	env := bytes.IndexByte(rest[:min(len(rest), finding.MaxEnvLen+1)], '_')
	if !ok || env < 0 || len(rest) < env+1+finding.SecretLen {
		return false
	}
	return text.Run(rest, finding.IsSecretByte) >= env && text.Run(rest[env+1:], finding.IsSecretByte) >= finding.SecretLen
}

// minBegun is how many letters of a key must be plain for it to be looked for in pieces.
const minBegun = len("neo_")

// Package codec knows the forms in which a key may be written other than plainly: in an
// encoding, with escapes. There is one table of them, [Forms]; a new form is a new line
// there and a file of its own.
package codec

import (
	"bytes"
	"slices"

	"github.com/neokeys/neokeys/internal/text"
)

// A Form is a way to write a key.
type Form struct {
	// Names are what a report says in decoded_from, outermost first. A form without
	// names is an escape of the language that the key stands in, and not reported.
	Names []string
	// Anchors are short texts, in the case in which they are written, one of which is
	// part of every key in this form. Those that ordinary text holds cost time.
	Anchors []string
	// Undo calls yield with what the text around the anchor at src[pos] stands for. Where
	// that is in doubt, it calls yield for each way to take it, the shortest first, for as
	// long as yield returns true. Where no key can be, it does not call yield. It looks
	// at a bounded part of src.
	Undo func(src []byte, pos int, yield func(Plain) bool)
}

// Forms are all the forms, in the order in which they are tried.
var Forms = []*Form{base64Form, base64WideForm, backslashForm}

// A Plain is a part of a text with a form undone.
type Plain struct {
	Text []byte
	// Key is where in Text the key begins to which the anchor belongs. What stands
	// before it is there to show whether a key can begin there.
	Key int
	// spans are where in the encoded text each byte of Text is written.
	spans []text.Span
}

// Source returns the part of the encoded text that Text[start:end] is written as. The part
// is not empty, and nor may that of Text be.
func (p *Plain) Source(start, end int) text.Span {
	return text.Span{Start: p.spans[start].Start, End: p.spans[end-1].End}
}

// From returns p without what stands before the key.
func (p Plain) From() Plain { return Plain{p.Text[p.Key:], 0, p.spans[p.Key:]} }

// add appends c, which is written as the span s.
func (p *Plain) add(c byte, s text.Span) {
	p.Text, p.spans = append(p.Text, c), append(p.spans, s)
}

// FormsAt returns the forms of which an anchor stands at src[pos].
func FormsAt(src []byte, pos int) (forms []*Form) {
	for _, f := range Forms {
		if slices.ContainsFunc(f.Anchors, func(a string) bool { return bytes.HasPrefix(src[pos:], []byte(a)) }) {
			forms = append(forms, f)
		}
	}
	return forms
}

// Each calls found with each place in src at which an anchor of a form stands, form by form.
func Each(src []byte, found func(f *Form, pos int)) {
	for _, f := range Forms {
		for _, a := range f.Anchors {
			for pos := 0; ; pos++ {
				n := bytes.Index(src[pos:], []byte(a))
				if n < 0 {
					break
				}
				pos += n
				found(f, pos)
			}
		}
	}
}

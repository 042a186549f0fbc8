package git

import (
	"unicode/utf8"

	"github.com/neokeys/neokeys/scanner/archive"
	"github.com/neokeys/neokeys/scanner/gitdir"
	"github.com/neokeys/neokeys/scanner/pack"
)

// bareNote is the note of every blob that is a text without an anchor, and does not begin like an archive.
// Of what is made from one, an excerpt says whether it is such a text, too.
var bareNote = new(sweepNote)

// bare returns the note of a text without anchors that was made from the one of parent's.
func (v *sweepVisitor) bare(o *pack.Object, parent *sweepNote) any {
	if !o.IsBase || o.Kind != pack.Blob || o.Text == nil || !isPlain(o.Text) || !isText(o, parent) {
		return nil
	}
	return bareNote
}

// isPlain reports whether what begins with head is no archive if it is a text.
func isPlain(head []byte) bool { return archive.IsPlain(head[:min(len(head), archive.PlainHead)]) }

// isText reports whether o has only bytes that are in a text.
func isText(o *pack.Object, parent *sweepNote) bool {
	if o.Edits == nil || parent != bareNote {
		return archive.IsText(o.Text)
	}
	for _, e := range o.Edits {
		end := e.At
		if e.From == pack.Inserted {
			end += e.Len
		}
		if !isTextBetween(o.Text, e.At, end) {
			return false
		}
	}
	return true
}

// isTextBetween reports whether a text has only bytes that are in one from an offset to another, and in the characters that
// these are within.
func isTextBetween(text []byte, from, to int) bool {
	first := max(0, from-utf8.UTFMax+1)
	for first > 0 && first < from && !utf8.RuneStart(text[first]) {
		first++
	}
	return archive.IsText(text[first:min(len(text), to+utf8.UTFMax-1)])
}

// Edge implements [pack.Skimmer].
func (v *sweepVisitor) Edge() int { return v.finder.Longest() - 1 }

// Skim implements [pack.Skimmer]. A text that is so short that it may point to an object of Git LFS is looked at
// as a whole.
func (v *sweepVisitor) Skim(o *pack.Object, x *pack.Excerpt) bool {
	if o.Note != any(bareNote) || o.Size < gitdir.MaxPointer || !archive.IsText(x.Text) ||
		x.Same < archive.PlainHead && !isPlain(x.Text) {
		return false
	}
	if _, found := v.finder.Next(x.Text, 0); found {
		return false
	}
	v.count(1, o.Size)
	return true
}

// An excerpt has as much of a text's beginning as isPlain wants to see.
var _ [pack.ExcerptHead - archive.PlainHead]struct{}

package git

import (
	"bytes"

	"github.com/neokeys/neokeys/scanner/archive"
	"github.com/neokeys/neokeys/scanner/gitdir"
	"github.com/neokeys/neokeys/scanner/pack"
)

// bareNote is the note of every blob that has neither an anchor nor a zero byte, is no archive, and does not begin like
// one. What is made from such a blob is no archive either, if its delta adds no zero byte and the ends of its quarters are text.
var bareNote = new(sweepNote)

// bare returns the note of a text without anchors that was made from the one of parent's.
func (v *sweepVisitor) bare(o *pack.Object, parent *sweepNote) any {
	if !o.IsBase || o.Kind != pack.Blob || o.Text == nil || v.holds || !archive.IsPlainHead(headOf(o.Text)) || hasZero(o, parent) {
		return nil
	}
	return bareNote
}

// hasZero reports whether a text has a zero byte.
func hasZero(o *pack.Object, parent *sweepNote) bool {
	if o.Edits == nil || parent != bareNote {
		return bytes.IndexByte(o.Text, 0) >= 0
	}
	for _, e := range o.Edits {
		if e.From == pack.Inserted && bytes.IndexByte(o.Text[e.At:e.At+e.Len], 0) >= 0 {
			return true
		}
	}
	return false
}

// Edge implements [pack.Skimmer].
func (v *sweepVisitor) Edge() int { return v.finder.Longest() - 1 }

// Skim implements [pack.Skimmer]. A text that is so short that it may point to an object of Git LFS is looked at
// as a whole.
func (v *sweepVisitor) Skim(o *pack.Object, x *pack.Excerpt) bool {
	switch {
	case o.Note != any(bareNote), o.Size < gitdir.MaxPointer, bytes.IndexByte(x.Text, 0) >= 0:
		return false
	case x.Same < archive.PlainHead && !archive.IsPlainHead(headOf(x.Text)), !archive.TextQuarters(x.Quarters):
		return false
	}
	if _, found := v.finder.Next(x.Text, 0); found {
		return false
	}
	v.count(1, o.Size)
	return true
}

// headOf returns as much of a text's beginning as says whether it may be an archive. An excerpt has as much.
func headOf(text []byte) []byte { return text[:min(len(text), archive.PlainHead)] }

// An excerpt has as much of everything as is looked at.
var (
	_ [pack.ExcerptHead - archive.PlainHead]struct{}
	_ [pack.QuarterEnd - archive.QuarterEnd]struct{}
)

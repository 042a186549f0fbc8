package git

import (
	"bytes"

	"github.com/neokeys/neokeys/scanner/archive"
	"github.com/neokeys/neokeys/scanner/gitdir"
	"github.com/neokeys/neokeys/scanner/pack"
)

// bareNote is the note of every text that has neither an anchor nor a zero byte, and that does not begin like an archive.
// Of what is made from one, an excerpt says whether it is such a text, too.
var bareNote = new(sweepNote)

// bare returns the note of a text without anchors that was made from the one of parent's.
func (v *sweepVisitor) bare(o *pack.Object, parent *sweepNote) any {
	if !o.IsBase || o.Kind != pack.Blob || o.Text == nil || !isPlain(o.Text) || hasZero(o, parent) {
		return nil
	}
	return bareNote
}

// isPlain reports whether a text that begins with head is no archive if it has no zero byte.
func isPlain(head []byte) bool { return archive.IsPlain(head[:min(len(head), archive.PlainHead)]) }

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
	if o.Note != any(bareNote) || o.Size < gitdir.MaxPointer || bytes.IndexByte(x.Text, 0) >= 0 ||
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

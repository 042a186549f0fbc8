package rules

import (
	"slices"
	"strings"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/codec"
)

// encodedAnchors returns the anchors of keys in the forms that codec knows.
func encodedAnchors() (anchors []string) {
	for _, f := range codec.Forms {
		for _, a := range f.Anchors {
			anchors = append(anchors, strings.ToLower(a))
		}
	}
	return anchors
}

// matchEncodedKey reports the key that is written in another form around v.Pos.
func matchEncodedKey(v *View, report func(Match)) {
	for _, f := range codec.FormsAt(v.Text, v.Pos) {
		if m, ok := encodedKey(f, v.Text, v.Pos, false); ok {
			report(m)
		}
	}
}

// encodedKey returns the match of the key that is written in the form f around text[pos];
// glued says that it may follow a letter or digit.
func encodedKey(f *codec.Form, text []byte, pos int, glued bool) (found Match, ok bool) {
	f.Undo(text, pos, func(p codec.Plain) bool {
		if glued {
			p = p.From()
		}
		whole := false
		matchAPIKey(&View{Text: p.Text, Pos: p.Key}, func(m Match) {
			// Text that may go on is read on only where the key is not one without what
			// follows: it has no end, or not the documented length.
			whole = m.End < len(p.Text) || m.End-m.Start == finding.APIKeyLen(m.Key.Env, finding.SecretLen)
			at := p.Source(m.Start, m.End)
			m.Start, m.End = at.Start, at.End
			if len(f.Names) > 0 {
				m.Message += ", in " + f.Names[0]
				m.Decoded = slices.Clone(f.Names)
			}
			found, ok = m, true
		})
		return !whole
	})
	return found, ok
}

package codec

import (
	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/text"
)

// rot13Form has each letter of the alphabet thirteen places on.
var rot13Form = &form{names: []string{"rot13"}, anchors: []string{"arb_fx_"}, undo: undoRot13}

func undoRot13(src []byte, pos int, _ Spend, yield func(Plain) bool) {
	p := Plain{Key: min(pos, around)}
	for i := pos - p.Key; i < min(len(src), pos+finding.MaxAPIKeyLen+1); i++ {
		c := src[i]
		if text.IsLetter(c) {
			letter := c | 0x20
			c = c&0x20 | (letter-'a'+13)%26 + 'A'
		}
		p.add(c, text.Span{Start: i, End: i + 1})
	}
	yield(p)
}

// reversedForm is written from right to left.
var reversedForm = &form{names: []string{"reversed"}, anchors: []string{"_ks_oen"}, undo: undoReversed}

func undoReversed(src []byte, pos int, _ Spend, yield func(Plain) bool) {
	var p Plain
	key := pos + len(finding.KeyPrefix) // the key begins at its left
	for i := min(len(src), key+around) - 1; i >= max(0, key-finding.MaxAPIKeyLen-1); i-- {
		if i == key-1 {
			p.Key = len(p.Text)
		}
		p.add(src[i], text.Span{Start: i, End: i + 1})
	}
	yield(p)
}

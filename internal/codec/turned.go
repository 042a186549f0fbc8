package codec

import (
	"slices"
	"strings"
	"sync"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/text"
)

// rot13Form has each letter of the alphabet thirteen places on.
var rot13Form = &form{names: []string{"rot13"}, anchors: []string{"arb_fx_"}, undo: undoRot13}

func undoRot13(src []byte, pos int, _ Spend, yield func(Plain) bool) {
	p := Plain{Key: min(pos, around)}
	for i := pos - p.Key; i < min(len(src), pos+finding.MaxAPIKeyLen+1); i++ {
		p.add(rotate(src[i]), text.Span{Start: i, End: i + 1})
	}
	yield(p)
}

// rotate returns a letter thirteen places on, and any other byte as it is.
func rotate(c byte) byte {
	if text.IsLetter(c) {
		letter := c | 0x20
		c = c&0x20 | (letter-'a'+13)%26 + 'A'
	}
	return c
}

// rot13 returns src with each letter thirteen places on.
func rot13(src []byte) []byte {
	out := slices.Clone(src)
	for i, c := range out {
		out[i] = rotate(c)
	}
	return out
}

// reversedForm is written from right to left: a key, or one in base64 or hexadecimal.
var reversedForm = &form{names: []string{"reversed"}, also: reversedStarts, undo: undoReversed}

// reversedStarts are how these begin, from right to left, in lower case.
var reversedStarts = sync.OnceValue(func() (anchors []string) {
	plain := []string{finding.KeyPrefix, "6e656f5f736b5f"}
	for _, s := range startsOf(finding.KeyPrefix, false, 4) {
		plain = append(plain, s.letters)
	}
	for _, s := range plain {
		anchors = append(anchors, strings.ToLower(string(backwards([]byte(s)))))
	}
	return anchors
})

// backwards returns src from its end to its beginning.
func backwards(src []byte) []byte {
	out := slices.Clone(src)
	slices.Reverse(out)
	return out
}

func undoReversed(src []byte, pos int, spend Spend, yield func(Plain) bool) {
	for _, a := range reversedStarts() {
		if !hasFoldPrefix(src[pos:], a) {
			continue
		}
		longest := finding.MaxAPIKeyLen
		if len(a) != len(finding.KeyPrefix) || src[pos] != '_' {
			longest = maxBase64
		}
		if !spend(perPlain * longest) {
			return
		}
		var p Plain
		key := pos + len(a) // the key begins at its left
		for i := min(len(src), key+around) - 1; i >= max(0, key-longest-1); i-- {
			if i == key-1 {
				p.Key = len(p.Text)
			}
			p.add(src[i], text.Span{Start: i, End: i + 1})
		}
		yield(p)
	}
}

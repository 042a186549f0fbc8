package scanner

import (
	"bytes"
	"unicode/utf8"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/rules"
)

// snippetSide is how many bytes of its line a snippet shows on either side of the
// match. It is part of what fingerprints are made of.
const snippetSide = 100

// snippet returns the line of m in text with the key masked. A NUL ends a line too,
// so that a key in a binary is shown with the string it is part of.
func snippet(text []byte, m rules.Match) finding.Snippet {
	var s finding.Snippet
	before := text[:m.Start]
	before = before[bytes.LastIndexAny(before, "\n\r\x00")+1:]
	if n := len(before) - snippetSide; n > 0 {
		before, s.CutLeft = before[n:], true
		for len(before) > 0 && inWord(before[0]) {
			before = before[1:]
		}
	}
	after := text[m.End:]
	if n := bytes.IndexAny(after, "\n\r\x00"); n >= 0 {
		after = after[:n]
	}
	if n := snippetSide; len(after) > n {
		for n > 0 && inWord(after[n-1]) {
			n--
		}
		after, s.CutRight = after[:n], true
	}
	matched := rules.Mask(string(text[m.Start:m.End]))
	if m.Key != nil {
		matched = m.Key.Redacted
	}
	left := rules.Mask(string(before))
	s.Text = left + matched + rules.Mask(string(after))
	s.Start, s.End = len(left), len(left)+len(matched)
	return s
}

// inWord reports whether c may be part of a key or of a longer character. A line is
// not cut there: half of another key would not be recognised and masked.
func inWord(c byte) bool {
	return c >= utf8.RuneSelf || '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z' ||
		bytes.IndexByte([]byte("._~+/=-"), c) >= 0
}

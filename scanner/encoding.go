package scanner

import (
	"bytes"

	"github.com/neokeys/neokeys/rules"
)

// encoding is how a file's text is written down. Whatever it is, both plain and
// UTF-16 keys are looked for; it decides how lines and columns are counted.
type encoding uint8

const (
	utf8Text encoding = iota // also anything that is no text at all
	utf16LE
	utf16BE
)

// wideName says what a key in UTF-16 in such a file is decoded from. In a binary
// that is little-endian, as on Windows.
func (e encoding) wideName() string {
	if e == utf16BE {
		return "utf-16be"
	}
	return "utf-16le"
}

const (
	bomUTF8 = "\xef\xbb\xbf"
	bomLE   = "\xff\xfe"
	bomBE   = "\xfe\xff"
)

// detectEncoding looks at the beginning of a file: at its byte order mark, or, in
// want of one, at whether all of it is Latin text in UTF-16.
func detectEncoding(head []byte) encoding {
	switch {
	case bytes.HasPrefix(head, []byte(bomLE)):
		return utf16LE
	case bytes.HasPrefix(head, []byte(bomBE)):
		return utf16BE
	}
	head = head[:min(len(head), 256)&^1]
	if len(head) == 0 || (head[0] == 0) == (head[1] == 0) {
		return utf8Text
	}
	// Let one in ten be another script's letters.
	var le, be int
	for i := 0; i < len(head); i += 2 {
		if head[i+1] == 0 && printable(head[i]) {
			le++
		}
		if head[i] == 0 && printable(head[i+1]) {
			be++
		}
	}
	switch units := len(head) / 2; {
	case le*10 >= units*9:
		return utf16LE
	case be*10 >= units*9:
		return utf16BE
	}
	return utf8Text
}

func printable(c byte) bool { return ' ' <= c && c < 0x7f || c == '\t' || c == '\n' || c == '\r' }

// notLatin stands in a decoded view for any character beyond Latin-1. Rules treat it
// as they treat any byte beyond ASCII.
const notLatin = 0xff

// A wideView is the UTF-16 in a part of a stream's text, decoded.
type wideView struct {
	text       []byte // one byte a unit
	first, end int    // what part; empty when there is none
}

// wideAhead is how much more text is decoded at a time where anchors are so dense that
// what is around them overlaps.
const wideAhead = 8 * rules.Reach

// forgetWide is called when the text has changed.
func (s *stream) forgetWide() { s.wide[0].end, s.wide[1].end = 0, 0 }

// widen makes v the decoded view of the UTF-16 anchor at s.text[pos], and returns
// the offset in s.text of the byte that v.Text[0] was made from.
func (s *stream) widen(v *rules.View, pos int) int {
	first := pos - 2*rules.Reach
	if first < 0 {
		first = pos & 1
	}
	end := min(len(s.text), pos+2*rules.Reach)
	w := &s.wide[pos&1]
	if end > w.end {
		ahead := end
		if first < w.end {
			ahead = min(len(s.text), end+wideAhead)
		}
		*w = wideView{s.decode(w.text[:0], first, ahead), first, ahead}
	}
	v.Text = w.text[(first-w.first)/2 : (end-w.first+1)/2]
	v.Pos = (pos - first) / 2
	return first
}

// decode appends the UTF-16 in s.text[first:end] to view.
func (s *stream) decode(view []byte, first, end int) []byte {
	high := 1
	if s.encoding == utf16BE {
		high = -1
	}
	for i := first; i < end; i += 2 {
		c := s.text[i]
		if h := i + high; 0 <= h && h < len(s.text) && s.text[h] != 0 {
			c = notLatin
		}
		view = append(view, c)
	}
	return view
}

package scanner

import (
	"bytes"
	"encoding/binary"
	"unicode"
	"unicode/utf16"

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

// wideName says what a key in UTF-16 is decoded from.
func (e encoding) wideName() string {
	if e == utf16BE {
		return "utf-16be"
	}
	return "utf-16le"
}

func (e encoding) byteOrder() binary.ByteOrder {
	if e == utf16BE {
		return binary.BigEndian
	}
	return binary.LittleEndian
}

// lowByte is where in a unit of UTF-16 its low byte lies.
func (e encoding) lowByte() int {
	if e == utf16BE {
		return 1
	}
	return 0
}

const (
	bomUTF8 = "\xef\xbb\xbf"
	bomLE   = "\xff\xfe"
	bomBE   = "\xfe\xff"
)

// detectSize is how much of a file's beginning its encoding is told from.
const detectSize = 1 << 10

// detectEncoding looks at the beginning of a file: at its byte order mark, or, in
// want of one, at whether it reads as text in UTF-16.
func detectEncoding(head []byte) encoding {
	switch {
	case bytes.HasPrefix(head, []byte(bomLE)):
		return utf16LE
	case bytes.HasPrefix(head, []byte(bomBE)):
		return utf16BE
	}
	head = head[:min(len(head), detectSize)&^1]
	if bytes.IndexByte(head, 0) < 0 {
		return utf8Text // there is no Latin character in it, not even white space
	}
	switch latin := head[:min(len(head), 256)]; {
	case isLatin(latin, utf16LE):
		return utf16LE
	case isLatin(latin, utf16BE):
		return utf16BE
	}
	switch le, be := spaces(head, utf16LE), spaces(head, utf16BE); {
	case le > be:
		return utf16LE
	case be > le:
		return utf16BE
	}
	return utf8Text
}

// isLatin reports whether text is Latin in UTF-16 in the order e. One character in ten
// may be of another script, but not the first.
func isLatin(text []byte, e encoding) bool {
	low := e.lowByte()
	latin := func(i int) bool { return text[i+1-low] == 0 && printable(text[i+low]) }
	n := 0
	for i := 0; i < len(text); i += 2 {
		if latin(i) {
			n++
		}
	}
	return latin(0) && n*10 >= len(text)/2*9
}

// spaces returns how much white space is in text, read as UTF-16 in the order e; 0 if
// that makes no sense of it. Bytes with a zero here and there nearly always make some,
// as most pairs of bytes are some ideograph, so those that would be Latin in the
// other order must be few.
func spaces(text []byte, e encoding) int {
	order := e.byteOrder()
	white, latin, swapped := 0, 0, 0
	for i := 0; i < len(text); i += 2 {
		u := rune(order.Uint16(text[i:]))
		switch {
		case u == ' ' || u == '\t' || u == '\n' || u == '\r':
			white++
		case utf16.IsSurrogate(u):
			if i+4 <= len(text) && u < 0xdc00 {
				if utf16.DecodeRune(u, rune(order.Uint16(text[i+2:]))) == unicode.ReplacementChar {
					return 0
				}
				i += 2
			}
		case u < 0x80 && printable(byte(u)):
			latin++
		case u == 0x3000: // the space of East Asian scripts
		case !unicode.IsGraphic(u):
			return 0
		case u&0xff == 0:
			swapped++
		}
	}
	if swapped*10 > latin+white {
		return 0
	}
	return white
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
func (s *stream) forgetWide() {
	for i := range s.wide {
		for j := range s.wide[i] {
			s.wide[i][j].end = 0
		}
	}
}

// markSize returns how many bytes at the beginning of what is in the buffer are a byte
// order mark, which is no part of the text.
func (s *stream) markSize() int {
	if s.base > 0 {
		return 0
	}
	return len(s.text) - len(withoutMark(s.text))
}

// wordReach is how many characters on either side of an anchor are looked at for the
// order of its bytes: more than there are in a key.
const wordReach = 128

// wideOrder tells in which order the bytes of the UTF-16 anchor at s.text[pos] are. Its
// letters have zeros between them, so that what tells is on which side of all of them
// there is one more. Where both sides have one it makes no difference to what is read.
func (s *stream) wideOrder(pos int) encoding {
	if pos == 0 || s.text[pos-1] != 0 {
		return utf16LE
	}
	if s.encoding != utf8Text && (s.base+int64(pos))&1 == int64(s.encoding.lowByte()) {
		return s.encoding
	}
	letter := func(i int) bool { return i >= 0 && i < len(s.text) && printable(s.text[i]) }
	last := pos
	for last < pos+2*wordReach && letter(last+2) && s.text[last+1] == 0 {
		last += 2
	}
	if last+1 < len(s.text) && s.text[last+1] == 0 {
		return utf16LE
	}
	return utf16BE
}

// widen makes v the decoded view of the UTF-16 anchor at s.text[pos], and returns
// the offset in s.text of the byte that v.Text[0] was made from.
func (s *stream) widen(v *rules.View, pos int, order encoding) int {
	first := pos - 2*rules.Reach
	if mark := s.markSize(); first < mark {
		first = mark + (pos-mark)&1
	}
	end := min(len(s.text), pos+2*rules.Reach)
	w := &s.wide[order.lowByte()][pos&1]
	if end > w.end {
		ahead := end
		if first < w.end {
			ahead = min(len(s.text), end+wideAhead)
		}
		*w = wideView{s.decode(w.text[:0], first, ahead, order), first, ahead}
	}
	v.Text = w.text[(first-w.first)/2 : (end-w.first+1)/2]
	v.Pos = (pos - first) / 2
	return first
}

// decode appends the UTF-16 in s.text[first:end] to view; s.text[first] is a low byte.
func (s *stream) decode(view []byte, first, end int, order encoding) []byte {
	high := 1 - 2*order.lowByte()
	for i := first; i < end; i += 2 {
		c := s.text[i]
		if h := i + high; 0 <= h && h < len(s.text) && s.text[h] != 0 {
			c = notLatin
		}
		view = append(view, c)
	}
	return view
}

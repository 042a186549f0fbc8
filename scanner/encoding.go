package scanner

import (
	"bytes"
	"encoding/binary"
	"unicode"
	"unicode/utf16"

	"github.com/neokeys/neokeys/rules"
)

// encoding is how a file's text is written down. Whatever it is, keys in UTF-8, UTF-16 and
// UTF-32 are searched for; it decides how lines and columns are counted.
type encoding uint8

const (
	utf8Text encoding = iota // also anything that is no text at all
	utf16LE
	utf16BE
	utf32LE
	utf32BE
)

// wideEncoding returns the encoding with units of width bytes, 2 or 4.
func wideEncoding(width int, bigEndian bool) encoding {
	e := utf16LE
	if width == 4 {
		e = utf32LE
	}
	if bigEndian {
		e++
	}
	return e
}

// wideName is the name in decoded_from; empty for text in bytes.
func (e encoding) wideName() string {
	return [...]string{"", "utf-16le", "utf-16be", "utf-32le", "utf-32be"}[e]
}

// width is how many bytes a unit has.
func (e encoding) width() int { return [...]int{1, 2, 2, 4, 4}[e] }

func (e encoding) bigEndian() bool { return e == utf16BE || e == utf32BE }

func (e encoding) byteOrder() binary.ByteOrder {
	if e.bigEndian() {
		return binary.BigEndian
	}
	return binary.LittleEndian
}

// unit returns the unit that text begins with.
func (e encoding) unit(text []byte) uint32 {
	if e.width() == 4 {
		return e.byteOrder().Uint32(text)
	}
	return uint32(e.byteOrder().Uint16(text))
}

// lowByte is where in a unit its low byte stands.
func (e encoding) lowByte() int {
	if e.bigEndian() {
		return e.width() - 1
	}
	return 0
}

const (
	bomUTF8 = "\xef\xbb\xbf"
	bomLE   = "\xff\xfe"
	bomBE   = "\xfe\xff"
	bom32LE = "\xff\xfe\x00\x00"
	bom32BE = "\x00\x00\xfe\xff"
)

// detectSize is how many of a file's first bytes decide its encoding.
const detectSize = 1 << 10

// detectEncoding looks at the beginning of a file: at its byte order mark, or, in
// want of one, at whether it reads as text in UTF-16 or UTF-32.
func detectEncoding(head []byte) encoding {
	switch {
	case bytes.HasPrefix(head, []byte(bom32LE)):
		return utf32LE
	case bytes.HasPrefix(head, []byte(bom32BE)):
		return utf32BE
	case bytes.HasPrefix(head, []byte(bomLE)):
		return utf16LE
	case bytes.HasPrefix(head, []byte(bomBE)):
		return utf16BE
	}
	head = head[:min(len(head), detectSize)&^1]
	if bytes.IndexByte(head, 0) < 0 {
		return utf8Text // there is no Latin character in it, not even white space
	}
	latin := head[:min(len(head), 256)]
	for _, e := range []encoding{utf32LE, utf32BE, utf16LE, utf16BE} {
		if isLatin(latin, e) {
			return e
		}
	}
	switch le, be := spaces(head, utf16LE), spaces(head, utf16BE); {
	case le > be:
		return utf16LE
	case be > le:
		return utf16BE
	}
	return utf8Text
}

// isLatin reports whether text is Latin in the encoding e. One character in ten
// may be of another script, but not the first.
func isLatin(text []byte, e encoding) bool {
	width := e.width()
	text = text[:len(text)-len(text)%width]
	latin := func(i int) bool {
		u := e.unit(text[i:])
		return u < 0x80 && printable(byte(u))
	}
	n := 0
	for i := 0; i < len(text); i += width {
		if latin(i) {
			n++
		}
	}
	return len(text) > 0 && latin(0) && n*10 >= len(text)/width*9
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

// A wideView is the UTF-16 or UTF-32 in a part of a stream's text, decoded.
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

// wideOrder returns the encoding of the anchor at s.text[pos], whose characters have width
// bytes. Its letters have zeros between them, so the order shows on the side of all of them
// that has more. Where both sides have zeros it makes no difference to what is read.
func (s *stream) wideOrder(pos, width int) encoding {
	zeros := func(from int) bool {
		return from >= 0 && from+width-1 <= len(s.text) && allZero(s.text[from:from+width-1])
	}
	if !zeros(pos - width + 1) {
		return wideEncoding(width, false)
	}
	if s.encoding.width() == width && (s.base+int64(pos))%int64(width) == int64(s.encoding.lowByte()) {
		return s.encoding
	}
	letter := func(i int) bool { return i >= 0 && i < len(s.text) && printable(s.text[i]) }
	last := pos
	for last < pos+width*wordReach && letter(last+width) && zeros(last+1) {
		last += width
	}
	return wideEncoding(width, !zeros(last+1))
}

func allZero(b []byte) bool {
	for _, c := range b {
		if c != 0 {
			return false
		}
	}
	return true
}

// widen makes v the decoded view of the anchor at s.text[pos] in the encoding e, and returns
// the offset in s.text of the byte that v.Text[0] was made from.
func (s *stream) widen(v *rules.View, pos int, e encoding) int {
	width := e.width()
	first := pos - width*rules.Reach
	if mark := s.markSize(); first < mark {
		first = mark + (pos-mark)%width
	}
	end := min(len(s.text), pos+width*rules.Reach)
	w := &s.wide[e][pos%width]
	if end > w.end || first < w.first {
		ahead := end
		if first < w.end {
			ahead = min(len(s.text), end+wideAhead)
		}
		*w = wideView{s.decode(w.text[:0], first, ahead, e), first, ahead}
	}
	v.Text = w.text[(first-w.first)/width : (end-w.first+width-1)/width]
	v.Pos = (pos - first) / width
	return first
}

// decode appends the text in s.text[first:end] to view, a byte a unit; s.text[first] is the
// low byte of a unit.
func (s *stream) decode(view []byte, first, end int, e encoding) []byte {
	width, low := e.width(), e.lowByte()
	for i := first; i < end; i += width {
		c := s.text[i]
		unit := i - low
		if !allZero(s.text[max(0, unit):i]) || !allZero(s.text[i+1:min(len(s.text), max(i+1, unit+width))]) {
			c = notLatin
		}
		view = append(view, c)
	}
	return view
}

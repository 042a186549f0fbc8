package scanner

import (
	"strings"
	"unicode/utf8"

	"github.com/neokeys/neokeys/rules"
)

// textReach is how many bytes on either side of an anchor say whether it stands in text. A
// database may begin as text, and hold a page of it.
const textReach = 128

// controls reports whether text holds bytes that no text does: control characters but for
// white space, backspace and escape.
func controls(text []byte) bool {
	for _, c := range text {
		if isControl[c] {
			return true
		}
	}
	return false
}

var isControl = func() (is [256]bool) {
	for c := range is {
		is[c] = (c < ' ' || c == 0x7f) && strings.IndexByte("\b\t\n\f\r\x1b", byte(c)) < 0
	}
	return is
}()

// maxInvalid is more bytes than are not UTF-8 in a text of another encoding with an accent here
// and there, and than are cut off characters at its edges.
const maxInvalid = 8

// invalid reports whether much of text is not UTF-8.
func invalid(text []byte) bool {
	if utf8.Valid(text) {
		return false
	}
	n := 0
	for len(text) > 0 && n <= maxInvalid {
		r, size := utf8.DecodeRune(text)
		if r == utf8.RuneError && size == 1 {
			n++
		}
		text = text[size:]
	}
	return n > maxInvalid
}

// readable knows which parts of an input are text. Parts are asked for from the beginning to the
// end, and each byte is looked at once, not for each of the anchors around it.
type readable struct {
	// upto is up to where in the input bytes were looked at, control is behind the last control
	// character before that, and beyond behind the last byte that is not ASCII.
	upto, control, beyond int64
}

// at reports whether a part of text, which begins at base in the input, is text.
func (r *readable) at(text []byte, base int64, part rules.Span) bool {
	start, end := base+int64(part.Start), base+int64(part.End)
	if r.upto > end || r.upto < start {
		*r = readable{upto: start}
	}
	for i, c := range text[r.upto-base : part.End] {
		switch at := r.upto + int64(i) + 1; {
		case isControl[c]:
			r.control = at
		case c >= utf8.RuneSelf:
			r.beyond = at
		}
	}
	r.upto = end
	return r.control <= start && (r.beyond <= start || !invalid(part.Of(text)))
}

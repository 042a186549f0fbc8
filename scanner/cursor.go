package scanner

import (
	"bytes"
	"encoding/binary"
	"io"
	"unicode/utf8"
)

// A cursor knows the line and column of one place in a stream's buffer and moves to
// others, which is cheap when they lie ahead and near.
type cursor struct {
	encoding  encoding
	pos       int
	line, col int
	// line0 and col0 are those of the buffer's first byte.
	line0, col0 int
	// postponed is how many bytes before the buffer's first are not counted yet.
	postponed int64
}

func newCursor(e encoding) cursor {
	return cursor{encoding: e, line: 1, col: 1, line0: 1, col0: 1}
}

// at returns the line and column of text[pos], where text is the contents of the buffer.
func (c *cursor) at(text []byte, pos int) (line, col int) {
	pos -= pos % c.encoding.width() // where the character begins that is there
	if pos < c.pos {
		c.pos, c.line, c.col = 0, c.line0, c.col0
	}
	passed := text[c.pos:pos]
	if c.line == 1 && c.col == 1 {
		passed = withoutMark(passed)
	}
	if c.encoding == utf8Text {
		c.pass(passed)
	} else {
		c.passWide(passed)
	}
	c.pos = pos
	return c.line, c.col
}

// drop advances the cursor over the first n bytes of text, which are about to leave the
// buffer.
func (c *cursor) drop(text []byte, n int) {
	c.line0, c.col0 = c.at(text, n)
	c.pos = 0
}

// postpone is drop without counting: few inputs have anything in them of which the line is asked for.
// Before that is, settle must be called.
func (c *cursor) postpone(n int) {
	c.pos, c.line, c.col = 0, c.line0, c.col0
	c.postponed += int64(n)
}

// countSize is how much is read at a time to be counted.
const countSize = 64 << 10

// settle counts what was postponed, the last bytes of the input before base. What cannot be read again is
// taken to have had no lines.
func (c *cursor) settle(input io.ReaderAt, base int64) {
	if c.postponed == 0 {
		return
	}
	buf := make([]byte, min(c.postponed, countSize))
	for c.postponed > 0 {
		part := buf[:min(c.postponed, countSize)]
		n, err := input.ReadAt(part, base-c.postponed)
		if n < len(part) && err != nil {
			break
		}
		if int64(n) < c.postponed {
			n = max(1, c.boundary(part, n-1))
		}
		c.drop(part, n)
		c.postponed -= int64(n)
	}
	c.postponed = 0
}

// skip advances the cursor over n zero bytes that are never read.
func (c *cursor) skip(n int64) {
	n /= int64(c.encoding.width())
	c.col0 += int(n)
	c.col += int(n)
}

func (c *cursor) pass(passed []byte) {
	if n := bytes.Count(passed, []byte{'\n'}); n > 0 {
		c.line += n
		c.col = 1
		passed = lastLine(passed)
	}
	c.col += countRunes(passed)
}

// lastLine returns what is behind the last line break in text. It looks for a break in pieces of text,
// from the last on: bytes.LastIndexByte goes from byte to byte, and lines may be very long.
func lastLine(text []byte) []byte {
	const piece = 4 << 10
	for end := len(text); end > 0; {
		from := max(0, end-piece)
		if bytes.IndexByte(text[from:end], '\n') >= 0 {
			return text[from+bytes.LastIndexByte(text[from:end], '\n')+1:]
		}
		end = from
	}
	return text
}

func (c *cursor) passWide(passed []byte) {
	width := c.encoding.width()
	for ; len(passed) >= width; passed = passed[width:] {
		switch u := c.encoding.unit(passed); {
		case u == '\n':
			c.line++
			c.col = 1
		case width == 4 || u&0xfc00 != 0xdc00: // not the second half of a surrogate pair
			c.col++
		}
	}
}

// boundary returns the last place at or before pos where text may be cut in two
// without cutting a character.
func (c *cursor) boundary(text []byte, pos int) int {
	if c.encoding != utf8Text {
		return pos - pos%c.encoding.width()
	}
	for n := range utf8.UTFMax {
		if pos-n >= 0 && utf8.RuneStart(text[pos-n]) {
			return pos - n
		}
	}
	return pos // not UTF-8
}

// withoutMark returns text without the byte order mark at its beginning: editors do
// not count it as a column.
func withoutMark(text []byte) []byte {
	for _, mark := range []string{bomUTF8, bom32LE, bom32BE, bomLE, bomBE} {
		if rest, ok := bytes.CutPrefix(text, []byte(mark)); ok {
			return rest
		}
	}
	return text
}

// countRunes is utf8.RuneCount, twenty times as fast where text is ASCII: a single
// line may be a gigabyte long.
func countRunes(text []byte) int {
	const high = 0x8080808080808080
	n := 0
	for len(text) >= 8 {
		le := binary.LittleEndian
		switch {
		case len(text) >= 32 && (le.Uint64(text)|le.Uint64(text[8:])|le.Uint64(text[16:])|le.Uint64(text[24:]))&high == 0:
			n += 32
			text = text[32:]
		case le.Uint64(text)&high == 0:
			n += 8
			text = text[8:]
		default:
			_, size := utf8.DecodeRune(text)
			n++
			text = text[size:]
		}
	}
	return n + utf8.RuneCount(text)
}

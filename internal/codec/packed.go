package codec

import (
	"bytes"
	"encoding/binary"
	"io"
	"slices"
	"strings"
	"sync"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/text"
)

// packedForm is compressed data in base64, hexadecimal or a literal of bytes: a Helm release (base64
// twice), cloud-init's user data, an Office document in a mail or in Excel's DataMashup, a column of
// bytes in a dump, a file in a Go program. (RFC 1952; RFC 1950.)
var packedForm = &form{
	anchors: []string{
		"h4sia", "h4sic", "sdrzsue", "sdrzsuf", "sdrzsum", "sdrzsun", "u0rselnv",
		`"ejw`, `"ejx`, `"ejy`, `"ejz`, `'ejw`, `'ejx`, `'ejy`, `'ejz`,
		`"eno`, `"enp`, `"enq`, `"enr`, `'eno`, `'enp`, `'enq`, `'enr`,
		" ejw", " ejx", " ejy", " ejz", "=ejw", "=ejx", "=ejy", "=ejz",
		"1f8b0800", "1f8b0808", "0x1f,0x8b,0x08", "0x1f, 0x8b, 0x08", `\x1f\x8b\x08`, `'x\x9c`, `"x\x9c`,
	},
	also: func() []string { return anchorsOf(zipStarts()) },
	undo: undoPacked,
}

// deflatedForm is data that is compressed without a mark of its own, and known by what stands before
// it: a message of SAML in a URL (SAML 2.0 Bindings, section 3.4.4.1), or the argument of a function.
var deflatedForm = &form{anchors: []string{"samlrequest=", "samlresponse=", "gzinflate(", "inflaterawsync(", "inflateraw("}, undo: undoDeflated}

// packedStarts are how zip, gzip, gzip in base64 twice and thrice, and zlib begin in base64, and
// gzip and zlib as bytes. Anchors do not tell upper from lower case, and "ENODEV" stands in much code.
var packedStarts = []string{
	"UEsD", "H4sI", "SDRzS", "U0RSelNV", "eJw", "eJx", "eJy", "eJz", "eNo", "eNp", "eNq", "eNr", "1f8b", "1F8B",
	"0x1f", "0x1F", `\x1f`, `\x1F`, `x\x9c`,
}

// seconds and thirds are the second and third letters of packedStarts: most anchors in hostile text have
// others, or those of the other case.
var seconds, thirds = func() (second, third [256]bool) {
	for _, s := range packedStarts {
		second[s[1]], third[s[2]] = true, true
	}
	return second, third
}()

// beginsPacked reports whether compressed data may begin src.
func beginsPacked(src []byte) bool {
	return len(src) > 2 && seconds[src[1]] && thirds[src[2]] && slices.ContainsFunc(packedStarts, func(s string) bool { return bytes.HasPrefix(src, []byte(s)) })
}

// pastMark returns where the data begins of which src[pos:] is the anchor: some have what stands before.
func pastMark(src []byte, pos int) int {
	if isQuote(src[pos]) || src[pos] == ' ' || src[pos] == '=' {
		pos++
	}
	return pos
}

// zipAt returns which of zipStarts stands at and before src[pos]; nil if none does.
func zipAt(src []byte, pos int) *base64Start {
	starts := zipStarts()
	for i := range starts {
		s := &starts[i]
		if src[pos] == s.letters[0] && bytes.HasPrefix(src[pos:], []byte(s.letters)) && bytes.HasSuffix(src[:pos], []byte(s.first)) {
			return s
		}
	}
	return nil
}

// startsPacked reports whether compressed data may begin at the anchor that begins src, without a look
// at what stands before it.
func startsPacked(src []byte) bool {
	src = src[pastMark(src, 0):]
	return beginsPacked(src) || slices.ContainsFunc(zipStarts(), func(s base64Start) bool {
		return src[0] == s.letters[0] && bytes.HasPrefix(src, []byte(s.letters))
	})
}

// zipStarts are how a member of a zip begins, by the version that is needed to read it.
var zipStarts = sync.OnceValue(func() (starts []base64Start) {
	for _, version := range []string{"\x0a", "\x14", "\x2d"} {
		starts = append(starts, startsOf("PK\x03\x04"+version+"\x00", false, 4)...)
	}
	return starts
})

const (
	// maxPacked bounds how many letters are decoded, and maxPeeled how often.
	maxPacked = 1 << 20
	maxPeeled = 4
	// maxUnpacked is how many compressed data in one another are unpacked.
	maxUnpacked = 2
	// worthSaying is how long a text is at least of which it is said that it goes on: pictures and archives
	// of small files are mostly zeros.
	worthSaying = 1 << 20
	// A text is at most maxRatio times as long as what it is inflated from, and perText more.
	maxRatio, perText = 16, 4 << 10
)

func undoPacked(src []byte, pos int, spend Spend, yield func(Plain) bool) {
	unpackAt(src, pos, 0, spend, func(u *Unpacked) bool { return u.anchors(spend, yield) })
}

// packedAt returns the compressed data that begins at the anchor at src[pos], what is undone to see
// it, its place, and where it ends; not ok if there is none, or less than least bytes of text.
func packedAt(src []byte, pos, least int, spend Spend) (packed []byte, names []string, whole text.Span, end int, ok bool) {
	pos = pastMark(src, pos)
	if !spend(looked) {
		return nil, nil, whole, end, false
	}
	start, skip := pos, 0
	if s := zipAt(src, pos); s != nil {
		// Decode from the group's beginning, and leave out what stands before the zip.
		start, skip = pos-4, s.at
	}
	if start >= 0 && skip > 0 && inZip(src, start, spend) {
		return nil, nil, whole, end, false // a later member
	}
	if start < 0 || skip == 0 && !beginsPacked(src[start:]) || !spend(2*packedHead+perStream) {
		return nil, nil, whole, end, false
	}
	if head, _, _ := peel(src[:min(len(src), start+4*packedHead)], start, spend); !packedBegins(head, skip) {
		return nil, nil, whole, end, false
	}
	packed, names, end = peel(src, start, spend)
	if skip > len(packed) || !spend(end-start) || end-pos < least || !spend(4*len(packed)+2*perStream) {
		return nil, nil, whole, end, false
	}
	return packed[skip:], names, headSpan(pos, start, end), end, true
}

// inZip reports whether the base64 that goes on at src[start:] has begun with a zip, as far as that
// is near.
func inZip(src []byte, start int, spend Spend) bool {
	i := start
	for i > max(0, start-PackedReach) {
		n := 1
		if base64Values[src[i-1]] == notBase64 {
			n = lineEndBefore(src[:i], spend)
		}
		if n == 0 {
			break
		}
		i -= n
	}
	run := src[max(0, i):start]
	return spend(len(run)) && slices.ContainsFunc(zipStarts(), func(s base64Start) bool { return bytes.Contains(run, []byte(s.first+s.letters)) })
}

// PackedReach is how far from its beginning compressed data is read where there is no whole file,
// in bytes: as much as rules see behind an anchor.
const PackedReach = 8 << 10

// headSpan returns the place of compressed data, of which only the head counts if it is longer
// than what some who look for it see.
func headSpan(pos, start, end int) text.Span {
	if end-pos >= PackedReach {
		end = start + packedHead
	}
	return text.Span{Start: start, End: end}
}

// maxCalls is how far behind the name of a function its argument begins, in bytes: another
// function may decode it.
const maxCalls = 96

func undoDeflated(src []byte, pos int, spend Spend, yield func(Plain) bool) {
	start := pos + bytes.IndexAny(src[pos:], "=(") + 1
	if src[start-1] == '(' {
		start += bytes.IndexAny(src[start:min(len(src), start+maxCalls)], "\"'") + 1
	}
	packed, end := base64At(src, start, spend)
	if !spend(4*len(packed) + 2*perStream) {
		return
	}
	r := flateReaders.Get().(io.Reader)
	defer flateReaders.Put(r)
	_ = r.(flate.Resetter).Reset(bytes.NewReader(packed), nil) // which returns no errors
	plain, _ := io.ReadAll(io.LimitReader(r, int64(maxRatio*len(packed)+perText)))
	u := Unpacked{text: plain, packed: packed, names: []string{"base64", "deflate"}, place: text.Span{Start: start, End: end}}
	if bytes.IndexByte(src[start:max(start, end)], '%') >= 0 {
		u.names = append([]string{"percent"}, u.names...)
	}
	u.anchors(spend, yield)
}

// peel decodes the base64 or hexadecimal at src[start:], also base64 in base64, and returns how
// often it did that and where it ends.
func peel(src []byte, start int, spend Spend) (packed []byte, names []string, end int) {
	switch head := src[start:]; {
	case hasFoldPrefix(head, "1f8b"), hasFoldPrefix(head, "0x1f"):
		packed, end = hexAt(src, start)
		return packed, []string{"hex"}, end
	case head[0] == '\\', head[0] == 'x':
		packed, end = escapedAt(src, start)
		return packed, []string{"js-escape"}, end
	}
	packed, end = base64At(src, start, spend)
	names = base64Names(bytes.Contains(src[start:end], []byte("=\n")) || bytes.Contains(src[start:end], []byte("=\r\n")))
	for len(names) < maxPeeled && (bytes.HasPrefix(packed, []byte("H4sI")) || bytes.HasPrefix(packed, []byte("SDRzS"))) {
		packed, _ = base64At(packed, 0, spend)
		names = append(names, "base64")
	}
	return packed, names, end
}

// packedHead is how much base64 is enough to see that what looks like compressed data is
// none, in most cases.
const packedHead = 128

// packedBegins reports whether compressed data may begin with head, behind its first bytes.
func packedBegins(head []byte, skip int) bool {
	if skip > len(head) {
		return false
	}
	begins := false
	unpack(head[skip:], 1, func(int) bool { return true }, func(_ []string, plain []byte) bool {
		begins = begins || len(plain) > 0
		return true
	})
	return begins || skip > 0 || bytes.HasPrefix(head, []byte("PK"))
}

// escapedAt decodes the bytes of the literal that src[pos:] is in, and returns where it ends.
func escapedAt(src []byte, pos int) (plain []byte, end int) {
	i := pos
	for i < len(src) && len(plain) < maxPacked && src[i] != '"' && src[i] != '\'' && src[i] != '\n' {
		c, n := int(src[i]), 1
		if c == '\\' {
			c, n = byteEscape(src, i)
		}
		plain = append(plain, byte(c))
		i += n
	}
	return plain, min(i, len(src))
}

// byteEscape reads the escape of a byte at src[i:].
func byteEscape(src []byte, i int) (c, n int) {
	if i+1 == len(src) {
		return '\\', 1
	}
	switch next := src[i+1]; next {
	case 'x':
		if v := hexDigits(src, i+2, 2); v >= 0 {
			return v, 4
		}
	default:
		if at := strings.IndexByte("abtnvfr", next); at >= 0 {
			return int("\a\b\t\n\v\f\r"[at]), 2
		}
		digits := 0
		for v := 0; digits < 3 && i+1+digits < len(src) && '0' <= src[i+1+digits] && src[i+1+digits] <= '7'; {
			v = v<<3 | int(src[i+1+digits]-'0')
			digits++
			c = v
		}
		if digits > 0 {
			return c, 1 + digits
		}
	}
	return int(src[i+1]), 2
}

// hexAt decodes the hexadecimal at src[pos:], over several lines too, as digits alone or as the
// numbers of a list, and returns where it ends.
func hexAt(src []byte, pos int) (plain []byte, end int) {
	i := pos
	for i < len(src) && len(plain) < maxPacked {
		if v := hexDigits(src, i, 2); v >= 0 {
			plain = append(plain, byte(v))
			i += 2
			end = i
			continue
		}
		n := lineEnd(src, i)
		if n == 0 {
			n = toNumber(src, i)
		}
		if n == 0 {
			break
		}
		i += n
	}
	return plain, end
}

// toNumber returns the length of what stands before the digits of the next number of a list at
// src[i:]; 0 if there is none.
func toNumber(src []byte, i int) int {
	n := text.Run(src[i:min(len(src), i+maxIndent)], func(c byte) bool { return text.IsBlank(c) || c == ',' || c == '\r' || c == '\n' })
	if !hasFoldPrefix(src[i+n:], "0x") {
		return 0
	}
	return n + len("0x")
}

// base64At decodes the base64 at src[pos:], over several lines too, and returns where it ends.
func base64At(src []byte, pos int, spend Spend) (plain []byte, end int) {
	room := letterRooms.Get().(*[]byte)
	defer letterRooms.Put(room)
	letters := (*room)[:0]
	i, end := pos, pos
	for i < len(src) && len(letters) < maxPacked {
		if n := base64Run(src[i:min(len(src), i+maxPacked-len(letters))]); n > 0 {
			letters = append(letters, src[i:i+n]...)
			i += n
			end = i
		} else if n := lineEndAt(src[i:], spend); n > 0 {
			i += n
		} else if n := softBreak(src, i, len(letters)); n > 0 {
			i += n
		} else if src[i] == '\\' && i+1 < len(src) && src[i+1] == '/' { // of JSON
			i++
		} else if v := hexDigits(src, i+1, 2); src[i] == '%' && v >= 0 && base64Values[v] != notBase64 { // of URLs
			letters = append(letters, byte(v))
			i += 3
			end = i
		} else {
			break
		}
	}
	*room = letters
	return base64Bytes(letters), end
}

// letterRooms are kept for the next call: there may be much base64 in a text.
var letterRooms = sync.Pool{New: func() any { return new([]byte) }}

// base64Run returns how many letters of base64 src begins with.
func base64Run(src []byte) int {
	n := 0
	for ; n+4 <= len(src); n += 4 { // a value has six bits
		if base64Values[src[n]]|base64Values[src[n+1]]|base64Values[src[n+2]]|base64Values[src[n+3]] >= 1<<6 {
			break
		}
	}
	for n < len(src) && base64Values[src[n]] != notBase64 {
		n++
	}
	return n
}

// base64Bytes decodes letters of either alphabet, without those of a group that is cut off behind its first.
func base64Bytes(letters []byte) []byte {
	plain := make([]byte, 0, len(letters)/4*3+2)
	for ; len(letters) >= 4; letters = letters[4:] {
		v := uint32(base64Values[letters[0]])<<18 | uint32(base64Values[letters[1]])<<12 | uint32(base64Values[letters[2]])<<6 | uint32(base64Values[letters[3]])
		plain = append(plain, byte(v>>16), byte(v>>8), byte(v))
	}
	if len(letters) >= 2 {
		plain = append(plain, base64Values[letters[0]]<<2|base64Values[letters[1]]>>4)
	}
	if len(letters) == 3 {
		plain = append(plain, base64Values[letters[1]]<<4|base64Values[letters[2]]>>2)
	}
	return plain
}

// Readers are used again, since one takes much memory and most have nothing to read.
var (
	gzipReaders  = sync.Pool{New: func() any { return new(gzip.Reader) }}
	flateReaders = sync.Pool{New: func() any { return flate.NewReader(bytes.NewReader(nil)) }}
	zlibReaders  sync.Pool
)

// isGzip reports whether packed begins with a whole header of gzip, as far as what is optional in it
// is of a length that is known at once. (RFC 1952, section 2.3.)
func isGzip(packed []byte) bool {
	const size, deflate, extra, reserved = 10, 8, 1 << 2, 0xe0
	if len(packed) < size || !bytes.HasPrefix(packed, []byte{0x1f, 0x8b, deflate}) || packed[3]&reserved != 0 {
		return false
	}
	return packed[3]&extra == 0 || len(packed) >= size+2 && len(packed) >= size+2+int(binary.LittleEndian.Uint16(packed[size:]))
}

// isZlib reports whether packed begins with a header of zlib, without a dictionary. (RFC 1950, section
// 2.2.)
func isZlib(packed []byte) bool {
	const method, dictionary = 0x78, 1 << 5
	return len(packed) > 2 && packed[0] == method && packed[1]&dictionary == 0 && binary.BigEndian.Uint16(packed)%31 == 0
}

// zlibReader returns a reader of packed, which isZlib.
func zlibReader(packed []byte) (io.ReadCloser, error) {
	if r, ok := zlibReaders.Get().(io.ReadCloser); ok {
		return r, r.(zlib.Resetter).Reset(bytes.NewReader(packed), nil)
	}
	return zlib.NewReader(bytes.NewReader(packed))
}

// unpack calls found with each text in compressed data, as much as can be read of it, and how
// it was compressed. The text is gone when found returns. It asks spend for what is more than may be read.
func unpack(packed []byte, depth int, spend Spend, found func(names []string, plain []byte) bool) {
	limit := int64(maxRatio*len(packed) + perText)
	read := func(name string, r io.Reader, err error) (on bool) {
		if err != nil {
			return true
		}
		room := plainRooms.Get().(*bytes.Buffer)
		defer giveBack(room)
		_, _ = room.ReadFrom(io.LimitReader(r, limit)) // it may be cut off
		plain := room.Bytes()
		if limit -= int64(len(plain)); limit <= 0 && len(plain) >= worthSaying {
			spend(tooMuch)
		}
		if narrow, wide := narrowed(plain); wide != "" {
			return found([]string{name, wide}, narrow)
		}
		on = found([]string{name}, plain)
		if on && depth > 1 {
			unpack(plain, depth-1, spend, func(names []string, plain []byte) bool {
				on = found(append([]string{name}, names...), plain)
				return on
			})
		}
		return on
	}
	switch {
	case isGzip(packed):
		r := gzipReaders.Get().(*gzip.Reader)
		defer gzipReaders.Put(r)
		read("gzip", r, r.Reset(bytes.NewReader(packed)))
	case isZlib(packed):
		r, err := zlibReader(packed)
		if read("zlib", r, err); r != nil {
			zlibReaders.Put(r)
		}
	case bytes.HasPrefix(packed, []byte(zipMark)):
		unzip(packed, spend, func(r io.Reader) bool { return read("zip", r, nil) && limit > 0 })
	}
}

// plainRooms are kept for the next call: nearly all that is unpacked is of the size of a page or of a file.
var plainRooms = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// maxRoom is the largest room that is kept, in bytes.
const maxRoom = 4 << 20

func giveBack(room *bytes.Buffer) {
	if room.Cap() <= maxRoom {
		room.Reset()
		plainRooms.Put(room)
	}
}

// narrowed returns a text in UTF-16 with a byte a character, and the name of its form; none for
// another text.
func narrowed(plain []byte) (narrow []byte, name string) {
	if len(plain) < 4 {
		return nil, ""
	}
	first, low := 0, 0
	switch {
	case bytes.HasPrefix(plain, []byte("\xff\xfe")):
		first, name = 2, "utf-16le"
	case bytes.HasPrefix(plain, []byte("\xfe\xff")):
		first, low, name = 2, 1, "utf-16be"
	case plain[0] != 0 && plain[1] == 0 && plain[2] != 0 && plain[3] == 0:
		name = "utf-16le"
	default:
		return nil, ""
	}
	narrow = make([]byte, 0, len(plain)/2)
	for i := first; i+1 < len(plain); i += 2 {
		c := plain[i+low]
		if plain[i+1-low] != 0 {
			c = 0xff // not Latin: no part of a key, and no letter before one
		}
		narrow = append(narrow, c)
	}
	return narrow, name
}

// anchors calls yield with what stands around each anchor in the text, and reports whether to go on. What is
// stored as it is in the compressed data is found there.
func (u *Unpacked) anchors(spend Spend, yield func(Plain) bool) bool {
	plain := u.text
	if !spend(2 * len(plain)) {
		return false
	}
	firstTwo := firstTwo()
	for pos := range plain {
		if pos+1 < len(plain) && !firstTwo[uint16(plain[pos])<<8|uint16(plain[pos+1])] || !anchored(plain, pos) {
			continue
		}
		key := bytes.HasPrefix(plain[pos:], []byte(finding.KeyPrefix))
		if key && (!spend(len(u.packed)/8) || bytes.Contains(u.packed, plain[pos:min(len(plain), pos+stored)])) {
			continue
		}
		first := max(0, pos-maxEncoded)
		part := plain[first:min(len(plain), pos+maxEncoded)]
		p := Plain{Text: part, Key: pos - first, Names: u.names, Several: true, packed: true, place: u.place}
		if !yield(p) {
			return false
		}
	}
	return true
}

// stored is more bytes in a row than compressed data has of its text unless that is stored.
const stored = 24

package codec

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"io"
	"slices"
	"sync"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/text"
)

// packedForm is compressed data in base64 or hexadecimal: a Helm release (base64 twice),
// cloud-init's user data, an Office document in a mail or in Excel's DataMashup, a column of
// bytes in a dump. (RFC 1952; RFC 1950.)
var packedForm = &form{
	anchors: append([]string{
		"h4sia", "h4sic", "sdrzsue", "sdrzsuf", "sdrzsum", "sdrzsun", "u0rselnv",
		`"ejw`, `"ejx`, `"ejy`, `"ejz`, `'ejw`, `'ejx`, `'ejy`, `'ejz`,
		`"eno`, `"enp`, `"enq`, `"enr`, `'eno`, `'enp`, `'enq`, `'enr`,
		" ejw", " ejx", " ejy", " ejz", "=ejw", "=ejx", "=ejy", "=ejz",
		"1f8b0800", "1f8b0808",
	}, anchorsOf(zipStarts)...),
	undo: undoPacked,
}

// samlForm is a message of SAML in a URL, which is deflated and has no mark of its own. (SAML
// 2.0 Bindings, section 3.4.4.1.)
var samlForm = &form{anchors: []string{"samlrequest=", "samlresponse="}, undo: undoSAML}

// packedStarts are how zip, gzip, gzip in base64 twice and thrice, and zlib begin in base64, and
// gzip in hexadecimal. Anchors do not tell upper from lower case, and "ENODEV" stands in much code.
var packedStarts = []string{"UEsD", "H4sI", "SDRzS", "U0RSelNV", "eJw", "eJx", "eJy", "eJz", "eNo", "eNp", "eNq", "eNr", "1f8b", "1F8B"}

// beginsPacked reports whether compressed data may begin src.
func beginsPacked(src []byte) bool {
	return slices.ContainsFunc(packedStarts, func(s string) bool { return bytes.HasPrefix(src, []byte(s)) })
}

// zipStarts are how a member of a zip begins, by the version that is needed to read it.
var zipStarts = func() (starts []base64Start) {
	for _, version := range []string{"\x0a", "\x14", "\x2d"} {
		starts = append(starts, startsOf("PK\x03\x04"+version+"\x00", false, 4)...)
	}
	return starts
}()

const (
	// maxPacked bounds how many letters are decoded, and maxPeeled how often.
	maxPacked = 1 << 20
	maxPeeled = 3
	// maxUnpacked is how many compressed data in one another are unpacked.
	maxUnpacked = 2
	// A text is at most maxRatio times as long as what it is inflated from, and perText more.
	maxRatio, perText = 16, 4 << 10
)

func undoPacked(src []byte, pos int, spend Spend, yield func(Plain) bool) {
	if isQuote(src[pos]) || src[pos] == ' ' || src[pos] == '=' {
		pos++
	}
	start, skip := pos, 0
	for _, s := range zipStarts {
		first := pos - len(s.first)
		if first >= 0 && bytes.HasPrefix(src[first:], []byte(s.first+s.letters)) {
			// Decode from the group's beginning, and leave out what stands before the zip.
			start, skip = pos-4, s.at
			break
		}
	}
	if start < 0 || skip == 0 && !beginsPacked(src[start:]) || !spend(2*packedHead+perStream) {
		return
	}
	if head, _, _ := peel(src[:min(len(src), start+2*packedHead)], start); !packedBegins(head, skip) {
		return
	}
	packed, names, end := peel(src, start)
	if skip > len(packed) || !spend(4*len(packed)+2*perStream) {
		return
	}
	yieldUnpacked(packed[skip:], names, headSpan(pos, start, end), spend, yield)
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

// packedMarks are how gzip begins in base64, in base64 twice and three times. In a whole file, that
// is what is long: a Helm release, an archive in a mail.
var packedMarks = []string{"H4sIA", "SDRzSUF", "U0RSelNV"}

// Packed calls yield with what stands around the anchors in the compressed data of a whole file that
// is longer than [PackedReach], until yield returns false. It asks spend as [Undo] does.
func Packed(src []byte, spend Spend, yield func(Plain) bool) {
	u := undoing{yield: yield, spend: spend, left: maxTries}
	for _, mark := range packedMarks {
		for pos := 0; ; pos += len(mark) {
			n := bytes.Index(src[pos:], []byte(mark))
			if n < 0 || !spend(n) {
				break
			}
			pos += n
			packed, names, end := peel(src, pos)
			if !spend(end-pos) || end-pos < PackedReach {
				continue
			}
			yieldUnpacked(packed, names, headSpan(pos, pos, end), spend, func(p Plain) bool {
				u.left = maxTries
				return spend(len(p.Text)) && u.near(&p, maxDepth-1)
			})
			pos = end - len(mark)
		}
	}
}

func undoSAML(src []byte, pos int, spend Spend, yield func(Plain) bool) {
	start := pos + bytes.IndexByte(src[pos:], '=') + 1
	packed, end := base64At(src, start)
	if !spend(4*len(packed) + 2*perStream) {
		return
	}
	r := flate.NewReader(bytes.NewReader(packed))
	plain, _ := io.ReadAll(io.LimitReader(r, int64(maxRatio*len(packed)+perText)))
	names := []string{"base64", "deflate"}
	if bytes.IndexByte(src[start:max(start, end)], '%') >= 0 {
		names = append([]string{"percent"}, names...)
	}
	yieldAnchors(plain, packed, text.Span{Start: start, End: end}, names, spend, yield)
}

// peel decodes the base64 or hexadecimal at src[start:], also base64 in base64, and returns how
// often it did that and where it ends.
func peel(src []byte, start int) (packed []byte, names []string, end int) {
	if bytes.HasPrefix(src[start:], []byte("1f8b")) || bytes.HasPrefix(src[start:], []byte("1F8B")) {
		packed, end = hexAt(src, start)
		return packed, []string{"hex"}, end
	}
	packed, end = base64At(src, start)
	names = []string{"base64"}
	for len(names) < maxPeeled && (bytes.HasPrefix(packed, []byte("H4sI")) || bytes.HasPrefix(packed, []byte("SDRzS"))) {
		packed, _ = base64At(packed, 0)
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
	unpack(head[skip:], 1, func(_ []string, plain []byte) bool {
		begins = begins || len(plain) > 0
		return true
	})
	return begins || skip > 0 || bytes.HasPrefix(head, []byte("PK"))
}

// hexAt decodes the hexadecimal at src[pos:], over several lines too, and returns where it ends.
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
			break
		}
		i += n
	}
	return plain, end
}

// base64At decodes the base64 at src[pos:], over several lines too, and returns where it ends.
func base64At(src []byte, pos int) (plain []byte, end int) {
	var letters []byte
	i := pos
	for i < len(src) && len(letters) < maxPacked {
		if v := base64Values[src[i]]; v != notBase64 {
			letters = append(letters, (base64Letters + "+/")[v])
			i++
			end = i
		} else if n := lineEndAt(src[i:]); n > 0 {
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
	if len(letters)%4 == 1 {
		letters = letters[:len(letters)-1] // it was cut off in a group
	}
	plain = make([]byte, base64.RawStdEncoding.DecodedLen(len(letters)))
	n, _ := base64.RawStdEncoding.Decode(plain, letters)
	return plain[:n], end
}

// gzipReaders are used again, since one takes much memory and most have nothing to read.
var gzipReaders = sync.Pool{New: func() any { return new(gzip.Reader) }}

// unpack calls found with each text in compressed data, as much as can be read of it, and how
// it was compressed.
func unpack(packed []byte, depth int, found func(names []string, plain []byte) bool) {
	limit := int64(maxRatio*len(packed) + perText)
	read := func(name string, r io.Reader, err error) (on bool) {
		if err != nil {
			return true
		}
		plain, _ := io.ReadAll(io.LimitReader(r, limit)) // it may be cut off
		limit -= int64(len(plain))
		on = found([]string{name}, plain)
		if on && depth > 1 {
			unpack(plain, depth-1, func(names []string, plain []byte) bool {
				on = found(append([]string{name}, names...), plain)
				return on
			})
		}
		return on
	}
	switch {
	case bytes.HasPrefix(packed, []byte("\x1f\x8b")):
		r := gzipReaders.Get().(*gzip.Reader)
		defer gzipReaders.Put(r)
		read("gzip", r, r.Reset(bytes.NewReader(packed)))
	case len(packed) > 2 && packed[0] == 0x78:
		r, err := zlib.NewReader(bytes.NewReader(packed))
		read("zlib", r, err)
	case bytes.HasPrefix(packed, []byte("PK\x03\x04")):
		z, err := zip.NewReader(bytes.NewReader(packed), int64(len(packed)))
		if err != nil {
			return
		}
		for _, f := range z.File {
			r, err := f.Open()
			if !read("zip", r, err) || limit <= 0 {
				return
			}
		}
	}
}

// yieldUnpacked calls yield with what stands around each anchor in compressed data, which is
// written as whole.
func yieldUnpacked(packed []byte, names []string, whole text.Span, spend Spend, yield func(Plain) bool) {
	unpack(packed, maxUnpacked, func(more []string, plain []byte) bool {
		return yieldAnchors(plain, packed, whole, slices.Concat(names, more), spend, yield)
	})
}

// yieldAnchors calls yield with what stands around each anchor in plain, which is packed and
// written as whole. What is not compressed in packed is found there.
func yieldAnchors(plain, packed []byte, whole text.Span, names []string, spend Spend, yield func(Plain) bool) bool {
	if !spend(4 * len(plain)) {
		return false
	}
	for pos := range plain {
		if !anchored(plain, pos) {
			continue
		}
		key := bytes.HasPrefix(plain[pos:], []byte(finding.KeyPrefix))
		if key && (!spend(len(packed)/8) || bytes.Contains(packed, plain[pos:min(len(plain), pos+stored)])) {
			continue
		}
		first := max(0, pos-maxEncoded)
		part := plain[first:min(len(plain), pos+maxEncoded)]
		p := Plain{Text: part, Key: pos - first, Names: names, Several: true, spans: make([]text.Span, len(part))}
		for i := range p.spans {
			p.spans[i] = whole
		}
		if !yield(p) {
			return false
		}
	}
	return true
}

// stored is more bytes in a row than compressed data has of its text unless that is stored.
const stored = 24

package codec

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"io"
	"sync"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"

	"github.com/neokeys/neokeys/internal/text"
)

// packedForm is compressed data in base64: a Helm release (base64 twice), cloud-init's user
// data, an Office document in a mail or in Excel's DataMashup. (RFC 1952; RFC 1950.)
var packedForm = &form{
	anchors: append([]string{
		"h4sia", "h4sic", "sdrzsue", "sdrzsuf", "sdrzsum", "sdrzsun",
		`"ejw`, `"ejx`, `"ejy`, `"ejz`, `'ejw`, `'ejx`, `'ejy`, `'ejz`,
		`"eno`, `"enp`, `"enq`, `"enr`, `'eno`, `'enp`, `'enq`, `'enr`,
	}, anchorsOf(zipStarts)...),
	undo: undoPacked,
}

// zipStarts are how a member of a zip begins, by the version that is needed to read it.
var zipStarts = func() (starts []base64Start) {
	for _, version := range []string{"\x0a", "\x14", "\x2d"} {
		starts = append(starts, startsOf("PK\x03\x04"+version+"\x00", false, 4)...)
	}
	return starts
}()

const (
	// maxPacked bounds how many letters of base64 are decoded, and maxTwice how often.
	maxPacked = 64 << 10
	maxTwice  = 2
	// A text is at most maxRatio times as long as what it is inflated from, and perText more.
	maxRatio, perText = 16, 4 << 10
)

func undoPacked(src []byte, pos int, yield func(Plain) bool) {
	if src[pos] == '"' || src[pos] == '\'' {
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
	if start < 0 {
		return
	}
	if head, _ := base64At(src[:min(len(src), start+2*packedHead)], start); !packedBegins(head, skip) {
		return
	}
	packed, end := base64At(src, start)
	names := []string{"base64"}
	for range maxTwice - 1 {
		if !bytes.HasPrefix(packed, []byte("H4sI")) {
			break
		}
		packed, _ = base64At(packed, 0)
		names = append(names, "base64")
	}
	if skip > len(packed) {
		return
	}
	whole := text.Span{Start: pos, End: end}
	unpack(packed[skip:], func(name string, plain []byte) bool {
		return yieldAnchors(plain, whole, append(names[:len(names):len(names)], name), yield)
	})
}

// packedHead is how much base64 is enough to see that what looks like compressed data is
// none, in most cases.
const packedHead = 128

// packedBegins reports whether compressed data may begin with head, behind its first bytes.
func packedBegins(head []byte, skip int) bool {
	if bytes.HasPrefix(head, []byte("H4sI")) {
		head, _ = base64At(head, 0)
	}
	if skip > len(head) {
		return false
	}
	begins := false
	unpack(head[skip:], func(_ string, plain []byte) bool {
		begins = begins || len(plain) > 0
		return true
	})
	return begins || skip > 0 || bytes.HasPrefix(head, []byte("PK"))
}

// base64At decodes the base64 at src[pos:], over several lines too, and returns where it ends.
func base64At(src []byte, pos int) (plain []byte, end int) {
	var letters []byte
	i := pos
	for i < len(src) && len(letters) < maxPacked {
		switch n := lineEndAt(src[i:]); {
		case base64Values[src[i]] != notBase64:
			letters = append(letters, (base64Letters + "+/")[base64Values[src[i]]])
			i++
			end = i
			continue
		case n > 0:
			i += n
			continue
		case src[i] == '\\' && i+1 < len(src) && src[i+1] == '/': // of JSON
			i++
			continue
		}
		break
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

// unpack calls found with each text in compressed data, as much as can be read of it.
func unpack(packed []byte, found func(name string, plain []byte) bool) {
	limit := int64(maxRatio*len(packed) + perText)
	read := func(name string, r io.Reader, err error) bool {
		if err != nil {
			return true
		}
		plain, _ := io.ReadAll(io.LimitReader(r, limit)) // it may be cut off
		limit -= int64(len(plain))
		return found(name, plain)
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

// yieldAnchors calls yield with what stands around each anchor in plain, which is written as
// whole.
func yieldAnchors(plain []byte, whole text.Span, names []string, yield func(Plain) bool) bool {
	for pos := range plain {
		if !anchored(plain, pos) {
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

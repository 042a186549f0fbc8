package archive

import (
	"bytes"
	"encoding/ascii85"
	"fmt"
	"io"

	"github.com/klauspost/compress/zlib"

	"github.com/neokeys/neokeys/internal/deflate"
)

// The parts of a PDF that are looked at, as ISO 32000-2 has them: a stream stands behind a
// dictionary, which says how it is compressed (7.3.8, 7.4).
const (
	pdfStream     = "stream"
	pdfEncrypt    = "/Encrypt"
	pdfDictionary = 2 << 10 // bytes of a dictionary that are looked at
)

// pdf visits the streams of a PDF that are deflated, in the order in which they lie there.
// It goes by the marks before them and not by the tables of objects: those may be wrong, and
// a reader that mends them does the same.
func (u *Unpacker) pdf(b *Budget, visit func(Member) error) (skipped Skipped, err error) {
	var before []byte // what was used last
	unread, encrypted := 0, false
	for n := 1; ; {
		text, err := u.source.ahead(len(pdfStream) + 2)
		at := bytes.Index(text, []byte(pdfStream))
		used := len(text) - len(pdfStream) + 1
		if at >= 0 {
			used = at + len(pdfStream)
		} else if err != nil {
			if encrypted = encrypted || bytes.Contains(text, []byte(pdfEncrypt)); encrypted {
				skipped.Encrypted = unread
			}
			return skipped, nil
		}
		encrypted = encrypted || bytes.Contains(text[:used], []byte(pdfEncrypt))
		before = append(before, text[:used]...)
		before = before[max(0, len(before)-pdfDictionary):]
		u.source.skip(used)
		if at < 0 {
			continue
		}
		packed, err := u.pdfStream(before)
		if err != nil {
			unread++
		}
		if packed == nil {
			continue
		}
		stream := &shownText{r: &unpacked{Reader: packed, budget: b}}
		name := fmt.Sprint("stream ", n)
		n++
		err = visit(Member{Name: name, Reader: stream})
		if err == nil && stream.shown.Len() > 0 {
			err = visit(Member{Name: name + " text", Reader: &stream.shown})
		}
		if err != nil {
			return skipped, err
		}
		before = before[:0]
	}
}

// pdfStream returns what is deflated in the stream that begins behind before, nil if that is
// none. The error is that it is not deflated although it should be.
func (u *Unpacker) pdfStream(before []byte) (io.Reader, error) {
	dictionary := before[:len(before)-len(pdfStream)]
	if bytes.HasSuffix(dictionary, []byte("end")) {
		return nil, nil
	}
	dictionary = dictionary[bytes.LastIndex(dictionary, []byte("obj"))+1:]
	flate := bytes.Contains(dictionary, []byte("/FlateDecode")) || bytes.Contains(dictionary, []byte("/Fl"))
	ascii := bytes.Contains(dictionary, []byte("/ASCII85Decode")) || bytes.Contains(dictionary, []byte("/A85"))
	if !flate && !ascii {
		return nil, nil
	}
	if next, _ := u.source.Peek(2); len(next) == 2 && next[0] == '\r' && next[1] == '\n' {
		u.source.skip(2)
	} else if len(next) > 0 && (next[0] == '\n' || next[0] == '\r') {
		u.source.skip(1)
	}
	var packed io.Reader = u.source.Reader
	if ascii {
		packed = ascii85.NewDecoder(&untilTilde{u.source.Reader})
	}
	if !flate {
		return packed, nil
	}
	text, err := u.decoders.zlibOf(packed)
	if err != nil {
		return nil, err
	}
	return text, nil
}

// zlibOf returns what is compressed in r.
func (d *decoders) zlibOf(r io.Reader) (io.Reader, error) {
	var err error
	if d.zlib == nil {
		d.zlib, err = zlib.NewReader(r)
	} else {
		err = deflate.ResetZlib(d.zlib, r)
	}
	return d.zlib, err
}

// untilTilde ends where text in base 85 does.
type untilTilde struct{ r io.ByteReader }

// Read implements io.Reader.
func (t *untilTilde) Read(p []byte) (n int, err error) {
	for n < len(p) {
		c, err := t.r.ReadByte()
		if err != nil {
			return n, err
		}
		if c == '~' {
			return n, io.EOF
		}
		p[n] = c
		n++
	}
	return n, nil
}

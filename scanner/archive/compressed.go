package archive

import (
	"bufio"
	"bytes"
	"compress/bzip2"
	"encoding/binary"
	"errors"
	"io"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"
	"github.com/therootcompany/xz"
	"github.com/ulikunitz/xz/lzma"

	"github.com/neokeys/neokeys/internal/deflate"
)

// bzip2Cost is what a decoder of bzip2 costs, in bytes that could be unpacked meanwhile: it
// begins by making a table of several megabytes, and cannot be used again.
const bzip2Cost = 512 << 10

// decoders are made when they are first needed, and used again: there may be very many
// small files.
type decoders struct {
	flate io.ReadCloser
	gzip  *gzip.Reader
	xz    *xz.Reader
	zlib  io.ReadCloser
	zstd  *zstd.Decoder
	small *smallZstd
	lz4   *lz4.Reader
	// brotli knows no window of more than 16 MiB.
	brotli *brotli.Reader
	peeked *bufio.Reader
}

// legacyLZ4 begins a file of the first version of LZ4, as of Linux's kernels: its blocks are of 8 MiB, and a decoder has several.
// (lz4_Frame_format.md of lz4, "Legacy frame".)
const legacyLZ4 = "\x02\x21\x4c\x18"

// decompress returns what is compressed in r.
func (u *Unpacker) decompress(f Format, r io.Reader, level int, b *Budget) (text *unpacked, err error) {
	window := uint32(max(usualWindow, maxWindow>>max(0, level-1)))
	text = &unpacked{budget: b}
	switch d := &u.decoders; f {
	case Gzip:
		if d.gzip == nil {
			d.gzip = new(gzip.Reader)
		}
		in := d.ahead(r)
		err = deflate.ResetGzip(d.gzip, in)
		text.Reader = &concatenated{d.gzip, in}
	case Bzip2:
		b.out += bzip2Cost
		text.Reader = bzip2.NewReader(r)
	case XZ:
		text.Reader, err = u.xzText(r, window, b)
	case Zstd:
		text.Reader, err = u.zstdText(r, window, b)
	case LZMA:
		text.Reader, err = u.lzmaText(r, int64(window), b)
	case LZ4:
		in := d.ahead(r)
		if head, _ := in.Peek(len(legacyLZ4)); string(head) == legacyLZ4 {
			u.takeLarge(maxWindow, b).forget()
		}
		if d.lz4 == nil {
			d.lz4 = lz4.NewReader(nil)
		}
		d.lz4.Reset(in)
		text.Reader = guarded{d.lz4}
	case Brotli:
		if d.brotli == nil {
			d.brotli = new(brotli.Reader)
		}
		err = d.brotli.Reset(r)
		text.Reader = guarded{d.brotli}
	case Zlib:
		text.Reader, err = u.decoders.zlibOf(r)
	case Loose:
		text.Reader, err = u.decoders.looseText(r)
	default:
		err = ErrFormat
	}
	if err = windowError(err); err != nil && !errors.Is(err, errWindow) {
		err = ErrFormat
	}
	return text, err
}

// lzmaCost is what a byte of LZMA's dictionary costs, which is made anew for each file, in
// bytes that could be unpacked meanwhile.
const lzmaCost = 1. / 8

// lzmaText returns what is compressed in r, an LZMA file.
func (u *Unpacker) lzmaText(r io.Reader, window int64, b *Budget) (io.Reader, error) {
	header := make([]byte, lzma.HeaderLen)
	if _, err := io.ReadFull(r, header); err != nil || !lzma.ValidHeader(header) {
		return nil, ErrFormat
	}
	dictionary := int64(binary.LittleEndian.Uint32(header[1:]))
	if size := binary.LittleEndian.Uint64(header[5:]); size < uint64(dictionary) {
		dictionary = int64(size) // the library makes no more room than that
	}
	if dictionary > window {
		return nil, errWindow
	}
	if dictionary > usualWindow {
		u.takeLarge(maxWindow, b).forget()
	}
	b.out += int64(float64(dictionary) * lzmaCost)
	var text *lzma.Reader
	err := guard(func() (err error) {
		text, err = lzma.NewReader(io.MultiReader(bytes.NewReader(header), r))
		return err
	})
	return guarded{text}, err
}

// concatenated is what comes out of a gzip file, of which there may be several in a row,
// and behind the last anything at all, of which nothing is used.
type concatenated struct {
	gzip *gzip.Reader
	in   peeker
}

// A peeker can be looked ahead in.
type peeker interface {
	io.Reader
	Peek(n int) ([]byte, error)
}

// Read implements io.Reader.
func (c *concatenated) Read(p []byte) (n int, err error) {
	for n == 0 && err == nil {
		c.gzip.Multistream(false)
		if n, err = c.gzip.Read(p); errors.Is(err, io.EOF) && c.next() {
			err = deflate.ResetGzip(c.gzip, c.in)
		}
		if len(p) == 0 {
			break
		}
	}
	if errors.Is(err, gzip.ErrHeader) {
		err = io.EOF
	}
	return n, err
}

// next reports whether another file follows.
func (c *concatenated) next() bool {
	head, _ := c.in.Peek(HeadSize)
	return Detect(head) == Gzip
}

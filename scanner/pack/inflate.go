package pack

import (
	"bufio"
	"bytes"
	"errors"
	"hash"
	"hash/adler32"
	"io"
	"slices"
	"sync"

	"github.com/klauspost/compress/flate"

	"github.com/neokeys/neokeys/scanner/pack/inflate"
)

// firstRoom is how much memory is taken for a text before any of it was read.
const firstRoom = 1 << 20

// room returns how many more bytes to take memory for when have bytes of a text are there and
// left are still claimed to come. It is seven times what is there at most: to double it each
// time would leave behind as much memory again as the text takes.
func room(have, left int) int { return min(left, max(firstRoom, 7*have)) }

// likelyRatio is how many bytes of text a byte of deflate may stand for before its size is
// doubted.
const likelyRatio = 8

// An inflater reads zlib streams (RFC 1950), one after another: those with a text that is not
// big at once, others piece by piece.
type inflater struct {
	whole inflate.Decoder
	flate io.ReadCloser
	src   bytes.Reader
	end   [1]byte
}

// reset makes z read the deflate stream that r gives.
func (z *inflater) reset(r io.Reader) error {
	if z.flate == nil {
		z.flate = flate.NewReader(r)
		return nil
	}
	return z.flate.(flate.Resetter).Reset(r, nil)
}

// inflate appends to dst the text of the zlib stream that src begins with, which must
// be of size bytes. It returns how much of src the stream takes up. Unless the caller
// knows by a checksum that src is whole, verify makes sure of the text.
func (z *inflater) inflate(dst, src []byte, size int, verify bool) ([]byte, int, error) {
	if size > maxRatio*len(src) {
		return dst, 0, damage("%d bytes cannot hold a text of %d", len(src), size)
	}
	if size > bigText {
		return z.inflateBig(dst, src, size, verify)
	}
	text, used, err := z.whole.Zlib(dst, src, size, verify)
	if err != nil {
		return dst, 0, streamError(err)
	}
	return text, used, nil
}

// inflateBig is inflate for a text of any size. It takes memory as it reads.
func (z *inflater) inflateBig(dst, src []byte, size int, verify bool) ([]byte, int, error) {
	if err := checkHeader(src); err != nil {
		return dst, 0, err
	}
	z.src.Reset(src[2:])
	if err := z.reset(&z.src); err != nil {
		return dst, 0, err
	}
	from := len(dst)
	dst, err := z.fill(dst, size)
	if err != nil {
		return dst, 0, err
	}
	used := len(src) - z.src.Len()
	if len(src) < used+4 {
		return dst, 0, damage("the stream is cut off")
	}
	if verify && adler32.Checksum(dst[from:]) != be32(src[used:]) {
		return dst, 0, damage("the text's checksum is wrong")
	}
	return dst, used + 4, nil
}

// fill appends the size bytes that the stream must have to dst.
func (z *inflater) fill(dst []byte, size int) ([]byte, error) {
	for size > 0 {
		dst = slices.Grow(dst, room(len(dst), size))
		n, err := io.ReadFull(z.flate, dst[len(dst):min(cap(dst), len(dst)+size)])
		dst, size = dst[:len(dst)+n], size-n
		if err != nil {
			return dst, streamError(err)
		}
	}
	switch n, err := z.flate.Read(z.end[:]); {
	case n > 0:
		return dst, damage("the text is longer than declared")
	case !errors.Is(err, io.EOF):
		return dst, streamError(err)
	}
	return dst, nil
}

// checkHeader checks the two bytes before the deflate stream.
func checkHeader(src []byte) error {
	switch {
	case len(src) < 2+4:
		return damage("the stream is cut off")
	case src[0]&15 != 8 || src[0]>>4 > 7 || (int(src[0])<<8|int(src[1]))%31 != 0:
		return damage("no zlib stream")
	case src[1]&32 != 0:
		return damage("the zlib stream wants a dictionary")
	}
	return nil
}

// streamError says in our words what either inflater found.
func streamError(err error) error {
	var corrupt flate.CorruptInputError
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, inflate.ErrTooShort):
		return damage("the text is shorter than declared")
	case errors.Is(err, inflate.ErrTooLong):
		return damage("the text is longer than declared")
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, inflate.ErrTruncated):
		return damage("the stream is cut off")
	case errors.As(err, &corrupt), errors.Is(err, inflate.ErrCorrupt):
		return damage("the stream does not inflate")
	case errors.Is(err, inflate.ErrDictionary):
		return damage("the zlib stream wants a dictionary")
	case errors.Is(err, inflate.ErrChecksum):
		return damage("the text's checksum is wrong")
	case err == nil:
		return io.ErrNoProgress
	}
	return err
}

// A textReader reads the text of one zlib stream of any length, and checks it.
type textReader struct {
	inflater
	file    io.Closer         // closed with the reader, if not nil
	section *io.SectionReader // what is read, if it is in a pack
	buf     *bufio.Reader
	left    int64 // bytes of text to come
	likely  int64 // how many of them can be believed in once a big text's worth was read
	sum     hash.Hash32
	err     error
}

// textReaders are kept, since making one takes longer than reading a small text.
var textReaders = sync.Pool{New: func() any {
	return &textReader{buf: bufio.NewReaderSize(nil, 8<<10), sum: adler32.New()}
}}

// newTextReader reads the zlib stream that r gives, with a text of size bytes.
func newTextReader(r io.Reader, size int64) (*textReader, error) {
	t := textReaders.Get().(*textReader)
	t.buf.Reset(r)
	t.sum.Reset()
	t.file, t.section, t.left, t.likely, t.err = nil, nil, size, 0, nil
	head, err := t.buf.Peek(2 + 4)
	if err == nil || errors.Is(err, io.EOF) {
		err = checkHeader(head)
	}
	if err == nil {
		_, _ = t.buf.Discard(2) // they were peeked at
		err = t.reset(t.buf)
	}
	if err != nil {
		t.release()
		return nil, err
	}
	return t, nil
}

// release makes t available for another stream.
func (t *textReader) release() {
	t.buf.Reset(nil)
	textReaders.Put(t)
}

// Close implements io.Closer. It must be called once.
func (t *textReader) Close() error {
	var err error
	if t.file != nil {
		err = t.file.Close()
	}
	t.release()
	return err
}

// Read implements io.Reader.
func (t *textReader) Read(p []byte) (int, error) {
	if t.err != nil {
		return 0, t.err
	}
	if int64(len(p)) > t.left {
		p = p[:t.left]
	}
	if len(p) == 0 {
		if t.left == 0 {
			t.err = t.finish()
		}
		return 0, t.err
	}
	n, err := t.flate.Read(p)
	_, _ = t.sum.Write(p[:n]) // never fails
	t.left -= int64(n)
	if err != nil && (n == 0 || !errors.Is(err, io.EOF)) {
		t.err = streamError(err)
	}
	return n, t.err
}

// finish checks that the stream ends here, and returns io.EOF if all is well.
func (t *textReader) finish() error {
	if _, err := t.fill(nil, 0); err != nil {
		return err
	}
	var sum [4]byte
	if _, err := io.ReadFull(t.buf, sum[:]); err != nil {
		return streamError(io.ErrUnexpectedEOF)
	}
	if be32(sum[:]) != t.sum.Sum32() {
		return damage("the text's checksum is wrong")
	}
	return io.EOF
}

// room is room for a text of which have bytes are there. In the end all is taken at once if that
// is likely: to grow takes memory for what is there a second time.
func (t *textReader) room(have int) int {
	if have >= bigText && t.left <= t.likely {
		return int(t.left)
	}
	return room(have, int(t.left))
}

// appendAll appends the rest of the text to dst. It takes memory as it reads.
func (t *textReader) appendAll(dst []byte) ([]byte, error) {
	for {
		if len(dst) == cap(dst) {
			dst = slices.Grow(dst, t.room(len(dst)))
		}
		n, err := t.Read(dst[len(dst):cap(dst)])
		dst = dst[:len(dst)+n]
		if errors.Is(err, io.EOF) {
			return dst, nil
		}
		if err != nil {
			return dst, err
		}
	}
}

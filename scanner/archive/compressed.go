package archive

import (
	"compress/bzip2"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/therootcompany/xz"
)

// maxWindow is how much of what came before a decoder may have to remember, in bytes: as
// much as `xz -9` asks for. From the second archive in another on, each has half of what the one
// around it has, which bounds what all of them take together.
const maxWindow = 64 << 20

// decompress returns what is compressed in r.
func (u *Unpacker) decompress(f Format, r io.Reader, level int, b *Budget) (*unpacked, error) {
	window := uint32(maxWindow >> max(0, level-1))
	text := &unpacked{budget: b, close: func() {}}
	var err error
	switch f {
	case Gzip:
		var z *gzip.Reader
		z, err = gzip.NewReader(r)
		text.Reader = concatenated{z}
	case Bzip2:
		text.Reader = bzip2.NewReader(r)
	case XZ:
		var z *xz.Reader
		z, err = xz.NewReader(r, window)
		text.Reader = windowed{z}
	case Zstd:
		var z *zstd.Decoder
		z, err = zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(uint64(window)))
		if err == nil {
			text.Reader, text.close = windowed{z}, z.Close
		}
	default:
		err = ErrFormat
	}
	if err = windowError(err); err != nil && !errors.Is(err, errWindow) {
		err = ErrFormat
	}
	return text, err
}

// concatenated is what comes out of a gzip file, of which there may be several in a row,
// and behind the last anything at all.
type concatenated struct{ *gzip.Reader }

func (c concatenated) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	if errors.Is(err, gzip.ErrHeader) {
		err = io.EOF
	}
	return n, err
}

var errWindow = fmt.Errorf("%w: its decoder would have to remember too much; unpack it and scan what comes out", ErrUnread)

// windowed says in its own words that a decoder would have to remember too much.
type windowed struct{ io.Reader }

func (w windowed) Read(p []byte) (int, error) {
	n, err := w.Reader.Read(p)
	return n, windowError(err)
}

func windowError(err error) error {
	if errors.Is(err, xz.ErrMemlimit) || errors.Is(err, zstd.ErrWindowSizeExceeded) || errors.Is(err, zstd.ErrDecoderSizeExceeded) {
		return errWindow
	}
	return err
}

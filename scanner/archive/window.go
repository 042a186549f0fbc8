package archive

import (
	"bufio"
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"runtime"

	"github.com/klauspost/compress/zstd"
	"github.com/therootcompany/xz"
)

const (
	// maxWindow is how much of what came before a decoder may have to remember, in bytes: as
	// much as `xz -9` asks for. From the second archive in another on, each has half of what the one
	// around it has, down to usualWindow, which bounds what all of them take together.
	maxWindow = 64 << 20
	// usualWindow is how much the decoders that are kept for the next file remember, in bytes: as much as
	// `xz` and `zstd -19` ask for.
	usualWindow = 8 << 20
	// maxAtOnce is how much may come out of a small file that is decoded at once, in bytes.
	maxAtOnce = 1 << 20
)

// largeDecoders have more than the usual to remember: one of them, whichever was asked for last.
type largeDecoders struct {
	xz   *xz.Reader
	zstd *zstd.Decoder
}

// freeLarge holds those that are kept, while no file has them: one file in the process at a time has more
// than the usual to remember. What is in that file does not wait, and takes decoders of its own.
var freeLarge = func() chan *largeDecoders {
	free := make(chan *largeDecoders, 1)
	free <- new(largeDecoders)
	return free
}()

// takeLarge waits until no other file has the large decoders. They are the file's until the end of Unpack.
func (u *Unpacker) takeLarge(window uint32, b *Budget) *largeDecoders {
	if !b.large {
		u.kept = <-freeLarge
		b.large = true
	}
	if u.large == nil {
		if u.large = u.kept; u.large == nil || window < maxWindow {
			u.large = new(largeDecoders)
		}
	}
	return u.large
}

// giveBack lets others have the decoders that take much memory.
func (u *Unpacker) giveBack(b *Budget) {
	if u.kept != nil {
		b.large = false
		freeLarge <- u.kept
	}
	u.kept, u.large = nil, nil
	d := &u.decoders
	if d.xz != nil {
		xzReaders.put(d.xz)
	}
	if d.zstd != nil {
		_ = d.zstd.Reset(nil) // which is no error
		zstdDecoders.put(d.zstd)
	}
	d.xz, d.zstd, d.lz4 = nil, nil, nil
}

// Decoders that remember usualWindow, kept for the next file. Archives are in one another, and most of them
// hold nothing that is compressed in this way.
var (
	xzReaders    = make(spare[*xz.Reader], spares)
	zstdDecoders = make(spare[*zstd.Decoder], spares)
)

// spares is how many decoders of a kind are kept.
const spares = 4

// A spare keeps what is not used.
type spare[T any] chan T

// take returns one that is kept, else what create returns.
func (s spare[T]) take(create func() T) T {
	select {
	case one := <-s:
		return one
	default:
		return create()
	}
}

// put keeps one if there is room.
func (s spare[T]) put(one T) {
	select {
	case s <- one:
	default:
	}
}

// xzReader returns a decoder of xz that remembers window bytes.
func (d *largeDecoders) xzReader(window uint32) *xz.Reader {
	if d.xz == nil {
		d.forget()
		d.xz, _ = xz.NewReader(nil, window)
	}
	return d.xz
}

// zstdDecoder returns a decoder of Zstandard that remembers window bytes.
func (d *largeDecoders) zstdDecoder(window uint32) (*zstd.Decoder, error) {
	var err error
	if d.zstd == nil {
		d.forget()
		d.zstd, err = newZstd(window)
	}
	return d.zstd, err
}

// forget drops the decoder of the other kind, so that there is room for one.
func (d *largeDecoders) forget() {
	if d.zstd != nil {
		d.zstd.Close()
	}
	if d.zstd != nil || d.xz != nil {
		*d = largeDecoders{}
		runtime.GC()
	}
}

// newZstd returns a decoder of Zstandard that remembers window bytes.
func newZstd(window uint32, more ...zstd.DOption) (*zstd.Decoder, error) {
	return zstd.NewReader(nil, append(more, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(uint64(window)))...)
}

// ahead returns r as a reader that can be looked ahead in.
func (d *decoders) ahead(r io.Reader) peeker {
	if in, ok := r.(peeker); ok {
		return in
	}
	if d.peeked == nil {
		d.peeked = bufio.NewReaderSize(nil, sourceBuffer)
	}
	d.peeked.Reset(r)
	return d.peeked
}

// xzText returns what is compressed in r, an xz file whose decoder may have window bytes to remember.
func (u *Unpacker) xzText(r io.Reader, window uint32, b *Budget) (io.Reader, error) {
	d := &u.decoders
	in := d.ahead(r)
	if d.xz == nil {
		d.xz = xzReaders.take(func() *xz.Reader {
			decoder, _ := xz.NewReader(nil, usualWindow) // that it reads nothing is the error
			return decoder
		})
	}
	decoder := d.xz
	if head, _ := in.Peek(HeadSize); window > usualWindow && xzAsksFor(decoder, head) {
		decoder = u.takeLarge(window, b).xzReader(window)
	}
	return windowed{decoder}, decoder.Reset(in)
}

// xzAsksFor reports whether a file that begins with head asks for more to remember than the decoder has.
func xzAsksFor(decoder *xz.Reader, head []byte) bool {
	err := decoder.Reset(bytes.NewReader(head))
	for n := 0; n == 0 && err == nil; {
		n, err = decoder.Read(make([]byte, 1))
	}
	return errors.Is(err, xz.ErrMemlimit)
}

// zstdText returns what is compressed in r, a Zstandard file whose decoder may have window bytes to remember.
// A file that is several, one behind the other, goes by the first.
func (u *Unpacker) zstdText(r io.Reader, window uint32, b *Budget) (io.Reader, error) {
	in := u.decoders.ahead(r)
	head, err := in.Peek(sourceBuffer)
	if errors.Is(err, io.EOF) {
		if text, ok := u.decoders.zstdAtOnce(head, window); ok {
			_, _ = io.CopyN(io.Discard, in, int64(len(head)))
			return text, nil
		}
	}
	var h zstd.Header
	if h.Decode(head) == nil && h.WindowSize > usualWindow && window > usualWindow {
		decoder, err := u.takeLarge(window, b).zstdDecoder(window)
		if err != nil {
			return nil, err
		}
		return windowed{decoder}, decoder.Reset(in)
	}
	d := &u.decoders
	if d.zstd == nil {
		d.zstd = zstdDecoders.take(func() (decoder *zstd.Decoder) {
			decoder, err = newZstd(usualWindow)
			return decoder
		})
	}
	if d.zstd == nil {
		return nil, err
	}
	return windowed{d.zstd}, d.zstd.Reset(in)
}

// zstdAtOnce returns what is compressed in a small file, if that is not much. Such files often ask for much
// more to remember than they hold.
func (d *decoders) zstdAtOnce(file []byte, window uint32) (text io.Reader, ok bool) {
	if d.zstdSmall == nil {
		small, err := newZstd(window, zstd.WithDecodeAllCapLimit(true))
		if err != nil {
			return nil, false
		}
		d.zstdSmall, d.plain = small, make([]byte, 0, maxAtOnce)
	}
	plain, err := d.zstdSmall.DecodeAll(file, d.plain)
	if errors.Is(err, zstd.ErrDecoderSizeExceeded) {
		return nil, false
	}
	return io.MultiReader(bytes.NewReader(plain), failing{cmp.Or(windowError(err), io.EOF)}), true
}

var errWindow = fmt.Errorf("%w: its decoder would have to remember too much", ErrUnread)

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

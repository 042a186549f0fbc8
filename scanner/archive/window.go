package archive

import (
	"bufio"
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"runtime"
	"weak"

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

// freeLarge holds those that are kept until garbage is collected, while no file has them: one file in the process at
// a time has more than the usual to remember. What is in that file does not wait, and takes decoders of its own.
var freeLarge = func() chan weak.Pointer[largeDecoders] {
	free := make(chan weak.Pointer[largeDecoders], 1)
	free <- weak.Pointer[largeDecoders]{}
	return free
}()

// keptLarge waits until no other file has the large decoders, and returns those that are kept.
func keptLarge() *largeDecoders { return cmp.Or((<-freeLarge).Value(), new(largeDecoders)) }

// takeLarge waits until no other file has the large decoders. They are the file's until the end of Unpack.
func (u *Unpacker) takeLarge(window uint32, b *Budget) *largeDecoders {
	if !b.large {
		u.kept = keptLarge()
		b.large = true
	}
	if u.large == nil && u.kept != nil && window == maxWindow {
		u.large = u.kept
	}
	if u.large == nil {
		if u.kept != nil {
			u.kept.forget()
		}
		u.large = new(largeDecoders)
	}
	return u.large
}

// TakeLarge waits until no other file has more than the usual to remember, or to hold in memory, and returns
// what gives that back.
func (b *Budget) TakeLarge() (giveBack func()) {
	if b.large {
		return func() {}
	}
	kept := keptLarge()
	kept.forget()
	b.large = true
	return func() {
		b.large = false
		freeLarge <- weak.Make(kept)
	}
}

// giveBack lets others have the decoders that take much memory, and forgets the file: it may come out of another decoder.
func (u *Unpacker) giveBack(b *Budget) {
	u.source.reset(nil)
	if u.kept != nil {
		b.large = false
		freeLarge <- weak.Make(u.kept)
	}
	u.kept, u.large = nil, nil
	d := &u.decoders
	if d.peeked != nil {
		d.peeked.Reset(nil)
	}
	if d.xz != nil {
		xzReaders.put(d.xz)
	}
	if d.zstd != nil {
		_ = d.zstd.Reset(nil) // which is no error
		zstdDecoders.put(d.zstd)
	}
	if d.small != nil {
		smallZstds.put(d.small)
	}
	// Those that are left keep what the last file had them remember.
	d.xz, d.zstd, d.small, d.lz4, d.brotli = nil, nil, nil, nil, nil
}

// Decoders that remember usualWindow, kept for the next file until garbage is collected. Archives are in one another,
// and most of them hold nothing that is compressed in this way.
var (
	xzReaders    = make(spare[xz.Reader], spares)
	zstdDecoders = make(spare[zstd.Decoder], spares)
	smallZstds   = make(spare[smallZstd], spares)
)

// spares is how many decoders of a kind are kept.
const spares = 4

// A spare keeps what is not used. A sync.Pool would keep it for two collections.
type spare[T any] chan weak.Pointer[T]

// take returns one that is kept, else what create returns.
func (s spare[T]) take(create func() *T) *T {
	for {
		select {
		case one := <-s:
			if kept := one.Value(); kept != nil {
				return kept
			}
		default:
			return create()
		}
	}
}

// put keeps one, in place of another if there is no room.
func (s spare[T]) put(one *T) {
	select {
	case s <- weak.Make(one):
		return
	default:
	}
	select {
	case <-s:
	default:
	}
	select {
	case s <- weak.Make(one):
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

// forget makes room for another decoder, or for an archive: what was dropped may be as large, and garbage is not looked for
// before so much is taken at once.
func (d *largeDecoders) forget() {
	if d.zstd != nil {
		d.zstd.Close()
	}
	*d = largeDecoders{}
	runtime.GC()
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

// zstdText returns what is compressed in r, a Zstandard file whose decoder may have window bytes to remember.
// A file that is several, one behind the other, goes by the first.
func (u *Unpacker) zstdText(r io.Reader, window uint32, b *Budget) (io.Reader, error) {
	in := u.decoders.ahead(r)
	head, err := in.Peek(sourceBuffer)
	if errors.Is(err, io.EOF) {
		if text, ok := u.decoders.zstdAtOnce(head); ok {
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

// A smallZstd decodes small files, and has room for what comes out of one.
type smallZstd struct {
	decoder *zstd.Decoder
	plain   []byte
}

func newSmallZstd() *smallZstd {
	decoder, _ := newZstd(maxWindow, zstd.WithDecodeAllCapLimit(true)) // which are options that there are
	return &smallZstd{decoder, make([]byte, 0, maxAtOnce)}
}

// zstdAtOnce returns what is compressed in a small file, if that is not much. Such files often ask for much
// more to remember than they hold.
func (d *decoders) zstdAtOnce(file []byte) (text io.Reader, ok bool) {
	if d.small == nil {
		d.small = smallZstds.take(newSmallZstd)
	}
	plain, err := d.small.decoder.DecodeAll(file, d.small.plain)
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

package pack

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"

	"github.com/neokeys/neokeys/scanner/pack/inflate"
)

// A Received is a pack that has come from a server.
type Received struct {
	Path    string // of the pack
	Objects int
	Bytes   int64
}

// Receive writes the pack that r gives into a folder of packs and checks it: that it has as many
// objects as it declares, that each inflates to the size that it declares, and that its checksum
// is right. Beside the pack it writes a list of the objects' offsets, in place of an index; no object is
// hashed. A pack of more than limit bytes is an error, as is one that ends too early, for which
// that is [io.ErrUnexpectedEOF]. An error leaves nothing behind.
func Receive(ctx context.Context, r io.Reader, folder string, limit int64) (*Received, error) {
	f, err := os.CreateTemp(folder, "tmp_pack_")
	if err != nil {
		return nil, err
	}
	rc := &receiver{ctx: ctx, in: r, out: f, hash: newHash(sha1Size), limit: limit}
	got, err := rc.receive(folder)
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Rename(f.Name(), got.Path)
	}
	if err != nil {
		_ = os.Remove(f.Name()) // it may never have been finished
		return nil, err
	}
	return got, nil
}

const (
	sha1Size = 20
	// receiveBuffer is how many bytes of a pack are at hand as it arrives.
	receiveBuffer = 1 << 20
	// lowWater is how few of them may be left before more are read.
	lowWater = 64 << 10
	// lookBack is how many bytes behind the current place stay at hand: a reader of long
	// texts reads as many too many.
	lookBack = 16 << 10
	// atOnce is the size of the longest text that is inflated in one call.
	atOnce = 1 << 20
)

// A receiver goes through a pack as it arrives.
type receiver struct {
	ctx   context.Context
	in    io.Reader
	out   *os.File
	limit int64
	ended error // io.EOF or why nothing comes any more

	buf         []byte
	pos, summed int   // up to where buf is read, and is in hash and crc
	base        int64 // the offset of buf[0] in the pack
	hash        hash.Hash
	crc         uint32

	z    inflate.Decoder
	text []byte
	// Of each object:
	offsets []int64
	crcs    []uint32
	byName  bool // there is a delta whose base is named by its id
}

// receive reads a whole pack.
func (c *receiver) receive(folder string) (*Received, error) {
	count, err := c.header()
	for i := uint32(0); i < count && err == nil; i++ {
		err = c.object()
	}
	if err != nil {
		return nil, err
	}
	end := c.offset()
	c.settle(c.pos)
	sum := c.hash.Sum(nil)
	if err := c.need(sha1Size); err != nil {
		return nil, err
	}
	if !bytes.Equal(c.buf[c.pos:c.pos+sha1Size], sum) {
		return nil, damage("the pack's checksum is wrong")
	}
	c.pos += sha1Size
	if err := c.need(1); err == nil {
		return nil, damage("the pack goes on behind its end")
	} else if !errors.Is(c.ended, io.EOF) {
		return nil, c.ended
	}
	path := filepath.Join(folder, "pack-"+hex.EncodeToString(sum)+".pack")
	if !c.byName {
		if err := writeOffsets(offsetsPath(path), c.offsets, c.crcs, sum); err != nil {
			return nil, err
		}
	}
	return &Received{Path: path, Objects: len(c.offsets), Bytes: end + sha1Size}, nil
}

// offset returns the current place in the pack.
func (c *receiver) offset() int64 { return c.base + int64(c.pos) }

// header reads how many objects there are.
func (c *receiver) header() (uint32, error) {
	if err := c.need(packHeader); err != nil {
		return 0, err
	}
	head := c.buf[c.pos:]
	if v := be32(head[4:]); string(head[:4]) != "PACK" || v != 2 && v != 3 {
		return 0, damage("what the server sends is not a pack")
	}
	c.pos += packHeader
	return be32(head[8:]), nil
}

// need makes sure that n bytes are at hand, if there are as many.
func (c *receiver) need(n int) error {
	for len(c.buf)-c.pos < n {
		if c.ended != nil {
			if errors.Is(c.ended, io.EOF) {
				return io.ErrUnexpectedEOF
			}
			return c.ended
		}
		c.fill(n)
	}
	return nil
}

// fill reads more bytes, for n to be at hand.
func (c *receiver) fill(n int) {
	if c.buf == nil {
		c.buf = make([]byte, 0, receiveBuffer)
	}
	if cut := c.pos - lookBack; cut > 0 {
		c.settle(max(cut, c.summed))
		c.buf = c.buf[:copy(c.buf, c.buf[cut:])]
		c.base += int64(cut)
		c.pos -= cut
		c.summed -= cut
	}
	if room := c.pos + n + lowWater; cap(c.buf) < room {
		grown := make([]byte, len(c.buf), 2*room)
		copy(grown, c.buf)
		c.buf = grown
	}
	if err := c.ctx.Err(); err != nil {
		c.ended = context.Cause(c.ctx)
		return
	}
	m, err := c.in.Read(c.buf[len(c.buf):cap(c.buf)])
	if m > 0 {
		if _, failed := c.out.Write(c.buf[len(c.buf) : len(c.buf)+m]); failed != nil {
			m, err = 0, failed
		}
	}
	c.buf = c.buf[:len(c.buf)+m]
	if c.ended = err; err == nil && c.base+int64(len(c.buf)) > c.limit {
		c.ended = fmt.Errorf("%w of %d bytes", ErrPackLimit, c.limit)
	}
}

// ErrPackLimit says that a pack has more bytes than it may have.
var ErrPackLimit = errors.New("the pack is larger than the limit")

// settle adds the bytes up to to, in buf, to the sums.
func (c *receiver) settle(to int) {
	b := c.buf[c.summed:to]
	_, _ = c.hash.Write(b) // never fails
	c.crc = crc32.Update(c.crc, crc32.IEEETable, b)
	c.summed = to
}

// object reads one object.
func (c *receiver) object() error {
	c.settle(c.pos)
	c.crc = 0
	at := c.offset()
	short := c.need(maxHead)
	e, err := parseEntry(c.buf[c.pos:], at, sha1Size)
	if err != nil && short != nil {
		return short
	}
	if err == nil {
		c.pos += e.head
		if e.size <= atOnce {
			err = c.inflate(int(e.size))
		} else {
			err = c.stream(e.size)
		}
	}
	if err != nil {
		if errors.Is(err, io.ErrUnexpectedEOF) || c.ended != nil && !errors.Is(c.ended, io.EOF) {
			return err
		}
		return fmt.Errorf("the object at byte %d of the pack: %w", at, err)
	}
	c.byName = c.byName || e.kind == refDelta
	c.settle(c.pos)
	c.offsets = append(c.offsets, at)
	c.crcs = append(c.crcs, c.crc)
	return nil
}

// inflate goes over the stream of a text of size bytes.
func (c *receiver) inflate(size int) error {
	if len(c.buf)-c.pos < lowWater && c.ended == nil {
		c.fill(lowWater)
	}
	for {
		var used int
		var err error
		// The text's own checksum would take a sixth of all the time: the pack's covers its bytes, and a
		// git server has compared what it copies with its index.
		c.text, used, err = c.z.Zlib(c.text[:0], c.buf[c.pos:], size, false)
		switch {
		case err == nil:
			c.pos += used
			return nil
		case !errors.Is(err, inflate.ErrTruncated):
			return streamError(err)
		case len(c.buf)-c.pos > maxStream(size):
			return damage("the stream has more bytes than its text can take")
		}
		// A server that sends byte after byte must not have it tried after each of them.
		have := len(c.buf) - c.pos
		if err := c.need(2*have + 1); err != nil && len(c.buf)-c.pos == have {
			return err
		}
	}
}

// maxStream is how many bytes a stream takes at most that is not padded: stored blocks of 64 KiB, or
// as many empty ones as a careless compressor may write.
func maxStream(size int) int { return 2*size + lowWater }

// stream goes over the stream of a long text.
func (c *receiver) stream(size uint64) error {
	if size > 1<<62 {
		return damage("a size beyond 63 bits")
	}
	t, err := newTextReader(readerFunc(c.read), int64(size))
	if err != nil {
		return err
	}
	defer t.release()
	_, err = io.Copy(io.Discard, t)
	c.pos -= t.buf.Buffered()
	return err
}

// read implements io.Reader for what is at hand.
func (c *receiver) read(p []byte) (int, error) {
	if err := c.need(1); err != nil {
		if errors.Is(err, io.ErrUnexpectedEOF) {
			err = io.EOF
		}
		return 0, err
	}
	n := copy(p[:min(len(p), lookBack/2)], c.buf[c.pos:])
	c.pos += n
	return n, nil
}

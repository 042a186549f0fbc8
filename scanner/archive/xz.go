package archive

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"

	"github.com/therootcompany/xz"
)

// smallXZ is how large an xz file is at most of which it is looked at how much comes out of it, in bytes.
const smallXZ = 1 << 20

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
	head, _ := in.Peek(HeadSize)
	if !xzAsksFor(d.xz, head) {
		return windowed{d.xz}, d.xz.Reset(in)
	}
	file, err := io.ReadAll(io.LimitReader(in, smallXZ))
	if err == nil && askForLess(file) {
		return windowed{d.xz}, d.xz.Reset(bytes.NewReader(file))
	}
	decoder := d.xz
	if window > usualWindow {
		decoder = u.takeLarge(window, b).xzReader(window)
	}
	return windowed{decoder}, decoder.Reset(io.MultiReader(bytes.NewReader(file), in))
}

// xzAsksFor reports whether a file that begins with head asks for more to remember than the decoder has.
func xzAsksFor(decoder *xz.Reader, head []byte) bool {
	err := decoder.Reset(bytes.NewReader(head))
	for n := 0; n == 0 && err == nil; {
		n, err = decoder.Read(make([]byte, 1))
	}
	return errors.Is(err, xz.ErrMemlimit)
}

// Parts of an xz file, in bytes, and of its block's header. (https://tukaani.org/xz/xz-file-format.txt, sections 2.1 and 3.1.)
const (
	xzHeader  = 12 // of the file
	xzFooter  = 12
	xzFlags   = 7 // where the header says which checksums there are
	xzFilters = 0x3f
	lzma2ID   = 0x21
	// maxLZMA2 is the greatest that LZMA2 can ask for, in the way that it asks.
	maxLZMA2 = 40
)

// lzma2Dictionary returns how many bytes are to be remembered that LZMA2 asks for in one byte. (Section 5.3.1.)
func lzma2Dictionary(asked byte) uint64 { return uint64(2|asked&1) << (asked/2 + 11) }

// lzma2Window returns how at least size bytes are asked for.
func lzma2Window(size uint64) (asked byte) {
	for asked < maxLZMA2 && lzma2Dictionary(asked) < size {
		asked++
	}
	return asked
}

// xzBefore returns what an xz file has before data in LZMA2: the file's header, without checksums of what comes out,
// and that of a block.
func xzBefore(window byte) []byte {
	const size = 12 // of the block's header
	le := binary.LittleEndian
	flags := []byte{0, 0}
	file := append([]byte("\xfd7zXZ\x00"), flags...)
	file = le.AppendUint32(file, crc32.ChecksumIEEE(flags))
	block := []byte{size/4 - 1, 0, lzma2ID, 1, window, 0, 0, 0}
	return le.AppendUint32(append(file, block...), crc32.ChecksumIEEE(block))
}

// askForLess has an xz file ask its decoder to remember no more than comes out of it, and reports whether it could: if it
// is one block in LZMA2 out of which no more comes than decoders usually remember.
func askForLess(file []byte) bool {
	if len(file) < xzHeader+1 {
		return false
	}
	end := xzHeader + 4*(int(file[xzHeader])+1)
	if end >= len(file) {
		return false
	}
	block := file[xzHeader:end]
	window := windowIn(block)
	size, packed, ok := lzma2Size(file[end:])
	if window < 0 || !ok || size > usualWindow || !isLast(file, end+packed) {
		return false
	}
	sum := len(block) - crc32.Size
	if le := binary.LittleEndian; le.Uint32(block[sum:]) == crc32.ChecksumIEEE(block[:sum]) {
		block[window] = min(block[window], lzma2Window(size))
		le.PutUint32(block[sum:], crc32.ChecksumIEEE(block[:sum]))
	}
	return true
}

// windowIn returns where the header of a block says what is to be remembered; -1 if it is not compressed in LZMA2 alone.
func windowIn(block []byte) int {
	const packedSize, size = 0x40, 0x80
	if block[1]&xzFilters != 0 {
		return -1
	}
	at := 2
	for _, given := range []byte{packedSize, size} {
		if block[1]&given == 0 {
			continue
		}
		_, n := binary.Uvarint(block[at:])
		if n <= 0 {
			return -1
		}
		at += n
	}
	if len(block) < at+3+crc32.Size || block[at] != lzma2ID || block[at+1] != 1 || block[at+2] > maxLZMA2 {
		return -1
	}
	return at + 2
}

// lzma2Size returns how much comes out of data in LZMA2, and how long it is. Both are the sums of what its chunks say before
// they begin. (Lzma2Dec.c of the LZMA SDK.)
func lzma2Size(data []byte) (size uint64, packed int, ok bool) {
	const (
		end, stored   = 0, 2
		compressed    = 0x80
		newProperties = 0xc0 // and above
	)
	be := binary.BigEndian
	for at := 0; at < len(data); {
		control, header, body := data[at], 3, 0
		switch {
		case control == end:
			return size, at + 1, true
		case control > stored && control < compressed:
			return 0, 0, false
		case control >= newProperties:
			header = 6
		case control >= compressed:
			header = 5
		}
		if len(data)-at < header {
			return 0, 0, false
		}
		out := uint64(be.Uint16(data[at+1:])) + 1
		body = int(out)
		if control >= compressed {
			out += uint64(control&0x1f) << 16
			body = int(be.Uint16(data[at+3:])) + 1
		}
		size += out
		at += header + body
	}
	return 0, 0, false
}

// isLast reports whether nothing follows but the end of the file where the data of a block ends.
func isLast(file []byte, end int) bool {
	sums := []int{0, 4, 4, 4, 8, 8, 8, 16, 16, 16, 32, 32, 32, 64, 64, 64} // section 2.1.1.2
	end = (end+3)&^3 + sums[file[xzFlags]&0xf]
	left := len(file) - end
	if left < xzFooter+4 || file[end] != 0 {
		return false
	}
	index := 4 * (int64(binary.LittleEndian.Uint32(file[len(file)-8:])) + 1)
	return index == int64(left-xzFooter)
}

// Package inflate decompresses whole deflate streams (RFC 1951) and zlib streams (RFC 1950)
// that are in memory and whose text has a known size, as the objects in a git pack are.
//
// A general inflater reads bytes one at a time, keeps a window of 32 KB beside the text and
// can stop anywhere. Nothing of that is needed here: the text is its own window, and a stream
// is decoded in one call. The design is libdeflate's
// (https://github.com/ebiggers/libdeflate):
//
//   - bits.go: 64 bits of input at a time in a register;
//   - table.go: Huffman tables, whose entries hold all that a symbol stands for;
//   - header.go: what a block begins with;
//   - fast.go: the loop that decodes nearly all symbols, without a check for each of them;
//   - memory.go: the loads, stores and copies of that loop, which are not checked;
//   - careful.go: the loop that decodes what is too near an end for that.
//
// Streams that are valid and those that are not are the same as for compress/flate.
package inflate

import (
	"encoding/binary"
	"errors"
	"hash/adler32"
	"slices"
)

var (
	// ErrCorrupt reports bytes that are no deflate or zlib stream.
	ErrCorrupt = errors.New("inflate: corrupt stream")
	// ErrTruncated reports a stream that goes on after the last byte of the input.
	ErrTruncated = errors.New("inflate: truncated stream")
	// ErrTooLong reports a text that is longer than its declared size.
	ErrTooLong = errors.New("inflate: text longer than declared")
	// ErrTooShort reports a text that is shorter than its declared size.
	ErrTooShort = errors.New("inflate: text shorter than declared")
	// ErrChecksum reports a text whose Adler-32 checksum is wrong.
	ErrChecksum = errors.New("inflate: wrong checksum")
	// ErrDictionary reports a zlib stream that needs a preset dictionary.
	ErrDictionary = errors.New("inflate: preset dictionary needed")
)

// Slack is how many bytes of capacity behind its end make a slice's last bytes as quick to
// decode as the others: behind the input's end, and behind the text's.
const Slack = max(maxRead, maxWritten)

// A Decoder decompresses one stream after another. Its zero value is ready for use. It holds
// about 20 KB of tables, so it is worth keeping, and must not be used by two goroutines at the
// same time.
type Decoder struct {
	bitReader
	out   []byte // up to the end of its capacity
	start int    // where the text begins in out; nothing before that may be copied
	to    int    // where the next byte of text goes in out
	end   int    // where the text must end in out

	code  *tables // of the current block: own, or those of the fixed code
	own   tables
	lens  [maxLiterals + maxDistances]uint8 // of the codewords that own is made from
	short shortTable
	build builder
}

// Inflate appends to dst the text of the deflate stream that src begins with, which must be of
// size bytes. It returns how many bytes of src the stream takes up. If it fails, it returns dst
// as it was.
//
// The memory for the text is taken before any of it is decoded, so a caller that does not trust
// size must limit it. Bytes between the length and the capacity of dst are overwritten, even
// beyond the text; bytes between the length and the capacity of src may be read, but make no
// difference.
func (d *Decoder) Inflate(dst, src []byte, size int) (text []byte, used int, err error) {
	if size < 0 {
		return dst, 0, ErrTooLong
	}
	text = dst
	if cap(dst)-len(dst) < size {
		text = slices.Grow(dst, size+Slack)
	}
	d.bitReader = bitReader{src: src[:cap(src)], limit: len(src)}
	d.out, d.start, d.to, d.end = text[:cap(text)], len(dst), len(dst), len(dst)+size
	err = d.blocks()
	used, to := d.consumed(), d.to
	d.src, d.out = nil, nil
	switch {
	case used > len(src):
		return dst, 0, ErrTruncated
	case err != nil:
		return dst, 0, err
	case to > d.end: // by what is left of the capacity
		return dst, 0, ErrTooLong
	case to < d.end:
		return dst, 0, ErrTooShort
	}
	return text[:to], used, nil
}

// Zlib is Inflate for a zlib stream. The text's checksum is compared only if verify is set.
func (d *Decoder) Zlib(dst, src []byte, size int, verify bool) (text []byte, used int, err error) {
	const head, tail = 2, 4
	if len(src) < head {
		return dst, 0, ErrTruncated
	}
	switch h := binary.BigEndian.Uint16(src); {
	case h&0x0f00 != 0x0800, h>>12 > 7, h%31 != 0:
		return dst, 0, ErrCorrupt
	case h&0x20 != 0:
		return dst, 0, ErrDictionary
	}
	text, used, err = d.Inflate(dst, src[head:], size)
	if err != nil {
		return dst, 0, err
	}
	sum := src[head+used:]
	switch {
	case len(sum) < tail:
		return dst, 0, ErrTruncated
	case verify && binary.BigEndian.Uint32(sum) != adler32.Checksum(text[len(dst):]):
		return dst, 0, ErrChecksum
	}
	return text, head + used + tail, nil
}

// blocks decodes all blocks of a stream.
func (d *Decoder) blocks() error {
	for {
		d.refill()
		last, kind := d.take(1), d.take(2)
		if err := d.block(kind); err != nil {
			return err
		}
		if last == 1 || d.consumed() > d.limit {
			return nil
		}
	}
}

// block decodes a block of a kind, behind its first three bits.
func (d *Decoder) block(kind uint64) error {
	switch kind {
	case 0:
		return d.stored()
	case 1:
		d.code = fixed()
	case 2:
		if err := d.header(); err != nil {
			return err
		}
		d.code = &d.own
	default:
		return ErrCorrupt
	}
	if done, err := d.fast(); done || err != nil {
		return err
	}
	return d.careful()
}

// stored copies a block that is not compressed.
func (d *Decoder) stored() error {
	from := d.consumed()
	if d.limit < from+4 {
		return ErrTruncated
	}
	n := int(binary.LittleEndian.Uint16(d.src[from:]))
	if n^0xffff != int(binary.LittleEndian.Uint16(d.src[from+2:])) {
		return ErrCorrupt
	}
	from += 4
	switch {
	case n > d.limit-from:
		return ErrTruncated
	case n > d.end-d.to:
		return ErrTooLong
	}
	copy(d.out[d.to:], d.src[from:from+n])
	d.to += n
	d.seek(from + n)
	return nil
}

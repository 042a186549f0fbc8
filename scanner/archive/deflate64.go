package archive

import (
	"bufio"
	"bytes"
	"errors"
	"io"
)

// deflate64 inflates what Windows and others compress files of more than 2 GiB with in a zip.
// It is deflate with a window of 64 KiB, one length that is given in 16 bits, and two more
// distances. No library that is kept reads it. (RFC 1951; APPNOTE, section 5.7.)
type deflate64 struct {
	r      *bufio.Reader
	bits   uint32 // read and not used yet, the first one lowest
	unused uint   // how many of those there are
	window [1 << 16]byte
	at     uint16 // where in the window the next byte is written
	// copied are the bytes that are still to be copied from this far back, and stored those of
	// a block that is not compressed.
	copied, distance, stored int
	literals, distances      huffman
	block, last              bool // a compressed block is being read; it is the last one
	err                      error
}

var errDeflate64 = errors.New("deflate64: not as it must be")

func newDeflate64(r io.Reader) *deflate64 { return &deflate64{r: bufio.NewReader(r)} }

func (d *deflate64) Read(p []byte) (n int, err error) {
	for n < len(p) && d.err == nil {
		switch {
		case d.copied > 0:
			d.copied--
			p[n] = d.put(d.window[d.at-uint16(d.distance)])
			n++
		case d.stored > 0:
			d.stored--
			c, err := d.r.ReadByte()
			if d.fail(err); err == nil {
				p[n] = d.put(c)
				n++
			}
		case d.block:
			if c, ok := d.symbol(); ok {
				p[n] = d.put(c)
				n++
			}
		case d.last:
			d.err = io.EOF
		default:
			d.begin()
		}
	}
	if n > 0 {
		return n, nil
	}
	return 0, d.err
}

// put adds c to the window and returns it.
func (d *deflate64) put(c byte) byte {
	d.window[d.at] = c
	d.at++
	return c
}

func (d *deflate64) fail(err error) {
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	if err != nil && d.err == nil {
		d.err = err
	}
}

// get returns the next n bits, 16 at most.
func (d *deflate64) get(n uint) int {
	for d.unused < n {
		c, err := d.r.ReadByte()
		if err != nil {
			d.fail(err)
			return 0
		}
		d.bits |= uint32(c) << d.unused
		d.unused += 8
	}
	v := d.bits & (1<<n - 1)
	d.bits >>= n
	d.unused -= n
	return int(v)
}

// begin reads the header of a block.
func (d *deflate64) begin() {
	d.last = d.get(1) == 1
	switch d.get(2) {
	case 0:
		d.bits, d.unused = 0, 0 // up to the next whole byte, since no more than one is held
		size := d.get(16)
		if d.get(16) != size^0xffff {
			d.fail(errDeflate64)
		}
		d.stored = size
	case 1:
		d.literals, d.distances = fixedLiterals, fixedDistances
		d.block = true
	case 2:
		d.dynamic()
		d.block = true
	default:
		d.fail(errDeflate64)
	}
}

// codeOrder is in which order the lengths of the codes for lengths are given.
var codeOrder = [19]int{16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15}

// dynamic reads the codes of a block.
func (d *deflate64) dynamic() {
	literals, distances, codes := d.get(5)+257, d.get(5)+1, d.get(4)+4
	var lengths [288 + 32]uint8
	for _, i := range codeOrder[:codes] {
		lengths[i] = uint8(d.get(3))
	}
	code := d.huffman(lengths[:19])
	clear(lengths[:])
	for n := 0; n < literals+distances && d.err == nil; {
		symbol := d.decode(&code)
		length, times := uint8(symbol), 1
		switch {
		case d.err != nil || symbol == 16 && n == 0:
			d.fail(errDeflate64)
			return
		case symbol == 16:
			length, times = lengths[n-1], 3+d.get(2)
		case symbol == 17:
			length, times = 0, 3+d.get(3)
		case symbol == 18:
			length, times = 0, 11+d.get(7)
		}
		if n+times > literals+distances {
			d.fail(errDeflate64)
			return
		}
		for range times {
			lengths[n] = length
			n++
		}
	}
	d.literals, d.distances = d.huffman(lengths[:literals]), d.huffman(lengths[literals:literals+distances])
}

// endOfBlock is the symbol that ends a block.
const endOfBlock = 256

// symbol reads a symbol: a byte, the end of the block, or what is to be copied.
func (d *deflate64) symbol() (c byte, ok bool) {
	symbol := d.decode(&d.literals)
	switch {
	case d.err != nil:
	case symbol < endOfBlock:
		return byte(symbol), true
	case symbol == endOfBlock:
		d.block = false
	case symbol-257 >= len(copyLengths):
		d.fail(errDeflate64)
	default:
		length := copyLengths[symbol-257]
		n := length.base + d.get(length.extra)
		far := d.decode(&d.distances)
		if far >= len(copyDistances) {
			d.fail(errDeflate64)
			return 0, false
		}
		d.distance = copyDistances[far].base + d.get(copyDistances[far].extra)
		if d.err == nil {
			d.copied = n
		}
	}
	return 0, false
}

// A copyCode is what a symbol for a length or a distance stands for: at least base, and more by
// as many bits.
type copyCode struct {
	base  int
	extra uint
}

var (
	copyLengths   = append(copyCodes(3, 28, 4), copyCode{3, 16})
	copyDistances = copyCodes(1, 32, 2)
)

// copyCodes returns n codes, the first group and the next of which have no extra bits, and each
// group after those one more.
func copyCodes(base, n, group int) (codes []copyCode) {
	for i := range n {
		extra := uint(max(0, i/group-1))
		codes = append(codes, copyCode{base, extra})
		base += 1 << extra
	}
	return codes
}

// maxCode is how many bits a code has at most.
const maxCode = 15

// A huffman is a canonical code: how many codes there are of each length, and the symbols, in
// the order of their codes.
type huffman struct {
	count   [maxCode + 1]int
	symbols []uint16
}

// fixedLiterals and fixedDistances are the codes of blocks that bring none.
var fixedLiterals, fixedDistances = func() (literals, distances huffman) {
	var lengths [288]uint8
	for i := range lengths {
		switch {
		case i < 144, i >= 280:
			lengths[i] = 8
		case i < 256:
			lengths[i] = 9
		default:
			lengths[i] = 7
		}
	}
	literals, _ = newHuffman(lengths[:])
	distances, _ = newHuffman(bytes.Repeat([]byte{5}, 32))
	return literals, distances
}()

// newHuffman returns the code in which symbols have these lengths; 0 is for those that do not
// occur. It is not ok if there are more codes than lengths allow.
func newHuffman(lengths []uint8) (h huffman, ok bool) {
	for _, n := range lengths {
		h.count[n]++
	}
	h.count[0] = 0
	left, first := 1, [maxCode + 2]int{}
	for n := 1; n <= maxCode; n++ {
		left = left<<1 - h.count[n]
		if left < 0 {
			return h, false
		}
		first[n+1] = first[n] + h.count[n]
	}
	h.symbols = make([]uint16, first[maxCode+1])
	for symbol, n := range lengths {
		if n > 0 {
			h.symbols[first[n]] = uint16(symbol)
			first[n]++
		}
	}
	return h, true
}

func (d *deflate64) huffman(lengths []uint8) huffman {
	h, ok := newHuffman(lengths)
	if !ok {
		d.fail(errDeflate64)
	}
	return h
}

// decode reads a symbol, bit by bit: files that are compressed like this are rare.
func (d *deflate64) decode(h *huffman) int {
	code, first, index := 0, 0, 0
	for n := 1; n <= maxCode && d.err == nil; n++ {
		code |= d.get(1)
		if count := h.count[n]; code-count < first {
			return int(h.symbols[index+code-first])
		}
		index += h.count[n]
		first = (first + h.count[n]) << 1
		code <<= 1
	}
	d.fail(errDeflate64)
	return len(copyLengths) + endOfBlock + 1
}

package inflate

import (
	"math/bits"
	"sync"
)

// An entry is what a table has for the next bits of the input. From the lowest bit:
//
//	 0 to 7   how many bits the entry takes: those of the codeword (in a subtable, those that
//	          the main table has not taken) and the extra bits behind it
//	 8 to 13  of a length or distance, how many of them are the codeword's; of a subtable, how
//	          many bits are its index
//	14        set for a subtable
//	15        set for whatever is no literal, length or distance
//	16 to 30  the literal, what the extra bits of a length or distance are added to, or where
//	          the subtable begins; 1 for the end of the block, 0 for an invalid codeword
//	31        set for a literal
type entry = uint32

const (
	literal     entry = 1 << 31
	exceptional entry = 1 << 15
	subtable    entry = 1 << 14

	endOfBlock = exceptional | 1<<16
	invalid    = exceptional
)

// isEnd reports whether an entry that is exceptional, and no subtable, is the end of the block.
func isEnd(e entry) bool { return e>>16 == 1 }

// inSubtable returns the index of the entry in the subtable that e is for.
func inSubtable(e entry, bits uint64) uint64 { return uint64(e>>16) + bits&(1<<(e>>8&63)-1) }

// value returns the length or distance whose entry is e, and whose bits come first in bits.
func value(e entry, bits uint64) int {
	return int(e>>16) + int(bits&(1<<(e&63)-1)>>(e>>8&63))
}

const (
	maxBits      = 15 // of a codeword
	literalBits  = 11 // index of the main table for literals and lengths
	distanceBits = 8  // index of the main table for distances
	shortBits    = 7  // of a codeword for code lengths

	// With their subtables, no code needs more than 2342 and 402 entries (zlib's
	// examples/enough.c). A power of two spares the check of an index that is masked.
	literalSize  = 4096
	distanceSize = 512

	literals  = 288 // symbols of literals, the end of a block, and lengths
	distances = 32
)

// tables are the tables for a block.
type tables struct {
	literal     [literalSize]entry
	distance    [distanceSize]entry
	literalMask uint64 // of the bits that are the index of the main table; at most 11 are set
}

// shortTable is the table for the code in which the lengths of codewords are written.
type shortTable [1 << shortBits]entry

// symbols has for each symbol of a code its entry without the bits of the codeword.
type symbols = [literals]entry

var literalSymbols, distanceSymbols, shortSymbols = func() (l, d, s symbols) {
	for i := range l {
		switch {
		case i < 256:
			l[i] = literal | entry(i)<<16
		case i == 256:
			l[i] = endOfBlock
		case i < 285:
			// Eight lengths have no extra bits; then there are four with as many.
			extra := max(i-257-4, 0) >> 2
			base := 3 + i - 257
			if extra > 0 {
				base = 3 + (4+(i-257)&3)<<extra
			}
			l[i] = entry(base)<<16 | entry(extra)
		case i == 285:
			l[i] = 258 << 16
		default:
			l[i] = invalid
		}
	}
	for i := range d {
		extra := max(i-2, 0) >> 1
		switch {
		case i < 4:
			d[i] = entry(1+i) << 16
		case i < 30:
			d[i] = entry(1+(2+i&1)<<extra)<<16 | entry(extra)
		default:
			d[i] = invalid
		}
	}
	for i := range s {
		s[i] = entry(i) << 16
	}
	return l, d, s
}()

// fixed returns the tables for the code that needs no description.
var fixed = sync.OnceValue(func() *tables {
	var lens [literals + distances]uint8
	for i := range lens {
		switch {
		case i < 144:
			lens[i] = 8
		case i < 256:
			lens[i] = 9
		case i < 280:
			lens[i] = 7
		case i < literals:
			lens[i] = 8
		default:
			lens[i] = 5
		}
	}
	var b builder
	t := new(tables)
	t.make(&b, lens[:], literals)
	return t
})

// make makes the tables for codewords of these lengths: n of literals and lengths, then those
// of distances. It reports whether there is such a code.
func (t *tables) make(b *builder, lens []uint8, n int) bool {
	width, ok := b.make(t.literal[:], lens[:n], &literalSymbols, literalBits, false)
	if !ok {
		return false
	}
	t.literalMask = 1<<width - 1
	_, ok = b.make(t.distance[:], lens[n:], &distanceSymbols, distanceBits, true)
	return ok
}

// withBits adds to a symbol's entry that its codeword has n bits.
func withBits(symbol entry, n int) entry { return symbol + entry(n)<<8 + entry(n) }

// A builder makes tables.
type builder struct {
	sorted [literals]uint16 // symbols by their codewords
}

// make makes in table that of the canonical code whose codewords have lens bits. The main table
// has 1<<width entries: where all codewords are shorter than that, it is no wider than the
// longest, unless it must be. Make reports whether there is such a code: each sequence of bits
// begins with exactly one codeword. As zlib does, it also takes a code of a single codeword
// of one bit, and one of none.
func (b *builder) make(table []entry, lens []uint8, symbols *symbols, width int, whole bool) (int, bool) {
	var count [maxBits + 1]int
	for _, n := range lens {
		count[n&maxBits]++
	}
	longest := maxBits
	for longest > 1 && count[longest] == 0 {
		longest--
	}
	if !whole {
		width = min(width, longest)
	}
	// Sort the symbols by the lengths of their codewords.
	var next [maxBits + 1]int
	used := 0 // of the 1<<longest sequences of that many bits
	for n := 1; n <= longest; n++ {
		used = used<<1 + count[n]
		if n < maxBits {
			next[n+1] = next[n] + count[n]
		}
	}
	for s, n := range lens {
		if n != 0 {
			b.sorted[next[n&maxBits]] = uint16(s)
			next[n&maxBits]++
		}
	}
	switch {
	case used == 1<<longest:
		b.fill(table, symbols, width, &count)
	case used == 0 || used == 1 && longest == 1:
		for i := range table[:1<<width] {
			table[i] = invalid
			if used == 1 && i&1 == 0 {
				table[i] = withBits(symbols[b.sorted[0]], 1)
			}
		}
	default:
		return 0, false
	}
	return width, true
}

// fill fills the table for a code that is complete.
func (b *builder) fill(table []entry, symbols *symbols, width int, count *[maxBits + 1]int) {
	sorted := b.sorted[:]
	code := 0 // the codeword, its first bit lowest
	size := 1 // entries that are made: those for codewords shorter than the current one
	n := 0
	for n < width {
		n++
		// Behind the bits known so far another one may follow: either way, the entry is the
		// same unless it is overwritten below.
		copy(table[size:2*size], table[:size])
		size *= 2
		for range count[n] {
			table[code] = withBits(symbols[sorted[0]], n)
			sorted = sorted[1:]
			code = increment(code, n)
		}
	}
	if code < 0 {
		return
	}
	b.fillSubtables(table, symbols, width, count, sorted, code)
}

// increment returns the codeword that follows code, which has n bits, or -1 if that was the
// last. To the lengthened codeword that it may be, zeros are added on top, which are there.
func increment(code, n int) int {
	zeros := code ^ (1<<n - 1)
	if zeros == 0 {
		return -1
	}
	high := 1 << (bits.Len32(uint32(zeros)) - 1)
	return code&(high-1) | high
}

// fillSubtables fills the subtables, for codewords longer than width, from code on.
func (b *builder) fillSubtables(table []entry, symbols *symbols, width int, count *[maxBits + 1]int, sorted []uint16, code int) {
	prefix, start, end := -1, 0, 1<<width
	for n := width + 1; n <= maxBits; n++ {
		for left := count[n]; left > 0; left-- {
			if p := code & (1<<width - 1); p != prefix {
				prefix, start = p, end
				index := subtableBits(n, width, left, count)
				end = start + 1<<index
				table[prefix] = entry(start)<<16 | exceptional | subtable | entry(index)<<8 | entry(width)
			}
			e := withBits(symbols[sorted[0]], n-width)
			sorted = sorted[1:]
			for i := start + code>>width; i < end; i += 1 << (n - width) {
				table[i] = e
			}
			code = increment(code, n)
		}
	}
}

// subtableBits returns how many bits are the index of the subtable whose first codeword is the
// first of left that have n bits: as many as it takes for the codewords to fill it.
func subtableBits(n, width, left int, count *[maxBits + 1]int) int {
	index := n - width
	for used := left; used < 1<<index; {
		index++
		used = used<<1 + count[width+index]
	}
	return index
}

package inflate

import (
	"math/bits"
	"math/rand/v2"
	"slices"
)

// An encoder writes deflate streams that real compressors do not: with any code, however
// unfit, and any symbols.
type encoder struct {
	*rand.Rand
	stream []byte
	n      int    // bits in stream
	text   []byte // what the stream stands for
}

func newEncoder(seed uint64) *encoder {
	return &encoder{Rand: rand.New(rand.NewPCG(seed, 0))}
}

// bits writes the lowest n bits of v, the lowest first.
func (e *encoder) bits(v, n int) {
	for ; n > 0; n-- {
		if e.n%8 == 0 {
			e.stream = append(e.stream, 0)
		}
		e.stream[e.n/8] |= byte(v&1) << (e.n % 8)
		v >>= 1
		e.n++
	}
}

// A testCode is a canonical code.
type testCode struct {
	lens, words []int
}

func makeCode(lens []int) testCode {
	c := testCode{lens, make([]int, len(lens))}
	word := 0
	for n := 1; n <= maxBits; n++ {
		for s, m := range lens {
			if m == n {
				c.words[s] = int(bits.Reverse16(uint16(word)) >> (16 - n))
				word++
			}
		}
		word <<= 1
	}
	return c
}

func (e *encoder) symbol(c testCode, s int) { e.bits(c.words[s], c.lens[s]) }

// code returns a complete code for n of size symbols, those in must among them, of at most
// longest bits. It is the more lopsided the more skew there is.
func (e *encoder) code(n, size, longest int, skew float64, must ...int) testCode {
	leaves := []int{0}
	for len(leaves) < n {
		i := e.IntN(len(leaves))
		if e.Float64() < skew {
			i = len(leaves) - 1
		}
		if leaves[i] < longest {
			leaves[i]++
			leaves = append(leaves, leaves[i])
		}
	}
	symbols := must
	for _, s := range e.Perm(size) {
		if len(symbols) < n && !slices.Contains(must, s) {
			symbols = append(symbols, s)
		}
	}
	lens := make([]int, size)
	for i, s := range symbols {
		lens[s] = leaves[i]
	}
	return makeCode(lens)
}

var fixedLiterals, fixedDistances = func() (testCode, testCode) {
	l, d := make([]int, literals), make([]int, distances)
	for i := range l {
		l[i] = 8
		if i >= 144 && i < 256 {
			l[i] = 9
		} else if i >= 256 && i < 280 {
			l[i] = 7
		}
	}
	for i := range d {
		d[i] = 5
	}
	return makeCode(l), makeCode(d)
}()

// block writes a block of a random kind, with about n symbols.
func (e *encoder) block(last bool, n int) {
	e.bits(map[bool]int{true: 1}[last], 1)
	kind := e.IntN(3)
	e.bits(kind, 2)
	switch kind {
	case 0:
		e.n += (8 - e.n%8) % 8
		for _, v := range []int{n, ^n} {
			e.bits(v&0xffff, 16)
		}
		for range n {
			b := e.IntN(256)
			e.bits(b, 8)
			e.text = append(e.text, byte(b))
		}
	case 1:
		e.symbols(fixedLiterals, fixedDistances, n)
	case 2:
		l := e.code(2+e.IntN(maxLiterals-1), maxLiterals, maxBits, e.Float64(), 256)
		d := e.code(2+e.IntN(maxDistances-1), maxDistances, maxBits, e.Float64())
		e.header(l, d)
		e.symbols(l, d, n)
	}
}

// header writes two codes.
func (e *encoder) header(l, d testCode) {
	e.bits(len(l.lens)-257, 5)
	e.bits(len(d.lens)-1, 5)
	e.bits(len(shortOrder)-4, 4)
	short := e.code(len(shortOrder), len(shortOrder), shortBits, e.Float64())
	for _, s := range shortOrder {
		e.bits(short.lens[s], 3)
	}
	lens := slices.Concat(l.lens, d.lens)
	for i := 0; i < len(lens); {
		run := 1
		for i+run < len(lens) && lens[i+run] == lens[i] {
			run++
		}
		switch n := lens[i]; {
		case n == 0 && run >= 11 && e.IntN(4) > 0:
			run = min(run, 11+e.IntN(128))
			e.symbol(short, 18)
			e.bits(run-11, 7)
		case n == 0 && run >= 3 && e.IntN(4) > 0:
			run = min(run, 3+e.IntN(8))
			e.symbol(short, 17)
			e.bits(run-3, 3)
		case i > 0 && lens[i-1] == n && run >= 3 && e.IntN(4) > 0:
			run = min(run, 3+e.IntN(4))
			e.symbol(short, 16)
			e.bits(run-3, 2)
		default:
			run = 1
			e.symbol(short, n)
		}
		i += run
	}
}

// symbols writes n symbols and the end of the block.
func (e *encoder) symbols(l, d testCode, n int) {
	for range n {
		s := e.IntN(len(l.lens))
		if l.lens[s] == 0 || s == 256 || s >= maxLiterals {
			continue
		}
		if s < 256 {
			e.symbol(l, s)
			e.text = append(e.text, byte(s))
			continue
		}
		at := e.IntN(maxDistances)
		base, extra := int(distanceSymbols[at]>>16), int(distanceSymbols[at]&0xff)
		if d.lens[at] == 0 || base > len(e.text) {
			continue
		}
		more := e.IntN(min(1<<extra, len(e.text)-base+1))
		e.symbol(l, s)
		lengthBase, lengthExtra := int(literalSymbols[s]>>16), int(literalSymbols[s]&0xff)
		moreLength := e.IntN(1 << lengthExtra)
		e.bits(moreLength, lengthExtra)
		e.symbol(d, at)
		e.bits(more, extra)
		for range lengthBase + moreLength {
			e.text = append(e.text, e.text[len(e.text)-base-more])
		}
	}
	e.symbol(l, 256)
}

// randomStream returns a deflate stream of any blocks, and its text.
func randomStream(seed uint64) (stream, text []byte) {
	e := newEncoder(seed)
	for range e.IntN(4) {
		e.block(false, e.IntN(300))
	}
	e.block(true, e.IntN(600))
	return e.stream, e.text
}

package codec

import (
	"slices"
	"strconv"

	"github.com/neokeys/neokeys/internal/text"
)

// Spellings calls yield with src as each way to write single characters reads it: with escapes
// undone, as the numbers of characters, and in base64, base32 and hexadecimal, wherever such a
// text may begin. It is for hiding parts of what is known already, and so makes no difference
// between what is meant to be read that way and what is not. What yield is given is valid until
// it returns.
func Spellings(src []byte, yield func(Plain)) {
	p := Plain{Text: make([]byte, 0, len(src)), spans: make([]text.Span, 0, len(src))}
	try := func(read func(*Plain)) {
		p.Text, p.spans = p.Text[:0], p.spans[:0]
		if read(&p); len(p.Text) > 0 {
			yield(p)
		}
	}
	var once, twice Plain
	any := unescaped(&Plain{Text: src}, &once)
	yield(once)
	if any { // in H\0\D the backslash may only keep letters apart
		yield(Plain{Text: src})
	}
	if any && unescaped(&once, &twice) { // %2541 is an A to what decodes it twice
		yield(twice)
	}
	for _, base := range []int{10, 16, 8} {
		try(func(p *Plain) { numbered(src, base, p) })
	}
	for _, r := range []*radix{base64Radix, base32Radix, hexRadix} {
		for from := range r.group {
			try(func(p *Plain) { r.read(src, from, p) })
		}
	}
	rotated := rot13(src)
	for _, r := range []*radix{base64Radix, base32Radix, hexRadix} {
		for from := range r.group {
			try(func(p *Plain) { r.read(rotated, from, p) })
			try(func(p *Plain) { r.read(backwards(src), from, p); p.turn(len(src)) })
			try(func(p *Plain) { r.read(backwards(rotated), from, p); p.turn(len(src)) })
		}
	}
}

// Turned returns src as it reads in the forms that change all of its letters or their order: with
// rot13, from right to left, and both.
func Turned(src []byte) [][]byte {
	rotated := rot13(src)
	return [][]byte{rotated, backwards(src), backwards(rotated)}
}

// turn makes of what was read from right to left in a text of n bytes what it says from left to right.
func (p *Plain) turn(n int) {
	slices.Reverse(p.Text)
	slices.Reverse(p.spans)
	for i, s := range p.spans {
		p.spans[i] = text.Span{Start: n - s.End, End: n - s.Start}
	}
}

// characterUnits are the units of the forms that write one character as an escape.
var characterUnits = []unit{escapeUnit, octalUnit, percentUnit, htmlUnit, quotedPrintableUnit}

// unescaped appends the text of src to dst with all escapes undone, and reports whether there
// are any.
func unescaped(src, dst *Plain) (any bool) {
	for i := 0; i < len(src.Text); {
		c, n := escaped(src.Text, i)
		if n == 0 {
			c, n = int(src.Text[i]), 1
		} else {
			any = true
		}
		if c != nothing {
			dst.add(byte(c), src.Source(i, i+n))
		}
		i += n
	}
	return any
}

// escaped reads the escape at src[i:] of whichever form; its length is 0 if there is none.
func escaped(src []byte, i int) (c, n int) {
	for _, u := range characterUnits {
		if c, n := u(src, i); n > 0 {
			return c, n
		}
	}
	return 0, 0
}

// digit is the value of c as a digit in base 16; more than that if it is none.
func digit(c byte) int {
	if text.IsHex(c) {
		return int(hexValue(c))
	}
	return 99
}

// numbered reads the numbers in src as characters, as in lists of bytes: those of base, and
// any that begin as 0x41 does.
func numbered(src []byte, base int, p *Plain) {
	for i := 0; i < len(src); {
		if digit(src[i]) > 15 {
			i++
			continue
		}
		end := i
		for end < len(src) && (digit(src[end]) < 16 || src[end]|0x20 == 'x' && end == i+1 && src[i] == '0') {
			end++
		}
		if c, ok := alnumOf(string(src[i:end]), base); ok {
			p.add(c, text.Span{Start: i, End: end})
		}
		i = end
	}
}

// alnumOf returns the letter or digit that a number stands for.
func alnumOf(number string, base int) (c byte, ok bool) {
	const longest = 6
	if len(number) > longest {
		return 0, false
	}
	for _, base := range []int{base, 0} { // 0 takes the base from the number's prefix
		if v, err := strconv.ParseUint(number, base, 8); err == nil && text.IsAlnum(byte(v)) {
			return byte(v), true
		}
	}
	return 0, false
}

// A radix is an alphabet whose letters each stand for some bits. group of them are whole bytes.
type radix struct {
	bits, group int
	values      [256]uint8
}

var (
	base64Radix = &radix{6, 4, base64Values}
	base32Radix = newRadix(5, 8, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", "abcdefghijklmnopqrstuvwxyz234567")
	hexRadix    = newRadix(4, 2, "0123456789abcdef", "0123456789ABCDEF")
)

func newRadix(bits, group int, alphabets ...string) *radix {
	r := &radix{bits: bits, group: group}
	for c := range r.values {
		r.values[c] = notBase64
	}
	for _, alphabet := range alphabets {
		for v, c := range []byte(alphabet) {
			r.values[c] = uint8(v)
		}
	}
	return r
}

// read reads each run of r's letters in src, but for the first from letters of it.
func (r *radix) read(src []byte, from int, p *Plain) {
	const shortest = 8 // letters that are worth reading
	for i := 0; i < len(src); {
		n := 0
		for i+n < len(src) && r.values[src[i+n]] != notBase64 {
			n++
		}
		if n-from >= shortest {
			r.run(src, i+from, i+n, p)
		}
		i += n + 1
	}
}

// run adds what src[start:end] stands for.
func (r *radix) run(src []byte, start, end int, p *Plain) {
	bits, size, first := 0, 0, start
	for i := start; i < end; i++ {
		bits, size = bits<<r.bits|int(r.values[src[i]]), size+r.bits
		if size < 8 {
			continue
		}
		size -= 8
		p.add(byte(bits>>size), text.Span{Start: first, End: i + 1})
		bits &= 1<<size - 1
		if first = i; size == 0 {
			first = i + 1
		}
	}
}

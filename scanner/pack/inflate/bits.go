package inflate

import "encoding/binary"

// A bitReader reads bits, the lowest of each byte first. Behind the end of the input come zeros
// or what else is in src: whoever reads must compare consumed with limit in the end.
type bitReader struct {
	src   []byte // the input, and what is behind it in the same memory
	limit int    // where the input ends
	at    int    // where the next byte is that is not in bits; it may be beyond src
	bits  uint64 // the next bits, the first of them lowest
	n     uint   // how many bits count; those above are those of src, or zero
}

// refill makes the reader have at least 56 bits.
func (r *bitReader) refill() {
	if r.at+8 <= len(r.src) {
		r.bits |= binary.LittleEndian.Uint64(r.src[r.at:]) << (r.n & 63)
		r.at += int(63-r.n) >> 3
		r.n |= 56
		return
	}
	for ; r.n < 56; r.n += 8 {
		if r.at < len(r.src) {
			r.bits |= uint64(r.src[r.at]) << (r.n & 63)
		}
		r.at++
	}
}

// take removes n bits, which must be there, and returns them.
func (r *bitReader) take(n uint) uint64 {
	b := r.bits & (1<<(n&63) - 1)
	r.skip(n)
	return b
}

// skip removes n bits, which must be there.
func (r *bitReader) skip(n uint) {
	r.bits >>= n & 63
	r.n -= n
}

// consumed returns how many bytes of the input were used, even if only a bit of the last one.
func (r *bitReader) consumed() int { return r.at - int(r.n>>3) }

// seek makes the reader go on with the byte at at.
func (r *bitReader) seek(at int) { r.at, r.bits, r.n = at, 0, 0 }

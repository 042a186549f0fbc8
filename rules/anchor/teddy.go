package anchor

import (
	"math"
	"math/bits"
	"slices"
)

// buckets is among how many sets the windows are divided.
const buckets = 16

// tables holds, for each half of the buckets and each place of a window, the bucket sets by
// low nibble and by high nibble. The layout is known to the assembly.
type tables [2 * 2 * placesPerWindow][16]uint8

// byteTables holds, for each half of the buckets and each place of a window, the bucket sets by ASCII
// character. The layout is known to the assembly.
type byteTables [2 * placesPerWindow][128]uint8

// wideBuckets is how many buckets are for windows of wide characters: those have zeros, which
// hardly any text has, but would let through much in a bucket with others.
const wideBuckets = len(forms) - 1

// fill puts each candidate's window into a bucket: the planned one, or the one where it
// lets through least text that it does not stand for. A bucket accepts any mixture of its
// windows' nibbles; where bytes are looked up as a whole, any mixture of its windows' bytes.
func (s *firstStage) fill(all []candidate, known []*Planned) {
	var left []window
	for _, c := range all {
		switch planned := known[c.literal]; {
		case c.form > 0:
			s.add(c.window, buckets-wideBuckets+int(c.form)-1)
		case planned != nil:
			s.add(c.window, int(planned.Bucket))
		case !slices.Contains(left, c.window):
			left = append(left, c.window)
		}
	}
	if len(left) == 0 {
		return
	}
	var in packing
	for _, c := range all {
		if planned := known[c.literal]; c.form == 0 && planned != nil {
			in[planned.Bucket] = append(in[planned.Bucket], c.window)
		}
	}
	for _, w := range left {
		s.add(w, in.add(w))
	}
}

// add puts a window into a bucket.
func (s *firstStage) add(w window, bucket int) {
	s.tables.add(w, bucket)
	s.whole.add(w, bucket)
}

// add puts a window into a bucket.
func (t *tables) add(w window, bucket int) {
	for place, c := range w {
		i := 2 * (bucket/8*placesPerWindow + place)
		for _, c := range []byte{c, upper(c)} {
			t[i][c&15] |= 1 << (bucket % 8)
			t[i+1][c>>4] |= 1 << (bucket % 8)
		}
	}
}

// add puts a window into a bucket.
func (t *byteTables) add(w window, bucket int) {
	for place, c := range w {
		of := &t[bucket/8*placesPerWindow+place]
		of[c] |= 1 << (bucket % 8)
		of[upper(c)] |= 1 << (bucket % 8)
	}
}

// A bucket is, for each place of a window, the sets of nibbles that it accepts, and which share
// of text has such a byte.
type bucket [placesPerWindow]struct {
	low, high uint16
	share     float64
}

func (b *bucket) add(w window) {
	for place, c := range w {
		p := &b[place]
		for _, c := range []byte{c, upper(c)} {
			low, high := c&15, c>>4
			if p.low>>low&1 == 0 {
				p.low |= 1 << low
				for set := p.high; set != 0; set &= set - 1 {
					p.share += shareOf(byte(bits.TrailingZeros16(set)), low)
				}
			}
			if p.high>>high&1 == 0 {
				p.high |= 1 << high
				for set := p.low; set != 0; set &= set - 1 {
					p.share += shareOf(high, byte(bits.TrailingZeros16(set)))
				}
			}
		}
	}
}

// shareOf returns which share of text the byte with these nibbles is.
func shareOf(high, low byte) float64 { return float64(per10000[high<<4|low]) / 10_000 }

// rate returns at which share of the places in text the bucket sees a candidate.
func (b *bucket) rate() float64 {
	rate := 1.0
	for _, p := range b {
		rate *= p.share
	}
	return rate
}

// A packing is the windows of plain text, by bucket.
type packing [buckets - wideBuckets][]window

// rateWith returns the rate of bucket b with one more window.
func (p *packing) rateWith(b int, more ...window) float64 {
	var with bucket
	for _, w := range p[b] {
		with.add(w)
	}
	for _, w := range more {
		with.add(w)
	}
	return with.rate()
}

// best returns in which bucket one more window adds least to what is let through, and how much.
func (p *packing) best(w window) (best int, least float64) {
	least = math.Inf(1)
	for b := range p {
		if more := p.rateWith(b, w) - p.rateWith(b); more < least {
			best, least = b, more
		}
	}
	return best, least
}

// add puts a window into the best bucket, and returns that.
func (p *packing) add(w window) int {
	b, _ := p.best(w)
	p[b] = append(p[b], w)
	return b
}

package anchor

import "math"

// tables holds, for each place of a window, the bucket sets by low nibble and by high
// nibble. The layout is known to the assembly.
type tables [2 * placesPerWindow][16]uint8

// newTables puts each window in the bucket where it lets through least text that it
// does not stand for: a bucket accepts any mixture of its windows' nibbles.
func newTables(windows []window) tables {
	var t tables
	var rates [8]float64
	for _, w := range windows {
		best, least := 0, math.Inf(1)
		for b := range rates {
			with := t
			with.add(w, b)
			if more := with.rate(b) - rates[b]; more < least {
				best, least = b, more
			}
		}
		t.add(w, best)
		rates[best] = t.rate(best)
	}
	return t
}

func (t *tables) add(w window, bucket int) {
	for place, c := range w {
		for _, c := range []byte{c, upper(c)} {
			t[2*place][c&15] |= 1 << bucket
			t[2*place+1][c>>4] |= 1 << bucket
		}
	}
}

// rate returns at which share of the places in text the bucket sees a candidate.
func (t *tables) rate(bucket int) float64 {
	rate := 1.0
	for place := range placesPerWindow {
		n := 0
		for c, often := range per10000 {
			if t[2*place][c&15]&t[2*place+1][c>>4]>>bucket&1 != 0 {
				n += int(often)
			}
		}
		rate *= float64(n) / 10_000
	}
	return rate
}

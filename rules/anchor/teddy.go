package anchor

import "math"

// buckets is among how many sets the windows are divided.
const buckets = 16

// tables holds, for each half of the buckets and each place of a window, the bucket sets by
// low nibble and by high nibble. The layout is known to the assembly.
type tables [2 * 2 * placesPerWindow][16]uint8

// newTables puts each window in the bucket where it lets through least text that it
// does not stand for: a bucket accepts any mixture of its windows' nibbles.
func newTables(windows []window) tables {
	var t tables
	var rates [buckets]float64
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

// at returns the tables of a bucket for a place of a window, and the bucket's bit in them.
func (t *tables) at(bucket, place int) (low, high *[16]uint8, bit uint8) {
	i := 2 * (bucket/8*placesPerWindow + place)
	return &t[i], &t[i+1], 1 << (bucket % 8)
}

func (t *tables) add(w window, bucket int) {
	for place, c := range w {
		low, high, bit := t.at(bucket, place)
		for _, c := range []byte{c, upper(c)} {
			low[c&15] |= bit
			high[c>>4] |= bit
		}
	}
}

// rate returns at which share of the places in text the bucket sees a candidate.
func (t *tables) rate(bucket int) float64 {
	rate := 1.0
	for place := range placesPerWindow {
		low, high, bit := t.at(bucket, place)
		n := 0
		for c, often := range per10000 {
			if low[c&15]&high[c>>4]&bit != 0 {
				n += int(often)
			}
		}
		rate *= float64(n) / 10_000
	}
	return rate
}

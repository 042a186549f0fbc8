package inflate

const (
	maxLiterals  = 286 // symbols for which a block may have codewords
	maxDistances = 30
)

// shortOrder is the order in which the lengths of the codewords for lengths are written.
var shortOrder = [19]uint8{16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15}

// header reads the codes that a block begins with and makes their tables.
func (d *Decoder) header() error {
	d.refill()
	nLiteral, nDistance, nShort := int(d.take(5))+257, int(d.take(5))+1, int(d.take(4))+4
	if nLiteral > maxLiterals || nDistance > maxDistances {
		return ErrCorrupt
	}
	var lens [len(shortOrder)]uint8
	for i, symbol := range shortOrder[:nShort] {
		if i%16 == 0 {
			d.refill() // enough for 16 times three bits
		}
		lens[symbol] = uint8(d.take(3))
	}
	if _, ok := d.build.make(d.short[:], lens[:], &shortSymbols, shortBits, true); !ok {
		return ErrCorrupt
	}
	n := nLiteral + nDistance
	if !d.readLens(n) || !d.own.make(&d.build, d.lens[:n], nLiteral) {
		return ErrCorrupt
	}
	return nil
}

// readLens reads the lengths of n codewords.
func (d *Decoder) readLens(n int) bool {
	for i := 0; i < n; {
		if d.n < shortBits+7 {
			d.refill()
		}
		e := d.short[d.bits&(1<<shortBits-1)]
		if e == invalid {
			return false
		}
		d.skip(uint(e & 0xff))
		symbol := uint8(e >> 16)
		if symbol < 16 {
			d.lens[i] = symbol
			i++
			continue
		}
		// The three ways to repeat: the last length 3 to 6 times, zero 3 to 10 times, and
		// zero 11 to 138 times.
		var repeated uint8
		var times int
		switch symbol {
		case 16:
			if i == 0 {
				return false
			}
			repeated, times = d.lens[i-1], 3+int(d.take(2))
		case 17:
			times = 3 + int(d.take(3))
		default:
			times = 11 + int(d.take(7))
		}
		if i+times > n {
			return false
		}
		for j := range times {
			d.lens[i+j] = repeated
		}
		i += times
	}
	return true
}

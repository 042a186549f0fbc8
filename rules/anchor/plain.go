package anchor

import "encoding/binary"

// pairs says which two bytes, the first in the low half, are the first two or the second
// and third of a window.
//
// Of these two pairs one begins at an even place. So it is enough to look at every second
// pair of the text: one load for two bytes, from a table of which text touches little.
type pairs struct {
	any [1 << 16]bool
	// member says for each place of a window which bytes some window has there.
	member [placesPerWindow][256]bool
}

func newPairs(candidates []candidate) *pairs {
	p := new(pairs)
	for _, c := range candidates {
		w := c.window
		for place, c := range w {
			p.member[place][c] = true
			p.member[place][upper(c)] = true
		}
		for _, two := range [][2]byte{{w[0], w[1]}, {w[1], w[2]}} {
			for _, a := range []byte{two[0], upper(two[0])} {
				for _, b := range []byte{two[1], upper(two[1])} {
					p.any[uint16(a)|uint16(b)<<8] = true
				}
			}
		}
	}
	return p
}

// window reports whether text may begin with a window: each byte is one's at its place.
func (p *pairs) window(text []byte) bool {
	return len(text) >= placesPerWindow &&
		p.member[0][text[0]] && p.member[1][text[1]] && p.member[2][text[2]] && p.member[3][text[3]]
}

// candidatePlain returns the first place where text may have a window, or len(text). It is
// the search for processors without the vector instructions.
func (f *Finder) candidatePlain(text []byte) int {
	p := f.pairs()
	i := 0
	for ; i+8 <= len(text); i += 8 {
		x := binary.LittleEndian.Uint64(text[i:])
		if !p.any[uint16(x)] && !p.any[uint16(x>>16)] && !p.any[uint16(x>>32)] && !p.any[uint16(x>>48)] {
			continue
		}
		for j := i; j < i+8; j, x = j+2, x>>16 {
			if !p.any[uint16(x)] {
				continue
			}
			// The pair is a window's second and third byte, or its first two.
			if j > 0 && p.window(text[j-1:]) && f.first.passes(text[j-1:]) {
				return j - 1
			}
			if p.window(text[j:]) && f.first.passes(text[j:]) {
				return j
			}
		}
	}
	for j := max(0, i-1); j+placesPerWindow <= len(text); j++ {
		if p.window(text[j:]) && f.first.passes(text[j:]) {
			return j
		}
	}
	return len(text)
}

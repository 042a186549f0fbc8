package formats

// A density is how much each byte of a text in some format makes its parser do, on average.
type density [256]uint8

// densityOf returns that of a format in which the bytes in many begin what is much work, and those in few
// what is less.
func densityOf(many, few string) (d density) {
	for _, c := range []byte(many) {
		d[c] = 4
	}
	for _, c := range []byte(few) {
		d[c] = 2
	}
	return d
}

// upTo returns how much of src may be parsed for work, and what is left of that. What repeats the byte before
// it, as blanks do, is no more work.
func (d *density) upTo(src []byte, work int) (n, left int) {
	var last byte
	for i, c := range src {
		if c != last {
			last = c
			if work -= int(d[c]); work < 0 {
				return i, 0
			}
		}
	}
	return len(src), work
}

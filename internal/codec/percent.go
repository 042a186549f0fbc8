package codec

// percentForm is percent-encoding, and the %u005F of JavaScript's escape. (RFC 3986, section
// 2.1; ECMA-262, section B.2.1.)
var percentForm = &form{
	names:   []string{"percent"},
	anchors: []string{"5fsk", "%6e%65%6f", "%256e%2565", "%25256e%252565", "%u006e%u0065"},
	also:    splitAnchors,
	undo:    undoUnits(percentUnit),
	breaks:  "%",
}

func percentUnit(src []byte, i int) (c, n int) {
	if src[i] != '%' || i+1 == len(src) {
		return 0, 0
	}
	if src[i+1]|0x20 == 'u' {
		return fixedHex(src, i, 4)
	}
	if v := hexDigits(src, i+1, 2); v >= 0 {
		return character(v), 3
	}
	return 0, 0
}

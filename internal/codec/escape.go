package codec

import (
	"bytes"
	"strconv"

	"github.com/neokeys/neokeys/internal/text"
)

// escapeForm is the escapes of string literals in JSON, JavaScript, C and their kin:
// \u005f, \u{5f}, \x5f, \U0000005F, \005f, \N{LOW LINE}, \/ and \\. (ECMA-262, section 12.9.4;
// RFC 8259, section 7.)
var escapeForm = &form{
	names: []string{"js-escape"},
	anchors: []string{
		"5fsk", "5f}sk", "line}sk", "95;sk", "5f;sk",
		`neo\x1b[`, `neo\u001b[`, `eo_sk\x1b[`, `eo_sk\u001b[`,
		`\x6e\x65\x6f`, `\u006e\u0065\u006f`, `\u{6e}\u{65}\u{6f}`, `\u{006e}\u{0065}`, `\x{6e}\x{65}`, `\u0000006e\u`,
	},
	also:   splitAnchors,
	undo:   undoUnits(escapeUnit),
	breaks: `\`,
}

func escapeUnit(src []byte, i int) (c, n int) {
	if src[i] != '\\' || i+1 == len(src) {
		return 0, 0
	}
	switch next := src[i+1]; next {
	case 'u':
		if v, n := bracedHex(src, i+2); n > 0 {
			return character(v), 2 + n
		}
		again := text.Run(src[i+2:min(len(src), i+6)], func(c byte) bool { return c == 'u' }) // in Java
		c, n := fixedHex(src, i+again, 4)
		if n > 0 {
			n += again
		}
		return c, n
	case 'x':
		if v, n := bracedHex(src, i+2); n > 0 { // of Perl and Rust
			return character(v), 2 + n
		}
		return fixedHex(src, i, 2)
	case 'U':
		return fixedHex(src, i, 8)
	case 'N':
		const name = `\N{LOW LINE}`
		if bytes.HasPrefix(src[i:], []byte(name)) {
			return '_', len(name)
		}
	case '0': // of SQL's U&'...'
		if v := hexDigits(src, i+1, 4); v > ' ' && v <= '~' {
			return v, 5
		}
	case '\\', '/', '"', '\'', '`':
		return int(next), 2
	case 'n', 'r', 't':
		return ' ', 2 // white space, whichever it is
	}
	return 0, 0
}

// fixedHex reads the escape at src[i:] with this many hexadecimal digits after its letter.
func fixedHex(src []byte, i, digits int) (c, n int) {
	v := hexDigits(src, i+2, digits)
	if v < 0 {
		return 0, 0
	}
	return character(v), 2 + digits
}

// bracedHex reads the hexadecimal number in braces at src[i:], and returns how long that is.
func bracedHex(src []byte, i int) (v, n int) {
	if i >= len(src) || src[i] != '{' {
		return 0, 0
	}
	digits := text.Run(src[i+1:min(len(src), i+8)], text.IsHex)
	end := i + 1 + digits
	if digits == 0 || end >= len(src) || src[end] != '}' {
		return 0, 0
	}
	return hexDigits(src, i+1, digits), digits + 2
}

// cssForm is the escapes of CSS: \5f with white space behind it, or \00005f. (CSS Syntax, section 4.3.7.)
var cssForm = &form{
	names:   []string{"js-escape"},
	anchors: []string{"5f sk", "00005fsk", `\6e \65 \6f`, `\00006e\000065`},
	also:    splitAnchors,
	undo:    undoUnits(cssUnit),
	breaks:  `\`,
}

func cssUnit(src []byte, i int) (c, n int) {
	if src[i] != '\\' {
		return 0, 0
	}
	const most = 6
	digits := text.Run(src[i+1:min(len(src), i+1+most)], text.IsHex)
	end := i + 1 + digits
	if digits < 2 || digits < most && (end == len(src) || src[end] != ' ') {
		return 0, 0 // of another language
	}
	v := hexDigits(src, i+1, digits)
	if end < len(src) && src[end] == ' ' {
		end++
	}
	return character(v), end - i
}

// octalForm is the octal escapes of C, shells and their kin: \137.
var octalForm = &form{
	names:   []string{"octal"},
	anchors: []string{`neo\033[`, `eo_sk\033[`, `137sk\`, `137sk_`, `\156\145\157`, `\0156\0145\0157`, `156\\145\\157`},
	also:    splitAnchors,
	undo:    undoUnits(octalUnit),
	breaks:  `\`,
}

func octalUnit(src []byte, i int) (c, n int) {
	if src[i] != '\\' {
		return 0, 0
	}
	start := i + 1
	if start < len(src) && src[start] == '\\' {
		start++ // in a string
	}
	for _, digits := range []int{4, 3, 2} { // echo wants a zero before the digits; C needs no more than there are
		if start+digits > len(src) || digits == 4 && src[start] != '0' {
			continue
		}
		v, err := strconv.ParseUint(string(src[start:start+digits]), 8, 8)
		if err == nil {
			return character(int(v)), start + digits - i
		}
	}
	return 0, 0
}

// backslashForm has a backslash before each underscore, as programs write it that make
// Markdown or LaTeX of a text, where an underscore means something.
var backslashForm = &form{
	anchors: []string{`neo\_sk\_`},
	undo:    undoUnits(backslashUnit),
	breaks:  `\`,
}

func backslashUnit(src []byte, i int) (c, n int) {
	if src[i] == '\\' && i+1 < len(src) && src[i+1] == '_' {
		return '_', 2
	}
	return 0, 0
}

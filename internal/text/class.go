// Package text has what every reader of text needs: classes of bytes, sets of words,
// spans, lines and quotes. It works on bytes, because what is scanned need not be UTF-8;
// letters are those of ASCII.
package text

import "strings"

// IsLower reports whether c is a lower-case letter.
func IsLower(c byte) bool { return 'a' <= c && c <= 'z' }

// IsUpper reports whether c is an upper-case letter.
func IsUpper(c byte) bool { return 'A' <= c && c <= 'Z' }

// IsLetter reports whether c is a letter.
func IsLetter(c byte) bool { return IsLower(c) || IsUpper(c) }

// IsDigit reports whether c is a decimal digit.
func IsDigit(c byte) bool { return '0' <= c && c <= '9' }

// IsAlnum reports whether c is a letter or digit.
func IsAlnum(c byte) bool { return IsLower(c) || IsUpper(c) || IsDigit(c) }

// IsHex reports whether c is a hexadecimal digit.
func IsHex(c byte) bool { return IsDigit(c) || 'a' <= c|0x20 && c|0x20 <= 'f' }

// IsIdent reports whether c may stand in an identifier.
func IsIdent(c byte) bool { return IsAlnum(c) || c == '_' }

// IsURLSafe reports whether c is a character of URL-safe base64.
func IsURLSafe(c byte) bool { return IsAlnum(c) || c == '_' || c == '-' }

// IsBlank reports whether c is a space or a tab.
func IsBlank(c byte) bool { return c == ' ' || c == '\t' }

// Class returns which bytes are of a kind or among others.
func Class(kind func(byte) bool, others string) (in [256]bool) {
	for c := range in {
		in[c] = kind(byte(c)) || strings.IndexByte(others, byte(c)) >= 0
	}
	return in
}

// Run returns how many bytes at the start of text belong to class.
func Run(text []byte, class func(byte) bool) int {
	for i, c := range text {
		if !class(c) {
			return i
		}
	}
	return len(text)
}

// Lower returns c in lower case.
func Lower(c byte) byte {
	if IsUpper(c) {
		c |= 0x20
	}
	return c
}

// AllHex reports whether text is nothing but hexadecimal digits.
func AllHex(text []byte) bool { return Run(text, IsHex) == len(text) }

// Each calls found for each run of bytes of a class in a part of text.
func Each(text []byte, part Span, class func(byte) bool, found func(Span)) {
	for i := part.Start; i < part.End; i++ {
		if n := Run(text[i:part.End], class); n > 0 {
			found(Span{i, i + n})
			i += n
		}
	}
}

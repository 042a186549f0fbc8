package text

import "bytes"

// LineEnd returns where the line ends that text[pos] is on: at its line feed, or at the
// end of text.
func LineEnd(text []byte, pos int) int {
	if pos >= len(text) {
		return len(text)
	}
	if n := bytes.IndexByte(text[pos:], '\n'); n >= 0 {
		return pos + n
	}
	return len(text)
}

// Blank overwrites text with spaces, but keeps its line feeds.
func Blank(text []byte) {
	for i, c := range text {
		if c != '\n' {
			text[i] = ' '
		}
	}
}

package archive

import (
	"bytes"
	"encoding/hex"
	"io"
)

// maxShown is how much of the text that a page shows is put together, in bytes.
const maxShown = 1 << 20

// A shownText passes a PDF's content stream on, and puts together what is in it the text of
// arrays of strings: programs cut a line wherever two letters are to stand closer (ISO
// 32000-2, 9.4.3, TJ). A string alone is found as it is.
type shownText struct {
	r     io.Reader
	shown bytes.Buffer // a line for each array of several strings

	line    []byte
	strings int  // in the array
	array   bool // the place is in one
	kind    byte // of the string that the place is in, '(' or '<'; 0 outside of one
	depth   int  // of parentheses in it
	escaped bool
	digits  []byte // of a string in hexadecimal digits
}

// Read implements io.Reader.
func (s *shownText) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	for _, c := range p[:n] {
		s.add(c)
	}
	return n, err
}

func (s *shownText) add(c byte) {
	switch {
	case s.kind == '(':
		s.literal(c)
	case s.kind == '<':
		s.hexadecimal(c)
	case c == '[':
		s.array, s.strings, s.line = true, 0, s.line[:0]
	case c == ']' && s.array:
		s.array = false
		if s.strings > 1 && s.shown.Len() < maxShown {
			s.shown.Write(append(s.line, '\n'))
		}
	case (c == '(' || c == '<') && s.array:
		s.kind, s.depth, s.digits = c, 0, s.digits[:0]
		s.strings++
	}
}

// literal takes a byte of a string in parentheses: 7.3.4.2. Escapes other than of a
// parenthesis or a backslash are no part of a key.
func (s *shownText) literal(c byte) {
	switch {
	case s.escaped:
		s.escaped = false
	case c == '\\':
		s.escaped = true
		return
	case c == '(':
		s.depth++
	case c == ')' && s.depth == 0:
		s.kind = 0
		return
	case c == ')':
		s.depth--
	}
	s.keep(c)
}

// hexadecimal takes a byte of a string in angle brackets: 7.3.4.3.
func (s *shownText) hexadecimal(c byte) {
	if c != '>' {
		if len(s.digits) < maxShown && c > ' ' {
			s.digits = append(s.digits, c)
		}
		return
	}
	s.kind = 0
	text := make([]byte, len(s.digits)/2)
	if _, err := hex.Decode(text, s.digits[:2*len(text)]); err != nil {
		return
	}
	for _, c := range text {
		if c != 0 { // of a character of two bytes
			s.keep(c)
		}
	}
}

func (s *shownText) keep(c byte) {
	if len(s.line) < maxShown {
		s.line = append(s.line, c)
	}
}

package archive

import (
	"bufio"
	"io"
)

// sourceBuffer is how many bytes of an archive are read at a time.
const sourceBuffer = 64 << 10

// A source is a file being unpacked. It can be looked ahead in.
type source struct{ *bufio.Reader }

func (s *source) reset(r io.Reader) {
	if s.Reader == nil {
		s.Reader = bufio.NewReaderSize(nil, sourceBuffer)
	}
	s.Reset(r)
}

// ahead returns what has been read but not used, which is at least n bytes. With an error
// it is what is left of the file.
func (s *source) ahead(n int) ([]byte, error) {
	_, err := s.Peek(n)
	text, _ := s.Peek(s.Buffered())
	return text, err
}

// skip uses n bytes that are known to have been read.
func (s *source) skip(n int) { _, _ = s.Discard(n) }

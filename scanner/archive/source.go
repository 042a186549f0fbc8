package archive

import (
	"bufio"
	"io"
)

// sourceBuffer is how many bytes of an archive are read at a time.
const sourceBuffer = 64 << 10

// A source is a file being unpacked. It can be looked ahead in, and knows its place.
type source struct {
	*bufio.Reader
	counting counting
}

// counting counts what is read from r.
type counting struct {
	r io.Reader
	n int64
}

func (c *counting) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

func (s *source) reset(r io.Reader) {
	if s.Reader == nil {
		s.Reader = bufio.NewReaderSize(nil, sourceBuffer)
	}
	s.counting = counting{r: r}
	s.Reset(&s.counting)
}

// pos returns how many bytes of the file have been used.
func (s *source) pos() int64 { return s.counting.n - int64(s.Buffered()) }

// ahead returns what has been read but not used, which is at least n bytes. With an error
// it is what is left of the file.
func (s *source) ahead(n int) ([]byte, error) {
	_, err := s.Peek(n)
	text, _ := s.Peek(s.Buffered())
	return text, err
}

// skip uses n bytes that are known to have been read.
func (s *source) skip(n int) { _, _ = s.Discard(n) }

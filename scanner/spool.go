package scanner

import (
	"bytes"
	"errors"
	"io"

	"github.com/neokeys/neokeys/scanner/archive"
)

const (
	// maxSpool is how much of an archive is held in memory that must be read at any place and
	// can only be read from its beginning to its end, in bytes. What is in another one has half
	// as much.
	maxSpool = 64 << 20
	// usualSpool is how much of one is held while another file holds more, in bytes.
	usualSpool = 8 << 20
	// spoolPart is the size of the parts in which it is held, in bytes: one that grows as a whole is
	// there twice whenever it does.
	spoolPart = bufferSize
)

// A spool holds what was read from the beginning of an input, to be read at any place.
type spool struct {
	parts [][]byte // all of them full but the last
	size  int64    // in bytes
}

// readFrom puts what comes from r behind what there is, until there are limit bytes. The error is that of r.
func (s *spool) readFrom(r io.Reader, limit int64) error {
	for s.size < limit {
		if s.size == int64(len(s.parts))*spoolPart {
			s.parts = append(s.parts, make([]byte, spoolPart))
		}
		part := s.parts[len(s.parts)-1][s.size%spoolPart:]
		n, err := io.ReadFull(r, part[:min(int64(len(part)), limit-s.size)])
		s.size += int64(n)
		if errors.Is(err, io.ErrUnexpectedEOF) {
			err = io.EOF
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// ReadAt implements io.ReaderAt.
func (s *spool) ReadAt(p []byte, at int64) (n int, err error) {
	if at < 0 {
		return 0, errors.New("a negative place in a file")
	}
	for n < len(p) && at < s.size {
		part := s.parts[at/spoolPart]
		m := copy(p[n:], part[at%spoolPart:min(spoolPart, s.size-at/spoolPart*spoolPart)])
		n, at = n+m, at+int64(m)
	}
	if n < len(p) {
		err = io.EOF
	}
	return n, err
}

// spool reads the input, whose beginning is in the buffer, into memory if there is room. It
// returns the whole input, a reader of the part that is not searched yet, and what to call when both are
// done with.
func (s *stream) spool(r io.Reader) (whole archive.Whole, rest io.Reader, done func()) {
	held, done := new(spool), func() {}
	searched := int64(len(s.text))
	r = io.MultiReader(bytes.NewReader(s.text), r)
	limit := int64(maxSpool >> s.nest.level)
	err := held.readFrom(r, min(limit, usualSpool))
	if err == nil && limit > usualSpool {
		if outer := s.nest.outer; outer != nil {
			done = outer.nest.file.budget.TakeLarge()
		}
		err = held.readFrom(r, limit)
	}
	rest = io.NewSectionReader(held, searched, held.size-searched)
	switch {
	case errors.Is(err, io.EOF):
		return archive.Whole{At: held, Size: held.size}, rest, done
	case err != nil:
		return archive.Whole{}, io.MultiReader(rest, failing{err}), done
	}
	return archive.Whole{}, io.MultiReader(rest, r), done
}

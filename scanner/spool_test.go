package scanner

import (
	"bytes"
	"errors"
	"io"
	"testing"
	"testing/iotest"
)

// A spool has at each place what was read into it, up to its limit.
func TestSpool(t *testing.T) {
	text := make([]byte, 2*spoolPart+100)
	for i := range text {
		text[i] = byte(i * i >> 9)
	}
	for _, limit := range []int64{0, 1, spoolPart, spoolPart + 1, int64(len(text)), int64(len(text)) + 1} {
		s := new(spool)
		r := iotest.HalfReader(bytes.NewReader(text))
		err := s.readFrom(r, limit/2)
		if err == nil {
			err = s.readFrom(r, limit)
		}
		want := text[:min(limit, int64(len(text)))]
		if ended := limit > int64(len(text)); errors.Is(err, io.EOF) != ended || err != nil && !ended || s.size != int64(len(want)) {
			t.Errorf("limit %d: %d bytes, %v", limit, s.size, err)
		}
		if err := iotest.TestReader(io.NewSectionReader(s, 0, s.size), want); err != nil {
			t.Errorf("limit %d: %v", limit, err)
		}
	}
}

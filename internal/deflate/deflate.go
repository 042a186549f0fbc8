// Package deflate makes decoders of klauspost/compress ready for another stream, as if they
// were new.
//
// Their own Reset keeps the tables of the stream before, and a damaged block that declares no
// codes (HLIT or HDIST of RFC 1951, section 3.2.7, all zero) is then read by those: what comes
// out of a damaged member would depend on what was unpacked before it.
package deflate

import (
	"io"
	"strings"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
)

// empty is a block of no bytes, with one code of one bit in each of its tables: nearly all that
// a block without tables of its own asks these for is an error.
const empty = "\x05\xc0\x81\x00\x00\x00\x00\x00\x90\xffk\x00"

const (
	emptyGzip = "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff" + empty + "\x00\x00\x00\x00\x00\x00\x00\x00" // RFC 1952
	emptyZlib = "\x78\x9c" + empty + "\x00\x00\x00\x01"                                                 // RFC 1950
)

// Reset makes d, which flate.NewReader returned, read the stream in r.
func Reset(d io.Reader, r io.Reader) {
	_ = reset(d, empty) // neither has an error to tell
	_ = d.(flate.Resetter).Reset(r, nil)
}

// ResetZlib makes d, which zlib.NewReader returned, read the stream in r. The error is about its
// header.
func ResetZlib(d io.Reader, r io.Reader) error {
	if err := reset(d, emptyZlib); err != nil {
		return err
	}
	return d.(flate.Resetter).Reset(r, nil)
}

// ResetGzip makes d read the stream in r. The error is about its header.
func ResetGzip(d *gzip.Reader, r io.Reader) error {
	err := d.Reset(strings.NewReader(emptyGzip))
	if err == nil {
		_, err = io.Copy(io.Discard, d)
	}
	if err != nil {
		return err
	}
	return d.Reset(r)
}

// reset has d read a stream of no bytes.
func reset(d io.Reader, empty string) error {
	err := d.(flate.Resetter).Reset(strings.NewReader(empty), nil)
	if err == nil {
		_, err = io.Copy(io.Discard, d)
	}
	return err
}

package archive

import (
	"archive/tar"
	"errors"
	"io"
	"strconv"
	"strings"
)

// isTar reports whether head begins with a tar header. That has no mark that all tars
// write, but a checksum: POSIX.1-2017, pax, "ustar Interchange Format".
func isTar(head []byte) bool {
	if len(head) < HeadSize || head[0] == 0 {
		return false
	}
	const at, end = 148, 156 // of the checksum
	if c := head[end-1]; c != ' ' && c != 0 {
		return false
	}
	for _, c := range head[at:end] {
		if c != ' ' && c != 0 && (c < '0' || '7' < c) {
			return false
		}
	}
	sum, err := strconv.ParseUint(strings.Trim(string(head[at:end]), " \x00"), 8, 32)
	if err != nil {
		return false
	}
	var unsigned, signed int64 // some tars add signed bytes
	for i, c := range head[:HeadSize] {
		if at <= i && i < end {
			c = ' '
		}
		unsigned += int64(c)
		signed += int64(int8(c))
	}
	return int64(sum) == unsigned || int64(sum) == signed
}

// tar visits the files in a tar.
func (u *Unpacker) tar(visit func(Member) error) error {
	t := tar.NewReader(&u.source)
	for {
		h, err := t.Next()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil && !errors.Is(err, tar.ErrInsecurePath):
			return err
		case h.Typeflag != tar.TypeReg && h.Typeflag != tar.TypeCont || isSparse(h):
			continue
		}
		if err := visit(Member{memberName(h.Name), t}); err != nil {
			return err
		}
	}
}

// isSparse reports whether a file is kept without its zeros, of which there may be any
// number. What is kept of it lies in the tar as it is.
func isSparse(h *tar.Header) bool {
	if h.Typeflag == tar.TypeGNUSparse {
		return true
	}
	for key := range h.PAXRecords {
		if strings.HasPrefix(key, "GNU.sparse.") {
			return true
		}
	}
	return false
}

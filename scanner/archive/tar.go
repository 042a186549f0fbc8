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
func (u *Unpacker) tar(b *Budget, visit func(Member) error) error {
	t := tar.NewReader(&u.source)
	for {
		h, err := t.Next()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil && !errors.Is(err, tar.ErrInsecurePath):
			return err
		case !hasText(h):
			continue
		}
		m := Member{Name: memberName(h.Name), Reader: t}
		if isSparse(h) {
			m.Reader = &unpacked{Reader: t, budget: b}
		}
		if err := visit(m); err != nil {
			return err
		}
	}
}

// maxSparse is how large a file may be that is kept without its zeros, in bytes. What is
// kept of it is in the tar as it is, and is searched there.
const maxSparse = 32 << 20

// hasText reports whether a member has a text. A type that is not known is a file's: so POSIX
// has it, and so do other programs.
func hasText(h *tar.Header) bool {
	switch h.Typeflag {
	case tar.TypeLink, tar.TypeSymlink, tar.TypeChar, tar.TypeBlock, tar.TypeDir, tar.TypeFifo, tar.TypeXGlobalHeader:
		return false
	}
	return !isSparse(h) || h.Size <= maxSparse
}

// isSparse reports whether a file is kept without its zeros, of which there may be any
// number.
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

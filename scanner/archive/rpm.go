package archive

import (
	"encoding/binary"
	"io"
)

// An RPM package is a lead, two headers, of signatures and of facts, and a compressed cpio
// archive: https://rpm.org/docs/4.20.x/manual/format_v4.html.
const (
	rpmMark       = "\xed\xab\xee\xdb"
	rpmLead       = 96
	rpmHeader     = 16 // of a header's fixed part
	rpmHeaderMark = "\x8e\xad\xe8\x01"
	rpmEntry      = 16
)

// rpm visits the payload of a package as the one text that is in it.
func (u *Unpacker) rpm(visit func(Member) error) error {
	if _, err := u.source.Discard(rpmLead); err != nil {
		return unexpected(err)
	}
	for i := range 2 {
		header, err := u.source.Peek(rpmHeader)
		if err != nil {
			return unexpected(err)
		}
		if string(header[:4]) != rpmHeaderMark {
			return ErrFormat
		}
		be := binary.BigEndian
		size := rpmHeader + int64(be.Uint32(header[8:]))*rpmEntry + int64(be.Uint32(header[12:]))
		if i == 0 {
			size = (size + 7) &^ 7
		}
		if _, err := io.CopyN(io.Discard, &u.source, size); err != nil {
			return unexpected(err)
		}
	}
	return visit(Member{Reader: &u.source})
}

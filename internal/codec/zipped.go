package codec

import (
	"bytes"
	"encoding/binary"
	"io"

	"github.com/klauspost/compress/flate"
)

// A zipMember is a member of a zip that is in memory: of the directory at the end nothing is needed, which
// may be cut off. (PKWARE's APPNOTE.TXT 6.3.10, section 4.3.7.)
type zipMember struct {
	method uint16
	size   int64 // packed; none where it stands behind the member
	data   []byte
}

const (
	zipMark       = "PK\x03\x04"
	zipHeader     = 30 // the fixed part of a local file header, in bytes
	zipStored     = 0
	zipDeflated   = 8
	zipEncrypted  = 1 << 0
	zipDescriptor = 1 << 3
)

// nextMember returns the first member of a zip in packed, with all that follows; nil if there is none that can
// be read.
func nextMember(packed []byte) *zipMember {
	le := binary.LittleEndian
	for {
		at := bytes.Index(packed, []byte(zipMark))
		if at < 0 || len(packed)-at < zipHeader {
			return nil
		}
		head := packed[at:]
		packed = head[len(zipMark):]
		flags, begin := le.Uint16(head[6:]), zipHeader+int(le.Uint16(head[26:]))+int(le.Uint16(head[28:]))
		m := &zipMember{method: le.Uint16(head[8:]), size: int64(le.Uint32(head[18:]))}
		if flags&zipEncrypted != 0 || begin > len(head) || m.method != zipDeflated && (m.method != zipStored || flags&zipDescriptor != 0) {
			continue
		}
		m.data = head[begin:]
		return m
	}
}

// unzip calls read with each member of a zip, until it returns false.
func unzip(packed []byte, spend Spend, read func(io.Reader) (on bool)) {
	r := flateReaders.Get().(io.Reader)
	defer flateReaders.Put(r)
	for m := nextMember(packed); m != nil && spend(perStream); m = nextMember(packed) {
		data := bytes.NewReader(m.data)
		text := io.LimitReader(data, m.size)
		if m.method == zipDeflated {
			_ = r.(flate.Resetter).Reset(data, nil) // which returns no errors
			text = r
		}
		if !read(text) {
			return
		}
		packed = m.data[len(m.data)-data.Len():]
	}
}

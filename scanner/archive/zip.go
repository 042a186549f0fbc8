package archive

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/flate"

	"github.com/neokeys/neokeys/internal/deflate"
)

// The parts of a zip that are looked at, as PKWARE's APPNOTE.TXT 6.3.10 has them.
const (
	localMark      = "PK\x03\x04" // begins a local file header: section 4.3.7
	localSize      = 30           // of its fixed part
	descriptorMark = "PK\x07\x08" // begins a data descriptor: section 4.3.9
	descriptorSize = 24           // with sizes of 64 bits

	encryptedFlag  = 1 << 0 // section 4.4.4
	endFlag        = 1 << 1 // of LZMA: its end is marked
	descriptorFlag = 1 << 3

	stored       = 0 // section 4.4.5
	deflated     = 8
	zipLZMA      = 14
	zipDeflate64 = 9
)

// zipMethods are the ways of compressing a member besides deflate. None of the decoders
// says where the compressed bytes end, so the header has to.
var zipMethods = map[uint16]Format{12: Bzip2, zipLZMA: LZMA, 93: Zstd, 95: XZ}

// A zipReader goes through a zip from its beginning to its end, by the headers before the
// members. So it needs no file that it can seek in, reads a zip whose end is missing, and
// finds members that no directory names any more.
//
// Headers are looked for wherever a member has ended or turned out to be damaged. What a
// header claims matters for stored members alone: compressed ones say themselves where
// they end.
//
// Then it compares what it has visited with the directory at the end, which other programs
// go by: headers may lie.
type zipReader struct {
	*Unpacker
	level     int
	budget    *Budget
	visit     func(Member) error
	skipped   Skipped
	damage    error // a header that was no use
	visits    []zipVisit
	directory streamedDirectory
	behind    bool // something else stands before the first header
}

// A localHeader is what stands before a member.
type localHeader struct {
	at            int64 // in the file
	flags, method uint16
	packed        uint64 // size in the zip; 0 if it is given behind the member
	size          uint64 // of the text
	name          string
	folder        bool
}

// read visits what is in the source. What is in the directory but not visited is opened
// through at, a file of size bytes, if that is not nil.
func (z *zipReader) read(at io.ReaderAt, size int64) error {
	parts := sheets{left: maxSheets >> min(z.level, 8)}
	visit := z.visit
	z.visit = func(m Member) error { return visit(parts.keep(m)) }
	if err := z.readAll(at, size); err != nil {
		return err
	}
	return parts.visit(visit)
}

// readAll is read without what members say together.
func (z *zipReader) readAll(at io.ReaderAt, size int64) error {
	for {
		h, err := z.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if err := z.member(h); err != nil {
			return err
		}
	}
	compared := false
	if at == nil {
		compared = z.streamed()
	} else {
		var err error
		if compared, err = z.compare(at, size); err != nil {
			return err
		}
	}
	if !compared && z.behind {
		z.skipped, z.damage = Skipped{}, nil // only a mark that happens to be there
	} else if !compared && len(z.visits) == 0 && z.skipped == (Skipped{}) && z.damage == nil {
		return errHeader
	}
	return z.damage
}

// spanned is what may stand before the first header of a zip that begins as one, in bytes.
const spanned = 4

var errHeader = errors.New("what stands before a member makes no sense")

// next goes to the next header and reads it. The error is io.EOF if there is none.
func (z *zipReader) next() (*localHeader, error) {
	for {
		text, err := z.source.ahead(localSize)
		at := markIn(text)
		switch {
		case at < 0 && err != nil:
			return nil, err
		case at < 0:
			z.source.skip(len(text) - len(localMark) + 1)
			continue
		case at > 0:
			z.source.skip(at)
			continue
		case text[2] == endMark[2]:
			z.directory.finish(&z.source)
			z.source.skip(len(endMark))
			continue
		case text[2] == entryMark[2]:
			if err := z.directory.add(&z.source); err != nil {
				return nil, io.EOF
			}
			continue
		case err != nil:
			return nil, err // too little is left for a header
		}
		if h, size := z.header(text); h != nil {
			h.at = z.source.pos()
			z.behind = z.behind || len(z.visits) == 0 && h.at > spanned
			z.source.skip(size)
			z.directory = streamedDirectory{}
			return h, nil
		}
		z.source.skip(len(localMark))
	}
}

// markIn returns where in text the mark of a header, of an entry of the directory, or of its
// end begins; -1 if there is none.
func markIn(text []byte) int {
	for at := 0; ; at += 2 {
		n := bytes.Index(text[at:], []byte(localMark[:2]))
		if n < 0 {
			return -1
		}
		at += n
		for _, mark := range []string{localMark, entryMark, endMark} {
			if bytes.HasPrefix(text[at:], []byte(mark)) {
				return at
			}
		}
	}
}

// header reads the header that text begins with, and returns its size. It is nil if there
// is none: then text only looks like one, or its sizes are wrong, so that it reaches to
// the end of the file or over the next header.
func (z *zipReader) header(text []byte) (h *localHeader, size int) {
	le := binary.LittleEndian
	if text[9] != 0 { // an unknown method
		return nil, 0
	}
	h = &localHeader{flags: le.Uint16(text[6:]), method: le.Uint16(text[8:]), packed: uint64(le.Uint32(text[18:])), size: uint64(le.Uint32(text[22:]))}
	nameEnd := localSize + int(le.Uint16(text[26:]))
	size = nameEnd + int(le.Uint16(text[28:]))
	text, _ = z.source.ahead(min(size, sourceBuffer))
	if len(text) < size || bytes.Contains(text[localSize:size], []byte(localMark)) {
		z.damage = errHeader
		return nil, 0
	}
	name, extra := text[localSize:nameEnd], text[nameEnd:size]
	h.name, h.folder = memberName(string(name)), bytes.HasSuffix(name, []byte("/"))
	if h.packed == 0xffffffff {
		h.packed = zip64Size(extra, h.packed)
	}
	return h, size
}

// zip64Size returns the packed size that the extra fields tell: section 4.5.3.
func zip64Size(extra []byte, packed uint64) uint64 {
	le := binary.LittleEndian
	for len(extra) >= 4 {
		id, n := le.Uint16(extra), int(le.Uint16(extra[2:]))
		if extra = extra[4:]; n > len(extra) {
			break
		}
		if id == 1 && n >= 16 {
			return le.Uint64(extra[8:])
		}
		extra = extra[n:]
	}
	return packed
}

// member visits the member behind a header.
func (z *zipReader) member(h *localHeader) error {
	told := h.flags&descriptorFlag == 0 || h.packed != 0 // its size is
	switch {
	case told && h.packed == 0 || h.packed == 0 && h.folder:
		return nil // an empty file, or a folder
	case h.flags&encryptedFlag != 0:
		z.skipped.Encrypted++
		return nil
	case h.method == stored && told:
		return z.passLocal(h, &exactly{&z.source, h.packed})
	case h.method == stored:
		return z.passLocal(h, &described{source: &z.source})
	case h.method == deflated:
		text := &unpacked{Reader: z.decoders.inflate(z.source.Reader), budget: z.budget}
		return z.passLocal(h, text)
	case told:
		text, err := z.unzip(h.method, &exactly{&z.source, h.packed}, lzmaSize(h.flags, h.size))
		if err != nil {
			return z.passLocal(h, failing{err})
		}
		if text != nil {
			return z.passLocal(h, text)
		}
	}
	z.skipped.Unknown++
	return nil
}

// knows reports whether members compressed by the method can be read.
func (z *zipReader) knows(method uint16) bool {
	_, known := zipMethods[method]
	return known || method == stored || method == deflated || method == zipDeflate64
}

// unzip returns what is compressed in r by the method, nil if it is not known. size is what
// comes out; what is LZMA needs it.
func (z *zipReader) unzip(method uint16, r io.Reader, size uint64) (io.Reader, error) {
	if method == deflated {
		return &unpacked{Reader: z.decoders.inflate(r), budget: z.budget}, nil
	}
	if method == zipDeflate64 {
		return &unpacked{Reader: newDeflate64(r), budget: z.budget}, nil
	}
	format, known := zipMethods[method]
	if !known {
		return nil, nil
	}
	if method == zipLZMA {
		if r = lzmaOfZip(r, size); r == nil {
			return nil, ErrFormat
		}
	}
	return z.decompress(format, r, z.level, z.budget)
}

// lzmaOfZip returns an LZMA file in the way that programs for such files have it. In a zip
// there is a version and a size before the properties, and no size of the text: section 5.8.8.
// The text's end may be marked, or not.
func lzmaOfZip(r io.Reader, size uint64) io.Reader {
	head := make([]byte, 9)
	if _, err := io.ReadFull(r, head); err != nil || head[2] != 5 || head[3] != 0 {
		return nil
	}
	header := binary.LittleEndian.AppendUint64(head[4:], size)
	return io.MultiReader(bytes.NewReader(header), r)
}

// lzmaSize returns the size of an LZMA member's text, or that its end is marked.
func lzmaSize(flags uint16, size uint64) uint64 {
	if flags&endFlag != 0 {
		return markedEnd
	}
	return size
}

// markedEnd stands for the size of an LZMA file whose end is marked.
const markedEnd = ^uint64(0)

// passLocal is pass for a member that was found by its header, and notes what came out of it.
func (z *zipReader) passLocal(h *localHeader, r io.Reader) error {
	counted := &counting{r: r}
	err := z.pass(Member{Name: h.name, Reader: counted})
	z.visits = append(z.visits, zipVisit{h.at, uint64(counted.n), h.method})
	return err
}

// pass has a member visited, and reads what the visitor has left of it. What is wrong with
// it the visitor has been told.
func (z *zipReader) pass(m Member) error {
	if err := z.visit(m); err != nil {
		return err
	}
	_, err := io.Copy(io.Discard, m.Reader)
	if errors.Is(err, ErrTooMuch) {
		return err
	}
	return nil
}

// inflate returns what is deflated in r.
func (d *decoders) inflate(r io.Reader) io.Reader {
	if d.flate == nil {
		d.flate = flate.NewReader(r)
	} else {
		deflate.Reset(d.flate, r)
	}
	return d.flate
}

// exactly reads a number of bytes. That there are fewer is an error.
type exactly struct {
	r    io.Reader
	left uint64
}

func (e *exactly) Read(p []byte) (int, error) {
	if e.left == 0 {
		return 0, io.EOF
	}
	n, err := e.r.Read(p[:min(uint64(len(p)), e.left)])
	e.left -= uint64(n)
	if e.left > 0 && errors.Is(err, io.EOF) {
		err = errTooLong
	}
	return n, err
}

// errTooLong is damage: what comes behind the member may have been taken for a part of it.
var errTooLong = fmt.Errorf("%w: its size is more than what is left of the archive", ErrUnread)

// described reads a stored member whose size stands behind it. It ends where there is a
// descriptor that gives just the size that has been read.
type described struct {
	source *source
	read   uint64
	done   bool
}

func (d *described) Read(p []byte) (int, error) {
	if d.done {
		return 0, io.EOF
	}
	text, err := d.source.ahead(descriptorSize)
	if len(text) == 0 {
		d.done = true
		return 0, unexpected(err)
	}
	n := bytes.Index(text, []byte(descriptorMark))
	switch {
	case n == 0 && d.ends(text):
		d.done = true
		return 0, io.EOF
	case n == 0:
		n = 1 // the mark is part of the member
	case n < 0 && err == nil:
		n = len(text) - len(descriptorMark) + 1
	case n < 0:
		n = len(text)
	}
	n = copy(p, text[:n])
	d.source.skip(n)
	d.read += uint64(n)
	return n, nil
}

// ends reports whether text begins with the descriptor of what was read.
func (d *described) ends(text []byte) bool {
	le := binary.LittleEndian
	if len(text) >= 16 && uint64(le.Uint32(text[8:])) == d.read && uint64(le.Uint32(text[12:])) == d.read {
		return true
	}
	return len(text) >= 24 && le.Uint64(text[8:]) == d.read && le.Uint64(text[16:]) == d.read
}

// failing is a member that cannot be read for a reason that is known already.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// unexpected is err, or that a file ended where it should go on.
func unexpected(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

package archive

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"sort"
)

// The directory behind a zip's members, as PKWARE's APPNOTE.TXT 6.3.10 has it.
const (
	entryMark     = "PK\x01\x02" // begins an entry: section 4.3.12
	entrySize     = 46           // of its fixed part
	endMark       = "PK\x05\x06" // begins the end of the directory: section 4.3.16
	endSize       = 22           // of its fixed part
	end64Mark     = "PK\x06\x06" // begins the end of a large directory: section 4.3.14
	end64Size     = 56           // of its fixed part
	locatorMark   = "PK\x06\x07" // stands between the two ends: section 4.3.15
	locatorSize   = 20
	maxComment    = 1<<16 - 1
	maxDirectory  = 32 << 20 // bytes of a directory that are read
	unknownNumber = 0xffffffff
)

// A zipEntry is what a zip's directory lists of one member.
type zipEntry struct {
	flags, method uint16
	packed, size  uint64
	header        int64 // offset of the local header in the file
	name          string
}

// A zipVisit is a member that was read by the header before it.
type zipVisit struct {
	header int64  // offset of the local header
	read   uint64 // how much came out of it
	method uint16
}

// A zipEnd is what the end of a zip's directory says.
type zipEnd struct {
	start, size int64 // of the directory in the file
	base        int64 // what offsets in the directory are counted from
}

var errDirectory = errors.New("its directory is damaged")

// EndsAsZip reports whether tail, the end of a file, holds the end of a zip's directory: a
// program or a picture may stand before a zip. Programs find one that something follows, too.
// Where exact is set that is none: the file is an archive itself, and may hold a zip.
func EndsAsZip(tail []byte, exact bool) bool {
	at := endOfZip(tail)
	return at >= 0 && (!exact || at+endSize+int(binary.LittleEndian.Uint16(tail[at+endSize-2:])) == len(tail))
}

// EndsAsZip is [EndsAsZip] for a whole file.
func (w Whole) EndsAsZip() bool {
	_, ok := readEnd(w.At, w.Size)
	return ok
}

// endOfZip returns where in tail the end of a directory begins, -1 if it is not there. Its
// first byte that is in no text is looked for first.
func endOfZip(tail []byte) int {
	if n := len(tail) - endSize; n >= 0 && bytes.HasPrefix(tail[n:], []byte(endMark)) {
		return n
	}
	cut := max(0, len(tail)-endSize-maxComment)
	for at := -1; ; {
		n := bytes.IndexByte(tail[cut:], endMark[2])
		if n < 0 {
			return at
		}
		cut += n + 1
		if cut >= 3 && len(tail)-cut+3 >= endSize && bytes.HasPrefix(tail[cut-3:], []byte(endMark)) {
			at = cut - 3
		}
	}
}

// readEnd finds the end of the directory in a file of size bytes.
func readEnd(at io.ReaderAt, size int64) (e zipEnd, ok bool) {
	tail := make([]byte, min(size, endSize+maxComment))
	if n, err := at.ReadAt(tail, size-int64(len(tail))); n < len(tail) || err != nil && !errors.Is(err, io.EOF) {
		return e, false
	}
	n := endOfZip(tail)
	if n < 0 {
		return e, false
	}
	pos := size - int64(len(tail)) + int64(n)
	return parseEnd(at, pos, tail[n:])
}

// parseEnd reads the end of a directory, at pos in the file.
func parseEnd(at io.ReaderAt, pos int64, text []byte) (e zipEnd, ok bool) {
	le := binary.LittleEndian
	e.size = int64(le.Uint32(text[12:]))
	offset := int64(le.Uint32(text[16:]))
	if large := make([]byte, end64Size+locatorSize); pos >= int64(len(large)) {
		if _, err := at.ReadAt(large, pos-int64(len(large))); err == nil &&
			bytes.HasPrefix(large, []byte(end64Mark)) && bytes.HasPrefix(large[end64Size:], []byte(locatorMark)) {
			e.size, offset = int64(le.Uint64(large[40:])), int64(le.Uint64(large[48:]))
			pos -= int64(len(large))
		}
	}
	e.start = pos - e.size
	e.base = e.start - offset
	return e, e.size >= 0 && e.start >= 0 && offset >= 0
}

// entries returns the entries of a directory, of which text is the beginning. The error is
// that what follows is none.
func directoryEntries(text []byte, base int64, each func(*zipEntry) error) error {
	le := binary.LittleEndian
	for len(text) > 0 {
		if len(text) < entrySize || !bytes.HasPrefix(text, []byte(entryMark)) {
			return errDirectory
		}
		name, extra, comment := int(le.Uint16(text[28:])), int(le.Uint16(text[30:])), int(le.Uint16(text[32:]))
		if len(text) < entrySize+name+extra+comment {
			return errDirectory
		}
		e := &zipEntry{
			flags: le.Uint16(text[8:]), method: le.Uint16(text[10:]), packed: uint64(le.Uint32(text[20:])), size: uint64(le.Uint32(text[24:])),
			header: int64(le.Uint32(text[42:])), name: string(text[entrySize : entrySize+name]),
		}
		e.widen(text[entrySize+name : entrySize+name+extra])
		e.header += base
		if err := each(e); err != nil {
			return err
		}
		text = text[entrySize+name+extra+comment:]
	}
	return nil
}

// widen takes numbers of 64 bits from the extra fields: section 4.5.3. Those that are there
// are those that had no room in the entry, in order.
func (e *zipEntry) widen(extra []byte) {
	le := binary.LittleEndian
	for len(extra) >= 4 {
		id, n := le.Uint16(extra), int(le.Uint16(extra[2:]))
		if extra = extra[4:]; n > len(extra) {
			return
		}
		field := extra[:n]
		extra = extra[n:]
		if id != 1 {
			continue
		}
		next := func(old uint64) uint64 {
			if old != unknownNumber || len(field) < 8 {
				return old
			}
			old, field = le.Uint64(field), field[8:]
			return old
		}
		e.size, e.packed = next(e.size), next(e.packed)
		e.header = int64(next(uint64(e.header)))
	}
}

// empty reports whether there is nothing in the member. What deflate makes of nothing takes two
// bytes.
func (e *zipEntry) empty() bool { return e.packed == 0 || e.size == 0 && e.packed <= 2 }

// visited reports whether the member was read by the header before it, and all of it: with
// the method and the size that the directory has.
func (z *zipReader) visited(e *zipEntry) bool {
	n := sort.Search(len(z.visits), func(i int) bool { return z.visits[i].header >= e.header })
	if n == len(z.visits) || z.visits[n].header != e.header {
		return false
	}
	v := &z.visits[n]
	switch {
	case v.method != e.method:
		return false
	case v.method == deflated:
		return true // what is deflated says itself where it ends
	case v.method == stored:
		return v.read == e.size
	}
	return v.read >= e.size
}

// compare opens what a file's directory lists and was not read by the headers before the
// members: those may lie, and programs go by the directory. It reports whether there is one.
func (z *zipReader) compare(at io.ReaderAt, size int64) (compared bool, err error) {
	end, ok := readEnd(at, size)
	if !ok {
		return false, nil
	}
	text := make([]byte, min(end.size, maxDirectory))
	n, _ := at.ReadAt(text, end.start)
	if first := firstHeader(text[:n]); !isLocal(at, first+end.base) && isLocal(at, first) {
		end.base = 0 // what stands before the zip was counted
	}
	skipped := z.skipped
	z.skipped = Skipped{}
	err = directoryEntries(text[:n], end.base, func(e *zipEntry) error {
		if e.empty() || z.visited(e) {
			return nil
		}
		return z.listed(at, e)
	})
	switch {
	case errors.Is(err, errDirectory): // then neither is believed more than the other
		z.skipped = Skipped{max(skipped.Encrypted, z.skipped.Encrypted), max(skipped.Unknown, z.skipped.Unknown), z.skipped.Unlisted}
		z.damage = errDirectory
		if end.size > maxDirectory {
			z.skipped.Unlisted++
		}
		return true, nil
	case err == nil:
		z.damage = nil
	}
	return true, err
}

// firstHeader returns where the local header of the first entry is said to be.
func firstHeader(text []byte) int64 {
	if len(text) < entrySize {
		return -1
	}
	return int64(binary.LittleEndian.Uint32(text[42:]))
}

// isLocal reports whether a local header begins at an offset.
func isLocal(at io.ReaderAt, offset int64) bool {
	mark := make([]byte, len(localMark))
	_, err := at.ReadAt(mark, max(0, offset))
	return err == nil && offset >= 0 && string(mark) == localMark
}

// listed visits a member by what the directory says of it.
func (z *zipReader) listed(at io.ReaderAt, e *zipEntry) error {
	header := make([]byte, localSize)
	if _, err := at.ReadAt(header, e.header); err != nil || !bytes.HasPrefix(header, []byte(localMark)) {
		z.skipped.Unlisted++
		return nil //nolint:nilerr // the member is counted as not read, and the next one may be there
	}
	if e.flags&encryptedFlag != 0 {
		z.skipped.Encrypted++
		return nil
	}
	le := binary.LittleEndian
	begin := e.header + localSize + int64(le.Uint16(header[26:])) + int64(le.Uint16(header[28:]))
	z.source.reset(io.NewSectionReader(at, begin, int64(min(e.packed, 1<<62))))
	name := memberName(e.name)
	if e.method == stored {
		return z.pass(Member{Name: name, Reader: &unpacked{Reader: &z.source, budget: z.budget}})
	}
	text, err := z.unzip(e.method, z.source.Reader, lzmaSize(e.flags, e.size))
	switch {
	case text == nil && err == nil:
		z.skipped.Unknown++
		return nil
	case err != nil:
		return z.pass(Member{Name: name, Reader: failing{err}})
	}
	return z.pass(Member{Name: name, Reader: text})
}

// streamed compares the directory that was met while the file was read as a stream with
// what was visited. What was not can only be counted. It reports whether there is one.
func (z *zipReader) streamed() bool {
	d := &z.directory
	if !d.ended && !d.tooLong {
		return false // the file ends before its directory does
	}
	if int64(len(d.text)) < d.end.size || d.tooLong {
		z.skipped.Unlisted++
		return true
	}
	skipped := z.skipped
	z.skipped = Skipped{}
	text := d.text[int64(len(d.text))-d.end.size:]
	err := directoryEntries(text, d.end.base, func(e *zipEntry) error {
		switch {
		case e.empty() || z.visited(e):
		case e.flags&encryptedFlag != 0:
			z.skipped.Encrypted++
		case !z.knows(e.method):
			z.skipped.Unknown++
		default:
			z.skipped.Unlisted++
		}
		return nil
	})
	if err != nil {
		z.skipped = skipped
		z.damage = errDirectory
		return true
	}
	z.damage = nil
	return true
}

// A streamedDirectory is a directory that is met in a stream.
type streamedDirectory struct {
	text    []byte
	start   int64 // in the file
	tooLong bool
	ended   bool
	end     zipEnd
}

// add takes over the entry that the source is at.
func (d *streamedDirectory) add(s *source) error {
	fixed, err := s.Peek(entrySize)
	if err != nil {
		return err
	}
	le := binary.LittleEndian
	n := entrySize + int(le.Uint16(fixed[28:])) + int(le.Uint16(fixed[30:])) + int(le.Uint16(fixed[32:]))
	if d.ended {
		*d = streamedDirectory{}
	}
	if len(d.text) == 0 {
		d.start = s.pos()
	}
	if d.tooLong = d.tooLong || len(d.text)+n > maxDirectory; d.tooLong {
		_, err = s.Discard(n)
		return err
	}
	at := len(d.text)
	d.text = append(d.text, make([]byte, n)...)
	read, err := io.ReadFull(s, d.text[at:])
	d.text = d.text[:at+read]
	return err
}

// finish reads the end of the directory, which the source is at.
func (d *streamedDirectory) finish(s *source) {
	text, err := s.Peek(endSize)
	if err != nil || d.tooLong {
		return
	}
	// A large directory's own end was taken for a part of nothing: only sizes of 32 bits are
	// used, as the entries that lie before are known.
	le := binary.LittleEndian
	size, offset := int64(le.Uint32(text[12:])), int64(le.Uint32(text[16:]))
	if size == unknownNumber {
		size = int64(len(d.text))
	}
	start := d.start + int64(len(d.text)) - size
	d.end = zipEnd{start: start, size: size}
	if offset != unknownNumber {
		d.end.base = start - offset
	}
	d.ended = true
}

package archive

import (
	"errors"
	"io"
	"strconv"

	"github.com/cavaliergopher/cpio"
)

// cpio visits the files in a cpio archive, and what stands behind it: an initial RAM disk is several
// archives with zeros between them, of which the first, with the processor's microcode, is not compressed.
// (Linux, Documentation/driver-api/early-userspace/buffer-format.rst.)
func (u *Unpacker) cpio(level int, b *Budget, visit func(Member) error) error {
	f := Cpio
	for range maxBehind {
		var err error
		if f == Cpio {
			err = u.oneCpio(visit)
		} else {
			err = u.visitBehind(f, level, b, visit)
		}
		if err != nil {
			return err
		}
		if f = detectBehind(u.skipZeros()); f == None {
			return nil
		}
	}
	return errManyBehind
}

// oneCpio visits the files up to the end of an archive.
func (u *Unpacker) oneCpio(visit func(Member) error) error {
	if head, _ := u.source.Peek(6); string(head) == oldCpio {
		return u.oldCpio(visit)
	}
	c := cpio.NewReader(&u.source)
	for {
		var h *cpio.Header
		err := guard(func() (err error) { h, err = c.Next(); return err })
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		case h.Size < 0:
			return ErrFormat
		case !h.Mode.IsRegular():
			continue
		}
		if err := visit(Member{Name: memberName(h.Name), Reader: guarded{c}}); err != nil {
			return err
		}
	}
}

// oldCpio is how archives of the older, portable format begin, which the library does not
// read: POSIX.1-2017, pax, "cpio Interchange Format".
const (
	oldCpio       = "070707"
	oldCpioHeader = 76
	cpioTrailer   = "TRAILER!!!"
)

func (u *Unpacker) oldCpio(visit func(Member) error) error {
	for {
		header, err := u.source.Peek(oldCpioHeader)
		if err != nil {
			return unexpected(err)
		}
		field := func(from, to int) uint64 {
			v, fieldErr := strconv.ParseUint(string(header[from:to]), 8, 64)
			if fieldErr != nil {
				err = ErrFormat
			}
			return v
		}
		mode, nameSize, size := field(18, 24), field(59, 65), field(65, 76)
		if err != nil || string(header[:6]) != oldCpio || nameSize == 0 || nameSize > 4*maxName {
			return ErrFormat
		}
		u.source.skip(oldCpioHeader)
		name := make([]byte, nameSize)
		if _, err := io.ReadFull(&u.source, name); err != nil {
			return unexpected(err)
		}
		if string(name[:nameSize-1]) == cpioTrailer {
			return nil
		}
		text := &exactly{&u.source, size}
		if mode&0o170000 == 0o100000 {
			if err := visit(Member{Name: memberName(string(name[:nameSize-1])), Reader: text}); err != nil {
				return err
			}
		}
		if _, err := io.Copy(io.Discard, text); err != nil {
			return err
		}
	}
}

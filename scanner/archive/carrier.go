package archive

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
)

// A program or a picture may carry something behind its end, which no program that runs or shows it looks at: the archive
// of an installer, the file system of an AppImage, or what somebody wanted to hide.

const (
	pngMark  = "\x89PNG\r\n\x1a\n"
	pngEnd   = "IEND\xae\x42\x60\x82" // the last chunk, without its size: https://www.w3.org/TR/png-3/, section 11.2.5
	jpegMark = "\xff\xd8\xff"
	jpegEnd  = "\xff\xd9" // ITU-T T.81, section B.1.1.3
	gifMark  = "GIF8"
	gifEnd   = ";"
)

// CarrierTail is how much of a file's end MayCarry looks at, in bytes.
const CarrierTail = len(pngEnd)

// MayCarry returns the format of a file of size bytes that begins with head, ends with tail and may go on with something
// else behind a script, a program or a picture, of which that may stand further on than head goes; None for others. The
// size is [math.MaxInt64] where it is not known.
func MayCarry(head, tail []byte, size int64) Format {
	switch end := programEnd(head); {
	case end > 0 && end < size:
		return Carrier
	case end > 0:
	case bytes.HasPrefix(head, []byte("#!")) && int64(len(head)) < size:
		return SelfExtracting
	case bytes.HasPrefix(head, []byte(pngMark)) && !bytes.HasSuffix(tail, []byte(pngEnd)),
		bytes.HasPrefix(head, []byte(jpegMark)) && !bytes.HasSuffix(tail, []byte(jpegEnd)),
		bytes.HasPrefix(head, []byte(gifMark)) && !bytes.HasSuffix(tail, []byte(gifEnd)):
		return Carrier
	}
	return None
}

// carried visits what a program or a picture carries: one archive, or compressed streams one after the other.
func (u *Unpacker) carried(level int, b *Budget, visit func(Member) error) error {
	if !u.skipCarrier() {
		return nil
	}
	for read := 0; ; read++ {
		head := u.skipZeros()
		f := Detect(head)
		switch {
		case isNSIS(head):
			return fmt.Errorf("%w: neokeys cannot read what an installer of NSIS carries", ErrUnopened)
		case f == None, f == Zip, f.Opens() && !u.plausible(f, level, b): // a zip is found by its end
			return nil
		case read == maxBehind:
			return errManyBehind
		}
		if err := u.visitBehind(f, level, b, visit); err != nil || !f.Decodes() {
			return err
		}
	}
}

// isNSIS reports whether head begins what an installer of the Nullsoft Scriptable Install System carries: flags, unless
// they are zero, and a mark.
func isNSIS(head []byte) bool {
	const flags, mark = 4, "\xef\xbe\xad\xdeNullsoftInst"
	return bytes.Contains(head[:min(len(head), flags+len(mark))], []byte(mark))
}

// skipCarrier uses the program or the picture that the source begins with, and reports whether anything is behind it.
func (u *Unpacker) skipCarrier() bool {
	head, _ := u.source.ahead(sourceBuffer)
	switch {
	case bytes.HasPrefix(head, []byte(pngMark)):
		return u.skipPNG()
	case bytes.HasPrefix(head, []byte(jpegMark)):
		return u.skipPast(jpegEnd)
	case bytes.HasPrefix(head, []byte(gifMark)):
		return u.skipPast(gifEnd)
	}
	return u.pass(programEnd(head))
}

// pass uses n bytes of the source, and reports whether there are more.
func (u *Unpacker) pass(n int64) bool {
	for n > 0 {
		m, err := u.source.Discard(int(min(n, math.MaxInt32)))
		if n -= int64(m); err != nil {
			return false
		}
	}
	_, err := u.source.Peek(1)
	return err == nil
}

// skipPNG uses the chunks of a picture: a size, a name, the data, a checksum.
func (u *Unpacker) skipPNG() bool {
	const around = 12
	u.source.skip(len(pngMark))
	for {
		head, err := u.source.Peek(8)
		if err != nil {
			return false
		}
		name := string(head[4:])
		if !u.pass(around+int64(binary.BigEndian.Uint32(head))) || name == pngEnd[:4] {
			return name == pngEnd[:4]
		}
	}
}

// skipPast uses the source up to an end of a picture behind which something begins that Detect knows: there may be ends of
// other pictures in it.
func (u *Unpacker) skipPast(end string) bool {
	for {
		text, err := u.source.ahead(HeadSize + len(end))
		last := len(text)
		if err == nil {
			last -= HeadSize
		}
		at := 0
		for n := 0; n >= 0; {
			if n = bytes.Index(text[at:last], []byte(end)); n >= 0 {
				at += n + len(end)
				if f := Detect(text[at:]); f.Opens() && f.Surely(text[at:]) {
					u.source.skip(at)
					return true
				}
			}
		}
		if err != nil {
			return false
		}
		u.source.skip(max(1, last-len(end)+1))
	}
}

// programEnd returns where the last part of a program ends that its headers name, in bytes; 0 for what is no program.
func programEnd(head []byte) int64 {
	switch {
	case bytes.HasPrefix(head, []byte("\x7fELF")):
		return elfEnd(head)
	case bytes.HasPrefix(head, []byte("MZ")):
		return peEnd(head)
	case bytes.HasPrefix(head, []byte("\xcf\xfa\xed\xfe")):
		return machOEnd(head)
	}
	return 0
}

// maxEnd is more than where any program ends: what declares more is none.
const maxEnd = 1 << 40

// elfEnd takes the greatest of where the table of sections and the segments end. (System V ABI, chapter 4.)
func elfEnd(head []byte) int64 {
	if len(head) < 64 || head[4] != 2 {
		return 0
	}
	order := binary.ByteOrder(binary.LittleEndian)
	if head[5] == 2 {
		order = binary.BigEndian
	}
	end := order.Uint64(head[40:]) + uint64(order.Uint16(head[58:]))*uint64(order.Uint16(head[60:]))
	at, size := order.Uint64(head[32:]), uint64(order.Uint16(head[54:]))
	for range order.Uint16(head[56:]) {
		if at > uint64(len(head)) || uint64(len(head))-at < 56 {
			break
		}
		end = max(end, order.Uint64(head[at+8:])+order.Uint64(head[at+32:]))
		at += size
	}
	return believed(end)
}

// peEnd takes where the last section ends. (Microsoft's PE Format.)
func peEnd(head []byte) int64 {
	le := binary.LittleEndian
	if len(head) < 64 {
		return 0
	}
	at := int64(le.Uint32(head[60:]))
	if at > int64(len(head))-24 || !bytes.HasPrefix(head[at:], []byte("PE\x00\x00")) {
		return 0
	}
	sections, end := int(le.Uint16(head[at+6:])), uint64(0)
	at += 24 + int64(le.Uint16(head[at+20:]))
	for range sections {
		if at > int64(len(head))-40 {
			break
		}
		end = max(end, uint64(le.Uint32(head[at+16:]))+uint64(le.Uint32(head[at+20:])))
		at += 40
	}
	return believed(end)
}

// machOEnd takes where the last segment ends. (Apple's mach-o/loader.h.)
func machOEnd(head []byte) int64 {
	const segment64 = 0x19
	le := binary.LittleEndian
	if len(head) < 32 {
		return 0
	}
	at, end := int64(32), uint64(0)
	for range le.Uint32(head[16:]) {
		if at > int64(len(head))-72 {
			break
		}
		if le.Uint32(head[at:]) == segment64 {
			end = max(end, le.Uint64(head[at+40:])+le.Uint64(head[at+48:]))
		}
		at += int64(max(le.Uint32(head[at+4:]), 8))
	}
	return believed(end)
}

func believed(end uint64) int64 {
	if end >= maxEnd {
		return 0
	}
	return int64(end)
}

package archive

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"slices"
)

// An archive may stand behind something else in the same file: behind a script that unpacks it, as in
// makeself's `.run` files and the installers of drivers, or behind the first archive of an initial RAM disk.

const (
	// maxBehind is how many archives behind something else are read in a file.
	maxBehind = 16
	// maxMisses is how often what only looks like one is tried.
	maxMisses = 256
	// trialSize is how much of what looks like one is tried, in bytes.
	trialSize = 4 << 10
	// windowSize is the size of the parts of a text that are looked at to see whether it is one, in bytes.
	windowSize = 32
	// ustarAt is where a tar header has its mark.
	ustarAt = 257
)

// standsBehind are the formats that are looked for behind something else. A zip is recognised by its
// end.
var standsBehind = map[Format]bool{
	Gzip: true, Bzip2: true, XZ: true, LZMA: true, Zstd: true, LZ4: true, Lzip: true, Lzop: true,
	Tar: true, Cpio: true, Ar: true, RPM: true, SevenZip: true, RAR: true,
}

// marksBehind are the marks of those formats: they are looked for at the beginning of every line.
var marksBehind = tableOf(slices.DeleteFunc(slices.Clone(marks), func(m mark) bool { return !standsBehind[m.format] }))

// sealed is the format of what is encrypted, as makeself does it with OpenSSL or GnuPG.
const sealed Format = "encrypted"

// isSealed reports whether head begins what OpenSSL encrypts, or GnuPG for a passphrase. (RFC 9580, section 5.3.)
func isSealed(head []byte) bool {
	const version = 4
	return bytes.HasPrefix(head, []byte("Salted__")) || len(head) > 5 && head[0] == 0x8c && head[2] == version && head[3] <= 13 && head[4] == 3
}

// detectBehind returns the format of an archive that begins with head and stands behind something
// else.
func detectBehind(head []byte) Format {
	switch {
	case len(head) < 4:
		return None
	case isSealed(head):
		return sealed
	}
	if len(head) >= HeadSize && bytes.HasPrefix(head[ustarAt:], []byte("ustar")) && isTar(head) {
		return Tar
	}
	return marksBehind.detect(head)
}

// nextBehind returns where the first archive begins in text, right behind the end of a line and not
// after last; -1 if there is none.
func nextBehind(text []byte, last int) (at int, f Format) {
	for at < last {
		n := bytes.IndexByte(text[at:last], '\n')
		if n < 0 {
			break
		}
		at += n + 1
		if f := detectBehind(text[at:]); f != None {
			return at, f
		}
	}
	return -1, None
}

// isSelfExtracting reports whether text begins as a text, goes on as data, and holds what looks like an
// archive behind the end of a line.
func isSelfExtracting(text []byte) bool {
	line, _, _ := bytes.Cut(text[:min(len(text), windowSize)], []byte("\n"))
	if len(line) == 0 || !isText(line) || !turnsBinary(text) {
		return false
	}
	at, _ := nextBehind(text, len(text))
	return at >= 0
}

// turnsBinary reports whether one of a few parts of text, the last one too, is no text.
func turnsBinary(text []byte) bool {
	const parts = 4
	for i := range parts {
		if !endsAsText(text[:len(text)*(i+1)/parts]) {
			return true
		}
	}
	return false
}

// endsAsText reports whether the end of a part of a text is one.
func endsAsText(part []byte) bool {
	part = part[max(0, len(part)-windowSize):]
	for n := 0; n < 3 && len(part) > 0 && part[0]&0xc0 == 0x80; n++ {
		part = part[1:] // the end of a character that was cut
	}
	return isText(part)
}

// selfExtracting visits what stands behind a script. What only looks like an archive is passed over.
func (u *Unpacker) selfExtracting(level int, b *Budget, visit func(Member) error) error {
	for read, misses := 0, 0; ; {
		text, _ := u.source.ahead(HeadSize + 1) // whoever reads the file knows what went wrong
		last := len(text) - HeadSize            // up to where all that Detect looks at is there
		ended := last <= 0
		if ended {
			last = len(text)
		}
		at, f := nextBehind(text, last)
		if at < 0 {
			if ended {
				break
			}
			u.source.skip(last)
			continue
		}
		u.source.skip(at)
		if f == sealed {
			return errSealed
		}
		if !u.plausible(f, level, b) {
			if misses++; misses > maxMisses {
				return errManyMisses
			}
			continue
		}
		if read++; read > maxBehind {
			return errManyBehind
		}
		if err := u.visitBehind(f, level, b, visit); err != nil {
			return err
		}
	}
	return nil
}

var (
	errManyMisses = fmt.Errorf("%w: more than %d places behind the script look like the beginning of an archive and are none", ErrUnopened, maxMisses)
	errSealed     = fmt.Errorf("%w: what stands behind the script is encrypted", ErrUnopened)
)

var errManyBehind = fmt.Errorf("%w: more than %d archives stand behind one another", ErrUnread, maxBehind)

// plausible reports whether something comes out of what is next in the source, or may do so further
// on.
func (u *Unpacker) plausible(f Format, level int, b *Budget) bool {
	if !f.Decodes() {
		return true
	}
	head, _ := u.source.Peek(trialSize)
	text, err := u.decompress(f, bufio.NewReaderSize(bytes.NewReader(head), trialSize), level, b)
	if err != nil {
		return errors.Is(err, ErrUnread)
	}
	n, err := io.ReadFull(text, make([]byte, 1))
	return n > 0 || errors.Is(err, ErrUnread) || errors.Is(err, io.ErrUnexpectedEOF) && len(head) == trialSize
}

// visitBehind visits what is next in the source and has no name.
func (u *Unpacker) visitBehind(f Format, level int, b *Budget, visit func(Member) error) error {
	if !f.Decodes() {
		return visit(Member{Nameless: true, Reader: &u.source})
	}
	text, err := u.decompress(f, &u.source, level, b)
	if err != nil {
		return err
	}
	return visit(Member{Nameless: true, Encoding: f.Encoding(), Reader: text})
}

// skipZeros uses what is zero in the source, and returns what of the beginning of the rest Detect looks
// at.
func (u *Unpacker) skipZeros() []byte {
	for {
		text, err := u.source.ahead(1)
		rest := bytes.TrimLeft(text, "\x00")
		u.source.skip(len(text) - len(rest))
		if len(rest) > 0 || err != nil {
			head, _ := u.source.Peek(HeadSize)
			return head
		}
	}
}

const (
	sevenZipMark = "7z\xbc\xaf\x27\x1c"
	rarMark      = "Rar!\x1a\x07"
)

// detectInstaller returns the format of an archive of 7-Zip or RAR that stands behind the program that
// unpacks it. Programs that read these formats hold their marks, too, but not the header behind it.
func detectInstaller(head []byte) Format {
	if !bytes.HasPrefix(head, []byte("MZ")) && !bytes.HasPrefix(head, []byte("\x7fELF")) {
		return None
	}
	if markAt(head, sevenZipMark, isSevenZip) >= 0 {
		return SevenZip
	}
	if markAt(head, rarMark, isRAR) >= 0 {
		return RAR
	}
	return None
}

// markAt returns where in text an archive begins with a mark, as is says; -1 if none does.
func markAt(text []byte, mark string, is func([]byte) bool) int {
	for at := 0; ; at++ {
		n := bytes.Index(text[at:], []byte(mark))
		if n < 0 {
			return -1
		}
		if at += n; is(text[at:]) {
			return at
		}
	}
}

// skipProgram uses what stands before an archive of RAR. The library would take the first mark for its
// beginning.
func (u *Unpacker) skipProgram() {
	for {
		text, _ := u.source.ahead(rarHead)
		if bytes.HasPrefix(text, []byte(rarMark)) && u.source.pos() == 0 {
			return
		}
		if at := markAt(text, rarMark, isRAR); at >= 0 {
			u.source.skip(at)
			return
		}
		if len(text) < rarHead {
			return
		}
		u.source.skip(len(text) - rarHead + 1)
	}
}

// rarHead is how much of an archive isRAR looks at, in bytes.
const rarHead = 14

// isSevenZip checks the checksum of the header that archives begin with. (7zFormat.txt of the LZMA SDK.)
func isSevenZip(text []byte) bool {
	const sum, start, size = 8, 12, 32
	return len(text) >= size && binary.LittleEndian.Uint32(text[sum:]) == crc32.ChecksumIEEE(text[start:size])
}

// isRAR checks the kind of the first header of an archive: that of all of it, or of its encryption.
// (https://www.rarlab.com/technote.htm; for RAR 4, its technote.txt.)
func isRAR(text []byte) bool {
	const kind4, kind5 = 9, 13
	switch {
	case len(text) < rarHead:
		return false
	case text[len(rarMark)] == 0:
		return text[kind4] == 0x73
	}
	return text[len(rarMark)] == 1 && text[len(rarMark)+1] == 0 && (text[kind5] == 1 || text[kind5] == 4)
}

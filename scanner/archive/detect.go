package archive

import (
	"bytes"
	"encoding/binary"
	"strings"

	"github.com/ulikunitz/xz/lzma"

	"github.com/neokeys/neokeys/scanner/archive/sqlite"
)

// A Format is a way to hold files, or one text, compressed.
type Format string

// The formats that can be opened.
const (
	None      Format = ""
	Zip       Format = "zip" // and with it jar, apk, aab, ipa, whl, docx, ...
	Tar       Format = "tar"
	Cpio      Format = "cpio"
	Ar        Format = "ar" // and with it deb
	RPM       Format = "rpm"
	Asar      Format = "asar"
	SevenZip  Format = "7z"
	RAR       Format = "rar"
	SQLite    Format = "sqlite"
	SQLiteLog Format = "sqlite-wal"
	PDF       Format = "pdf"
	Office    Format = "office" // a part of a document, whose text is cut by markup

	Gzip   Format = "gzip"
	Bzip2  Format = "bzip2"
	XZ     Format = "xz"
	LZMA   Format = "lzma"
	Zstd   Format = "zstd"
	LZ4    Format = "lz4"
	Brotli Format = "brotli"
)

// The formats that are recognised, but cannot be opened.
const (
	Cabinet  Format = "cab"
	Compress Format = "compress"
	Lzip     Format = "lzip"
	Lzop     Format = "lzop"
	Snappy   Format = "snappy"
	SquashFS Format = "squashfs"
	WIM      Format = "wim"
	XAR      Format = "xar"
)

// HeadSize is how much of a file's beginning Detect wants to see.
const HeadSize = 512

// marks are what files begin with.
var marks = []struct {
	mark   string
	format Format
}{
	{localMark, Zip},
	{"PK\x07\x08PK\x03\x04", Zip}, // made to be split over several disks
	{"PK00PK\x03\x04", Zip},       // and then not split
	{"Cr24", Zip},                 // a browser's extension, signed
	{"\x1f\x8b\x08", Gzip},
	{"BZh", Bzip2},
	{"\xfd7zXZ\x00", XZ},
	{"\x5d\x00\x00", LZMA},
	{"\x28\xb5\x2f\xfd", Zstd},
	{"\x04\x22\x4d\x18", LZ4},
	{"\x02\x21\x4c\x18", LZ4}, // of Linux kernels
	{"070701", Cpio},
	{"070702", Cpio},
	{oldCpio, Cpio},
	{arMark, Ar},
	{rpmMark, RPM},
	{"\x04\x00\x00\x00", Asar},
	{"7z\xbc\xaf\x27\x1c", SevenZip},
	{"Rar!\x1a\x07", RAR},
	{sqlite.Magic, SQLite},
	{"\x37\x7f\x06", SQLiteLog},
	{"%PDF-", PDF},

	{"MSCF\x00\x00\x00\x00", Cabinet},
	{"\x1f\x9d", Compress},
	{"LZIP\x01", Lzip},
	{"\x89LZO\x00\r\n\x1a\n", Lzop},
	{"\xff\x06\x00\x00sNaPpY", Snappy},
	{"hsqs", SquashFS},
	{"sqsh", SquashFS},
	{"MSWIM\x00\x00\x00", WIM},
	{"xar!\x00\x1c\x00\x01", XAR},
}

// marked are the bytes that marks begin with: nearly all files are none.
var marked = func() (first [256]bool) {
	for _, m := range marks {
		first[m.mark[0]] = true
	}
	return first
}()

// Detect returns the format of a file that begins with head.
func Detect(head []byte) Format {
	if len(head) < 4 {
		return None
	}
	if marked[head[0]] {
		for _, m := range marks {
			if bytes.HasPrefix(head, []byte(m.mark)) && confirmed(m.format, head, head[len(m.mark):]) {
				return m.format
			}
		}
	}
	switch {
	case isTar(head):
		return Tar
	case holdsZip(head[:min(len(head), HeadSize)]):
		// Something stands before the archive: a script that runs it, as in Python's zipapps and
		// Spring Boot's jars, a byte order mark, or whatever was put there.
		return Zip
	case isOffice(head):
		return Office
	}
	return None
}

// DetectNamed is Detect for formats that have no mark, too, and are known by names.
func DetectNamed(name string, head []byte) Format {
	f := Detect(head)
	switch {
	case f != None || len(head) < lzma.HeaderLen:
	case hasSuffix(name, ".br") && !isPlain(head):
		return Brotli
	case hasSuffix(name, ".lzma") && lzma.ValidHeader(head[:lzma.HeaderLen]):
		return LZMA
	}
	return f
}

func hasSuffix(name, suffix string) bool {
	n := len(name) - len(suffix)
	return n > 0 && strings.EqualFold(name[n:], suffix)
}

// isPlain reports whether head begins a text in ASCII, which nothing compressed does.
func isPlain(head []byte) bool {
	for _, c := range head[:min(len(head), HeadSize)] {
		if c >= 0x80 || c < '\t' {
			return false
		}
	}
	return true
}

// confirmed looks at more of a file than a mark that alone says too little.
func confirmed(f Format, head, rest []byte) bool {
	switch f {
	case Gzip: // the flags, of which three have no meaning: RFC 1952, section 2.3.1
		return len(rest) > 0 && rest[0]&0xe0 == 0
	case Bzip2: // the size of a block, and the first one's magic number
		return len(rest) > 0 && '1' <= rest[0] && rest[0] <= '9' && bytes.HasPrefix(rest[1:], []byte("1AY&SY"))
	case LZMA:
		return isLZMA(head)
	case Cpio: // the numbers, of eight digits or more
		return len(rest) >= 32 && len(bytes.Trim(rest[:32], "0123456789abcdefABCDEF")) == 0
	case Asar:
		return isAsar(head)
	case SQLiteLog:
		return sqlite.IsLog(head)
	case Compress: // the largest code's bits
		return len(rest) > 0 && rest[0]&0x1f >= 9 && rest[0]&0x1f <= 16
	case SquashFS: // the version
		return len(head) >= 32 && (head[28] == 4 && head[29] == 0 || head[29] == 4 && head[28] == 0)
	}
	return true
}

// isLZMA reports whether head begins an LZMA file: with the usual properties, a size of the
// dictionary that programs choose, and a size that is possible, or none.
func isLZMA(head []byte) bool {
	if len(head) <= lzma.HeaderLen || !lzma.ValidHeader(head[:lzma.HeaderLen]) {
		return false
	}
	size := int64(binary.LittleEndian.Uint64(head[5:]))
	return head[lzma.HeaderLen] == 0 && (size == -1 || size < 1<<40)
}

// Opens reports whether files of the format can be opened.
func (f Format) Opens() bool {
	switch f {
	case None, Cabinet, Compress, Lzip, Lzop, Snappy, SquashFS, WIM, XAR:
		return false
	}
	return true
}

// Compresses reports whether the format holds one text without a name, rather than files.
func (f Format) Compresses() bool {
	switch f {
	case Gzip, Bzip2, XZ, LZMA, Zstd, LZ4, Brotli:
		return true
	}
	return f.wraps()
}

// Decodes reports whether the text in the format is written otherwise than it reads.
func (f Format) Decodes() bool { return f.Compresses() && !f.wraps() }

// wraps reports whether there is no more to the one text in the format than what stands
// around it.
func (f Format) wraps() bool { return f == RPM || f == Office }

// Random reports whether a file must be read at any place to be opened.
func (f Format) Random() bool { return f == SevenZip || f == SQLite || f == SQLiteLog }

// TailSize is how much of a text's end Holds looks at.
const TailSize = 4 << 10

// Holds reports whether a text that is in memory as a whole is, or ends with, an archive. Its
// name may be empty.
func Holds(name string, text []byte) bool {
	return DetectNamed(name, text) != None || EndsAsZip(text[max(0, len(text)-TailSize):], false)
}

// holdsZip reports whether the mark of a file in a zip archive is anywhere in b. It looks for
// the mark's third byte first, which is in no text.
func holdsZip(b []byte) bool {
	for at := 0; ; at++ {
		n := bytes.IndexByte(b[at:], localMark[2])
		if n < 0 {
			return false
		}
		if at += n; at >= 2 && bytes.HasPrefix(b[at-2:], []byte(localMark)) {
			return true
		}
	}
}

// suffixes are what compressing a file puts behind its name, and what that leaves of it.
var suffixes = [][2]string{
	{".gz", ""}, {".bz2", ""}, {".xz", ""}, {".zst", ""}, {".lzma", ""}, {".lz4", ""}, {".br", ""},
	{".tgz", ".tar"}, {".tbz2", ".tar"}, {".tbz", ".tar"}, {".txz", ".tar"}, {".tzst", ".tar"}, {".svgz", ".svg"},
}

// Uncompressed returns what a compressed file was called before, as far as its name says.
func Uncompressed(name string) string {
	for _, s := range suffixes {
		if n := len(name) - len(s[0]); n > 0 && strings.EqualFold(name[n:], s[0]) {
			return name[:n] + s[1]
		}
	}
	return name
}

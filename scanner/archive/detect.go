package archive

import (
	"bytes"
	"encoding/binary"
	"strings"
	"unicode/utf8"

	"github.com/ulikunitz/xz/lzma"

	"github.com/neokeys/neokeys/internal/lazyregexp"
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
	Zlib   Format = "zlib"

	Pack   Format = "git-pack"
	Bundle Format = "git-bundle"
	Loose  Format = "git-object"

	SelfExtracting Format = "self-extracting script"
	Carrier        Format = "program or picture with something behind it"
)

// The formats that are recognised, but cannot be opened.
const (
	ACE      Format = "ace"
	ALZ      Format = "alz"
	Android  Format = "Android backup"
	ARJ      Format = "arj"
	Arrow    Format = "compressed Arrow"
	Avro     Format = "compressed Avro"
	Cabinet  Format = "cab"
	CHM      Format = "chm" // compiled help of Windows
	Compress Format = "compress"
	CramFS   Format = "cramfs"
	DMG      Format = "dmg"
	EGG      Format = "egg"
	EROFS    Format = "erofs"
	HDF5     Format = "compressed HDF5"
	IShield  Format = "InstallShield cabinet"
	LHA      Format = "lha"
	Lrzip    Format = "lrzip"
	LZFSE    Format = "lzfse"
	Lzip     Format = "lzip"
	Lzop     Format = "lzop"
	MozLz4   Format = "mozlz4" // of Firefox's sessions
	MSLZ     Format = "szdd"   // of Microsoft's COMPRESS.EXE
	ORC      Format = "orc"
	Parquet  Format = "parquet"
	PBZX     Format = "pbzx"
	PgDump   Format = "pg_dump" // in its custom format
	QCOW     Format = "qcow2"
	Snappy   Format = "snappy"
	SquashFS Format = "squashfs"
	StuffIt  Format = "stuffit"
	SWF      Format = "swf" // compressed
	VMDK     Format = "vmdk"
	WIM      Format = "wim"
	XAR      Format = "xar"
	ZPAQ     Format = "zpaq"
)

// onlyRecognised are the formats that cannot be opened.
var onlyRecognised = map[Format]bool{
	ACE: true, ALZ: true, Android: true, ARJ: true, Arrow: true, Avro: true, Cabinet: true, CHM: true, Compress: true, CramFS: true,
	DMG: true, EGG: true, EROFS: true, HDF5: true, IShield: true, LHA: true, LZFSE: true, MozLz4: true, MSLZ: true, ORC: true, Parquet: true,
	PBZX: true, VMDK: true,
	Lrzip: true, Lzip: true, Lzop: true, PgDump: true, QCOW: true, Snappy: true, SquashFS: true, StuffIt: true, SWF: true, WIM: true,
	XAR: true, ZPAQ: true,
}

// HeadSize is how much of a file's beginning Detect wants to see.
const HeadSize = 512

// A mark is what files of a format begin with.
type mark struct {
	mark   string
	format Format
}

var marks = []mark{
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
	{legacyLZ4, LZ4},
	{"070701", Cpio},
	{"070702", Cpio},
	{oldCpio, Cpio},
	{arMark, Ar},
	{rpmMark, RPM},
	{"\x04\x00\x00\x00", Asar},
	{sevenZipMark, SevenZip},
	{rarMark, RAR},
	{sqlite.Magic, SQLite},
	{"\x37\x7f\x06", SQLiteLog},
	{"%PDF-", PDF},
	{packMark, Pack},
	{bundleMarkV2, Bundle},
	{bundleMarkV3, Bundle},
	{"\x78\x01", Loose}, // by how well it is compressed, which git's core.looseCompression says
	{"\x78\x5e", Loose},
	{"\x78\x9c", Loose},
	{"\x78\xda", Loose},
	{"\x78\x01", Zlib},
	{"\x78\x5e", Zlib},
	{"\x78\x9c", Zlib},
	{"\x78\xda", Zlib},

	{"MSCF\x00\x00\x00\x00", Cabinet},
	{"\x1f\x9d", Compress},
	{"LZIP\x01", Lzip},
	{"\x89LZO\x00\r\n\x1a\n", Lzop},
	{"\xff\x06\x00\x00sNaPpY", Snappy},
	{"hsqs", SquashFS},
	{"sqsh", SquashFS},
	{"MSWIM\x00\x00\x00", WIM},
	{"xar!\x00\x1c\x00\x01", XAR},
	{"ALZ\x01", ALZ},
	{"\x60\xea", ARJ},
	{"ITSF\x03\x00\x00\x00", CHM},
	{"\x45\x3d\xcd\x28", CramFS},
	{"\x28\xcd\x3d\x45", CramFS},
	{"EGGA\x00\x01", EGG},
	{"LRZI\x00", Lrzip},
	{"PGDMP\x01", PgDump},
	{"QFI\xfb\x00\x00\x00", QCOW},
	{"SIT!\x00", StuffIt},
	{"StuffIt (c)1997-", StuffIt},
	{"CWS", SWF},
	{"ZWS", SWF},
	{"Obj\x01", Avro},
	{"ARROW1\x00\x00", Arrow},
	{"\x89HDF\r\n\x1a\n", HDF5},
	{"PAR1", Parquet},
	{"ORC", ORC},
	{"ANDROID BACKUP\n", Android},
	{"mozLz40\x00", MozLz4},
	{"SZDD\x88\xf0\x27\x33", MSLZ},
	{"KWAJ\x88\xf0\x27\xd1", MSLZ},
	{"bvx1", LZFSE},
	{"bvx2", LZFSE},
	{"bvxn", LZFSE},
	{"pbzx\x00", PBZX},
	{"ISc(", IShield},
	{"KDMV\x01\x00\x00\x00", VMDK},
	{"7kSt\xa0\x31\x83\xd3", ZPAQ},
	{"zPQ", ZPAQ},
}

// A markTable has marks by the byte that they begin with.
type markTable [256][]mark

// marksOf has all marks.
var marksOf = tableOf(marks)

func tableOf(marks []mark) *markTable {
	var t markTable
	for _, m := range marks {
		t[m.mark[0]] = append(t[m.mark[0]], m)
	}
	return &t
}

// detect returns the format of a file that begins with head, which is not empty, by its mark.
func (t *markTable) detect(head []byte) Format {
	for _, m := range t[head[0]] {
		if bytes.HasPrefix(head, []byte(m.mark)) && confirmed(m.format, head, head[len(m.mark):]) {
			return m.format
		}
	}
	return None
}

// Detect returns the format of a file that begins with head.
func Detect(head []byte) Format {
	if len(head) < 4 {
		return None
	}
	if f := marksOf.detect(head); f != None {
		return f
	}
	switch {
	case isTar(head):
		return Tar
	case isLHA(head):
		return LHA
	case len(head) > erofsAt && bytes.HasPrefix(head[erofsAt:], []byte("\xe2\xe1\xf5\xe0")):
		return EROFS
	case len(head) > 14 && string(head[7:14]) == "**ACE**" && !isPlain(head):
		return ACE
	case holdsZip(head[:min(len(head), HeadSize)]):
		// Something stands before the archive: a script that runs it, as in Python's zipapps and
		// Spring Boot's jars, a byte order mark, or whatever was put there.
		return Zip
	case isOffice(head):
		return Office
	case detectInstaller(head) != None:
		return detectInstaller(head)
	case isSelfExtracting(head):
		return SelfExtracting
	}
	return None
}

// DetectNamed is Detect for formats that have no mark, too, and are known by names.
func DetectNamed(name string, head []byte) Format {
	f := Detect(head)
	switch {
	case f == None && strings.HasPrefix(string(head[:min(len(head), len(localMark))]), localMark) && zipName.MatchString(name):
		return Zip // a damaged one, whatever follows
	case f != None || len(head) < lzma.HeaderLen:
	case hasSuffix(name, ".br") && !isText(head):
		return Brotli
	case hasSuffix(name, ".lzma") && lzma.ValidHeader(head[:lzma.HeaderLen]):
		return LZMA
	}
	return f
}

// zipName matches the names of what is always a zip.
var zipName = lazyregexp.New(`(?i)\.(zip|jar|war|ear|apk|aab|ipa|xpi|crx|vsix|whl|nupkg|docx|xlsx|pptx|od[tsp]|appx|msix)$`)

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

// isWords reports whether a header goes on as a plain text, long enough to tell.
func isWords(rest []byte) bool { return len(rest) >= 16 && isPlain(rest) }

// isText reports whether head begins a text in UTF-8, of which the last character may be cut.
func isText(head []byte) bool {
	for n := 0; n < len(head); {
		if len(head)-n >= 8 && isASCIIText(binary.LittleEndian.Uint64(head[n:])) {
			n += 8
			continue
		}
		r, size := utf8.DecodeRune(head[n:])
		if r == utf8.RuneError && size == 1 {
			return !utf8.FullRune(head[n:]) // it ends within a character
		}
		if r < '\t' {
			return false
		}
		n += size
	}
	return true
}

// isASCIIText reports whether each of eight bytes is less than 0x80 and not less than a tab.
func isASCIIText(b uint64) bool {
	const each, top = 0x0101010101010101, 0x8080808080808080
	return (b|((b+(0x80-'\t')*each)^top))&top == 0
}

// confirmed looks at more of a file than a mark that alone says too little.
func confirmed(f Format, head, rest []byte) bool {
	switch f {
	case Gzip: // the flags, of which three have no meaning: RFC 1952, section 2.3.1
		return len(rest) > 0 && rest[0]&0xe0 == 0 && !isWords(rest[1:])
	case Zip: // after the mark there are numbers, which are small
		return !isWords(rest)
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
	case Pack: // the version
		return len(rest) > 0 && (rest[0] == 2 || rest[0] == 3)
	case Loose:
		return isLoose(head)
	case Zlib:
		return isZlib(head)
	case SWF: // the version, and the size of what was compressed
		return len(rest) > 5 && rest[0] >= 6 && rest[0] < 64 && !isPlain(head)
	case ZPAQ: // the level, and that a procedure follows
		return len(rest) > 1 && (rest[0] == 1 || rest[0] == 2) && rest[1] == 1 || len(rest) > 3
	case ARJ: // the size of the header, and that of its first part
		return len(rest) > 4 && binary.LittleEndian.Uint16(rest) <= 2600 && rest[2] >= 30 && uint16(rest[2]) <= binary.LittleEndian.Uint16(rest)
	case Compress: // the largest code's bits
		return len(rest) > 0 && rest[0]&0x1f >= 9 && rest[0]&0x1f <= 16
	case Avro, Arrow, HDF5:
		return isCompressedData(f, head)
	case Parquet, ORC, LZFSE, IShield: // words could begin like these
		return !isText(head[:min(len(head), HeadSize)])
	case SquashFS: // the version
		return len(head) >= 32 && (head[28]-1 < 4 && head[29] == 0 || head[29]-1 < 4 && head[28] == 0)
	}
	return true
}

// erofsAt is where a file system of EROFS has its mark.
const erofsAt = 1024

// isCompressedData reports whether a file of records, arrays or columns that begins with head holds them compressed: others
// are searched as they are.
func isCompressedData(f Format, head []byte) bool {
	switch f {
	case Avro: // https://avro.apache.org/docs/1.12.0/specification/, section "Object Container Files"
		_, codec, ok := bytes.Cut(head, []byte("avro.codec"))
		return ok && !bytes.HasPrefix(codec, []byte("\x08null"))
	case Arrow: // in frames of their own formats
		return bytes.Contains(head, []byte("\x04\x22\x4d\x18")) || bytes.Contains(head, []byte("\x28\xb5\x2f\xfd"))
	}
	for _, filter := range []string{"deflate", "lzf", "szip", "blosc", "zstd"} { // HDF5 File Format Specification 3.0, section IV.A.2.l
		if bytes.Contains(head, []byte(filter)) {
			return true
		}
	}
	return false
}

// isLHA reports whether head begins an archive of LHA: a method, and a level of header.
func isLHA(head []byte) bool {
	return len(head) > 21 && head[2] == '-' && head[3] == 'l' && (head[4] == 'h' || head[4] == 'z') && head[6] == '-' && head[20] <= 3 && !isPlain(head)
}

// dmgTail is how much of the end of a disk image of macOS says that it is one.
const dmgTail = 512

// EndsAsDMG reports whether a file with this end is a disk image of macOS, which is told by its
// end alone.
func EndsAsDMG(tail []byte) bool {
	n := len(tail) - dmgTail
	return n >= 0 && bytes.HasPrefix(tail[n:], []byte("koly\x00\x00\x00\x04\x00\x00\x02\x00"))
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
func (f Format) Opens() bool { return f != None && !onlyRecognised[f] }

// Compresses reports whether the format holds one text without a name, rather than files.
func (f Format) Compresses() bool {
	switch f {
	case Gzip, Bzip2, XZ, LZMA, Zstd, LZ4, Brotli, Zlib, Loose:
		return true
	}
	return f.wraps()
}

// Decodes reports whether the text in the format is written otherwise than it reads.
func (f Format) Decodes() bool { return f.Compresses() && !f.wraps() }

// Surely reports whether a file that begins with head, and seems to be in the format, can be
// nothing else. A zip that something stands before, and what is known by its name or by words
// in it, may be.
func (f Format) Surely(head []byte) bool {
	switch f {
	case Office, PDF, SelfExtracting, Carrier:
		return false
	case SevenZip:
		return bytes.HasPrefix(head, []byte(sevenZipMark))
	case RAR:
		return bytes.HasPrefix(head, []byte(rarMark))
	case Zip:
		return bytes.HasPrefix(head, []byte("PK")) || bytes.HasPrefix(head, []byte("Cr24"))
	}
	return true
}

// Encoding is what the text in a format that [Format.Decodes] was encoded with.
func (f Format) Encoding() string {
	if f == Loose {
		f = Zlib
	}
	return string(f)
}

// wraps reports whether there is no more to the one text in the format than what stands
// around it.
func (f Format) wraps() bool { return f == RPM || f == Office || f == SelfExtracting || f == Carrier }

// Random reports whether a file must be read at any place to be opened.
func (f Format) Random() bool {
	switch f {
	case SevenZip, SQLite, SQLiteLog, Pack, Bundle:
		return true
	}
	return false
}

// TailSize is how much of a text's end Holds looks at.
const TailSize = 4 << 10

// Holds reports whether a text that is in memory as a whole is, or ends with, an archive. Its
// name may be empty.
func Holds(name string, text []byte) bool {
	return HoldsBetween(name, text, text, int64(len(text)))
}

// HoldsBetween is [Holds] for a text of size bytes that begins with head and ends with tail.
func HoldsBetween(name string, head, tail []byte, size int64) bool {
	return DetectNamed(name, head) != None || MayCarry(head, tail, size) != None || EndsAsZip(tail[max(0, len(tail)-TailSize):], false) || EndsAsDMG(tail)
}

// holdsZip reports whether the mark of a file in a zip archive is anywhere in b. It looks for
// the mark's third byte first, which is in no text.
func holdsZip(b []byte) bool {
	for at := 0; ; at++ {
		n := bytes.IndexByte(b[at:], localMark[2])
		if n < 0 {
			return false
		}
		if at += n; at >= 2 && bytes.HasPrefix(b[at-2:], []byte(localMark)) && !isWords(b[at+2:]) {
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

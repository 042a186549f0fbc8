// Package archive takes files apart that hold others, or their own text, compressed: it
// tells them by how they begin and reads what is in them, one after the other, as a
// stream. It knows nothing of secrets.
//
// What it reads is hostile input. Memory is bounded whatever a header claims, and what
// comes out of one file by a [Budget].
package archive

import (
	"bytes"
	"errors"
	"io"
	"path"
	"strings"
)

// A Format is a way to hold files, or one text, compressed.
type Format string

// The formats. SevenZip and RAR are recognised, but cannot be opened.
const (
	None     Format = ""
	Zip      Format = "zip" // and with it jar, apk, aab, ipa, whl, docx, ...
	Tar      Format = "tar"
	Gzip     Format = "gzip"
	Bzip2    Format = "bzip2"
	XZ       Format = "xz"
	Zstd     Format = "zstd"
	SevenZip Format = "7z"
	RAR      Format = "rar"
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
	{"\x28\xb5\x2f\xfd", Zstd},
	{"7z\xbc\xaf\x27\x1c", SevenZip},
	{"Rar!\x1a\x07", RAR},
}

// Detect tells the format of a file that begins with head.
func Detect(head []byte) Format {
	if len(head) < 4 {
		return None
	}
	switch head[0] { // nearly all files are none
	case 'P', 'C', 0x1f, 'B', 0xfd, 0x28, '7', 'R':
		for _, m := range marks {
			if bytes.HasPrefix(head, []byte(m.mark)) && confirmed(m.format, head[len(m.mark):]) {
				return m.format
			}
		}
	}
	switch {
	case isTar(head):
		return Tar
	case holdsZip(head):
		// Something stands before the archive: a script that runs it, as in Python's zipapps and
		// Spring Boot's jars, a byte order mark, or whatever was put there.
		return Zip
	}
	return None
}

// tailSize is how much of a text's end Holds looks at.
const tailSize = 4 << 10

// Holds reports whether a text that is in memory as a whole is, or ends with, an archive.
func Holds(text []byte) bool {
	return Detect(text) != None || EndsAsZip(text[max(0, len(text)-tailSize):], false)
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

// confirmed looks at what follows a mark that alone says too little.
func confirmed(f Format, rest []byte) bool {
	switch f {
	case Gzip: // the flags, of which three have no meaning: RFC 1952, section 2.3.1
		return len(rest) > 0 && rest[0]&0xe0 == 0
	case Bzip2: // the size of a block, and the first one's magic number
		return len(rest) > 0 && '1' <= rest[0] && rest[0] <= '9' && bytes.HasPrefix(rest[1:], []byte("1AY&SY"))
	}
	return true
}

// Opens reports whether files of the format can be opened.
func (f Format) Opens() bool { return f != None && f != SevenZip && f != RAR }

// Compresses reports whether the format holds one text without a name, rather than files.
func (f Format) Compresses() bool { return f == Gzip || f == Bzip2 || f == XZ || f == Zstd }

// suffixes are what compressing a file puts behind its name, and what that leaves of it.
var suffixes = [][2]string{
	{".gz", ""}, {".bz2", ""}, {".xz", ""}, {".zst", ""},
	{".tgz", ".tar"}, {".tbz2", ".tar"}, {".tbz", ".tar"}, {".txz", ".tar"}, {".tzst", ".tar"}, {".svgz", ".svg"},
}

// Uncompressed returns what a compressed file was called before, as far as its name tells.
func Uncompressed(name string) string {
	for _, s := range suffixes {
		if n := len(name) - len(s[0]); n > 0 && strings.EqualFold(name[n:], s[0]) {
			return name[:n] + s[1]
		}
	}
	return name
}

// A Member is a file in an archive, or the text of a compressed file. It can be read until
// the next one is visited.
type Member struct {
	// Name is slash-separated and leads to nowhere outside of the archive, whatever the
	// archive says; it holds no NUL, and is cut at its beginning if it is very long. It is
	// empty for the text of a compressed file.
	Name string
	io.Reader
}

// Skipped counts the members that could not be read.
type Skipped struct {
	Encrypted int
	// Unknown are those that are compressed in a way that is not known here.
	Unknown int
	// Unlisted are those that a zip's directory lists and that were not found where it
	// says, or could not be because the zip was read as a stream and its headers lie.
	Unlisted int
}

// ErrUnread says that something was not read that others may be able to read. Other errors
// say that an archive is damaged, or, with [io.ErrUnexpectedEOF], not all there.
var ErrUnread = errors.New("not read")

// ErrFormat says that a file is not what it begins like.
var ErrFormat = errors.New("not an archive")

// An Unpacker opens one file at a time. It keeps the memory that it needs for the next one.
type Unpacker struct {
	source   source
	decoders decoders
}

// Unpack reads from r a file that begins as f says, and calls visit for each file in it,
// in order. It returns visit's error, [ErrTooMuch], or what is wrong with the file; what
// is wrong with a member, reading that tells.
//
// level is how many archives the file lies in: the deeper, the less memory may be taken
// for it.
func (u *Unpacker) Unpack(f Format, r io.Reader, whole Whole, level int, b *Budget, visit func(Member) error) (Skipped, error) {
	u.source.reset(r)
	switch f {
	case Zip:
		z := zipReader{Unpacker: u, level: level, budget: b, visit: visit}
		err := z.read(whole.At, whole.Size)
		return z.skipped, err
	case Tar:
		return Skipped{}, u.tar(b, visit)
	}
	text, err := u.decompress(f, &u.source, level, b)
	if err != nil {
		return Skipped{}, err
	}
	return Skipped{}, visit(Member{Reader: text})
}

// A Whole is a file that can be read at any place. At is nil for what can only be read from
// its beginning to its end.
type Whole struct {
	At   io.ReaderAt
	Size int64 // in bytes
}

// maxName is how long a member's name may be, in bytes, before it is cut: names are kept
// with all that is found.
const maxName = 1024

// separators are those of Windows, and what ends a name in C.
var separators = strings.NewReplacer("\\", "/", "\x00", "\ufffd")

// memberName makes a path of what an archive says, one that leads nowhere else when it is
// put behind another.
func memberName(raw string) string {
	name := path.Clean("/" + separators.Replace(raw))[1:]
	if len(name) > maxName {
		name = "..." + name[len(name)-maxName:]
	}
	return name
}

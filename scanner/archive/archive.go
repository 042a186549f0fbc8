// Package archive takes files apart that hold others, or their own text, compressed: it
// recognises them by how they begin and reads what is in them, one after the other, as a
// stream. It knows nothing of secrets.
//
// What it reads is hostile input. Memory is bounded whatever a header claims, and what
// comes out of one file by a [Budget].
package archive

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
)

// A Member is a file in an archive, or the text of a compressed file. It can be read until
// the next one is visited.
type Member struct {
	// Name is slash-separated and leads to nowhere outside of the archive, whatever the
	// archive says; it holds no NUL, and is cut at its beginning if it is very long. It is
	// empty for the text of a compressed file.
	Name string
	io.Reader
	// Again says that other members have the text, too, arranged otherwise.
	Again bool
	// Nameless says that it is the text of a compressed part of the file, or an archive in it, and has no
	// name, whatever others have.
	Nameless bool
	// Encoding is what was undone to read it, if it is a compressed part; empty for others.
	Encoding string
	// Header is how many lines are before the message, of a commit or tag in a pack.
	Header int
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

// ErrUnopened says that nothing of a file could be read, although it begins like an archive
// that can be.
var ErrUnopened = errors.New("not opened")

// ErrFormat says that a file is not what it begins like.
var ErrFormat = errors.New("not an archive")

// An Unpacker opens one file at a time. It keeps the memory that it needs for the next one.
type Unpacker struct {
	source   source
	decoders decoders
	// large are for what asks for more than the usual to remember, and kept are of all files in turn.
	large, kept *largeDecoders
}

// Unpack reads from r a file that begins as f says, and calls visit for each file in it,
// in order. It returns visit's error, [ErrTooMuch], or what is wrong with the file; what
// is wrong with a member, reading it says.
//
// level is how many archives are around the file: the deeper, the less memory may be taken
// for it.
func (u *Unpacker) Unpack(ctx context.Context, f Format, r io.Reader, whole Whole, level int, b *Budget, visit func(Member) error) (Skipped, error) {
	u.source.reset(r)
	defer u.giveBack(b)
	if f.Random() && whole.At == nil {
		return Skipped{}, fmt.Errorf("%w: it must be read at any place", ErrUnopened)
	}
	switch f {
	case Zip:
		z := zipReader{Unpacker: u, level: level, budget: b, visit: visit}
		err := z.read(whole.At, whole.Size)
		return z.skipped, err
	case Tar:
		return Skipped{}, u.tar(b, visit)
	case Cpio:
		return Skipped{}, u.cpio(level, b, visit)
	case SelfExtracting:
		return Skipped{}, u.selfExtracting(level, b, visit)
	case Carrier:
		return Skipped{}, u.carried(level, b, visit)
	case Ar:
		return Skipped{}, u.ar(visit)
	case RPM:
		return Skipped{}, u.rpm(visit)
	case Asar:
		return Skipped{}, u.asar(visit)
	case RAR:
		return u.rar(level, b, visit)
	case SevenZip:
		return u.sevenZip(whole, b, visit)
	case SQLite:
		return Skipped{}, sqliteTables(whole, visit)
	case SQLiteLog:
		return Skipped{}, sqliteLog(whole, visit)
	case Pack, Bundle:
		return Skipped{}, u.gitPack(ctx, f, whole, level, b, visit)
	case PDF:
		return u.pdf(b, visit)
	case Office:
		return Skipped{}, visit(Member{Reader: newOfficeText(&u.source)})
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

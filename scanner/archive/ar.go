package archive

import (
	"bytes"
	"errors"
	"io"
	"strconv"
	"strings"
)

// An ar archive, which Debian's packages are: ar(5) of FreeBSD, "FILE FORMAT DESCRIPTION".
const (
	arMark   = "!<arch>\n"
	arHeader = 60
	arEnd    = "`\n" // of a header
	maxNames = 1 << 20
)

// ar visits the members of an ar archive.
func (u *Unpacker) ar(visit func(Member) error) error {
	u.source.skip(len(arMark))
	var names []byte // GNU's table of long names
	for {
		header, err := u.source.Peek(arHeader)
		switch {
		case len(bytes.TrimSpace(header)) == 0 && errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return unexpected(err)
		case string(header[arHeader-len(arEnd):]) != arEnd:
			return ErrFormat
		}
		size, err := strconv.ParseUint(string(bytes.TrimRight(header[48:58], " ")), 10, 62)
		if err != nil {
			return ErrFormat
		}
		name := strings.TrimRight(string(header[:16]), " ")
		u.source.skip(arHeader)
		text := &exactly{&u.source, size}
		switch {
		case name == "//" && size <= maxNames:
			names, err = io.ReadAll(text)
		case strings.HasPrefix(name, "#1/"): // BSD's long names stand before the text
			name, err = arLongName(name[3:], text)
			fallthrough
		default:
			if err == nil {
				err = visit(Member{Name: memberName(arName(name, names)), Reader: text})
			}
		}
		if err != nil {
			return err
		}
		if _, err := io.Copy(io.Discard, text); err != nil {
			return err
		}
		if size%2 == 1 {
			_, _ = u.source.Discard(1) // the last member may end without it
		}
	}
}

func arLongName(length string, text io.Reader) (string, error) {
	n, err := strconv.ParseUint(length, 10, 32)
	if err != nil || n > maxName {
		return "", ErrFormat
	}
	name := make([]byte, n)
	_, err = io.ReadFull(text, name)
	return strings.TrimRight(string(name), "\x00"), err
}

// arName returns the name of a member, which may be a place in a table of names.
func arName(name string, names []byte) string {
	if at, err := strconv.ParseUint(strings.TrimPrefix(name, "/"), 10, 32); err == nil && strings.HasPrefix(name, "/") && at < uint64(len(names)) {
		name, _, _ = strings.Cut(string(names[at:]), "\n")
	}
	return strings.TrimSuffix(name, "/")
}

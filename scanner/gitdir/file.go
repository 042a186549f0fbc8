package gitdir

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"strings"

	"github.com/neokeys/neokeys/internal/infile"
)

// How long files may be, in bytes. That is far beyond what git makes of the largest
// repositories.
const (
	MaxFile   = 1 << 30
	maxLine   = 64 << 10
	maxConfig = 16 << 20
)

var errTooLarge = errors.New("it is larger than git would make it")

// Open opens a regular file for reading. Anything else, such as a pipe, might be waited
// for in vain, or change by being opened.
func Open(path string) (*os.File, error) { return infile.Regular(path) }

// ReadFile returns the text of a regular file of at most limit bytes.
func ReadFile(path string, limit int64) ([]byte, error) {
	f, err := Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close() // only read from
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	tooLarge := &fs.PathError{Op: "read", Path: path, Err: errTooLarge}
	switch {
	case info.Size() > limit:
		return nil, tooLarge
	case info.Size() == 0:
		return nil, nil // as of files that the kernel makes up, some of which never end
	}
	text := make([]byte, 0, info.Size()+1)
	for {
		n, err := f.Read(text[len(text):cap(text)])
		text = text[:len(text)+n]
		switch {
		case err == io.EOF:
			return text, nil
		case err != nil:
			return nil, err
		case int64(len(text)) > limit: // it grew
			return nil, tooLarge
		case len(text) == cap(text):
			text = append(text, 0)[:len(text)]
		}
	}
}

// ReadLine returns the text of a file of one line, without the line's end.
func ReadLine(path string) (string, error) {
	text, err := ReadFile(path, maxLine)
	return strings.TrimRight(string(text), "\r\n"), err
}

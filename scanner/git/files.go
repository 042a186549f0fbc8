package git

import (
	"fmt"
	"io"
	"os"
	"strings"
)

// How long the files of a repository may be, in bytes. They are far beyond what git makes
// of the largest repositories.
const (
	maxSmall = 64 << 10 // of one line
	maxFile  = 1 << 30
)

// readFile reads a file of a repository. What is no regular file, such as a pipe, would be
// waited for in vain.
func readFile(path string, most int64) ([]byte, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s: not a regular file", path)
	case info.Size() > most:
		return nil, fmt.Errorf("%s: its %d bytes are more than git would write there", path, info.Size())
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close() // only read from
	text := make([]byte, 0, info.Size()+1)
	for {
		n, err := f.Read(text[len(text):cap(text)])
		text = text[:len(text)+n]
		if err == io.EOF {
			return text, nil
		}
		if err != nil {
			return nil, err
		}
		if len(text) == cap(text) {
			if int64(len(text)) > most {
				return nil, fmt.Errorf("%s: it grows while it is read", path)
			}
			text = append(text, 0)[:len(text)]
		}
	}
}

// readSmall returns the text of a one-line file without the line's end.
func readSmall(path string) (string, error) {
	text, err := readFile(path, maxSmall)
	return strings.TrimRight(string(text), "\r\n"), err
}

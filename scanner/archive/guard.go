package archive

import (
	"errors"
	"fmt"
	"io"
)

var errDirectoryTooLong = fmt.Errorf("%w: its directory is too long", ErrUnread)

// errLibrary is damage that a library did not expect.
var errLibrary = errors.New("it makes no sense to the decoder")

// guard calls f, which may panic in a library that was not made for hostile input.
func guard(f func() error) (err error) {
	defer func() {
		if recover() != nil {
			err = errLibrary
		}
	}()
	return f()
}

// guarded reads from what may panic.
type guarded struct{ r io.Reader }

// Read implements io.Reader.
func (g guarded) Read(p []byte) (n int, err error) {
	err = guard(func() (err error) { n, err = g.r.Read(p); return err })
	return n, err
}

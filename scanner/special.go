package scanner

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/neokeys/neokeys/internal/infile"
)

// maxPseudo is how many bytes are read of a file whose content the kernel makes up. No
// process's environment is larger, and some of the other files never end.
const maxPseudo = 16 << 20

// maxWait is how long such a file may make neokeys wait. Tests set it lower.
var maxWait = 3 * time.Second

var (
	errNotRegular = errors.New("not read: it is not a regular file any more")

	errDevice  = errors.New("not read: it is a device; `neokeys scan - <FILE` reads what a device sends")
	errPipe    = errors.New("not read: it is a named pipe; `neokeys scan - <FILE` reads what is written to it")
	errSocket  = errors.New("not read: it is a socket")
	errPseudo  = errors.New("not searched: the kernel makes up the files in it, and some never end; name a single file to search it")
	errWaits   = errors.New("the kernel makes up this file and its readers wait for more, so neokeys did not read it to an end")
	errEndless = fmt.Errorf("the kernel makes up this file and it may never end, so neokeys reads %d MiB of it", maxPseudo>>20)
)

// scanSpecial scans a path that the user named and that is neither a file nor a folder. A
// device may have no end and a pipe may wait for a writer for ever, so neither is opened.
// A descriptor of this process is the user's own input, as in `neokeys scan <(command)`.
func (s *Scan) scanSpecial(ctx context.Context, name, path string, info fs.FileInfo) {
	if infile.IsNull(info) {
		s.readStream(ctx, name, strings.NewReader(""))
		return
	}
	if f := infile.Descriptor(path, info); f != nil {
		s.readStream(ctx, name, closing{f})
		return
	}
	err := errDevice
	switch mode := info.Mode(); {
	case mode&fs.ModeNamedPipe != 0:
		err = errPipe
	case mode&fs.ModeSocket != 0:
		err = errSocket
	}
	s.out.problem(name, err)
}

// A closing file closes itself at its end.
type closing struct{ f *os.File }

// Read implements io.Reader.
func (c closing) Read(p []byte) (int, error) {
	n, err := c.f.Read(p)
	if err != nil {
		_ = c.f.Close() // nothing was written, so there is nothing to lose
	}
	return n, err
}

// A bounded file is one that may have no end.
type bounded struct {
	r    io.Reader
	left int
}

// Read implements io.Reader.
func (b *bounded) Read(p []byte) (int, error) {
	if b.left == 0 {
		return 0, errEndless
	}
	n, err := b.r.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}

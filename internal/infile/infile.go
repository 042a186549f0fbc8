// Package infile opens files that the user names, or that lie where neokeys looks for them. A
// named pipe may wait for a writer for ever and a device may have no end, so neither is opened.
// A pipe that is one of the process's own descriptors is the user's own input, as in <(command).
package infile

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/dustin/go-humanize"
)

// MaxCertificates is far more than all the certificates there are take, in bytes, and than a private key.
const MaxCertificates = 16 << 20

// Read returns the content of what the user named, as [Open] has it.
func Read(ctx context.Context, path string, limit int64) ([]byte, error) {
	f, err := Open(ctx, path, limit)
	if err != nil {
		return nil, err
	}
	defer f.Close() // only read from
	return io.ReadAll(f)
}

// Open opens what the user named: a regular file, the null device, which is empty, or a pipe, a
// socket or a terminal among the process's own descriptors. To read more than limit bytes of it
// is an error, and a read fails when ctx ends.
func Open(ctx context.Context, path string, limit int64) (io.ReadCloser, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if IsNull(info) {
		return io.NopCloser(strings.NewReader("")), nil
	}
	f := Descriptor(path, info)
	if f == nil {
		if f, err = Regular(path); err != nil {
			return nil, err
		}
	}
	in := &file{Reader: f, Closer: f, path: path, limit: limit, left: limit}
	if !info.Mode().IsRegular() || info.Size() == 0 {
		// Of size 0 are the files that the kernel makes up. Some make their readers wait.
		in.Reader = Interruptible(ctx, f)
	}
	return in, nil
}

// irregular returns the error of what is no regular file.
func irregular(path string, mode fs.FileMode) error {
	kind := "a device"
	switch {
	case mode.IsDir():
		kind = "a folder"
	case mode&fs.ModeNamedPipe != 0:
		kind = "a named pipe"
	case mode&fs.ModeSocket != 0:
		kind = "a socket"
	}
	return &fs.PathError{Op: "open", Path: path, Err: fmt.Errorf("it is %s: give a regular file, or a pipe of the shell as in <(command)", kind)}
}

// A file is one of which only so much is read.
type file struct {
	io.Reader
	io.Closer
	path        string
	limit, left int64
}

// Read implements io.Reader.
func (f *file) Read(p []byte) (int, error) {
	n, err := f.Reader.Read(p[:min(int64(len(p)), f.left+1)])
	if f.left -= int64(n); f.left < 0 {
		return 0, &fs.PathError{Op: "read", Path: f.path, Err: fmt.Errorf("it is larger than %s", humanize.IBytes(uint64(f.limit)))}
	}
	return n, err
}

// Regular opens a regular file for reading. Anything else, such as a pipe, might be waited for in
// vain, or change by being opened.
func Regular(path string) (*os.File, error) {
	if info, err := os.Stat(path); err != nil {
		return nil, err
	} else if !info.Mode().IsRegular() {
		return nil, irregular(path, info.Mode())
	}
	// By now, a pipe may have come in its place.
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = irregular(path, info.Mode())
	}
	if err != nil {
		_ = f.Close()
		return nil, err
	}
	return f, nil
}

// InRealFolder returns path with the links to its folder followed, as far as there is such a folder.
// What path itself is does not matter.
func InRealFolder(path string) string {
	folder, err := filepath.EvalSymlinks(filepath.Dir(path))
	if err != nil {
		return path
	}
	return filepath.Join(folder, filepath.Base(path))
}

// IsNull reports whether a file is the system's null device.
func IsNull(info fs.FileInfo) bool {
	if info.Mode()&fs.ModeDevice == 0 {
		return false
	}
	null, err := os.Stat(os.DevNull)
	return err == nil && os.SameFile(info, null)
}

//go:build !unix

package scanner

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// A folder is an open directory.
type folder struct{ f *os.File }

// openFolderAt opens the folder at path. Path itself may be a link only if follow says so.
func openFolderAt(path string, follow bool) (*folder, error) {
	if info, err := os.Lstat(path); err != nil {
		return nil, err
	} else if !follow && !info.IsDir() {
		return nil, &fs.PathError{Op: "open", Path: path, Err: errors.New("not read: it is not a folder any more")}
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	return &folder{f}, nil
}

func (d *folder) close() { _ = d.f.Close() }

// A handle is an open file.
type handle struct{ f *os.File }

// open opens the folder's file called name, if it is still a regular file.
func (d *folder) open(name string) (handle, error) {
	path := filepath.Join(d.f.Name(), name)
	if info, err := os.Lstat(path); err != nil {
		return handle{}, err
	} else if !info.Mode().IsRegular() {
		return handle{}, &fs.PathError{Op: "open", Path: path, Err: errNotRegular}
	}
	f, err := os.Open(path)
	return handle{f}, err
}

// openFile opens the file at path, which may be a link.
func openFile(path string) (handle, error) {
	f, err := os.Open(path)
	return handle{f}, err
}

// Read implements io.Reader.
func (h *handle) Read(p []byte) (int, error) { return h.f.Read(p) }

// ReadAt implements io.ReaderAt.
func (h *handle) ReadAt(p []byte, offset int64) (int, error) { return h.f.ReadAt(p, offset) }

// size returns the size that the system gives for the file.
func (h *handle) size() (int64, error) {
	info, err := h.f.Stat()
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

// close closes the file. Nothing was written, so there is nothing to lose.
func (h *handle) close() { _ = h.f.Close() }

// pseudo reports whether the kernel makes up what is in the folder. It knows of no such folder.
func (d *folder) pseudo() bool { return false }

// pseudo reports whether the kernel makes up what is in the file. It knows of no such file.
func (h *handle) pseudo() bool { return false }

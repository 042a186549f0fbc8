//go:build unix

package scanner

import (
	"cmp"
	"io"
	"io/fs"
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// maxPath is the longest path that is given to the system at once. Deeper folders
// are opened in steps.
const maxPath = unix.PathMax - 96

// A folder is an open directory. Its files are opened relative to it, which saves
// resolving its path for each and works at any depth.
type folder struct {
	f  *os.File
	fd int
}

// openFolderAt opens the folder at path, which may be of any length. Path itself may be a
// link only if follow says so.
func openFolderAt(path string, follow bool) (*folder, error) {
	flags := unix.O_RDONLY | unix.O_CLOEXEC | unix.O_DIRECTORY | unix.O_NOFOLLOW
	if follow {
		flags &^= unix.O_NOFOLLOW
	}
	at := unix.AT_FDCWD
	for {
		step := path
		if len(path) > maxPath {
			cut := strings.LastIndexByte(path[:maxPath], '/')
			if cut <= 0 {
				return nil, &fs.PathError{Op: "open", Path: path, Err: unix.ENAMETOOLONG}
			}
			step, path = path[:cut], path[cut+1:]
		} else {
			path = ""
		}
		fd, err := unix.Openat(at, step, flags, 0)
		if at != unix.AT_FDCWD {
			_ = unix.Close(at)
		}
		if err != nil {
			return nil, &fs.PathError{Op: "open", Path: step, Err: err}
		}
		if path == "" {
			return &folder{f: os.NewFile(uintptr(fd), step), fd: fd}, nil
		}
		at = fd
	}
}

func (d *folder) close() { _ = d.f.Close() }

// A handle is an open file, without the os package's bookkeeping, which costs as much
// again as reading a small file does.
type handle struct {
	fd     int
	opened int64 // its size in bytes when it was opened
	read   int64 // how many bytes Read has returned
	ended  bool  // the last of them were those before its end
}

// open opens the folder's file called name. Should a link, a pipe or a device have taken
// the place of a regular file since the folder was listed, the link is not followed and
// the others are not read.
func (d *folder) open(name string) (handle, error) {
	return openRegular(d.fd, name, unix.O_NOFOLLOW)
}

// openFile opens the file at path, which may be a link.
func openFile(path string) (handle, error) { return openRegular(unix.AT_FDCWD, path, 0) }

// openRegular opens a regular file below the folder that at is open for.
func openRegular(at int, path string, flags int) (handle, error) {
	for {
		fd, err := unix.Openat(at, path, unix.O_RDONLY|unix.O_CLOEXEC|unix.O_NONBLOCK|flags, 0)
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			return handle{}, err
		}
		h := handle{fd: fd}
		var st unix.Stat_t
		if err := unix.Fstat(fd, &st); err != nil || st.Mode&unix.S_IFMT != unix.S_IFREG {
			h.close()
			return handle{}, cmp.Or(err, errNotRegular)
		}
		h.opened = st.Size
		return h, nil
	}
}

// pseudo reports whether the kernel makes up what is in the folder.
func (d *folder) pseudo() bool { return pseudo(d.fd) }

// pseudo reports whether the kernel makes up what is in the file.
func (h *handle) pseudo() bool { return pseudo(h.fd) }

// Read implements io.Reader. Where the system gives fewer bytes than there is room for, and all that
// the file held when it was opened has been read, it is not asked once more for the end of the file:
// that would be a fifth of the calls for a small file.
func (h *handle) Read(p []byte) (int, error) {
	if h.ended {
		return 0, io.EOF
	}
	for {
		n, err := unix.Read(h.fd, p)
		switch {
		case err == unix.EINTR:
		case err != nil:
			return 0, err
		case n == 0:
			return 0, io.EOF
		default:
			h.read += int64(n)
			h.ended = n < len(p) && h.read == h.opened
			return n, nil
		}
	}
}

// ReadAt implements io.ReaderAt.
func (h *handle) ReadAt(p []byte, offset int64) (n int, err error) {
	for n < len(p) {
		m, err := unix.Pread(h.fd, p[n:], offset+int64(n))
		switch {
		case err == unix.EINTR:
		case err != nil:
			return n, err
		case m == 0:
			return n, io.EOF
		default:
			n += m
		}
	}
	return n, nil
}

// size returns the size that the system gave for the file when it was opened.
func (h *handle) size() (int64, error) { return h.opened, nil }

// close closes the file. Nothing was written, so there is nothing to lose.
func (h *handle) close() { _ = unix.Close(h.fd) }

//go:build darwin || freebsd || linux

package scanner

import "golang.org/x/sys/unix"

// skipHole moves on to where the next data in the file is, or to its end, and returns how
// many bytes that is: a part of the file that was never written, and reads as zeros.
func (h *handle) skipHole() int64 {
	here, err := unix.Seek(h.fd, 0, unix.SEEK_CUR)
	if err != nil {
		return 0
	}
	data, err := unix.Seek(h.fd, here, unix.SEEK_DATA)
	if err == unix.ENXIO { // there is none
		data, err = unix.Seek(h.fd, 0, unix.SEEK_END)
	}
	if err != nil || data < here {
		_, _ = unix.Seek(h.fd, here, unix.SEEK_SET)
		return 0
	}
	return data - here
}

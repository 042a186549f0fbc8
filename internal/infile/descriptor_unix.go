//go:build unix

package infile

import (
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
	"golang.org/x/term"
)

// descriptorFolders hold this process's open files by their numbers.
var descriptorFolders = []string{"/dev/fd/", "/proc/self/fd/", "/proc/thread-self/fd/", "/proc/" + strconv.Itoa(os.Getpid()) + "/fd/"}

// Descriptor returns a copy of the pipe, socket or terminal that path names among the
// process's own descriptors; nil if it names none. A link that leads there is not the
// user's choice and counts as none.
func Descriptor(path string, info fs.FileInfo) *os.File {
	if info.Mode().IsRegular() || info.IsDir() {
		return nil
	}
	full, err := filepath.Abs(path)
	if err != nil {
		return nil
	}
	fd, ok := descriptorNumber(full)
	if !ok || info.Mode()&fs.ModeDevice != 0 && !term.IsTerminal(fd) {
		return nil
	}
	// Opening the path would not do for a socket.
	own, err := unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		return nil
	}
	return os.NewFile(uintptr(own), path)
}

func descriptorNumber(path string) (fd int, ok bool) {
	if path == "/dev/stdin" {
		return 0, true
	}
	for _, folder := range descriptorFolders {
		if rest, ok := strings.CutPrefix(path, folder); ok {
			fd, err := strconv.ParseUint(rest, 10, 31)
			return int(fd), err == nil
		}
	}
	return 0, false
}

// HasNames reports whether a file may have more than one name: hard links.
func HasNames(info fs.FileInfo) bool {
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && stat.Nlink > 1
}

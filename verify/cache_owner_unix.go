//go:build unix

package verify

import (
	"io/fs"
	"os"
	"syscall"
)

// replaceableByOthers returns how another user could have put the file there, whatever its
// mode; empty when none could.
func replaceableByOthers(file, folder fs.FileInfo) string {
	if s, ok := file.Sys().(*syscall.Stat_t); ok && int(s.Uid) != os.Geteuid() {
		return "it belongs to another user"
	}
	if folder.Mode().Perm()&0o002 != 0 && folder.Mode()&fs.ModeSticky == 0 {
		return "anyone may replace it in its folder"
	}
	return ""
}

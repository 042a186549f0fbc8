package config

import (
	"os"
	"path/filepath"
)

// Find returns the path of the file called name that counts for a scan of path, a file or
// folder: that of the nearest folder from there up to the root of the worktree, or,
// outside a worktree, of the folder itself. It is empty if there is none.
func Find(path, name string) string {
	folder, err := filepath.Abs(path)
	if err != nil {
		return ""
	}
	if info, err := os.Stat(folder); err != nil || !info.IsDir() {
		folder = filepath.Dir(folder)
	}
	root := WorktreeRoot(folder)
	for {
		candidate := filepath.Join(folder, name)
		// A link could lead to any file on the machine, whose lines an error would
		// then show.
		if info, err := os.Lstat(candidate); err == nil && info.Mode().IsRegular() {
			return candidate
		}
		if root == "" || folder == root {
			return ""
		}
		folder = filepath.Dir(folder)
	}
}

// WorktreeRoot returns the nearest folder, from folder upward, that holds .git; empty if
// there is none.
func WorktreeRoot(folder string) string {
	for {
		if BeginsWorktree(folder) {
			return folder
		}
		parent := filepath.Dir(folder)
		if parent == folder {
			return ""
		}
		folder = parent
	}
}

// BeginsWorktree reports whether folder holds .git, a folder or a file, and so is the root of
// a worktree or of a submodule's.
func BeginsWorktree(folder string) bool {
	_, err := os.Lstat(filepath.Join(folder, ".git"))
	return err == nil
}

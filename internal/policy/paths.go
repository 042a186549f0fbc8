package policy

import (
	"cmp"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/neokeys/neokeys/internal/config"
)

// packages are names of folders that hold what others have written.
var packages = []string{"vendor", "node_modules"}

// inPackage returns the folder of packages in top that folder is, or is in; empty if none.
func inPackage(top, folder string) string {
	for _, part := range strings.Split(relative(top, folder), "/") {
		if slices.Contains(packages, part) {
			return "in a folder called " + part
		}
	}
	return ""
}

// within reports whether path is folder or is in it.
func within(folder, path string) bool {
	rel, err := filepath.Rel(folder, path)
	return err == nil && filepath.IsLocal(rel)
}

// relative returns the path from folder to full, slash-separated; full itself if there is
// none.
func relative(folder, full string) string {
	if rel, err := filepath.Rel(folder, full); err == nil {
		return filepath.ToSlash(rel)
	}
	return filepath.ToSlash(full)
}

// Root returns the root of the worktree of path; outside one, path itself.
func Root(path string) string {
	full := absolute(path)
	return cmp.Or(config.WorktreeRoot(full), full)
}

func absolute(path string) string {
	if full, err := filepath.Abs(path); err == nil {
		return full
	}
	return path
}

// shortest returns the path as a person in the current folder would write it.
func shortest(file string) string {
	if wd, err := os.Getwd(); err == nil {
		if rel, err := filepath.Rel(wd, file); err == nil && len(rel) < len(file) {
			return rel
		}
	}
	return file
}

func slashed(path string) string { return filepath.ToSlash(path) }

package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/neokeys/neokeys/internal/config"
	"github.com/neokeys/neokeys/rules"
	"github.com/neokeys/neokeys/scanner"
)

// A change that brings a leaked key could also bring a cache that calls the key dead. So a
// cache is not believed if git tracks it, or if it is among the files that are scanned and
// git does not ignore it.

// cacheInChange returns why the cache at path may come with what is scanned, as a message;
// empty if it does not. scanned are the files and folders that are scanned.
func cacheInChange(path string, scanned []string) string {
	if _, err := os.Lstat(path); err != nil {
		return "" // it is still to be made
	}
	switch tracking := scanner.Tracking(path); {
	case tracking == rules.Tracked:
		return fmt.Sprintf("the cache %s is not used: git tracks it, so a change can bring answers along; run `git rm --cached` on it, or give another file", path)
	case tracking != rules.Ignored && amongFiles(path, scanned):
		return fmt.Sprintf("the cache %s is not used: it is among the files that are scanned, and git does not ignore it; keep it elsewhere, or add it to .gitignore", path)
	}
	return ""
}

// amongFiles reports whether the file is at or under one of the paths. What is under a
// worktree's own .git folder is not, since no change can bring it.
func amongFiles(path string, paths []string) bool {
	file := realPath(path)
	for _, p := range paths {
		top := realPath(p)
		rel, err := filepath.Rel(top, file)
		if err != nil || !filepath.IsLocal(rel) {
			continue
		}
		if git, err := filepath.Rel(filepath.Join(config.WorktreeRoot(top), ".git"), file); config.WorktreeRoot(top) != "" && err == nil && filepath.IsLocal(git) {
			continue
		}
		return true
	}
	return false
}

// realPath returns the absolute path without links, as far as there is a file.
func realPath(path string) string {
	full := absolute(path)
	if real, err := filepath.EvalSymlinks(full); err == nil {
		return real
	}
	folder, name := filepath.Split(full)
	if real, err := filepath.EvalSymlinks(folder); err == nil {
		return filepath.Join(real, name)
	}
	return strings.TrimSuffix(full, string(filepath.Separator))
}

// Package gitdir reads what a git directory holds besides objects and refs: where it is,
// its configuration, its index, and the files of Git LFS. It runs nothing.
//
// The files may be as hostile as the ones that are scanned: none is waited for, and none
// is read without end.
package gitdir

import (
	"crypto/sha1" //nolint:gosec // the size of git's ids
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"strings"
)

// A Dir is a git directory, as gitrepository-layout(5) has it.
type Dir struct {
	// Path is the folder with HEAD and the index; of a linked worktree, its own part
	// of the repository.
	Path string
	// Common is the folder of what linked worktrees share: objects, refs, config.
	Common string
}

// ErrNone says that there is no repository where one was looked for.
var ErrNone = errors.New("not a git repository")

// At returns the git directory at path, or the one that the .git file at path points to:
// linked worktrees and submodules have such files.
func At(path string) (Dir, error) {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return Dir{}, fmt.Errorf("%s: %w: it is not there", path, ErrNone)
	}
	if err != nil {
		return Dir{}, err
	}
	if info.IsDir() {
		return open(path)
	}
	text, err := ReadLine(path)
	if err != nil {
		return Dir{}, err
	}
	target, ok := strings.CutPrefix(text, "gitdir: ")
	if !ok {
		return Dir{}, fmt.Errorf("%s: %w: it is a file that does not begin with \"gitdir: \"", path, ErrNone)
	}
	d, err := open(Join(filepath.Dir(path), target))
	if err != nil {
		return Dir{}, fmt.Errorf("%s points to a repository that is not there: %w", path, err)
	}
	return d, nil
}

// open returns the git directory at path, if git would take it for one: see
// is_git_directory in its setup.c.
func open(path string) (Dir, error) {
	d := Dir{path, path}
	none := func(part string) error { return fmt.Errorf("%s: %w: it has no %s", path, ErrNone, part) }
	if _, err := os.Lstat(filepath.Join(path, "HEAD")); err != nil {
		return d, none("HEAD")
	}
	common, err := ReadLine(filepath.Join(path, "commondir"))
	switch {
	case err == nil:
		d.Common = Join(path, common)
	case !errors.Is(err, fs.ErrNotExist):
		return d, err
	}
	for _, part := range []string{"objects", "refs"} {
		if info, err := os.Stat(filepath.Join(d.Common, part)); err != nil || !info.IsDir() {
			return d, none(part)
		}
	}
	return d, nil
}

// Above returns folder, an absolute path, and then each folder above it.
func Above(folder string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for yield(folder) && folder != filepath.Dir(folder) {
			folder = filepath.Dir(folder)
		}
	}
}

// Join returns path as git means it in a file of folder's: it may be relative to it.
func Join(folder, path string) string {
	path = filepath.FromSlash(path)
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(folder, path)
}

// HashSize returns how many bytes an object id has in the format that
// extensions.objectFormat names.
func HashSize(format string) int {
	if strings.EqualFold(format, "sha256") {
		return sha256.Size
	}
	return sha1.Size
}

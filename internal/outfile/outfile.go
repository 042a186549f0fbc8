// Package outfile writes files whose names may be in a hostile folder: what is scanned can hold
// links that lead out of it, and a reader must never see half a file.
package outfile

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/neokeys/neokeys/internal/lazyregexp"
)

// maxLinks is how many links are followed, as many as Linux does.
const maxLinks = 40

// Write has write write the file at path. A regular or a new file takes the place of the old one
// at once, with its mode; what else is there (a pipe, a device, /dev/stdout) is written to as
// it is, until ctx ends. A link in one of the trees, folders whose content is not the user's own, is not
// followed: that is an error.
func Write(ctx context.Context, path string, trees []string, write func(io.Writer) error) error {
	real, err := resolve(path, trees)
	if err != nil {
		return err
	}
	if isDescriptor(path) {
		return toDescriptor(ctx, path, write)
	}
	info, err := os.Lstat(real)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return replace(real, 0, write)
	case err != nil:
		return err
	case !info.Mode().IsRegular():
		return direct(ctx, path, os.O_APPEND, write)
	}
	err = replace(real, info.Mode().Perm(), write)
	var denied *notReplaceable
	if errors.As(err, &denied) {
		// Its folder is not the user's, or it is mounted: CI services hand out such files.
		return direct(ctx, real, os.O_TRUNC, write)
	}
	return err
}

// Replace has write write a new text of the regular file at path, which takes the place of the old
// one at once, with its mode. A link on the way to it in one of the trees is an error, and so is
// a file that cannot be replaced: nothing is written to it then.
func Replace(path string, trees []string, write func(io.Writer) error) error {
	real, err := resolve(path, trees)
	if err != nil {
		return err
	}
	info, err := os.Lstat(real)
	switch {
	case err != nil:
		return err
	case !info.Mode().IsRegular():
		return fmt.Errorf("%s is no regular file", path)
	}
	return replace(real, info.Mode()&(fs.ModePerm|fs.ModeSetuid|fs.ModeSetgid), write)
}

// isDescriptor reports whether path is among the names of a program's own descriptors.
func isDescriptor(path string) bool {
	return descriptors.MatchString(filepath.ToSlash(absolute(path)))
}

// descriptors are the names that systems give a program's open files.
var descriptors = lazyregexp.New(`^(/dev/(stdout|stderr|fd/[0-9]+)|/proc/[^/]+/fd/[0-9]+)$`)

// toDescriptor writes to a descriptor by its name. Those of standard output and standard error
// are written to as they are: to open them again would start at another place of the same file,
// and what is written there by turns would overwrite one another.
func toDescriptor(ctx context.Context, path string, write func(io.Writer) error) error {
	switch filepath.ToSlash(absolute(path)) {
	case "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1":
		return write(Patient(ctx, os.Stdout))
	case "/dev/stderr", "/dev/fd/2", "/proc/self/fd/2":
		return write(Patient(ctx, os.Stderr))
	}
	return direct(ctx, path, os.O_APPEND, write)
}

// direct writes to what is there.
func direct(ctx context.Context, path string, flag int, write func(io.Writer) error) error {
	var f *os.File
	err := patiently(ctx, func() (err error) { // a pipe that nobody reads yet
		f, err = os.OpenFile(path, os.O_WRONLY|flag, 0)
		return err
	})
	if err != nil {
		return err
	}
	return errors.Join(write(Patient(ctx, f)), f.Close())
}

// notReplaceable says that a file cannot be replaced; nothing was written.
type notReplaceable struct{ error }

// replace writes a new file and puts it in the place of the one at path. With a mode of 0 it has
// that of any new file.
func replace(path string, mode fs.FileMode, write func(io.Writer) error) error {
	f, err := create(path)
	if err != nil {
		if errors.Is(err, fs.ErrPermission) {
			return &notReplaceable{err}
		}
		return err
	}
	err = write(f)
	if mode != 0 {
		err = errors.Join(err, f.Chmod(mode))
	}
	if err = errors.Join(err, f.Close()); err == nil {
		if err = os.Rename(f.Name(), path); err != nil && mode != 0 {
			err = &notReplaceable{err}
		}
	}
	if err != nil {
		_ = os.Remove(f.Name()) // err says enough
	}
	return err
}

// create creates a new file beside path.
func create(path string) (*os.File, error) {
	for {
		name := filepath.Join(filepath.Dir(path), ".neokeys-"+rand.Text())
		f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
		switch {
		case errors.Is(err, fs.ErrExist):
		case errors.Is(err, fs.ErrNotExist):
			return nil, fmt.Errorf("there is no folder %s: create it first", filepath.Dir(path))
		default:
			return f, err
		}
	}
}

// resolve returns the absolute path that path leads to, without links. A link in one of the trees
// on the way is an error.
func resolve(path string, trees []string) (string, error) {
	var roots []string
	for _, tree := range trees {
		if real, err := filepath.EvalSymlinks(absolute(tree)); err == nil {
			roots = append(roots, real)
		}
	}
	full := absolute(path)
	at := filepath.VolumeName(full) + string(filepath.Separator)
	left := split(full[len(filepath.VolumeName(full)):])
	for links := 0; len(left) > 0; {
		next := filepath.Join(at, left[0])
		left = left[1:]
		target, err := os.Readlink(next)
		if err != nil {
			at = next // it is no link, or not there
			continue
		}
		for _, root := range roots {
			if rel, err := filepath.Rel(root, next); err == nil && rel != "." && filepath.IsLocal(rel) {
				return "", fmt.Errorf("%s is a link among the scanned files, which could lead anywhere: remove it, or name another file", next)
			}
		}
		if links++; links > maxLinks {
			return "", fmt.Errorf("%s: too many links", path)
		}
		if filepath.IsAbs(target) {
			at = filepath.VolumeName(target) + string(filepath.Separator)
			target = target[len(filepath.VolumeName(target)):]
		}
		left = append(split(target), left...)
	}
	return at, nil
}

func split(path string) []string {
	return strings.FieldsFunc(path, func(r rune) bool { return r == filepath.Separator || r == '/' })
}

func absolute(path string) string {
	if full, err := filepath.Abs(path); err == nil {
		return full
	}
	return path
}

package setup

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/neokeys/neokeys/internal/baseline"
)

// A Change is one file to write, or to add to.
type Change struct {
	Path string
	Why  string // what the change is good for, in a sentence
	// Text is the whole of a new file, or what goes behind the end of an old one. It is
	// empty for a baseline.
	Text string
	Add  bool // the file is there
	Mode fs.FileMode
	// MoveTo is where what is now at Path goes first; empty to leave nothing.
	MoveTo string

	// root is the worktree that Path must be in, whatever links there are: a repository may
	// hold links that lead out of it. Empty for a hook, whose folder git names.
	root     string
	baseline *baseline.Baseline
}

// Apply carries all changes out, or none: what was done before one failed is undone. What has
// come to be in the place of a new file meanwhile is not overwritten.
func Apply(changes []Change) error {
	var undo []func() error
	for i := range changes {
		c := &changes[i]
		if err := c.apply(&undo); err != nil {
			err = fmt.Errorf("%s cannot be written, and so nothing was: %w", c.Path, err)
			for _, u := range slices.Backward(undo) {
				err = errors.Join(err, u())
			}
			return err
		}
	}
	return nil
}

// apply carries the change out, and adds to undo how to undo what was done of it, the last step
// last.
func (c *Change) apply(undo *[]func() error) error {
	if err := c.write(undo); err != nil || c.baseline == nil {
		return err
	}
	return c.baseline.Write(c.Path, c.root) // over the empty file that is ours
}

func (c *Change) write(undo *[]func() error) error {
	then := func(u func() error) { *undo = append(*undo, u) }
	for _, folder := range missing(filepath.Dir(c.Path)) {
		then(func() error { return removed(folder) })
	}
	top := c.root
	if top == "" {
		top = filepath.Dir(c.Path)
		if err := os.MkdirAll(top, 0o777); err != nil {
			return err
		}
	}
	name, err := filepath.Rel(top, c.Path)
	if err != nil {
		return err
	}
	root, err := os.OpenRoot(top)
	if err != nil {
		return err
	}
	defer root.Close() // nothing is written to it
	if err := root.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		return err
	}
	if c.MoveTo != "" {
		if err := root.Rename(name, filepath.Base(c.MoveTo)); err != nil {
			return err
		}
		then(func() error { return os.Rename(c.MoveTo, c.Path) })
	}
	flags := os.O_WRONLY | os.O_CREATE | os.O_EXCL
	if c.Add {
		flags = os.O_WRONLY | os.O_APPEND
	}
	f, err := root.OpenFile(name, flags, c.Mode)
	if err != nil {
		return err
	}
	then(func() error { return removed(c.Path) })
	if c.Add {
		info, err := f.Stat()
		if err != nil {
			return errors.Join(err, f.Close())
		}
		(*undo)[len(*undo)-1] = func() error { return os.Truncate(c.Path, info.Size()) }
	}
	_, err = f.WriteString(c.Text)
	return errors.Join(err, f.Close())
}

// missing returns the folders on the way to folder that are not there, the outermost first.
func missing(folder string) []string {
	var folders []string
	for {
		if _, err := os.Lstat(folder); !errors.Is(err, fs.ErrNotExist) || folder == filepath.Dir(folder) {
			slices.Reverse(folders)
			return folders
		}
		folders = append(folders, folder)
		folder = filepath.Dir(folder)
	}
}

// removed removes what is at path, if there is something.
func removed(path string) error {
	if err := os.Remove(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

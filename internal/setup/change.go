package setup

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/neokeys/neokeys/internal/baseline"
)

// A Change is one file to write, to edit or to remove, or one of git's global settings.
type Change struct {
	Path string // for a setting, its name
	Why  string // what the change is good for, in a sentence
	// Text is the whole of a new or an edited file, or what goes behind the end of an old one,
	// or the value of a setting. It is empty for a baseline and for what is removed.
	Text string
	Add  bool // the file is there, and Text goes behind its end
	Mode fs.FileMode
	// MoveTo is where what is now at Path goes first; empty to leave nothing.
	MoveTo string
	// Old is the text of a file that is edited, and Edit says that one is.
	Old  string
	Edit bool
	// Remove removes the file, and then moves what is at MoveTo to its place; or unsets the
	// setting.
	Remove bool
	// Setting says that Path is the name of one of git's global settings.
	Setting bool

	// root is the worktree that Path must be in, whatever links there are: a repository may
	// hold links that lead out of it. Empty for a hook, whose folder git names.
	root     string
	baseline *baseline.Baseline
	// added are the lines that an edit adds, each run of them by itself.
	added []string
	// folders are those that were made for the file, the outermost first.
	folders []string
}

// Baseline reports whether the file is a baseline.
func (c *Change) Baseline() bool { return c.baseline != nil }

// Apply carries all changes out and records them, or does nothing: what was done before one failed
// is undone. What has come to be in the place of a new file meanwhile is not overwritten.
func Apply(changes []Change, record func([]Change) error) error {
	var undo []func() error
	back := func(err error) error {
		for _, u := range slices.Backward(undo) {
			err = errors.Join(err, u())
		}
		return err
	}
	for i := range changes {
		c := &changes[i]
		if err := c.apply(&undo); err != nil {
			return back(fmt.Errorf("%s cannot be written, and so nothing was: %w", c.Path, err))
		}
	}
	if err := record(changes); err != nil {
		return back(fmt.Errorf("the record for `neokeys init --remove` cannot be written, and so nothing was: %w", err))
	}
	return nil
}

// apply carries the change out, and adds to undo how to undo what was done of it, the last step
// last.
func (c *Change) apply(undo *[]func() error) error {
	switch {
	case c.Setting:
		return c.set(undo)
	case c.Remove:
		return c.remove(undo)
	}
	if err := c.write(undo); err != nil || c.baseline == nil {
		return err
	}
	return c.baseline.Write(context.Background(), c.Path, c.root) // over the empty file that is ours
}

// set sets or unsets one of git's global settings.
func (c *Change) set(undo *[]func() error) error {
	if c.Remove {
		*undo = append(*undo, func() error { return setGlobal(c.Path, c.Text) })
		return unsetGlobal(c.Path)
	}
	*undo = append(*undo, func() error { return unsetGlobal(c.Path) })
	return setGlobal(c.Path, c.Text)
}

// remove removes a file, and the folders that were made for it as far as they are empty.
func (c *Change) remove(undo *[]func() error) error {
	info, err := os.Lstat(c.Path)
	if err != nil {
		return err
	}
	text, err := os.ReadFile(c.Path)
	if err != nil {
		return err
	}
	if err := os.Remove(c.Path); err != nil {
		return err
	}
	*undo = append(*undo, func() error { return os.WriteFile(c.Path, text, info.Mode()) })
	if c.MoveTo != "" {
		if err := os.Rename(c.MoveTo, c.Path); err != nil {
			return err
		}
		*undo = append(*undo, func() error { return os.Rename(c.Path, c.MoveTo) })
	}
	for _, folder := range slices.Backward(c.folders) {
		if os.Remove(folder) != nil {
			break // something else is in it
		}
		*undo = append(*undo, func() error { return os.Mkdir(folder, 0o777) })
	}
	return nil
}

func (c *Change) write(undo *[]func() error) error {
	then := func(u func() error) { *undo = append(*undo, u) }
	c.folders = missing(filepath.Dir(c.Path))
	for _, folder := range c.folders {
		then(func() error { return removed(folder) })
	}
	root, name, err := c.open()
	if err != nil {
		return err
	}
	defer root.Close() // nothing is written to it
	if err := root.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		return err
	}
	if c.Edit {
		return c.edit(root, name, undo)
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

// open opens the folder that the change must stay in, and returns the file's name in it.
func (c *Change) open() (*os.Root, string, error) {
	top := c.root
	if top == "" {
		top = filepath.Dir(c.Path)
		if err := os.MkdirAll(top, 0o777); err != nil {
			return nil, "", err
		}
	}
	name, err := filepath.Rel(top, c.Path)
	if err != nil {
		return nil, "", err
	}
	root, err := os.OpenRoot(top)
	return root, name, err
}

// edit replaces the text of a file that is still what it was.
func (c *Change) edit(root *os.Root, name string, undo *[]func() error) error {
	now, err := root.ReadFile(name)
	if err != nil {
		return err
	}
	if string(now) != c.Old {
		return errors.New("it has changed meanwhile")
	}
	f, err := root.OpenFile(name, os.O_WRONLY|os.O_TRUNC, 0)
	if err != nil {
		return err
	}
	*undo = append(*undo, func() error { return os.WriteFile(c.Path, []byte(c.Old), 0o666) })
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

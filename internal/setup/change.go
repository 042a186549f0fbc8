package setup

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

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

	// root is the worktree that Path must lie in whatever links are there: a repository may
	// hold links that lead out of it. Empty for a hook, whose folder git tells.
	root     string
	baseline *baseline.Baseline
}

// Apply carries the change out. What has come to be at Path meanwhile is not overwritten.
func (c *Change) Apply() error {
	if err := c.write(); err != nil {
		return fmt.Errorf("%s cannot be written: %w", c.Path, err)
	}
	if c.baseline == nil {
		return nil
	}
	// Over the empty file that is ours.
	if err := c.baseline.Write(c.Path, c.root); err != nil {
		return errors.Join(err, os.Remove(c.Path))
	}
	return nil
}

func (c *Change) write() error {
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
	}
	flags := os.O_WRONLY | os.O_CREATE | os.O_EXCL
	if c.Add {
		flags = os.O_WRONLY | os.O_APPEND
	}
	f, err := root.OpenFile(name, flags, c.Mode)
	if err != nil {
		return err
	}
	_, err = f.WriteString(c.Text)
	return errors.Join(err, f.Close())
}

// Package source finds out which repositories belong to a fleet: those that the user names, lists
// in a file or has in a folder, and those that a service has for an organisation.
package source

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/neokeys/neokeys/fleet/store"
	"github.com/neokeys/neokeys/rules"
	"github.com/neokeys/neokeys/scanner/git"
	"github.com/neokeys/neokeys/scanner/gitdir"
	"github.com/neokeys/neokeys/scanner/remote"
)

// Stdin is the argument that stands for a list on standard input.
const Stdin = "-"

// Named returns the repositories that arguments name: URLs, repositories on disk, folders of
// those, and files with a list. input is for [Stdin].
func Named(args []string, input io.Reader) ([]store.Repository, error) {
	c := collection{seen: map[string]bool{}}
	for _, arg := range args {
		if err := c.argument(arg, input); err != nil {
			return nil, err
		}
	}
	return c.list, nil
}

// A collection is of repositories, each once.
type collection struct {
	list []store.Repository
	seen map[string]bool // URLs
}

func (c *collection) put(r store.Repository) {
	if !c.seen[r.URL] {
		c.seen[r.URL] = true
		c.list = append(c.list, r)
	}
}

// argument adds what one argument of a command names.
func (c *collection) argument(arg string, input io.Reader) error {
	if arg == Stdin {
		return c.lines("standard input", input)
	}
	if remote.IsURL(arg) {
		return c.url(arg)
	}
	path, err := remote.LocalPath(arg)
	if err != nil {
		return err
	}
	info, err := os.Stat(path)
	if err != nil {
		return fmt.Errorf("%s: %w: name a URL, a repository, a folder of them or a file that lists them", rules.Mask(arg), reason(err))
	}
	if info.IsDir() || git.IsStored(path) {
		return c.path(path)
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("%s is neither a folder nor a regular file: give a list from a pipe on standard input, as -", path)
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	return c.lines(path, f)
}

// maxLine is how long a line of a list may be, in bytes.
const maxLine = 64 << 10

// lines adds what a list names. Empty lines and those that begin with # are comments.
func (c *collection) lines(name string, list io.Reader) error {
	lines := bufio.NewScanner(list)
	lines.Buffer(nil, maxLine)
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if err := c.line(line); err != nil {
			return fmt.Errorf("%s:%d: %w", name, n, err)
		}
	}
	err := lines.Err()
	if errors.Is(err, bufio.ErrTooLong) {
		err = errors.New("a line has more than 64 KiB, so it is no list of repositories")
	}
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

func (c *collection) line(line string) error {
	if remote.IsURL(line) {
		return c.url(line)
	}
	path, err := remote.LocalPath(line)
	if err != nil {
		return err
	}
	if _, err := os.Stat(path); err != nil {
		return fmt.Errorf("%s: %w: write a URL or the path of a repository", rules.Mask(line), reason(err))
	}
	return c.path(path)
}

// url adds a repository on a server. Credentials in its address are not kept.
func (c *collection) url(arg string) error {
	u, err := remote.Parse(arg)
	if err != nil {
		return err
	}
	c.put(store.Repository{URL: u.String(), Name: u.String(), Host: u.Server()})
	return nil
}

// maxDepth is how deep in a folder repositories may be: mirrors of a service's groups are in
// folders of their own.
const maxDepth = 8

// path adds a repository on disk, or all that are in a folder.
func (c *collection) path(path string) error {
	if isRepository(path) {
		return c.local(path)
	}
	found, err := c.folder(path, maxDepth)
	if err == nil && !found {
		err = fmt.Errorf("%s: there is no repository in it", path)
	}
	return err
}

func (c *collection) local(path string) error {
	full, err := filepath.Abs(path)
	if err == nil {
		c.put(store.Repository{URL: full, Name: filepath.ToSlash(path)})
	}
	return err
}

// folder adds the repositories in a folder, and reports whether there are any.
func (c *collection) folder(path string, depth int) (found bool, err error) {
	entries, err := os.ReadDir(path)
	if err != nil {
		return false, fmt.Errorf("the folder cannot be read: %w", err)
	}
	for _, e := range entries {
		below := filepath.Join(path, e.Name())
		some := false
		switch {
		case isRepository(below): // through a link too
			some, err = true, c.local(below)
		case e.IsDir() && depth > 0: // no link, which may lead in a circle
			some, err = c.folder(below, depth-1)
		}
		if err != nil {
			return found, err
		}
		found = found || some
	}
	return found, nil
}

// isRepository reports whether path itself is one: a git directory, a worktree, or a file that
// holds one.
func isRepository(path string) bool {
	for _, at := range []string{path, filepath.Join(path, ".git")} {
		if _, err := gitdir.At(at); err == nil {
			return true
		}
	}
	return git.IsStored(path)
}

// reason returns an error without the path that is named anyhow.
func reason(err error) error {
	var at *os.PathError
	if errors.As(err, &at) {
		return at.Err
	}
	return err
}

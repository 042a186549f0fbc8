package policy

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/neokeys/neokeys/internal/baseline"
	"github.com/neokeys/neokeys/internal/config"
	"github.com/neokeys/neokeys/internal/infile"
	"github.com/neokeys/neokeys/rules"
	"github.com/neokeys/neokeys/scanner"
	"github.com/neokeys/neokeys/scanner/gitdir"
)

// OnDisk returns the policies for a scan of files and folders. An error is that those which
// apply to paths themselves cannot be read; of those in folders below, it is a problem.
func OnDisk(flags Flags, paths []string) (*Policies, error) {
	d := &disk{roots: map[string]string{}, links: map[string]string{}}
	for _, path := range paths {
		real := d.real(path)
		if info, err := os.Stat(real); err != nil || !info.IsDir() {
			real = filepath.Dir(real)
		}
		d.folders = append(d.folders, real)
	}
	ps := newPolicies(flags, d)
	if err := ps.readGiven(); err != nil {
		return nil, err
	}
	for _, folder := range slices.Backward(d.folders) {
		ps.At(folder)
		ps.first = folder
	}
	return ps, ps.failed()
}

// failed returns the first problem as an error.
func (ps *Policies) failed() error {
	if len(ps.problems) == 0 {
		return nil
	}
	return errors.New(ps.problems[0].Message)
}

// readGiven reads the files that flags name.
func (ps *Policies) readGiven() error {
	if file := ps.flags.Config; file != "" {
		text, err := ps.flags.read("configuration", file, config.MaxSize)
		if err != nil {
			return err
		}
		c, err := config.Parse(shortest(file), text, rules.IDs())
		if err != nil {
			return err
		}
		ps.given.config, ps.given.root = c, filepath.Dir(infile.InRealFolder(absolute(file)))
	}
	if file := ps.flags.Baseline; file != "" {
		text, err := ps.flags.read("baseline", file, baseline.MaxSize)
		if err != nil {
			return err
		}
		b, err := baseline.Parse(shortest(file), text)
		if err != nil {
			return err
		}
		ps.given.baseline = ps.knows(infile.InRealFolder(absolute(file)), b)
	}
	return nil
}

// read returns the text of the file that the user named as what.
func (f *Flags) read(what, file string, limit int64) ([]byte, error) {
	ctx := f.Context
	if ctx == nil {
		ctx = context.Background()
	}
	text, err := infile.Read(ctx, shortest(file), limit)
	if err != nil {
		return nil, fmt.Errorf("the %s cannot be read: %w", what, err)
	}
	return text, nil
}

// disk reads projects where they lie.
type disk struct {
	folders []string          // that the user named, or around what was named, without links
	roots   map[string]string // the worktree around a folder, empty for none
	links   map[string]string // what was named, by its spelling
	tracker scanner.Tracker
}

// real returns an absolute path without links. What is not there keeps its name.
func (d *disk) real(path string) string {
	abs := absolute(path)
	if real, err := filepath.EvalSymlinks(abs); err == nil {
		d.links[abs] = real
		return real
	}
	return infile.InRealFolder(abs)
}

// resolve returns an absolute path as it is without the links that the user named.
func (d *disk) resolve(abs string) string {
	for at := abs; ; at = filepath.Dir(at) {
		if real, ok := d.links[at]; ok {
			return real + abs[len(at):]
		}
		if at == filepath.Dir(at) {
			return abs
		}
	}
}

// root returns the root of the worktree of folder, empty if there is none.
func (d *disk) root(folder string) string {
	if root, ok := d.roots[folder]; ok {
		return root
	}
	root := ""
	if config.BeginsWorktree(folder) {
		root = folder
	} else if parent := filepath.Dir(folder); parent != folder {
		root = d.root(parent)
	}
	d.roots[folder] = root
	return root
}

func (d *disk) above(folder string) (parent string, leaves bool) {
	parent = filepath.Dir(folder)
	switch root := d.root(folder); {
	case parent == folder:
		return "", false
	case root == folder:
		if d.isSubmodule(folder) {
			return parent, true
		}
		return "", false
	case root != "":
		return parent, false
	}
	// Outside of a worktree, what the user named is where it begins.
	if slices.Contains(d.folders, folder) || !slices.ContainsFunc(d.folders, func(top string) bool { return within(top, folder) }) {
		return "", false
	}
	return parent, false
}

// isSubmodule reports whether the worktree at folder is a submodule of the one that holds it.
func (d *disk) isSubmodule(folder string) bool {
	if d.root(filepath.Dir(folder)) == "" {
		return false
	}
	if d.tracker.Tracking(folder) == rules.Tracked {
		return true
	}
	// One that is not committed yet has its repository in the outer one's.
	inner, err := gitdir.At(filepath.Join(folder, ".git"))
	if err != nil {
		return false
	}
	outer, err := gitdir.At(filepath.Join(d.root(filepath.Dir(folder)), ".git"))
	return err == nil && within(filepath.Join(outer.Common, "modules"), inner.Path)
}

// top returns the folder in which the scan of folder began: the innermost of what the user
// named; empty for none.
func (d *disk) top(folder string) string {
	top := ""
	for _, named := range d.folders {
		if within(named, folder) && len(named) >= len(top) {
			top = named
		}
	}
	return top
}

func (d *disk) addsOnly(folder, name string) string {
	top := d.top(folder)
	if top == "" || top == folder {
		return "" // the scan began there or below
	}
	if why := inPackage(cmp.Or(d.root(top), filepath.Dir(top)), folder); why != "" {
		return why
	}
	if d.tracker.Tracking(filepath.Join(folder, name)) == rules.Ignored {
		return "ignored by git"
	}
	for root := d.root(folder); root != "" && root != top && within(top, root); root = d.root(filepath.Dir(root)) {
		if d.isSubmodule(root) {
			return "in a submodule"
		}
		if d.tracker.Tracking(root) == rules.Ignored {
			return "ignored by git"
		}
	}
	return ""
}

// read follows no link: it could lead to any file on the machine, whose lines an error would
// then show.
func (d *disk) read(folder, name string) ([]byte, error) {
	path := filepath.Join(folder, name)
	info, err := os.Lstat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fs.ErrNotExist
	}
	f, err := infile.Regular(path)
	if err != nil {
		return nil, fmt.Errorf("it cannot be read: %w", err)
	}
	defer f.Close() // only read from
	return io.ReadAll(io.LimitReader(f, maxFile))
}

// maxFile is more than a configuration, a baseline or a list of paths may have, in bytes.
const maxFile = 64<<20 + 1

func (d *disk) exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

func (d *disk) name(path string) string { return slashed(shortest(path)) }

package scanner

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/neokeys/neokeys/rules"
	"github.com/neokeys/neokeys/scanner/sourcemap"
)

// A scannedTree is the files and folders that the user named, as [Bundles]. Nothing outside
// of them is opened, and nothing through a link: a bundle's comment is as hostile as all that
// is scanned.
type scannedTree struct {
	BundleTree
	roots []string // slash-separated
}

func newScannedTree(paths []string, places *rules.Places) *scannedTree {
	t := &scannedTree{}
	t.BundleTree = BundleTree{Exists: t.exists, Places: places}
	for _, p := range paths {
		if p == Stdin {
			continue
		}
		root := filepath.ToSlash(filepath.Clean(p))
		if info, err := os.Stat(p); err == nil && !info.IsDir() {
			root = path.Dir(root) // a map is beside its bundle
		}
		t.roots = append(t.roots, root)
	}
	return t
}

// inRoot returns the root that a path is in, and the path from there.
func (t *scannedTree) inRoot(p string) (root, rel string, ok bool) {
	for _, root := range t.roots {
		rel, err := filepath.Rel(filepath.FromSlash(root), filepath.FromSlash(p))
		if err == nil && filepath.IsLocal(rel) {
			return root, rel, true
		}
	}
	return "", "", false
}

// Open implements [Bundles].
func (t *scannedTree) Open(p string) (Bundle, error) {
	root, rel, ok := t.inRoot(p)
	if !ok {
		return nil, fs.ErrNotExist
	}
	r, err := os.OpenRoot(root)
	if err != nil {
		return nil, err
	}
	defer func() { _ = r.Close() }()
	if !isPlain(r, rel) {
		return nil, fs.ErrNotExist
	}
	f, err := r.Open(rel)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = fs.ErrNotExist
	}
	if err != nil {
		_ = f.Close()
		return nil, err
	}
	return diskBundle{f, info.Size()}, nil
}

// isPlain reports whether a path in r leads to a regular file, through no link.
func isPlain(r *os.Root, rel string) bool {
	at := ""
	for name := range strings.SplitSeq(filepath.ToSlash(rel), "/") {
		at = path.Join(at, name)
		info, err := r.Lstat(at)
		if err != nil || !info.IsDir() && (!info.Mode().IsRegular() || at != path.Clean(filepath.ToSlash(rel))) {
			return false
		}
	}
	return true
}

type diskBundle struct {
	*os.File
	size int64
}

func (b diskBundle) Size() int64 { return b.size }

// exists reports whether there is a regular file in the tree.
func (t *scannedTree) exists(p string) bool {
	root, rel, ok := t.inRoot(p)
	if !ok {
		return false
	}
	r, err := os.OpenRoot(root)
	if err != nil {
		return false
	}
	defer func() { _ = r.Close() }()
	return isPlain(r, rel)
}

// Source implements [Bundles].
func (t *scannedTree) Source(mapPath string, name sourcemap.Name) (string, bool) {
	if name.From == sourcemap.Absolute {
		if p := absolute(name.Path); t.exists(p) || !t.exists(name.Path) {
			return p, t.exists(p)
		}
		return name.Path, true
	}
	p, here := t.BundleTree.Source(mapPath, name)
	if !here && !filepath.IsLocal(p) {
		return outside(p, name), false
	}
	return p, here
}

// absolute returns an absolute path as findings in the current folder have it.
func absolute(p string) string {
	here, err := filepath.Abs(".")
	if err != nil {
		return p
	}
	if rel, err := filepath.Rel(here, filepath.FromSlash(p)); err == nil && filepath.IsLocal(rel) {
		return filepath.ToSlash(rel)
	}
	return p
}

// outside returns what to call a source that is not in the tree, nor in the current folder:
// by its path in the project of the map, if it is in there, and otherwise as the map has it.
func outside(joined string, name sourcemap.Name) string {
	full, err := filepath.Abs(filepath.FromSlash(joined))
	if err != nil {
		return name.Path
	}
	for dir := filepath.Dir(full); ; dir = filepath.Dir(dir) {
		for _, mark := range []string{"package.json", ".git"} {
			if _, err := os.Lstat(filepath.Join(dir, mark)); err == nil {
				rel, err := filepath.Rel(dir, full)
				if err != nil {
					return name.Path
				}
				return filepath.ToSlash(rel)
			}
		}
		if dir == filepath.Dir(dir) {
			return name.Inside()
		}
	}
}

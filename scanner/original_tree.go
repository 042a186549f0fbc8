package scanner

import (
	"net/url"
	"path"
	"path/filepath"
	"strings"

	"github.com/neokeys/neokeys/rules"
	"github.com/neokeys/neokeys/scanner/sourcemap"
)

// A BundleTree knows where in a tree of files, on disk or in a commit, the maps of bundles and
// their sources are. With a way to open files it is [Bundles].
type BundleTree struct {
	// Exists reports whether there is a regular file at a slash-separated path.
	Exists func(path string) bool
	Places *rules.Places
}

// Maps is that of [Bundles].
func (t *BundleTree) Maps(bundle, address string) (paths []string, elsewhere string) {
	beside := bundle + ".map"
	if address == "" {
		return []string{beside}, ""
	}
	u, err := url.Parse(address)
	if err != nil {
		return []string{beside}, ""
	}
	switch {
	case u.Scheme != "" || u.Host != "":
		return []string{beside}, address
	case strings.HasPrefix(u.Path, "/"):
		// From the top of a site, which some folder above the bundle is.
		for dir := path.Dir(bundle); ; dir = path.Dir(dir) {
			paths = append(paths, path.Join(dir, u.Path))
			if dir == "." || dir == "/" || dir == ".." {
				break
			}
		}
	default:
		paths = append(paths, path.Join(path.Dir(bundle), u.Path))
	}
	return append(paths, beside), ""
}

// Source is that of [Bundles]. The path of a source that is not in the tree is as the map has
// it, from where the map is.
func (t *BundleTree) Source(mapPath string, name sourcemap.Name) (string, bool) {
	switch name.From {
	case sourcemap.Absolute:
		return name.Path, false
	case sourcemap.Project:
		if p := t.above(mapPath, name.Path); p != "" {
			return p, true
		}
		return name.Path, false
	}
	joined := path.Join(path.Dir(mapPath), name.Path)
	if t.Exists(joined) {
		return joined, true
	}
	if p := t.above(mapPath, name.Inside()); p != "" {
		return p, true
	}
	return joined, false
}

// above looks for a source in the folders that a map is in, the nearest first, but for those
// that hold what was built.
func (t *BundleTree) above(mapPath, name string) string {
	if !filepath.IsLocal(name) {
		return ""
	}
	for dir := path.Dir(mapPath); ; dir = path.Dir(dir) {
		if p := path.Join(dir, name); !t.Places.BrowserFolder(path.Dir(p)) && t.Exists(p) {
			return p
		}
		if dir == "." || dir == "/" || strings.HasSuffix(dir, "..") {
			return ""
		}
	}
}

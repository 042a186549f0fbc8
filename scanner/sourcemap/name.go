package sourcemap

import (
	"net/url"
	"path"
	"strings"

	"github.com/neokeys/neokeys/internal/lazyregexp"
)

// A Name is the name of a source without what a bundler has put before and behind it.
type Name struct {
	// Path is slash-separated; an address where the source is at one.
	Path string
	// From says what Path is relative to.
	From Base
}

// A Base is what the name of a source is relative to.
type Base int

// The bases.
const (
	Virtual  Base = iota // there is no such file: a bundler's own code, or nothing at all
	Map                  // the folder that the map is in
	Project              // the folder that the bundler was started in
	Absolute             // a path or an address that is whole
)

// schemes matches what bundlers put before the path in a project: webpack's namespace, which
// is the package's name, turbopack's [project], an app's name.
var schemes = lazyregexp.New(`^(webpack(-internal)?|turbopack|rspack|ng|vite|rollup|parcel|meteor|metro|app|browserify|snowpack):(//)?`)

// drive is the beginning of a path on Windows.
var drive = lazyregexp.New(`^[A-Za-z]:[/\\]`)

// virtual matches what is no file: what bundlers name their own code, such as
// "webpack/bootstrap", and modules that plugins make, whose names begin with a NUL.
var virtual = lazyregexp.New(`^(\x00|<|\(|\[turbopack\]|\[next\]|webpack/|external |turbopack/|virtual:|data:|.* (sync|lazy) |$)`)

// Clean returns what the source that a map calls s is called in its project.
func Clean(s string) Name {
	s = strings.ReplaceAll(s, `\`, "/")
	switch {
	case drive.MatchString(s):
		return Name{s, Absolute}
	case strings.HasPrefix(s, "file://"):
		if u, err := url.Parse(s); err == nil {
			s = u.Path
		}
		if drive.MatchString(strings.TrimPrefix(s, "/")) {
			s = s[1:]
		}
		return Name{s, Absolute}
	case strings.HasPrefix(s, "http://"), strings.HasPrefix(s, "https://"):
		return Name{s, Absolute}
	}
	from := Map
	// Turbopack puts the name of what it made of a file behind that file's and a slash.
	if i := strings.LastIndex(s, "/turbopack:/"); i > 0 {
		s = s[i+1:]
	}
	if scheme := schemes.FindString(s); scheme != "" {
		s, from = s[len(scheme):], Project
		if strings.HasSuffix(scheme, "//") && !strings.HasPrefix(s, "[project]") && !strings.HasPrefix(s, "[turbopack]") {
			_, s, _ = strings.Cut(s, "/") // the namespace
		}
		s = strings.TrimLeft(s, "/")
		s = strings.TrimPrefix(s, "[project]/")
	}
	if virtual.MatchString(s) {
		return Name{s, Virtual}
	}
	s, _, _ = strings.Cut(s, "?") // App.vue?vue&type=script, or a hash that distinguishes versions
	s, _, _ = strings.Cut(s, "#")
	if plain, err := url.PathUnescape(s); err == nil && plain != "" {
		s = plain
	}
	if strings.HasPrefix(s, "/") && from == Map {
		return Name{path.Clean(s), Absolute}
	}
	if s = path.Clean(s); s == "." || s == "/" {
		return Name{"", Virtual}
	}
	return Name{s, from}
}

// Inside returns the path without the steps out of the folder that it begins with, which only
// say how deep a bundle is in its project.
func (n Name) Inside() string {
	s := n.Path
	for strings.HasPrefix(s, "../") {
		s = s[len("../"):]
	}
	return s
}

// join puts a map's sourceRoot before the name of a source.
func join(root, source string) string {
	if root == "" || strings.Contains(source, "://") || strings.HasPrefix(source, "/") || drive.MatchString(source) {
		return source
	}
	return strings.TrimSuffix(root, "/") + "/" + source
}

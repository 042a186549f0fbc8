// Package place says who can read a file, from its path and its beginning.
package place

import (
	"strings"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/text"
	"github.com/neokeys/neokeys/rules/internal/naming"
)

// A Place is what is known of a file from its name and its first bytes.
type Place struct {
	// Path is slash-separated and begins at the project's root where that is known.
	Path     string
	Exposure finding.Exposure
	// Code says that the file is in a programming language, in which an
	// unquoted word is an identifier and not a value.
	Code bool
	// Own is what Places has for it.
	Own *naming.Own
}

// Places says what is known of files. Its zero value knows the folders of the usual
// build tools.
type Places struct {
	// Browser are more folders that a web server hands out: a name, for folders of
	// that name anywhere, or several names with slashes between.
	Browser []string
	// Own are names that rules know in these places; nil for those of the rules' set.
	Own *naming.Own
}

// Of returns what is known of the file at path, which begins with head, where no
// folders are configured.
func Of(path string, head []byte) Place {
	var p Places
	return p.Of(path, head)
}

// Of returns what is known of the file at path, which begins with head. The first few
// kilobytes are enough; with fewer, files whose name says little are taken for source.
func (p *Places) Of(path string, head []byte) Place {
	f := newFile(path, head)
	return Place{Path: path, Exposure: p.exposure(&f), Code: isCode(&f), Own: p.Own}
}

// exposure asks about the surest signs and the widest exposures first: what an app
// holds is mobile whatever its folder is called, and a workflow in a web project's
// folder is still a workflow.
func (p *Places) exposure(f *file) finding.Exposure {
	switch {
	case isMobile(f):
		return finding.Mobile
	case isCI(f):
		return finding.CI
	case isContainer(f):
		return finding.Container
	case isNotebook(f):
		return finding.Notebook
	case p.isBrowser(f):
		return finding.Browser
	case isLog(f):
		return finding.Log
	case isDocs(f):
		return finding.Docs
	case isConfig(f):
		return finding.Config
	}
	return finding.Source
}

// A file is a path taken apart for comparison: in lower case, with slashes.
type file struct {
	dir  string // with a slash before and after each name, "/" for none
	name string
	ext  string // without its dot; empty for none and for names such as .env
	head []byte
}

func newFile(path string, head []byte) file {
	b := make([]byte, 0, len(path)+1)
	b = append(b, '/')
	for i := range len(path) {
		c := path[i]
		switch {
		case c == '\\':
			c = '/'
		case text.IsUpper(c):
			c |= 0x20
		}
		b = append(b, c)
	}
	s := string(b)
	cut := strings.LastIndexByte(s, '/') + 1
	f := file{dir: s[:cut], name: s[cut:], head: head}
	if dot := strings.LastIndexByte(f.name, '.'); dot > 0 {
		f.ext = f.name[dot+1:]
	}
	return f
}

// in reports whether the file lies under a folder of this name, or under several in
// a row with slashes between.
func (f *file) in(folder string) bool { return strings.Contains(f.dir, "/"+folder+"/") }

func (f *file) inAny(folders ...string) bool {
	for _, folder := range folders {
		if f.in(folder) {
			return true
		}
	}
	return false
}

// named reports whether the file's name is one of names.
func (f *file) named(names ...string) bool {
	for _, n := range names {
		if f.name == n {
			return true
		}
	}
	return false
}

// hasExt reports whether the file's extension is one of exts.
func (f *file) hasExt(exts ...string) bool {
	for _, e := range exts {
		if f.ext == e {
			return true
		}
	}
	return false
}

// ends reports whether the file's name ends in one of suffixes.
func (f *file) ends(suffixes ...string) bool {
	for _, s := range suffixes {
		if strings.HasSuffix(f.name, s) {
			return true
		}
	}
	return false
}

// variant reports whether the file is stem.ext or a variant of it, such as
// stem.prod.ext or stem-prod.ext.
func (f *file) variant(stem string, exts ...string) bool {
	rest, ok := strings.CutPrefix(f.name, stem)
	return ok && f.hasExt(exts...) && strings.IndexByte(".-_", rest[0]) >= 0
}

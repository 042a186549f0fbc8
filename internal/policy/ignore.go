package policy

import (
	"path"
	"path/filepath"

	"github.com/neokeys/neokeys/scanner/ignore"
)

// ignoreFile is what a project calls its list of paths that neokeys is to leave alone.
const ignoreFile = ".neokeysignore"

// ignoreFiles are the .neokeysignore files of a commit, or of a worktree whose history is
// searched. They are read when a finding asks for them.
type ignoreFiles struct {
	root   string
	read   func(folder string) []byte  // nil where there is none; the folder is relative to root
	parsed map[string]*ignore.Patterns // by folder; nil where there is none
}

func newIgnoreFiles(read func(folder string) []byte, root string) *ignoreFiles {
	return &ignoreFiles{root: root, read: read, parsed: map[string]*ignore.Patterns{}}
}

// cover reports whether a file in the folder of name, an absolute path, or in one above, ignores
// it.
func (i *ignoreFiles) cover(full string) bool {
	if i == nil {
		return false
	}
	name := relative(i.root, full)
	for folder := path.Dir(name); ; folder = path.Dir(folder) {
		ps, known := i.parsed[folder]
		if !known {
			if text := i.read(folder); text != nil && len(text) <= ignore.MaxSize {
				ps = ignore.Parse(text, false)
			}
			i.parsed[folder] = ps
		}
		if ps != nil && covers(ps, relative(folder, name)) {
			return true
		}
		if folder == path.Dir(folder) {
			return false
		}
	}
}

// covers reports whether the patterns ignore a path, or a folder that holds it.
func covers(ps *ignore.Patterns, name string) bool {
	for i := range len(name) {
		if name[i] == '/' && ps.Match([]byte(name[:i]), true) == ignore.Ignored {
			return true
		}
	}
	return ps.Match([]byte(name), false) == ignore.Ignored
}

// HeedIgnoreFiles has the .neokeysignore files in the folder at root, and below, suppress
// findings, where nothing else leaves out what they name.
func (ps *Policies) HeedIgnoreFiles(root string) {
	root = ps.resolve(absolute(root))
	ps.ignores = newIgnoreFiles(func(folder string) []byte {
		text, err := ps.source.read(filepath.Join(root, filepath.FromSlash(folder)), ignoreFile)
		if err != nil {
			return nil
		}
		return text
	}, root)
}

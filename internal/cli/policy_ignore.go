package cli

import (
	"path"

	"github.com/neokeys/neokeys/scanner/ignore"
)

// ignoreFiles are the .neokeysignore files of a commit, or of a worktree whose history is
// searched. They are read when a finding asks for them.
type ignoreFiles struct {
	from   files
	asked  func(name string)           // told the name of each file that is looked for; may be nil
	parsed map[string]*ignore.Patterns // by folder; nil where there is none
}

func newIgnoreFiles(from files) *ignoreFiles {
	return &ignoreFiles{from: from, parsed: map[string]*ignore.Patterns{}}
}

// cover reports whether a file in the folder of name, or in one above, ignores it.
func (i *ignoreFiles) cover(name string) bool {
	if i == nil {
		return false
	}
	for folder := path.Dir(name); ; folder = path.Dir(folder) {
		ps, known := i.parsed[folder]
		if !known {
			file := path.Join(folder, ignoreFile)
			if i.asked != nil {
				i.asked(file)
			}
			if text, err := i.from.ReadFile(file); err == nil && len(text) <= ignore.MaxSize {
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

// covers reports whether the patterns ignore a path, or a folder that it lies in.
func covers(ps *ignore.Patterns, name string) bool {
	for i := range len(name) {
		if name[i] == '/' && ps.Match([]byte(name[:i]), true) == ignore.Ignored {
			return true
		}
	}
	return ps.Match([]byte(name), false) == ignore.Ignored
}

package scanner

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/neokeys/neokeys/rules"
	"github.com/neokeys/neokeys/scanner/gitdir"
	"github.com/neokeys/neokeys/scanner/ignore"
	"github.com/neokeys/neokeys/scanner/worktree"
)

// A Tracker knows what git does with files on disk. It is for single files, as each answer
// reads the ignore files above it, and for one goroutine at a time.
type Tracker struct{ trees map[string]*worktree.Tree }

// find returns the worktree of folder; nil for none.
func (t *Tracker) find(folder string) *worktree.Tree {
	if tree, ok := t.trees[folder]; ok {
		return tree
	}
	tree := worktree.At(folder)
	if parent := filepath.Dir(folder); tree == nil && parent != folder {
		tree = t.find(parent)
	}
	if t.trees == nil {
		t.trees = map[string]*worktree.Tree{}
	}
	t.trees[folder] = tree
	return tree
}

// Tracking returns what git does with the file, or the folder, at path.
func (t *Tracker) Tracking(path string) rules.Tracking {
	real, err := realPath(path)
	if err != nil {
		return rules.UnknownTracking
	}
	tree := t.find(filepath.Dir(real))
	if tree == nil {
		return rules.UnknownTracking
	}
	rel, err := filepath.Rel(tree.Root, real)
	if err != nil || !filepath.IsLocal(rel) {
		return rules.UnknownTracking
	}
	rel = filepath.ToSlash(rel)
	index, err := tree.Index()
	switch {
	case err != nil:
		return rules.UnknownTracking
	case index.Has([]byte(rel)):
		return rules.Tracked
	}
	patterns := tree.Excludes(0)
	for at := 0; ; {
		folder := filepath.Join(tree.Root, filepath.FromSlash(rel[:at]))
		if text, err := readRegular(filepath.Join(folder, gitIgnoreFile)); err == nil {
			patterns = patterns.Push(ignore.Parse(text, tree.FoldCase), at)
		}
		n := strings.IndexByte(rel[at:], '/')
		if n < 0 {
			break
		}
		if patterns.Match([]byte(rel[:at+n]), true) == ignore.Ignored {
			return rules.Ignored
		}
		at += n + 1
	}
	if patterns.Match([]byte(rel), false) == ignore.Ignored {
		return rules.Ignored
	}
	return rules.Untracked
}

// readRegular returns the text of an ignore file. Like git, it follows no link.
func readRegular(path string) ([]byte, error) {
	info, err := os.Lstat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > ignore.MaxSize {
		return nil, os.ErrInvalid
	}
	return gitdir.ReadFile(path, ignore.MaxSize)
}

// Tracking returns what git does with one file.
func Tracking(path string) rules.Tracking { return new(Tracker).Tracking(path) }

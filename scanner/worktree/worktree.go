// Package worktree finds git worktrees and reads what git knows about their files:
// which to ignore and which are tracked.
//
// It reads git's files and runs nothing. They may be as hostile as the files that are
// scanned, so whatever is odd about them leads to fewer files being ignored, not more.
//
// The environment variables GIT_DIR, GIT_WORK_TREE and GIT_INDEX_FILE, which git sets
// for hooks, are not looked at: they may be about another worktree than the one
// scanned, and where they are about this one they change nothing that matters here.
package worktree

import (
	"path/filepath"
	"sync"

	"github.com/neokeys/neokeys/scanner/gitdir"
	"github.com/neokeys/neokeys/scanner/ignore"
)

// A Tree is a worktree: the main one of a repository, a linked one or a submodule.
type Tree struct {
	Root string
	// FoldCase says that the patterns of ignore files match letters of either
	// case.
	FoldCase bool

	dir      gitdir.Dir
	excludes string // core.excludesFile
	hashSize int
	index    func() (*gitdir.Index, error)
}

// Find returns the worktree of the folder, an absolute path without links;
// nil if it has none.
func Find(folder string) *Tree {
	for at := range gitdir.Above(folder) {
		if t := At(at); t != nil {
			return t
		}
	}
	return nil
}

// At returns the worktree whose root the folder is; nil if it is none.
func At(folder string) *Tree {
	dir, err := gitdir.At(filepath.Join(folder, ".git"))
	if err != nil {
		return nil
	}
	t := &Tree{Root: folder, dir: dir}
	t.configure()
	t.index = sync.OnceValues(func() (*gitdir.Index, error) {
		return gitdir.ReadIndex(filepath.Join(dir.Path, "index"), dir.Path, t.hashSize)
	})
	return t
}

// Index returns what is tracked. It is read when it is first asked for.
func (t *Tree) Index() (*gitdir.Index, error) { return t.index() }

// Excludes returns the patterns that git keeps outside of the worktree: those of the
// user, and before them those of the repository. Paths given to them have skip bytes in
// front of the part that is relative to Root.
func (t *Tree) Excludes(skip int) *ignore.Stack {
	var s *ignore.Stack
	for _, path := range []string{t.excludes, filepath.Join(t.dir.Common, "info", "exclude")} {
		if path == "" {
			continue
		}
		if text, err := gitdir.ReadFile(path, ignore.MaxSize); err == nil {
			s = s.Push(ignore.Parse(text, t.FoldCase), skip)
		}
	}
	return s
}

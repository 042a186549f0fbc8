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
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"

	"github.com/neokeys/neokeys/scanner/ignore"
)

// A Tree is a worktree: the main one of a repository, a linked one or a submodule.
type Tree struct {
	Root string
	// FoldCase tells that the patterns of ignore files match letters of either
	// case.
	FoldCase bool

	gitDir    string // where the index is
	commonDir string // where the rest is; the same but in linked worktrees
	excludes  string // core.excludesFile
	hashSize  int
	index     func() (*Index, error)
}

// Find returns the worktree that the folder, an absolute path without links, lies in;
// nil if it lies in none.
func Find(folder string) *Tree {
	for {
		if t := At(folder); t != nil {
			return t
		}
		parent := filepath.Dir(folder)
		if parent == folder {
			return nil
		}
		folder = parent
	}
}

// At returns the worktree whose root the folder is; nil if it is none.
func At(folder string) *Tree {
	gitDir := filepath.Join(folder, ".git")
	info, err := os.Stat(gitDir)
	if err != nil {
		return nil
	}
	if !info.IsDir() {
		// See gitrepository-layout(5).
		target, ok := strings.CutPrefix(readLine(gitDir), "gitdir: ")
		if !ok {
			return nil
		}
		gitDir = under(folder, target)
	}
	t := &Tree{Root: folder, gitDir: gitDir, commonDir: gitDir, hashSize: sha1Size}
	if common := readLine(filepath.Join(gitDir, "commondir")); common != "" {
		t.commonDir = under(gitDir, common)
	}
	if !t.valid() {
		return nil
	}
	t.configure()
	t.index = sync.OnceValues(func() (*Index, error) { return readIndex(t.gitDir, t.hashSize) })
	return t
}

// valid reports whether git would take it for a repository (is_git_directory in its
// setup.c). Where it would not, the folder is one like any other.
func (t *Tree) valid() bool {
	if _, err := os.Lstat(filepath.Join(t.gitDir, "HEAD")); err != nil {
		return false
	}
	for _, name := range []string{"objects", "refs"} {
		if info, err := os.Stat(filepath.Join(t.commonDir, name)); err != nil || !info.IsDir() {
			return false
		}
	}
	return true
}

// Index returns what is tracked. It is read when it is first asked for.
func (t *Tree) Index() (*Index, error) { return t.index() }

// Excludes returns the patterns that git keeps outside of the worktree: those of the
// user, and before them those of the repository. Paths given to them have skip bytes in
// front of the part that is relative to Root.
func (t *Tree) Excludes(skip int) *ignore.Stack {
	var s *ignore.Stack
	for _, path := range []string{t.excludes, filepath.Join(t.commonDir, "info", "exclude")} {
		if path == "" {
			continue
		}
		if text, err := readFile(path, ignore.MaxSize); err == nil {
			s = s.Push(ignore.Parse(text, t.FoldCase), skip)
		}
	}
	return s
}

// under returns path, which may be relative to folder.
func under(folder, path string) string {
	path = filepath.FromSlash(path)
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(folder, path)
}

// readLine returns the text of a file that holds a path, empty if there is none.
func readLine(path string) string {
	text, err := readFile(path, 64<<10)
	if err != nil {
		return ""
	}
	return string(bytes.TrimRight(text, "\r\n"))
}

var errTooLarge = errors.New("is too large")

// readFile returns the text of a regular file of at most limit bytes.
func readFile(path string, limit int64) ([]byte, error) {
	f, err := openFile(path)
	if err != nil {
		return nil, err
	}
	defer f.Close() // only read from
	text, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(text)) > limit {
		err = &fs.PathError{Op: "read", Path: path, Err: errTooLarge}
	}
	return text, err
}

// openFile opens a regular file, without waiting should it be a pipe.
func openFile(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		_ = f.Close()
		return nil, &fs.PathError{Op: "open", Path: path, Err: errors.Join(err, errors.New("is not a regular file"))}
	}
	return f, nil
}

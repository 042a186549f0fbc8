package policy

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/neokeys/neokeys/internal/baseline"
	"github.com/neokeys/neokeys/internal/config"
	"github.com/neokeys/neokeys/internal/infile"
	"github.com/neokeys/neokeys/rules"
)

// Files are those of one commit, or what is staged. Paths are slash-separated and relative to
// the repository's root.
type Files interface {
	ReadFile(path string) ([]byte, error)
	Exists(path string) bool
}

// A Change is what a scan of a repository's objects looks at.
type Change struct {
	// Root is the folder that paths are relative to: that of the worktree, or in a bare
	// repository of the repository itself.
	Root string
	// Worktrees are the folders of all of the repository's worktrees.
	Worktrees []string
	// Base are the files before the change, which have the say, and Tip those after it.
	Base, Tip Files
}

// BeforeChange returns the policies by which a change is judged: those that were in force
// before it, so that it cannot excuse itself.
func BeforeChange(flags Flags, c Change) (*Policies, error) {
	root := absolute(c.Root)
	s := &snapshot{Change: c, root: root, edits: map[string]bool{}}
	ps := newPolicies(flags, s)
	s.policies = ps
	ps.ignores = newIgnoreFiles(func(folder string) []byte {
		text, _ := s.read(filepath.Join(root, filepath.FromSlash(folder)), ignoreFile)
		return text
	}, root)
	if err := ps.readGivenBefore(s); err != nil {
		return nil, err
	}
	ps.first = root
	ps.At(root)
	s.note(ignoreFile)
	return ps, ps.failed()
}

// snapshot reads projects as they were before a change.
type snapshot struct {
	Change
	root     string
	policies *Policies
	edits    map[string]bool // paths of which it was looked whether the change edits them
}

func (s *snapshot) above(folder string) (parent string, leaves bool) {
	if folder == s.root || !within(s.root, folder) {
		return "", false
	}
	return filepath.Dir(folder), false
}

func (s *snapshot) addsOnly(folder, _ string) string { return inPackage(s.root, folder) }

func (s *snapshot) exists(path string) bool {
	rel := relative(s.root, path)
	return s.Base.Exists(rel)
}

func (s *snapshot) read(folder, name string) ([]byte, error) {
	path := relative(s.root, filepath.Join(folder, name))
	s.note(path)
	return s.Base.ReadFile(path)
}

// note says that the change edits a file by which findings can be silenced, if it does.
func (s *snapshot) note(path string) {
	if s.edits[path] {
		return
	}
	s.edits[path] = true
	before, errBefore := s.Base.ReadFile(path)
	after, errAfter := s.Tip.ReadFile(path)
	if (errBefore == nil) != (errAfter == nil) || !bytes.Equal(before, after) {
		s.policies.notice(filepath.Join(s.root, filepath.FromSlash(path)), "this change edits it; the version from before this change was used")
	}
}

// readGivenBefore is readGiven for a change: what the change can reach is read as it was
// before.
func (ps *Policies) readGivenBefore(s *snapshot) error {
	read := func(what, file string, limit int64) (text []byte, name string, err error) {
		rel, inside := s.reaches(file)
		if !inside {
			text, err = ps.flags.read(what, file, limit)
			return text, file, err
		}
		s.note(rel)
		text, err = s.Base.ReadFile(rel)
		if errors.Is(err, fs.ErrNotExist) {
			return nil, rel, nil
		}
		return text, rel, err
	}
	if file := ps.flags.Config; file != "" {
		text, name, err := read("configuration", file, config.MaxSize)
		if err != nil {
			return err
		}
		ps.given.config, ps.given.root = config.Default(), s.root
		if text != nil {
			c, err := config.Parse(name, text, rules.IDs())
			if err != nil {
				return err
			}
			ps.given.config = c
		}
	}
	if file := ps.flags.Baseline; file != "" {
		text, name, err := read("baseline", file, baseline.MaxSize)
		if err != nil {
			return err
		}
		b := &baseline.Baseline{}
		if text != nil {
			if b, err = baseline.Parse(name, text); err != nil {
				return err
			}
		}
		ps.given.baseline = ps.knows(filepath.Join(s.root, baseline.FileName), b)
	}
	return nil
}

// maxLinks is how many links are followed, as many as Linux does.
const maxLinks = 40

// reaches reports whether a change of the repository can change what is read from file, however
// that is spelled, and returns the path there.
func (s *snapshot) reaches(file string) (path string, inside bool) {
	at := absolute(file)
	for range maxLinks {
		for _, spelled := range []string{at, infile.InRealFolder(at)} {
			if rel, ok := s.inWorktree(spelled); ok {
				return rel, true
			}
		}
		at = infile.InRealFolder(at)
		target, err := os.Readlink(at)
		if err != nil {
			break // it is no link
		}
		if !filepath.IsAbs(target) {
			target = filepath.Join(filepath.Dir(at), target)
		}
		at = target
	}
	return s.hardLink(at)
}

// hardLink returns which file of a worktree is the same as file, under another name.
func (s *snapshot) hardLink(file string) (path string, found bool) {
	info, err := os.Lstat(file)
	if err != nil || !infile.HasNames(info) {
		return "", false
	}
	for _, tree := range s.Worktrees {
		_ = filepath.WalkDir(tree, func(at string, e fs.DirEntry, err error) error { // what cannot be read is passed over
			if err == nil && e.IsDir() && e.Name() == ".git" {
				return fs.SkipDir
			}
			if err == nil && e.Type().IsRegular() && isFile(info, e) {
				path, found = relative(tree, at), true
				return fs.SkipAll
			}
			return nil
		})
		if found {
			break
		}
	}
	return path, found
}

// isFile reports whether an entry of a folder is the file that info is of.
func isFile(info fs.FileInfo, e fs.DirEntry) bool {
	other, err := e.Info()
	return err == nil && os.SameFile(info, other)
}

// inWorktree returns the path of a file relative to the worktree of the repository that holds it.
func (s *snapshot) inWorktree(file string) (path string, ok bool) {
	for folder := filepath.Dir(file); ; folder = filepath.Dir(folder) {
		if slices.ContainsFunc(append([]string{s.root}, s.Worktrees...), func(tree string) bool { return sameFile(folder, tree) }) {
			rel, err := filepath.Rel(folder, file)
			return filepath.ToSlash(rel), err == nil
		}
		if folder == filepath.Dir(folder) {
			return "", false
		}
	}
}

func sameFile(a, b string) bool {
	infoA, errA := os.Stat(a)
	infoB, errB := os.Stat(b)
	return errA == nil && errB == nil && os.SameFile(infoA, infoB)
}

// damaged records that a file of a project cannot be used. On disk that makes the scan incomplete. Before
// a change, more is found without it, and the change that mends it gets through.
func (ps *Policies) damaged(file string, err error) {
	if _, changed := ps.source.(*snapshot); changed {
		ps.notice(file, fmt.Sprintf("its version from before this change is damaged, and was not used: %s", err))
		return
	}
	ps.problem(file, err.Error())
}

func (s *snapshot) name(path string) string { return relative(s.root, path) }

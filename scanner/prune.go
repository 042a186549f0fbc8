package scanner

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/neokeys/neokeys/rules"
	"github.com/neokeys/neokeys/scanner/gitdir"
	"github.com/neokeys/neokeys/scanner/ignore"
	"github.com/neokeys/neokeys/scanner/worktree"
)

const (
	gitIgnoreFile = ".gitignore"
	ownIgnoreFile = ".neokeysignore"
)

// A pruning decides which files of a folder to skip.
//
// In a git worktree, those are the files that git ignores: they match a pattern in an ignore
// file and are not tracked. A folder that ships to browsers is searched even if git ignores
// it, because everything built into it is public; but not inside of another ignored folder,
// as every package in node_modules may have one.
//
// A folder that the user named is searched, even if git ignores it. Git then ignores all
// in it, so none of it is left out for that.
//
// .neokeysignore leaves out what it matches in any folder, tracked or not, but not what
// the user named.
type pruning struct {
	off bool // leave nothing out
	// path is that of the folder, with a slash behind it, from where it begins: at
	// the worktree's root or, outside of one, at the current folder or the one that
	// the user named. There it is empty.
	path string
	own  *ignore.Stack
	repo *repository // nil outside of one
	git  *ignore.Stack
	mode gitMode
	ask  []byte // room for the path of something in the folder
	scan *Scan
	// places are those of the project that the folder is of.
	places *rules.Places
}

// A repository is a worktree that is being scanned.
type repository struct {
	tree  *worktree.Tree
	start int // length of the part of a pruning's path before the tree's root
	index func() (_ *gitdir.Index, ok bool)
}

// tracks reports whether git tracks the file at a pruning's path, or a submodule there
// or something in a folder there. If that cannot be known, everything may be tracked.
func (r *repository) tracks(path []byte, isDir bool) bool {
	index, ok := r.index()
	path = path[r.start:]
	return !ok || index.Has(path) || isDir && index.HasUnder(path)
}

// gitMode is how git's patterns apply to a folder in a worktree.
type gitMode uint8

const (
	byPatterns  gitMode = iota
	trackedOnly         // the folder is ignored, and something in it is tracked
	everything          // the folder ships to browsers, or the user named it though it is ignored
)

// newPruning returns what to leave out of root, a folder that the user named.
func (s *Scan) newPruning(root string) (pruning, error) {
	if s.NoIgnore {
		return pruning{off: true}, nil
	}
	path, err := realPath(root)
	if err != nil {
		return pruning{off: true}, err
	}
	p := pruning{scan: s, places: &s.Places}
	if project := s.projectAt(root); project != nil {
		p.places = &project.Places
	}
	start := path
	if tree := worktree.Find(path); tree != nil {
		start = tree.Root
		p.useRepository(tree)
	} else if wd, err := realPath("."); err == nil {
		if rest, err := filepath.Rel(wd, path); err == nil && filepath.IsLocal(rest) {
			start = wd
		}
	}
	rest, err := filepath.Rel(start, path)
	if err != nil || rest == "." {
		return p, err
	}
	names := strings.Split(filepath.ToSlash(rest), "/")
	if slices.Contains(names, ".git") {
		return pruning{off: true}, nil // in a repository, but not in its worktree
	}
	for _, name := range names {
		p.enterAbove(start)
		p = p.named(name)
		start = filepath.Join(start, name)
	}
	return p, nil
}

// realPath returns an absolute path without links.
func realPath(path string) (string, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	return filepath.EvalSymlinks(path)
}

// enterAbove reads the ignore files in the folder at path, a parent of the one that the user
// named. If it is not readable, fewer files are skipped.
func (p *pruning) enterAbove(path string) {
	if dir, err := openFolderAt(path, false); err == nil {
		p.readIgnoreFiles(dir, true, true)
		dir.close()
	}
}

// named returns what to leave out of the folder called name, which is or holds what the
// user named.
func (p *pruning) named(name string) pruning {
	inner := *p
	inner.path = p.path + name + "/"
	path := p.pathOf(name)
	if p.own.Match(path, true) == ignore.Ignored {
		inner.own = nil
	}
	if p.repo != nil && p.mode == byPatterns &&
		(p.ships(path) || p.git.Match(path, true) == ignore.Ignored) {
		inner.mode = everything
	}
	return inner
}

// enter applies the folder's own ignore files to p, which has those of its parents. With more,
// the entries are not all: ignore files may be among the rest.
func (p *pruning) enter(path string, dir *folder, entries []fs.DirEntry, more bool) {
	if p.off {
		return
	}
	repo, git, own := more, more, more
	for _, e := range entries {
		switch e.Name() {
		case ".git":
			repo = true
		case gitIgnoreFile:
			git = e.Type().IsRegular()
		case ownIgnoreFile:
			own = e.Type().IsRegular()
		}
	}
	if repo {
		p.enterRepository(path)
	}
	p.readIgnoreFiles(dir, git, own)
}

// enterRepository makes p that of a worktree of its own, if path is the root of one: a
// submodule, or a clone in some other folder.
func (p *pruning) enterRepository(path string) {
	if p.repo != nil && len(p.path) == p.repo.start {
		return // the one that p is of already
	}
	abs, err := filepath.Abs(path)
	if err != nil {
		return
	}
	if tree := worktree.At(abs); tree != nil {
		p.useRepository(tree)
	}
}

func (p *pruning) useRepository(tree *worktree.Tree) {
	out := &p.scan.out
	p.repo = &repository{tree: tree, start: len(p.path), index: sync.OnceValues(func() (*gitdir.Index, bool) {
		index, err := tree.Index()
		if err != nil {
			out.problem(join(filepath.ToSlash(tree.Root), ".git/index"),
				fmt.Errorf("%s; what git ignores in this worktree is scanned, too", describe(err)))
		}
		return index, err == nil
	})}
	p.git = tree.Excludes(p.repo.start)
	p.mode = byPatterns
}

// readIgnoreFiles adds the patterns in the folder's ignore files: git's if git is set,
// .neokeysignore if own is set.
func (p *pruning) readIgnoreFiles(dir *folder, git, own bool) {
	if git && p.repo != nil && p.mode == byPatterns {
		if text := readIgnoreFile(dir, gitIgnoreFile); text != nil {
			p.git = p.git.Push(ignore.Parse(text, p.repo.tree.FoldCase), len(p.path))
		}
	}
	if own {
		if text := readIgnoreFile(dir, ownIgnoreFile); text != nil {
			p.own = p.own.Push(ignore.Parse(text, false), len(p.path))
		}
	}
}

// readIgnoreFile returns the text of a folder's ignore file, nil if it cannot be had.
// Like git, it follows no link. A pipe that has taken the file's place gives nothing.
func readIgnoreFile(dir *folder, name string) []byte {
	f, err := dir.open(name)
	if err != nil {
		return nil
	}
	defer f.close()
	text, err := io.ReadAll(io.LimitReader(&f, ignore.MaxSize+1))
	if err != nil || len(text) > ignore.MaxSize {
		return nil
	}
	return text
}

// folder returns what to leave out of the folder called name for reasons that lie
// outside of it, and whether to go into it at all.
func (p *pruning) folder(name string) (pruning, bool) {
	if p.off {
		return pruning{off: true}, true
	}
	path := p.pathOf(name)
	if p.own.Match(path, true) == ignore.Ignored {
		return pruning{}, false
	}
	inner := *p
	inner.path, inner.ask = p.path+name+"/", nil
	if p.repo == nil {
		return inner, true
	}
	if p.mode == byPatterns {
		if p.ships(path) {
			inner.mode = everything
		} else if p.git.Match(path, true) == ignore.Ignored {
			inner.mode = trackedOnly
		}
	}
	return inner, inner.mode != trackedOnly || p.repo.tracks(path, true)
}

// file reports whether to search the file called name.
func (p *pruning) file(name string) bool {
	if p.off {
		return true
	}
	path := p.pathOf(name)
	if p.own.Match(path, false) == ignore.Ignored {
		return false
	}
	if p.repo == nil || p.mode == everything || p.mode == byPatterns && p.git.Match(path, false) != ignore.Ignored {
		return true
	}
	return p.repo.tracks(path, false)
}

// ships reports whether the folder at path in a worktree is one of those whose files are
// made to be handed out.
func (p *pruning) ships(path []byte) bool {
	return p.places.BrowserFolder(string(path[p.repo.start:]))
}

// pathOf returns the path of what is called name in the folder, until it is called again.
func (p *pruning) pathOf(name string) []byte {
	p.ask = append(append(p.ask[:0], p.path...), name...)
	return p.ask
}

// saysWhatIsLeftOut reports whether a file is there to say what is searched: a project in which nothing
// else is read was not searched.
func saysWhatIsLeftOut(path string) bool {
	for _, name := range [...]string{gitIgnoreFile, ownIgnoreFile, ".neokeys.toml"} {
		if folder, ok := strings.CutSuffix(path, name); ok && (folder == "" || os.IsPathSeparator(folder[len(folder)-1])) {
			return true
		}
	}
	return false
}

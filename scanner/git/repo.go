// Package git searches git repositories: what the next commit would record, what a
// range of commits adds, and everything that a clone gives away. It reads the
// repository itself and never runs a program, git included.
//
// Other programs may import this package; before version 1.0 of the module, a minor version
// may change it.
package git

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/neokeys/neokeys/scanner/gitdir"
	"github.com/neokeys/neokeys/scanner/pack"
)

// A Repo is where the parts of a repository lie.
type Repo struct {
	// Dir is the repository's own folder, of a linked worktree its part of it:
	// HEAD and the index are here.
	Dir string
	// Common is the folder of what linked worktrees share: objects, refs, config.
	Common string
	// Worktree is the folder of the checked-out files; empty in a bare repository.
	Worktree string
	// Index is the index file; it need not exist.
	Index string
	// Objects is the folder of objects, Alternates the other folders that git looks in.
	// Alternates that are named in a file of Objects are not among them.
	Objects    string
	Alternates []string

	stored   *stored       // nil for a git directory
	kept     *pack.Store   // the objects, if they are kept open between two searches; see store
	index    *gitdir.Index // nil until it is read
	hashSize int           // bytes of an object id
	lfs      string        // the folder of Git LFS
	shallow  string        // the file that lists the boundary of a shallow clone
	bare     bool          // the config says it has no worktree
	// partial says that objects may be missing because the clone left them out.
	partial bool
}

// ErrNotRepository says that there is no repository where one was looked for.
var ErrNotRepository = gitdir.ErrNone

// Open finds the repository at path, which may be a worktree or a folder in it, a
// bare repository, what git calls a git directory, or one of what [IsStored] names. With an empty path it is the
// repository that git itself would work on in the current folder, and the
// variables with which git describes it to its hooks, such as GIT_DIR and
// GIT_INDEX_FILE, are taken from getenv. They also count when path leads to that
// same repository.
func Open(path string, getenv func(string) string) (*Repo, error) {
	ambient, ambientErr := openAmbient(getenv)
	if path == "" {
		return ambient, ambientErr
	}
	r, err := discover(path)
	switch {
	case ambientErr != nil:
	case err == nil && sameFile(r.Dir, ambient.Dir):
		return ambient, nil
	case err != nil && ambient.Worktree != "" && sameFile(path, ambient.Worktree):
		return ambient, nil // the git directory lies elsewhere
	}
	if err != nil {
		return nil, err
	}
	if r.stored != nil {
		return r, nil
	}
	return r, r.configure("")
}

// openAmbient opens the repository that the environment and the current folder name.
func openAmbient(getenv func(string) string) (*Repo, error) {
	var r *Repo
	var err error
	explicit := getenv("GIT_DIR")
	if explicit != "" {
		if r, err = openAt(explicit); err != nil {
			return nil, fmt.Errorf("GIT_DIR: %w", err)
		}
	} else if r, err = discover("."); err != nil {
		return nil, err
	}
	if common := getenv("GIT_COMMON_DIR"); common != "" {
		r.Common = common
		r.Objects = filepath.Join(common, "objects")
		r.lfs = filepath.Join(common, "lfs")
		r.shallow = filepath.Join(common, "shallow")
	}
	worktree := getenv("GIT_WORK_TREE")
	if err := r.configure(worktree); err != nil {
		return nil, err
	}
	if explicit != "" && r.Worktree == "" && worktree == "" && !r.bare {
		// As git has it: who names the git directory stands at the worktree's top.
		r.Worktree = "."
	}
	if index := getenv("GIT_INDEX_FILE"); index != "" {
		if !filepath.IsAbs(index) && r.Worktree != "" {
			index = filepath.Join(r.Worktree, index)
		}
		r.Index = index
	}
	if objects := getenv("GIT_OBJECT_DIRECTORY"); objects != "" {
		r.Objects = objects
	}
	r.Alternates = splitAlternates(getenv("GIT_ALTERNATE_OBJECT_DIRECTORIES"))
	if shallow := getenv("GIT_SHALLOW_FILE"); shallow != "" {
		r.shallow = shallow
	}
	return r, nil
}

// discover finds the repository that path is or, unless it is one of what [IsStored] names, that
// a folder above it is.
func discover(path string) (*Repo, error) {
	if info, err := os.Stat(path); err != nil {
		return nil, err
	} else if !info.IsDir() {
		if r, err := openAt(path); err == nil {
			return r, nil
		}
		r, err := openStored(path)
		if errors.Is(err, ErrNotRepository) {
			err = fmt.Errorf("%s: %w: it is a file, and neither a bundle nor a pack", path, ErrNotRepository)
		}
		return r, err
	}
	dir, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	r, err := discoverAbove(path, dir)
	if err == nil && (dir == r.Worktree || isWithin(r.Common, dir)) {
		return r, nil
	}
	if s, storedErr := openStored(path); storedErr == nil {
		return s, nil
	}
	return r, err
}

// isWithin reports whether path is folder or below it.
func isWithin(folder, path string) bool {
	rel, err := filepath.Rel(folder, path)
	return err == nil && filepath.IsLocal(rel)
}

// discoverAbove finds the repository that dir, the absolute form of path, or a folder above it
// belongs to.
func discoverAbove(path, dir string) (*Repo, error) {
	for at := range gitdir.Above(dir) {
		dotGit := filepath.Join(at, ".git")
		if info, err := os.Stat(dotGit); err == nil {
			r, err := openAt(dotGit)
			if err == nil {
				r.Worktree = at
				return r, nil
			}
			if !errors.Is(err, ErrNotRepository) || !info.IsDir() {
				return nil, err
			}
		}
		if r, err := openAt(at); err == nil {
			if filepath.Base(at) == ".git" {
				r.Worktree = filepath.Dir(at)
			}
			return r, nil
		}
	}
	return nil, fmt.Errorf("%s: %w, nor is any folder above it", path, ErrNotRepository)
}

// openAt opens the repository at path, as [gitdir.At] finds it.
func openAt(path string) (*Repo, error) {
	d, err := gitdir.At(path)
	if err != nil {
		return nil, err
	}
	return &Repo{
		Dir: d.Path, Common: d.Common,
		Index:   filepath.Join(d.Path, "index"),
		Objects: filepath.Join(d.Common, "objects"),
		shallow: filepath.Join(d.Common, "shallow"),
		lfs:     filepath.Join(d.Common, "lfs"),
	}, nil
}

// configure reads the repository's config: whether its format is one that is known,
// and where its worktree is unless worktree says so.
func (r *Repo) configure(worktree string) error {
	c, err := readConfig(filepath.Join(r.Common, "config"))
	if err != nil {
		return err
	}
	if err := c.checkFormat(r.Common); err != nil {
		return err
	}
	r.partial = c.partial()
	r.hashSize = gitdir.HashSize(c.value("extensions.objectformat"))
	r.bare = c.isTrue("core.bare")
	if storage := c.value("lfs.storage"); storage != "" {
		r.lfs = gitdir.Join(r.Common, storage)
	}
	own := c.value("core.worktree")
	if c.isTrue("extensions.worktreeconfig") {
		wc, err := readConfig(filepath.Join(r.Dir, "config.worktree"))
		if err != nil {
			return err
		}
		r.bare = r.bare && wc.value("core.bare") == "" || wc.isTrue("core.bare")
		if w := wc.value("core.worktree"); w != "" {
			own = w
		}
	}
	linked := r.Dir != r.Common
	switch {
	case worktree != "":
		r.Worktree = worktree
	case linked:
		if r.Worktree == "" {
			if file, err := gitdir.ReadLine(filepath.Join(r.Dir, "gitdir")); err == nil {
				r.Worktree = filepath.Dir(gitdir.Join(r.Dir, file))
			}
		}
	case own != "":
		r.Worktree = gitdir.Join(r.Dir, own)
	case r.bare:
		r.Worktree = ""
	}
	return nil
}

// readIndex returns the repository's index, which is read once.
func (r *Repo) readIndex() (x *gitdir.Index, err error) {
	if r.index == nil {
		r.index, err = gitdir.ReadIndex(r.Index, r.Dir, r.hashSize)
	}
	return r.index, err
}

// repositoriesIn returns the git directories below folder, and in the modules folders of those
// in turn, as git keeps those of submodules; most at most.
func repositoriesIn(folder string, most int) (dirs []string) {
	entries, _ := os.ReadDir(folder) // where nothing can be read there is nothing to tell of
	for _, e := range entries {
		if !e.IsDir() || len(dirs) >= most {
			continue
		}
		path := filepath.Join(folder, e.Name())
		if _, err := gitdir.At(path); err == nil {
			dirs = append(dirs, path)
			path = filepath.Join(path, "modules")
		}
		dirs = append(dirs, repositoriesIn(path, most-len(dirs))...)
	}
	return dirs
}

// shallowBoundary returns the commits of a shallow clone whose parents were not fetched with
// them; none if the clone is not shallow.
func (r *Repo) shallowBoundary() (map[pack.ID]bool, error) {
	text, err := gitdir.ReadFile(r.shallow, gitdir.MaxFile)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	boundary := map[pack.ID]bool{}
	for line := range strings.Lines(string(text)) {
		id, ok := r.parseID(strings.TrimSpace(line))
		if !ok {
			return nil, fmt.Errorf("%s: a line of it is no object id", r.shallow)
		}
		boundary[id] = true
	}
	return boundary, nil
}

// parseID returns the object id that text spells in full.
func (r *Repo) parseID(text string) (pack.ID, bool) {
	id, err := pack.ParseID(text)
	return id, err == nil && len(text) == 2*r.hashSize
}

// splitAlternates takes apart GIT_ALTERNATE_OBJECT_DIRECTORIES, in which a folder
// with an unusual name is quoted as in C.
func splitAlternates(list string) []string {
	var dirs []string
	for list != "" {
		if list[0] == '"' {
			if quoted, err := strconv.QuotedPrefix(list); err == nil {
				if dir, err := strconv.Unquote(quoted); err == nil {
					dirs = append(dirs, dir)
					list = strings.TrimPrefix(list[len(quoted):], string(os.PathListSeparator))
					continue
				}
			}
		}
		var dir string
		dir, list, _ = strings.Cut(list, string(os.PathListSeparator))
		if dir != "" {
			dirs = append(dirs, dir)
		}
	}
	return dirs
}

func sameFile(a, b string) bool {
	infoA, errA := os.Stat(a)
	infoB, errB := os.Stat(b)
	return errA == nil && errB == nil && os.SameFile(infoA, infoB)
}

package git

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/neokeys/neokeys/scanner"
	"github.com/neokeys/neokeys/scanner/gitdir"
	"github.com/neokeys/neokeys/scanner/pack"
)

// maxSnapshotFile is the size in bytes of the largest file that a snapshot gives.
const maxSnapshotFile = 64 << 20

// A Snapshot is the files of one commit. It is for what a project says about scans of
// itself, which a change must not be able to rewrite for the scan of that change.
type Snapshot struct {
	objects *objects
	tree    pack.ID       // zero for a snapshot without files
	index   *gitdir.Index // in place of tree, for what is staged
}

// Base returns the files as they were before a change: of HEAD if spec is empty, for what
// is staged, and of BASE for a range as in [Repo.Range]. Where there is no such commit,
// because HEAD is unborn or the range begins with zeros, there are no files.
func (r *Repo) Base(spec string) (*Snapshot, error) {
	base, _, isRange := strings.Cut(spec, "..")
	if spec == "" {
		base = "HEAD"
		if head, err := r.head(); err != nil || head.id.IsZero() {
			return &Snapshot{}, err
		}
	} else if !isRange || IsZeroID(base) {
		return &Snapshot{}, nil
	}
	return r.Snapshot(base)
}

// Tip returns the files as they are after the change that [Repo.Base] tells the
// beginning of.
func (r *Repo) Tip(spec string) (*Snapshot, error) {
	if spec == "" {
		index, err := r.readIndex()
		if err != nil {
			return nil, err
		}
		objects, err := r.objects(context.Background(), new(scanner.Progress))
		return &Snapshot{objects: objects, index: index}, err
	}
	if _, tip, isRange := strings.Cut(spec, ".."); isRange {
		spec = strings.TrimPrefix(tip, ".")
	}
	if IsZeroID(spec) {
		return &Snapshot{}, nil
	}
	return r.Snapshot(spec)
}

// Snapshot returns the files of the commit that rev names. The caller must close it.
func (r *Repo) Snapshot(rev string) (*Snapshot, error) {
	s, err := r.search(context.Background(), Options{})
	if err != nil {
		return nil, err
	}
	c, err := s.revision(rev)
	if err != nil {
		s.objects.Close()
		return nil, err
	}
	return &Snapshot{objects: s.objects, tree: c.tree}, nil
}

// ReadFile returns the text of the file at path, which is slash-separated and relative to
// the worktree's root. Its error is [fs.ErrNotExist] if there is none.
func (s *Snapshot) ReadFile(path string) ([]byte, error) {
	e, err := s.lookUp(path)
	switch {
	case errors.Is(err, errNoEntry):
		return nil, fs.ErrNotExist
	case err != nil:
		return nil, err
	case e.mode&modeType != modeFile: // not a link either: nobody reads this file's target
		return nil, fs.ErrNotExist
	}
	kind, text, err := s.objects.ObjectOf(pack.Blob, e.id, maxSnapshotFile)
	if err != nil {
		return nil, fmt.Errorf("blob %s: %w", e.id, err)
	}
	if kind != pack.Blob {
		return nil, fs.ErrNotExist
	}
	return text, nil
}

// Exists reports whether there is a file at path.
func (s *Snapshot) Exists(path string) bool {
	e, err := s.lookUp(path)
	return err == nil && e.isFile()
}

// Find returns the paths of the files that have one of the names, in no order. Of several
// folders with the same content it may look into one alone.
func (s *Snapshot) Find(names ...string) []string {
	var found []string
	if s.index != nil {
		for i := range s.index.Entries.Len() {
			if p := string(s.index.Entries.Path(i)); slices.Contains(names, path.Base(p)) {
				found = append(found, p)
			}
		}
		return found
	}
	type folder struct {
		path string
		tree pack.ID
	}
	seen := map[pack.ID]bool{s.tree: true}
	for left := []folder{{"", s.tree}}; len(left) > 0 && !s.tree.IsZero(); {
		at := left[len(left)-1]
		left = left[:len(left)-1]
		entries, _ := s.objects.tree(at.tree) // the search itself says what cannot be read
		for i := range entries {
			e := &entries[i]
			switch {
			case e.isFolder() && !seen[e.id]:
				seen[e.id] = true
				left = append(left, folder{join(at.path, e.name), e.id})
			case e.isFile() && slices.Contains(names, string(e.name)):
				found = append(found, join(at.path, e.name))
			}
		}
	}
	return found
}

func (s *Snapshot) lookUp(path string) (treeEntry, error) {
	switch {
	case s.index != nil:
		e := s.index.Find([]byte(path))
		if e == nil {
			return treeEntry{}, errNoEntry
		}
		return treeEntry{id: pack.NewID(e.ID), mode: e.Mode}, nil
	case s.tree.IsZero():
		return treeEntry{}, errNoEntry
	}
	return s.objects.lookUp(s.tree, path)
}

// Close lets go of the repository.
func (s *Snapshot) Close() {
	if s.objects != nil {
		s.objects.Close()
	}
}

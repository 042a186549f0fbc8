package git

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/scanner/gitdir"
	"github.com/neokeys/neokeys/scanner/pack"
)

// Staged searches what the next commit would record and reports what it adds: the
// matches in a file of the index that HEAD, and during a merge what is being merged,
// does not have in that file. The error means that nothing could be searched; single
// objects that could not be read are among the result's problems.
func (r *Repo) Staged(ctx context.Context, o Options) (*finding.Result, error) {
	if _, err := os.Stat(r.Index); errors.Is(err, fs.ErrNotExist) && r.Worktree == "" {
		return nil, fmt.Errorf("%s: a bare repository has nothing staged; leave --staged out to search its history", r.Dir)
	}
	index, err := r.readIndex()
	if err != nil {
		return nil, err
	}
	s, err := r.search(ctx, o)
	if err != nil {
		return nil, err
	}
	s.index = index
	parents, err := s.nextParents()
	if err != nil {
		s.objects.Close()
		return nil, err
	}
	now := side{index: &index.Entries, cached: index.Tree}
	if index.Tree != nil && index.Tree.Entries == index.Entries.Len() {
		now.id = pack.NewID(index.Tree.ID)
	}
	n := news{s: s, each: func(_ string, h *hit) { s.add(h) }, absentLFS: s.unsearchedLFS}
	if index.Entries.Len() > 0 && !containsTree(parents, now.id) {
		err = n.of(now, parents)
	}
	switch {
	case ctx.Err() != nil:
		s.problem("", errInterrupted)
	case err != nil:
		s.problem("", err)
	}
	return s.finish(), nil
}

// containsTree reports whether one of trees is id.
func containsTree(trees []pack.ID, id pack.ID) bool {
	for _, t := range trees {
		if !id.IsZero() && t == id {
			return true
		}
	}
	return false
}

// nextParents returns the trees of the commits that will be the next one's parents.
func (s *search) nextParents() ([]pack.ID, error) {
	head, err := s.repo.head()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.repo.Dir, err)
	}
	if head.id.IsZero() {
		return nil, nil
	}
	c, err := s.objects.commit(head.id)
	if err != nil {
		return nil, fmt.Errorf("HEAD: %w", err)
	}
	trees := []pack.ID{c.tree}
	text, err := gitdir.ReadFile(filepath.Join(s.repo.Dir, "MERGE_HEAD"), gitdir.MaxFile)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	for line := range strings.Lines(string(text)) {
		id, ok := s.repo.parseID(strings.TrimSpace(line))
		if !ok {
			continue
		}
		c, err := s.objects.commit(id)
		if err != nil {
			return nil, fmt.Errorf("MERGE_HEAD: %w", err)
		}
		trees = append(trees, c.tree)
	}
	return trees, nil
}

package git

import (
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/scanner/pack"
)

// A Push is what a repository is about to be sent: some refs, and with them the objects
// that it does not have yet.
type Push struct {
	// Tips are the object ids, or other revisions, that refs are to lead to. Zeros, with
	// which git's hooks announce the removal of a ref, add nothing.
	Tips []string
	// Notes are those of the Tips that refs of notes are to lead to.
	Notes []string
	// NewRefs are the full names of the refs that are to be made.
	NewRefs []string
	// Known are object ids, or other revisions, that the other side has. An id of
	// nothing that is here is passed over: a remote may be ahead of what was fetched.
	Known []string
	// KnownRefs is the prefix of the local refs that show what else the other side has:
	// refs/ where the push arrives, refs/remotes/NAME/ where it comes from. Empty for
	// none.
	KnownRefs string
}

// Push searches what a push adds, as [Repo.Range] does: the commits that can be
// reached from its tips and not from what the other side has; and besides, the messages of
// its tags, and the names of its new refs.
func (r *Repo) Push(ctx context.Context, p Push, o Options) (*finding.Result, error) {
	return r.additions(ctx, o, func(a *addition) error { return a.push(p) })
}

// Published returns those of some commits, by their ids, that a ref with a prefix leads to. Of those
// that cannot be read it says nothing.
func (r *Repo) Published(ctx context.Context, commits []string, prefix string, o Options) (map[string]bool, error) {
	s, err := r.search(ctx, o)
	if err != nil {
		return nil, err
	}
	defer s.objects.Close()
	var ids, tips []pack.ID
	for _, name := range commits {
		id, err := pack.ParseID(name)
		if err != nil {
			return nil, err
		}
		if _, err := s.objects.commit(id); err == nil {
			ids = append(ids, id)
		}
	}
	refs, _ := r.allRefs(ctx, s.problem)
	for _, ref := range refs {
		if !strings.HasPrefix(ref.name, prefix) {
			continue
		}
		if id, ok, err := s.objects.peel(ref.id); err == nil && ok {
			tips = append(tips, id)
		}
	}
	visits, err := (&revwalk{s: s}).run(ids, tips)
	if err != nil {
		return nil, err
	}
	published := map[string]bool{}
	for _, id := range ids {
		published[id.String()] = !slices.ContainsFunc(visits, func(v *visit) bool { return v.id == id })
	}
	return published, nil
}

// push finds the ends of what p adds.
func (a *addition) push(p Push) error {
	a.uploads = p.KnownRefs != "refs/"
	known := map[pack.ID]bool{}
	if p.KnownRefs != "" {
		refs, _ := a.repo.allRefs(a.ctx, a.problem)
		for _, r := range refs {
			known[r.id] = known[r.id] || strings.HasPrefix(r.name, p.KnownRefs)
		}
	}
	for _, name := range p.Known {
		id, err := a.object(name)
		if err != nil {
			return err
		}
		known[id] = true
	}
	for id, is := range known {
		if !is {
			continue
		}
		if commit, ok, err := a.objects.peel(id); err == nil && ok {
			a.excluded = append(a.excluded, commit)
		}
	}
	n := news{s: a.search, each: func(_ string, h *hit) { a.add(h) }}
	for _, name := range p.NewRefs {
		n.name(path.Dir(name), path.Base(name))
	}
	for _, name := range p.Tips {
		if IsZeroID(name) {
			continue
		}
		id, err := a.object(name)
		if err != nil {
			return err
		}
		before := len(a.tips)
		if err := a.arrive(id, known); err != nil {
			return fmt.Errorf("%q: %w", name, err)
		}
		if slices.Contains(p.Notes, name) {
			a.noteTips = append(a.noteTips, a.tips[before:]...)
		}
	}
	return nil
}

// object returns what an id, the name of a ref or another revision stands for.
func (a *addition) object(name string) (pack.ID, error) {
	if id, err := a.named(name); err == nil {
		return id, nil
	}
	c, err := a.revision(name)
	if err != nil {
		return pack.ID{}, err
	}
	return c.id, nil
}

// arrive takes the object that a ref is to lead to for an end of the range. One that is not a
// commit, or a tag of one, is searched by itself.
func (a *addition) arrive(id pack.ID, known map[pack.ID]bool) error {
	for range maxTagDepth {
		if known[id] {
			return nil
		}
		kind, text, err := a.objects.Object(id, maxObject)
		if errors.Is(err, pack.ErrTooLarge) && kind == pack.Blob {
			err = nil
		}
		switch {
		case err != nil:
			return err
		case kind == pack.Commit:
			c, err := parseCommit(id, text, a.objects.hashSize)
			if err == nil && !slices.ContainsFunc(a.tips, func(o *commit) bool { return o.id == id }) {
				a.tips = append(a.tips, c)
			}
			return err
		case kind == pack.Tree:
			n := news{s: a.search, each: func(_ string, h *hit) { a.add(h) }}
			return n.of(side{id: id}, nil)
		case kind == pack.Blob:
			hits := a.hits(blobPath+id.String(), id)
			for i := range hits {
				a.add(&hits[i])
			}
			return nil
		}
		t, err := parseTag(text)
		if err != nil {
			return err
		}
		hits := a.textHits("tag", id, text)
		for i := range hits {
			a.add(&hits[i])
		}
		id = t.object
	}
	return errTagLoop
}

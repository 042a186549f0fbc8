package git

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/neokeys/neokeys/scanner"
	"github.com/neokeys/neokeys/scanner/pack"
)

const (
	// maxObject is how long a commit, tag or tree may be that is read as a whole.
	maxObject = 64 << 20
	// maxInMemory is how long a file may be before it is searched as a stream.
	maxInMemory = 32 << 20
	// treeMemory bounds the trees that are kept, in entries.
	treeMemory = 200_000
)

// objects reads single objects of a repository.
type objects struct {
	*pack.Store
	hashSize int
	progress *scanner.Progress
	// trees are the last ones read: neighbouring commits have most of theirs in
	// common.
	trees map[pack.ID][]treeEntry
	held  int // entries in trees
	// shared says that others use the Store, too, so that it is not to be closed.
	shared bool
}

// Close closes the store, unless it is shared.
func (o *objects) Close() {
	if !o.shared {
		o.Store.Close()
	}
}

// objects opens the repository's object store.
func (r *Repo) objects(ctx context.Context, p *scanner.Progress) (*objects, error) {
	store, shared, err := r.store()
	if err != nil {
		return nil, fmt.Errorf("the objects of %s cannot be read: %w", r.Dir, err)
	}
	store.SetContext(ctx)
	return &objects{Store: store, hashSize: r.hashSize, progress: p, trees: map[pack.ID][]treeEntry{}, shared: shared}, nil
}

// store opens the repository's object store. One that is prepared, or has no ids, is opened once: what is
// found out about it serves the next search, too.
func (r *Repo) store() (store *pack.Store, shared bool, err error) {
	switch {
	case r.stored != nil:
		store, err = r.stored.store()
		return store, true, err
	case r.kept != nil:
		return r.kept, true, nil
	}
	store, err = r.openStore()
	if err == nil && store.HasOffsets() && store.Unnamed() {
		r.kept = store
	}
	return store, r.kept != nil, err
}

func (r *Repo) openStore() (*pack.Store, error) {
	return pack.Open(append([]string{r.Objects}, r.Alternates...), r.hashSize)
}

// Prepare begins to load what a search of the history needs in any case, while the caller does something
// else. What is wrong the search says. The repository must be closed after it.
func (r *Repo) Prepare() {
	if r.stored != nil || r.kept != nil {
		return
	}
	if store, err := r.openStore(); err == nil {
		r.kept = store
		store.Load()
	}
}

// Close closes what the repository keeps open between two searches. Only one that was fetched, or prepared, needs it.
func (r *Repo) Close() {
	if r.kept != nil {
		r.kept.Close()
		r.kept = nil
	}
}

// tree returns the entries of a tree. With an error it returns those before the damage.
func (o *objects) tree(id pack.ID) ([]treeEntry, error) {
	if entries, ok := o.trees[id]; ok {
		return entries, nil
	}
	text, err := o.text(id, pack.Tree)
	if err != nil {
		return nil, err
	}
	entries, err := parseTree(text, o.hashSize)
	if err != nil {
		return entries, fmt.Errorf("tree %s: %w", id, err)
	}
	if o.held += len(entries) + 1; o.held > treeMemory {
		clear(o.trees)
		o.held = len(entries) + 1
	}
	o.trees[id] = entries
	return entries, nil
}

// commit reads a commit.
func (o *objects) commit(id pack.ID) (*commit, error) {
	text, err := o.text(id, pack.Commit)
	if err != nil {
		return nil, err
	}
	return parseCommit(id, text, o.hashSize)
}

// text returns the text of an object that is to be of kind want.
func (o *objects) text(id pack.ID, want pack.Kind) ([]byte, error) {
	o.progress.Objects.Add(1)
	kind, text, err := o.ObjectOf(want, id, maxObject)
	switch {
	case err != nil:
		return nil, fmt.Errorf("%s %s: %w", want, id, err)
	case kind != want:
		return nil, fmt.Errorf("%s is a %s where a %s should be", id, kind, want)
	}
	return text, nil
}

// blob returns the text of a blob, or, when that is too long to be held in memory, a
// reader of it, which the caller must close.
func (o *objects) blob(id pack.ID) ([]byte, io.ReadCloser, error) {
	o.progress.Objects.Add(1)
	kind, text, err := o.ObjectOf(pack.Blob, id, maxInMemory)
	if errors.Is(err, pack.ErrTooLarge) {
		var r io.ReadCloser
		kind, _, r, err = o.Reader(id)
		if err == nil && kind == pack.Blob {
			return nil, r, nil
		}
		if err == nil {
			_ = r.Close() // only read from
		}
	}
	switch {
	case err != nil:
		return nil, nil, fmt.Errorf("blob %s: %w", id, err)
	case kind != pack.Blob:
		return nil, nil, fmt.Errorf("%s is a %s where a blob should be", id, kind)
	}
	return text, nil, nil
}

// peel returns the commit that id is or, by way of tags, leads to, and false if it
// leads to none.
func (o *objects) peel(id pack.ID) (pack.ID, bool, error) {
	for range maxTagDepth {
		kind, text, err := o.Object(id, maxObject)
		switch {
		case err != nil:
			return id, false, fmt.Errorf("%s: %w", id, err)
		case kind == pack.Commit:
			return id, true, nil
		case kind != pack.Tag:
			return id, false, nil
		}
		t, err := parseTag(text)
		if err != nil {
			return id, false, fmt.Errorf("tag %s: %w", id, err)
		}
		id = t.object
	}
	return id, false, errTagLoop
}

var errTagLoop = errors.New("tags of tags without an end")

// maxTagDepth is how many tags of tags are followed.
const maxTagDepth = 100

var errNoEntry = errors.New("there is no such path")

// lookUp returns what a tree has at path.
func (o *objects) lookUp(tree pack.ID, path string) (treeEntry, error) {
	at := treeEntry{id: tree, mode: modeFolder}
	for name := range strings.SplitSeq(path, "/") {
		if !at.isFolder() {
			return treeEntry{}, errNoEntry
		}
		entries, err := o.tree(at.id)
		if err != nil {
			return treeEntry{}, err
		}
		i := slices.IndexFunc(entries, func(e treeEntry) bool { return string(e.name) == name })
		if i < 0 {
			return treeEntry{}, errNoEntry
		}
		at = entries[i]
	}
	return at, nil
}

// Package visit searches one repository of a fleet: it looks whether its refs have changed, gets
// what they lead to, and searches that as `neokeys git` does.
package visit

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/fleet/engine"
	"github.com/neokeys/neokeys/fleet/store"
	"github.com/neokeys/neokeys/internal/history"
	"github.com/neokeys/neokeys/report"
	"github.com/neokeys/neokeys/scanner"
	"github.com/neokeys/neokeys/scanner/git"
	"github.com/neokeys/neokeys/scanner/remote"
)

// A Visitor visits repositories. Several goroutines may use it.
type Visitor struct {
	// Search is how to search each.
	Search history.Search
	// Remote is how to reach servers.
	Remote remote.Options
	// How stands for this program's version and all that changes what a search finds: with
	// another one, what is unchanged is searched again.
	How string
	// Force searches what is unchanged.
	Force bool
	// Temp is the folder for what is fetched.
	Temp string
	// Disk bounds what is there at a time; nil does not.
	Disk *Disk
	// Keep is the folder of the mirrors that are kept; empty keeps none.
	Keep string
}

// An opened repository is one that can be searched.
type opened struct {
	repo    *git.Repo
	fetched int64
	close   func()
}

// Visit implements engine.Visit.
func (v *Visitor) Visit(ctx context.Context, r *store.Repository, p *engine.Progress) (*store.Outcome, error) {
	started := time.Now()
	at, err := v.approach(ctx, r, p)
	if err != nil {
		return nil, err
	}
	defer at.close()
	refs := v.digest(at.refs)
	if !v.Force && r.Refs == refs && !v.unasked(r) {
		return nil, nil
	}
	o, err := at.open()
	if err != nil {
		return nil, err
	}
	defer o.close()
	result, err := v.search(ctx, o.repo, p)
	if err != nil {
		return nil, err
	}
	setOwners(result, readOwners(o.repo))
	return &store.Outcome{
		Refs: refs, Head: at.refs["HEAD"], Started: started, Verified: v.Search.Ask != nil,
		Result: report.Mask(result),
		Work:   store.Work{Files: result.Summary.Files, Objects: result.Summary.Objects, Bytes: result.Summary.Bytes, Fetched: o.fetched, Duration: time.Since(started)},
	}, nil
}

// unasked reports whether the keys of a repository are to be asked about and never were.
func (v *Visitor) unasked(r *store.Repository) bool {
	return v.Search.Ask != nil && r.VerifiedAt.IsZero()
}

// search searches the history of a repository.
func (v *Visitor) search(ctx context.Context, repo *git.Repo, p *engine.Progress) (*finding.Result, error) {
	s := v.Search
	s.Progress = new(scanner.Progress)
	stop := follow(s.Progress, p)
	defer stop()
	result, _, err := s.Run(ctx, repo)
	if ctx.Err() != nil {
		return nil, context.Cause(ctx) // what there is may be half of it
	}
	if err != nil {
		return nil, &engine.Trouble{Err: err, Final: true}
	}
	return result, nil
}

// follow adds to the engine's progress what a search does, until stop is called.
func follow(from *scanner.Progress, to *engine.Progress) (stop func()) {
	quit, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(200 * time.Millisecond)
		defer tick.Stop()
		var seen int64
		for ended := false; !ended; {
			select {
			case <-quit:
				ended = true
			case <-tick.C:
			}
			n := from.Bytes.Load()
			to.Bytes.Add(n - seen)
			seen = n
		}
	}()
	return func() { close(quit); <-done }
}

// digest returns what is the same as long as a search would find the same.
func (v *Visitor) digest(refs map[string]string) string {
	h := sha256.New()
	_, _ = fmt.Fprintf(h, "%s\n", v.How) // never fails
	for _, name := range slices.Sorted(maps.Keys(refs)) {
		_, _ = fmt.Fprintf(h, "%s %s\n", refs[name], name)
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// A place is where a repository is, with the refs that it has there.
type place struct {
	refs  map[string]string
	open  func() (*opened, error)
	close func()
}

// approach finds out which refs a repository has.
func (v *Visitor) approach(ctx context.Context, r *store.Repository, p *engine.Progress) (*place, error) {
	if r.Host != "" {
		return v.approachServer(ctx, r, p)
	}
	repo, err := git.Open(r.URL, func(string) string { return "" }) // not the repository that GIT_DIR names
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, &engine.Trouble{Final: true, Err: fmt.Errorf("there is nothing at %s: mount the disk that has it, or take it out with `neokeys-fleet remove`", r.URL)}
	case err != nil:
		return nil, &engine.Trouble{Err: err, Final: true}
	}
	refs, err := repo.Refs(ctx)
	if err != nil && ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	if err != nil {
		// The search says what is wrong. It is not skipped the next time.
		refs = map[string]string{"damaged": fmt.Sprint(time.Now().UnixNano())}
	}
	open := func() (*opened, error) { return &opened{repo: repo, close: func() {}}, nil }
	return &place{refs: refs, open: open, close: func() {}}, nil
}

// openFolder opens a bare repository in a folder.
func openFolder(path string) (*git.Repo, error) {
	return git.Open(path, func(string) string { return "" })
}

// temporary makes a folder for one repository.
func (v *Visitor) temporary() (path string, remove func(), err error) {
	parent := v.Temp
	if parent == "" {
		parent = os.TempDir()
	}
	path, err = os.MkdirTemp(parent, tempPrefix)
	if err != nil {
		return "", nil, fmt.Errorf("there is no room for what is fetched: %w", err)
	}
	return path, func() { _ = os.RemoveAll(path) }, nil // nothing is left to do about it
}

const tempPrefix = "neokeys-fleet-"

// Sweep deletes what programs that were killed have left in the folder for what is fetched. It is
// for whoever has that folder to itself.
func Sweep(folder string) {
	if folder == "" {
		return // the system's own is not this program's alone
	}
	left, _ := filepath.Glob(filepath.Join(folder, tempPrefix+"*")) // the pattern is well-formed
	for _, path := range left {
		_ = os.RemoveAll(path) // another time, then
	}
}

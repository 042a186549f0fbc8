package visit

import (
	"context"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/fleet/engine"
	"github.com/neokeys/neokeys/fleet/store"
	"github.com/neokeys/neokeys/internal/history"
	"github.com/neokeys/neokeys/scanner"
	"github.com/neokeys/neokeys/scanner/git"
)

// Reveal reads keys again, which no database holds, from the places where findings of one
// repository are. It returns findings with the keys, by key id; those that are not there any more
// are missing.
func (v *Visitor) Reveal(ctx context.Context, r *store.Repository, places []*store.Finding) (map[string]finding.Finding, error) {
	at, err := v.approach(ctx, r, new(engine.Progress))
	if err != nil {
		return nil, err
	}
	defer at.close()
	o, err := at.open()
	if err != nil {
		return nil, err
	}
	defer o.close()
	wanted := map[string]bool{}
	for _, f := range places {
		wanted[f.Key.ID] = true
	}
	found := map[string]finding.Finding{}
	if err := v.revealObjects(ctx, o.repo, places, found); err != nil {
		return nil, err
	}
	if len(found) == len(wanted) {
		return found, nil
	}
	// What is in a name or in pieces takes a search of the whole.
	s := v.Search
	s.Ask = nil
	result, _, err := s.Run(ctx, o.repo)
	if err != nil {
		return nil, err
	}
	for _, f := range result.Findings {
		keep(f, wanted, found)
	}
	return found, ctx.Err()
}

// revealObjects looks for keys in the objects in which they were found.
func (v *Visitor) revealObjects(ctx context.Context, repo *git.Repo, places []*store.Finding, found map[string]finding.Finding) error {
	ps, done, err := history.Policies(repo, v.Search.Flags)
	if err != nil {
		return err
	}
	defer done()
	rules, err := ps.Set()
	if err != nil {
		return err
	}
	searcher := scanner.NewSearcher(rules, ps.ProjectAt(history.Root(repo)).Places)
	searcher.OpenArchives(v.Search.MaxArchiveDepth)
	for _, f := range places {
		if _, ok := found[f.Key.ID]; ok || f.Object == "" {
			continue
		}
		text, err := repo.ReadObject(ctx, f.Object)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			continue // it may be in another place
		}
		list, _, _ := searcher.Search(f.File(), text) // what was found before an error counts
		for _, g := range list {
			keep(g, map[string]bool{f.Key.ID: true}, found)
		}
	}
	return nil
}

// keep notes f if its key is wanted.
func keep(f finding.Finding, wanted map[string]bool, found map[string]finding.Finding) {
	if f.Key == nil || !wanted[f.Key.ID] {
		return
	}
	if _, ok := found[f.Key.ID]; !ok {
		found[f.Key.ID] = f
	}
}

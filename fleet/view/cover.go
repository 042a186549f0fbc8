package view

import "github.com/neokeys/neokeys/fleet/store"

// Best returns the repository that has most of some keys, of those that were not tried, with the
// findings there: so that few are read again. It prefers those on disk. Nil is none.
func (v *View) Best(keys map[string]*Key, tried map[int64]bool) (*store.Repository, []*store.Finding) {
	places := map[int64][]*store.Finding{}
	counts := map[int64]int{}
	for _, k := range keys {
		seen := map[int64]bool{}
		for _, f := range k.Places {
			places[f.RepositoryID] = append(places[f.RepositoryID], f)
			if !seen[f.RepositoryID] {
				seen[f.RepositoryID] = true
				counts[f.RepositoryID]++
			}
		}
	}
	var best *store.Repository
	for _, r := range v.Repositories {
		switch {
		case tried[r.ID] || counts[r.ID] == 0:
		case best == nil,
			best.Host != "" && r.Host == "",
			(best.Host == "") == (r.Host == "") && counts[r.ID] > counts[best.ID]:
			best = r
		}
	}
	if best == nil {
		return nil, nil
	}
	return best, places[best.ID]
}

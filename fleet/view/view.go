// Package view puts together what a fleet's database holds: one result for the formats of package
// report, and the keys with where they are, since when, and whose.
package view

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/fleet/store"
)

// A View is what is known of a fleet at one time.
type View struct {
	Now          time.Time
	Repositories []*store.Repository
	Findings     []*store.Finding
	Keys         []*Key // the most urgent first
	Ignores      map[string]*store.Ignore
	Spans        []store.Span

	byID  map[int64]*store.Repository
	byKey map[string]*Key
}

// A Key is one key with what is known of it over all repositories.
type Key struct {
	finding.KeyGroup
	Places []*store.Finding // in the order of the group's findings
	// Repositories are the names of those that have it, sorted.
	Repositories []string
	Authors      []string // who committed it, sorted
	// FirstSeen and LastSeen are when searches found it.
	FirstSeen, LastSeen time.Time
	// Since is when it was first committed, and Until when the last HEAD lost it: zero while
	// one has it. Since is zero if it is not known.
	Since, Until time.Time
	AskedAt      time.Time // when the API was asked about it; zero if it was not
	// DeadSince is when it was first known not to work; zero if that is not known.
	DeadSince time.Time
	Ignored   *store.Ignore
}

// Load reads the database.
func Load(ctx context.Context, db *store.DB) (*View, error) {
	v := &View{Now: time.Now().UTC(), byID: map[int64]*store.Repository{}, byKey: map[string]*Key{}}
	var err error
	if v.Repositories, err = db.Repositories(ctx); err != nil {
		return nil, err
	}
	if v.Ignores, err = db.Ignores(ctx); err != nil {
		return nil, err
	}
	if v.Spans, err = db.Spans(ctx); err != nil {
		return nil, err
	}
	keys, err := db.Keys(ctx)
	if err != nil {
		return nil, err
	}
	refs := map[int64]*finding.Repository{}
	for _, r := range v.Repositories {
		v.byID[r.ID] = r
		refs[r.ID] = &finding.Repository{Name: r.Name, Head: r.Head, ScannedAt: r.ScannedAt}
	}
	err = db.Findings(ctx, func(f *store.Finding) error {
		f.Repository = refs[f.RepositoryID]
		v.ignore(f)
		v.Findings = append(v.Findings, f)
		return nil
	})
	if err != nil {
		return nil, err
	}
	v.group(keys)
	return v, nil
}

// ignore suppresses a finding of a key that does not count in the fleet. A key that works always
// counts.
func (v *View) ignore(f *store.Finding) {
	if f.Key == nil || f.Liveness.Works() || !f.Counts() {
		return
	}
	if i := v.Ignores[f.Key.ID]; i != nil && !i.Expired(v.Now) {
		f.Suppressed = &finding.Suppression{By: "fleet", Reason: reasonOf(i)}
	}
}

func reasonOf(i *store.Ignore) string {
	s := i.Reason + " (" + i.Author
	if !i.ExpiresAt.IsZero() {
		s += ", until " + i.ExpiresAt.Format(time.DateOnly)
	}
	return s + ")"
}

// Repository returns the repository with an id; nil if there is none.
func (v *View) Repository(id int64) *store.Repository { return v.byID[id] }

// Key returns the key with an id; nil if no repository has it.
func (v *View) Key(id string) *Key {
	i := slices.IndexFunc(v.Keys, func(k *Key) bool { return k.Key.ID == id })
	if i < 0 {
		return nil
	}
	return v.Keys[i]
}

// Result returns all findings as one result.
func (v *View) Result() *finding.Result {
	r := &finding.Result{}
	for _, f := range v.Findings {
		r.Findings = append(r.Findings, f.Finding)
	}
	for _, repo := range v.Repositories {
		r.Summary.Files += repo.Work.Files
		r.Summary.Objects += repo.Work.Objects
		r.Summary.Bytes += repo.Work.Bytes
		r.Summary.Duration += repo.Work.Duration
		r.Problems = append(r.Problems, problemsOf(repo)...)
	}
	return r
}

// problemsOf returns what is missing of one repository.
func problemsOf(repo *store.Repository) (list []finding.Problem) {
	switch {
	case repo.Error != "" && repo.ScannedAt.IsZero():
		list = append(list, finding.Problem{Message: "it was not searched: " + repo.Error})
	case repo.Error != "":
		list = append(list, finding.Problem{Message: fmt.Sprintf("it was last searched at %s; since then: %s", repo.ScannedAt.Format(time.RFC3339), repo.Error)})
	case repo.ScannedAt.IsZero():
		list = append(list, finding.Problem{Message: "it was not searched yet: `neokeys-fleet run` does that"})
	}
	list = append(list, repo.Problems...)
	for i := range list {
		list[i].Repository = repo.Name
	}
	return list
}

// group makes the keys of the findings.
func (v *View) group(known map[string]*store.Key) {
	plain := make([]finding.Finding, len(v.Findings))
	at := map[*finding.Finding]*store.Finding{}
	for i, f := range v.Findings {
		plain[i] = f.Finding
		at[&plain[i]] = f
	}
	groups, _ := finding.Groups(plain)
	opened := map[string]time.Time{}
	for _, s := range v.Spans { // the oldest first
		if _, ok := opened[s.KeyID]; !ok {
			opened[s.KeyID] = s.OpenedAt
		}
	}
	for _, g := range groups {
		k := &Key{KeyGroup: g, FirstSeen: opened[g.Key.ID], Ignored: v.Ignores[g.Key.ID]}
		for _, f := range g.Findings {
			k.add(at[f], v.byID[at[f].RepositoryID])
		}
		if known := known[g.Key.ID]; known != nil {
			k.AskedAt = known.AskedAt
			if known.Liveness == finding.Inactive {
				k.DeadSince = known.Since
			}
			if k.FirstSeen.IsZero() {
				k.FirstSeen = known.FoundAt
			}
		}
		k.settle()
		v.Keys = append(v.Keys, k)
		v.byKey[k.Key.ID] = k
	}
}

func (k *Key) add(f *store.Finding, r *store.Repository) {
	k.Places = append(k.Places, f)
	k.Repositories = append(k.Repositories, r.Name)
	if r.CheckedAt.After(k.LastSeen) {
		k.LastSeen = r.CheckedAt
	}
	for _, c := range []*finding.Commit{f.First, f.Commit} {
		if c != nil {
			k.Authors = append(k.Authors, fmt.Sprintf("%s <%s>", c.Author, c.Email))
			break
		}
	}
	if c := f.RemovedIn; c != nil && c.Date.After(k.Until) {
		k.Until = c.Date
	}
}

func (k *Key) settle() {
	for _, list := range []*[]string{&k.Repositories, &k.Authors} {
		slices.Sort(*list)
		*list = slices.Compact(*list)
	}
	if c := k.Oldest(); c != nil {
		k.Since = c.Date
	}
	if k.Present() {
		k.Until = time.Time{}
	}
}

// Window returns how long the key was in some HEAD, which grows while it is; 0 if that is not
// known.
func (k *Key) Window(now time.Time) time.Duration {
	if k.Since.IsZero() {
		return 0
	}
	end := k.Until
	if k.Present() || end.IsZero() {
		end = now
	}
	return max(end.Sub(k.Since), 0)
}

// Suppressed reports whether none of the key's places counts.
func (k *Key) Suppressed() bool { return k.Severity() == 0 }

// Counting returns the keys that count.
func (v *View) Counting() (keys []*Key) {
	for _, k := range v.Keys {
		if !k.Suppressed() {
			keys = append(keys, k)
		}
	}
	return keys
}

// Failed returns the repositories whose last attempt failed, by name.
func (v *View) Failed() (list []*store.Repository) {
	for _, r := range v.Repositories {
		if r.Error != "" {
			list = append(list, r)
		}
	}
	slices.SortFunc(list, func(a, b *store.Repository) int { return cmp.Compare(a.Name, b.Name) })
	return list
}

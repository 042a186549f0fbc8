package finding

import (
	"cmp"
	"slices"
	"sort"
)

// A KeyGroup is one key with all its findings, in the order of the result.
type KeyGroup struct {
	Key      *Key
	Findings []*Finding
}

// Severity returns the worst severity among the group's findings that count.
func (g *KeyGroup) Severity() Severity {
	var worst Severity
	for _, f := range g.Findings {
		if f.Counts() {
			worst = max(worst, f.Severity)
		}
	}
	return worst
}

// Exposure returns the widest exposure among the group's findings.
func (g *KeyGroup) Exposure() Exposure {
	var widest Exposure
	for _, f := range g.Findings {
		if f.Exposure.WiderThan(widest) {
			widest = f.Exposure
		}
	}
	return widest
}

// Liveness returns what is known of the key.
func (g *KeyGroup) Liveness() Liveness { return g.Findings[0].Liveness }

// Owners returns who owns the files of the key, each once, sorted.
func (g *KeyGroup) Owners() (owners []string) {
	for _, f := range g.Findings {
		owners = append(owners, f.Owners...)
	}
	slices.Sort(owners)
	return slices.Compact(owners)
}

// Present reports whether a place of the key is in the files, or in HEAD.
func (g *KeyGroup) Present() bool {
	return slices.ContainsFunc(g.Findings, func(f *Finding) bool { return f.Present() })
}

// Present reports whether f is about what the files, or HEAD, have now, if under another name.
func (f *Finding) Present() bool { return f.InHead == nil || *f.InHead || f.Head != nil }

// Oldest returns the first commit that brought the key in anywhere; nil if none is known.
func (g *KeyGroup) Oldest() *Commit {
	var oldest *Commit
	for _, f := range g.Findings {
		for _, c := range []*Commit{f.Commit, f.First} {
			if c != nil && (oldest == nil || c.before(oldest)) {
				oldest = c
			}
		}
	}
	return oldest
}

// Groups returns the findings by key, in the order in which to deal with the keys: those that
// work first and those that are known not to work last; then by severity and exposure,
// production before other environments, what is still in the files before what only a history
// has, and older before newer. Findings without a key are returned apart, in the order of the
// result.
func Groups(findings []Finding) (keys []KeyGroup, rest []*Finding) {
	at := map[string]int{}
	for i := range findings {
		f := &findings[i]
		if f.Key == nil {
			rest = append(rest, f)
			continue
		}
		n, ok := at[f.Key.ID]
		if !ok {
			n = len(keys)
			at[f.Key.ID] = n
			keys = append(keys, KeyGroup{Key: f.Key})
		}
		keys[n].Findings = append(keys[n].Findings, f)
	}
	sort.SliceStable(keys, func(i, j int) bool { return compareGroups(&keys[i], &keys[j]) < 0 })
	return keys, rest
}

func compareGroups(a, b *KeyGroup) int {
	return cmp.Or(
		cmp.Compare(urgency(b.Liveness()), urgency(a.Liveness())),
		cmp.Compare(b.Severity(), a.Severity()),
		cmp.Compare(rank[b.Exposure()], rank[a.Exposure()]),
		first(a.Key.production(), b.Key.production()),
		first(a.Present(), b.Present()),
		compareCommits(a.Oldest(), b.Oldest()),
	)
}

func urgency(l Liveness) int {
	switch {
	case l.Works():
		return 2
	case l == Inactive:
		return 0
	}
	return 1
}

// production reports whether k may act on real data: a legacy token does not say.
func (k *Key) production() bool {
	return k.Env == "prod" || k.Env == "production" || k.Kind == KindLegacy
}

// first compares two answers so that a yes comes first.
func first(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}

// compareCommits puts the older one first, and what has none last.
func compareCommits(a, b *Commit) int {
	if a == nil || b == nil {
		return first(a != nil, b != nil)
	}
	return a.Date.Compare(b.Date)
}

// Order sorts findings as reports list them: key by key as in [Groups], each key's findings as
// it is most urgent to see to them; then what is not about a key; then what is suppressed.
func Order(findings []Finding) []Finding {
	ordered := slices.Clone(findings)
	slices.SortStableFunc(ordered, func(a, b Finding) int { return first(a.Counts(), b.Counts()) })
	counting := len(ordered)
	if n := slices.IndexFunc(ordered, func(f Finding) bool { return !f.Counts() }); n >= 0 {
		counting = n
	}
	keys, rest := Groups(ordered[:counting])
	list := make([]Finding, 0, len(ordered))
	for i := range keys {
		g := &keys[i]
		slices.SortStableFunc(g.Findings, comparePlaces)
		for _, f := range g.Findings {
			list = append(list, *f)
		}
	}
	for _, f := range rest {
		list = append(list, *f)
	}
	return append(list, ordered[counting:]...)
}

// comparePlaces orders the findings about one key: where most people can read it, and can read
// it now, comes first.
func comparePlaces(a, b *Finding) int {
	return cmp.Or(
		cmp.Compare(rank[b.Exposure], rank[a.Exposure]),
		first(a.Present(), b.Present()),
		compareCommits(a.Commit, b.Commit),
	)
}

package view

import (
	"slices"
	"time"

	"github.com/neokeys/neokeys/fleet/store"
)

// A Diff is what has changed in a fleet since a time. A key that is ignored is in none of its
// lists.
type Diff struct {
	Since, Until time.Time
	// New keys were not there before; Reopened ones were, and had gone; Closed ones are gone, or
	// known not to work any more; Open ones are there as before.
	New, Reopened, Closed, Open []*Change
	// Trend is how many keys were open at times from Since to Until.
	Trend []Point
}

// A Change is what became of one key.
type Change struct {
	KeyID string
	Key   *Key // nil if no repository has it any more
	At    time.Time
	// Repositories are the names of those that it came to, or went from; of an open key, those
	// that have it.
	Repositories []string
}

// A Point is the number of open keys at a time.
type Point struct {
	At   time.Time
	Open int
}

// points is how many points a trend has at most.
const points = 12

// Diff returns what has changed since a time.
func (v *View) Diff(since time.Time) *Diff {
	d := &Diff{Since: since, Until: v.Now}
	byKey := map[string][]store.Span{}
	for _, s := range v.Spans {
		if s.KeyID != "" && !v.ignored(s.KeyID) {
			byKey[s.KeyID] = append(byKey[s.KeyID], s)
		}
	}
	for id, spans := range byKey {
		v.sort(d, id, spans)
	}
	for _, list := range [][]*Change{d.New, d.Reopened, d.Closed, d.Open} {
		slices.SortFunc(list, func(a, b *Change) int {
			if c := b.At.Compare(a.At); c != 0 {
				return c
			}
			return compareIDs(a, b)
		})
	}
	for i := range points + 1 {
		at := since.Add(d.Until.Sub(since) * time.Duration(i) / points)
		d.Trend = append(d.Trend, Point{at, v.openAt(byKey, at)})
	}
	return d
}

func compareIDs(a, b *Change) int {
	switch {
	case a.KeyID < b.KeyID:
		return -1
	case a.KeyID > b.KeyID:
		return 1
	}
	return 0
}

// ignored reports whether a key does not count in the fleet.
func (v *View) ignored(id string) bool {
	i := v.Ignores[id]
	k := v.Key(id)
	return i != nil && !i.Expired(v.Now) && (k == nil || !k.Liveness().Works())
}

// sort puts a key into the list for what became of it.
func (v *View) sort(d *Diff, id string, spans []store.Span) {
	c := &Change{KeyID: id, Key: v.Key(id)}
	before := v.open(id, spans, d.Since)
	now := v.open(id, spans, d.Until)
	existed := spans[0].OpenedAt.Compare(d.Since) <= 0
	gone := func(s store.Span) bool { return s.ClosedAt.After(d.Since) }
	here := func(s store.Span) bool { return s.ClosedAt.IsZero() }
	switch {
	case now && before:
		c.At = spans[0].OpenedAt
		c.name(v, spans, here)
		d.Open = append(d.Open, c)
	case now && existed:
		c.At = last(spans, func(s store.Span) time.Time { return s.OpenedAt })
		c.name(v, spans, here)
		d.Reopened = append(d.Reopened, c)
	case now:
		c.At = spans[0].OpenedAt
		c.name(v, spans, here)
		d.New = append(d.New, c)
	case before || slices.ContainsFunc(spans, gone): // some come and go between
		c.At = last(spans, func(s store.Span) time.Time { return s.ClosedAt })
		c.name(v, spans, gone)
		if c.Key != nil && !c.Key.DeadSince.IsZero() {
			c.At = c.Key.DeadSince
			c.name(v, spans, here)
		}
		d.Closed = append(d.Closed, c)
	}
}

// open reports whether a key was open at a time: in some repository, and not known to be dead.
func (v *View) open(id string, spans []store.Span, at time.Time) bool {
	if k := v.Key(id); k != nil && !k.DeadSince.IsZero() && !k.DeadSince.After(at) {
		return false
	}
	return slices.ContainsFunc(spans, func(s store.Span) bool {
		return !s.OpenedAt.After(at) && (s.ClosedAt.IsZero() || s.ClosedAt.After(at))
	})
}

func (v *View) openAt(byKey map[string][]store.Span, at time.Time) (n int) {
	for id, spans := range byKey {
		if v.open(id, spans, at) {
			n++
		}
	}
	return n
}

// name notes the repositories of the spans that count.
func (c *Change) name(v *View, spans []store.Span, counts func(store.Span) bool) {
	for _, s := range spans {
		if r := v.byID[s.RepositoryID]; r != nil && counts(s) && !slices.Contains(c.Repositories, r.Name) {
			c.Repositories = append(c.Repositories, r.Name)
		}
	}
	slices.Sort(c.Repositories)
}

func last(spans []store.Span, of func(store.Span) time.Time) (latest time.Time) {
	for _, s := range spans {
		if t := of(s); t.After(latest) {
			latest = t
		}
	}
	return latest
}

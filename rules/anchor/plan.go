package anchor

import (
	"maps"
	"math"
	"slices"
	"strings"
)

// A Plan says how literals are searched for: where their windows are, and in which bucket, in the
// order of the literals. A program that always searches for the same literals has it made once, since
// finding a good one takes longer than many a search.
type Plan []Planned

// Planned is what a plan says of a literal.
type Planned struct {
	Literal string
	// Windows are at which of the literal's characters its window begins, by form; -1 if it is not
	// searched for in that form.
	Windows [len(forms)]int8
	// Bucket is where its window in plain text is put.
	Bucket int8
}

// of returns what the plan says of a literal, nil if it does not know it.
func (p Plan) of(lit string) *Planned {
	i, ok := slices.BinarySearchFunc(p, lit, func(k Planned, lit string) int { return strings.Compare(k.Literal, lit) })
	if !ok {
		return nil
	}
	return &p[i]
}

func windowAt(lit string, at int) window { return window([]byte(lit[at : at+placesPerWindow])) }

// MakePlan finds a good plan. Literals that begin alike, as many do, have their windows there and
// share the first bucket, which then lets through nothing but that beginning. From a greedy choice of the
// other windows and buckets it goes on to better ones, a literal at a time.
func MakePlan(literals []string) Plan {
	m := planner{plan: map[string]Planned{}, users: map[window]int{}, at: map[window]int{}, shared: sharedPrefix(literals)}
	for n := range forms {
		m.chooseForm(n, literals)
	}
	for range rounds {
		for _, lit := range literals {
			m.improve(lit)
		}
	}
	plan := make(Plan, 0, len(m.plan))
	for _, lit := range slices.Sorted(maps.Keys(m.plan)) {
		known := m.plan[lit]
		known.Bucket = int8(m.at[windowAt(lit, int(known.Windows[0]))])
		plan = append(plan, known)
	}
	return plan
}

// rounds is how often a plan is improved: it gets no better after a few.
const rounds = 8

type planner struct {
	plan   map[string]Planned
	shared string
	in     packing
	at     map[window]int // the bucket of each window
	users  map[window]int // how many literals have a window
}

// chooseForm chooses the windows of a form greedily, and for plain text puts them into buckets.
func (m *planner) chooseForm(form int, literals []string) {
	fm := &forms[form]
	var free []string
	for _, lit := range literals {
		known, ok := m.plan[lit]
		if !ok {
			known = Planned{Literal: lit, Windows: [len(forms)]int8{-1, -1, -1}}
		}
		switch {
		case form == 0 && m.isShared(lit):
			known.Windows[0] = 0
			m.use(windowAt(lit, 0), 0)
		case len(lit) <= fm.longest && strings.HasPrefix(lit, fm.begins):
			free = append(free, lit)
		}
		m.plan[lit] = known
	}
	for i, at := range chooseWindows(free, fm.size, fm.before, fm.after) {
		known := m.plan[free[i]]
		known.Windows[form] = int8(at)
		m.plan[free[i]] = known
		if form == 0 {
			w := windowAt(free[i], at)
			b, _ := m.best(w)
			m.use(w, b)
		}
	}
}

func (m *planner) isShared(lit string) bool {
	return m.shared != "" && strings.HasPrefix(lit, m.shared)
}

// use notes that one more literal has a window, which is in a bucket if it is not in one yet.
func (m *planner) use(w window, bucket int) {
	if m.users[w]++; m.users[w] == 1 {
		m.at[w] = bucket
		m.in[bucket] = append(m.in[bucket], w)
	}
}

// drop is the opposite of use.
func (m *planner) drop(w window) {
	if m.users[w]--; m.users[w] == 0 {
		b := m.at[w]
		m.in[b] = slices.DeleteFunc(m.in[b], func(v window) bool { return v == w })
	}
}

// best is packing.best, but for the bucket that is taken.
func (m *planner) best(w window) (best int, least float64) {
	if m.users[w] > 0 {
		return m.at[w], 0
	}
	least = math.Inf(1)
	for b := range m.in {
		if b == 0 && m.shared != "" {
			continue
		}
		if more := m.in.rateWith(b, w) - m.in.rateWith(b); more < least {
			best, least = b, more
		}
	}
	return best, least
}

// improve gives a literal the window and the bucket that are best while the others stay.
func (m *planner) improve(lit string) {
	if m.isShared(lit) {
		return
	}
	known := m.plan[lit]
	m.drop(windowAt(lit, int(known.Windows[0])))
	bucket, least := 0, math.Inf(1)
	for at := 0; at+placesPerWindow <= len(lit); at++ {
		w := windowAt(lit, at)
		b, more := m.best(w)
		if more = more*oddity(string(w[:])) + oddity(string(w[:])) - 1; more < least { // even if it is shared
			known.Windows[0], bucket, least = int8(at), b, more
		}
	}
	m.plan[lit] = known
	m.use(windowAt(lit, int(known.Windows[0])), bucket)
}

// minShared is how many literals must begin alike for that to be their window.
const minShared = 8

// sharedPrefix returns what most literals begin with, but for the last place of a window; empty if
// few do.
func sharedPrefix(literals []string) (prefix string) {
	count, most := map[string]int{}, minShared-1
	for _, lit := range literals {
		p := lit[:placesPerWindow-1]
		if count[p]++; count[p] > most || count[p] == most && p < prefix {
			prefix, most = p, count[p]
		}
	}
	return prefix
}

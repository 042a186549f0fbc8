package report

import (
	"slices"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/rules"
)

// An entry is one key with everything that a report says about it.
type entry struct {
	finding.KeyGroup
	// places are the key's locations, the most urgent first.
	places []*finding.Finding
	// habits are other rules' findings about the key and about the lines that it is on, each once.
	habits []*finding.Finding
	advice advice
}

// entries returns the findings that count by key, in the order of [finding.Groups], and those
// that are not about a key. A habit on a line with a key is one of the key's habits.
func entries(r *finding.Result, o Options) (keys []entry, rest []*finding.Finding) {
	groups, others := finding.Groups(counting(r))
	keys = make([]entry, len(groups))
	owner := map[line]*entry{}
	for i := range groups {
		keys[i] = newEntry(&groups[i], o)
		for _, f := range keys[i].places {
			if at := lineOf(f); owner[at] == nil && at.number > 0 {
				owner[at] = &keys[i]
			}
		}
	}
	for _, f := range others {
		if e := owner[lineOf(f)]; e != nil {
			e.fold(f)
		} else {
			rest = append(rest, f)
		}
	}
	return keys, rest
}

// A line is one of a file, in some version of it.
type line struct {
	path   string
	number int
}

func lineOf(f *finding.Finding) line { return line{f.Path, f.Line} }

// newEntry separates the places of a key from its habits.
func newEntry(g *finding.KeyGroup, o Options) entry {
	e := entry{KeyGroup: *g, advice: newAdvice(g, o.stageOf(g.Key.ID))}
	for _, f := range g.Findings {
		if f.Rule == rules.NeoAPIKey.ID || f.Rule == rules.NeoLegacyToken.ID {
			e.places = append(e.places, f)
		} else {
			e.fold(f)
		}
	}
	if len(e.places) == 0 { // the rules that find keys are off
		e.places = g.Findings[:1]
	}
	return e
}

// fold adds a habit, unless it repeats one.
func (e *entry) fold(habit *finding.Finding) {
	if !slices.ContainsFunc(e.habits, func(h *finding.Finding) bool { return h.Rule == habit.Rule && h.Message == habit.Message }) {
		e.habits = append(e.habits, habit)
	}
}

// tags returns the rules of the habits, each once.
func (e *entry) tags() []string {
	var ids []string
	for _, h := range e.habits {
		if !slices.Contains(ids, h.Rule) {
			ids = append(ids, h.Rule)
		}
	}
	return ids
}

// level is the worst severity among the key's findings and its habits; if none of them counts, that
// which they had.
func (e *entry) level() finding.Severity {
	worst := e.Severity()
	for _, h := range e.habits {
		worst = max(worst, h.Severity)
	}
	if worst != 0 {
		return worst
	}
	for _, f := range e.Findings { // all suppressed
		worst = max(worst, f.Severity)
	}
	return worst
}

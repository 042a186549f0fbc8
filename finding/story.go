package finding

import (
	"cmp"
	"slices"
	"sort"
	"time"
)

// A Story is what became of a key, as far as a scan shows: through which commits it went, and
// for how long it could be read where.
type Story struct {
	Steps []Step // the oldest first
	// Head, Branches and History are how long HEAD's files had the key, how long those of any
	// branch or tag, and for how long the history has it.
	Head, Branches, History Window
	// Refs are the refs that lead to the key, by name.
	Refs []Ref
}

// LastRemoved returns when a branch last lost the key; zero if none has.
func (s *Story) LastRemoved() time.Time {
	for _, step := range slices.Backward(s.Steps) {
		if step.OnRef && (step.Kind == Removed || step.Kind == Rotated) {
			return step.Date
		}
	}
	return time.Time{}
}

// A StepKind is what happened to a key.
type StepKind string

// The kinds of steps.
const (
	Added    StepKind = "added"
	Moved    StepKind = "moved"   // taken from one path and added at another in one commit
	Removed  StepKind = "removed" // from a path
	Rotated  StepKind = "rotated" // removed from a path where the same commit adds another key
	Verified StepKind = "verified"
)

// A Step is one thing that happened to a key.
type Step struct {
	Kind   StepKind
	Date   time.Time
	Commit *Commit // nil when verified
	// Paths are where the key was added; of a removal, where it was taken from. From is where
	// it was moved from.
	Paths, From []string
	By          *Key // the key that took its place, when rotated
	// InHead says that HEAD leads to the commit; OnRef, that HEAD or some ref does.
	InHead, OnRef bool
	Liveness      Liveness // when verified
	// RequestID is that of the answer, when verified; it may be empty.
	RequestID string
}

// A Window is a stretch of time. A zero From means that there is none.
type Window struct {
	From, To time.Time
	Open     bool // it has not ended: To is when the scan was made
}

// Length returns how long the window is, and is 0 for none.
func (w Window) Length() time.Duration {
	if w.From.IsZero() || w.To.Before(w.From) {
		return 0
	}
	return w.To.Sub(w.From)
}

// widen makes w include from..to.
func (w *Window) widen(from, to time.Time, open bool) {
	if w.From.IsZero() || from.Before(w.From) {
		w.From = from
	}
	if to.After(w.To) {
		w.To = to
	}
	w.Open = w.Open || open
}

// A Replacement says which keys each commit adds at each path, by which a rotation is known.
type Replacement struct{ oid, path string }

// Replacements returns the keys that the commits of all findings add, for [Tell].
func Replacements(findings []Finding) map[Replacement][]*Key {
	added := map[Replacement][]*Key{}
	for i := range findings {
		f := &findings[i]
		for _, e := range f.events() {
			if at := (Replacement{e.Commit.OID, f.Path}); !e.Removed && f.Key != nil {
				added[at] = append(added[at], f.Key)
			}
		}
	}
	return added
}

// Tell returns the story of a key up to now. added is of all findings of the scan.
func Tell(g *KeyGroup, added map[Replacement][]*Key, now time.Time) *Story {
	s := &Story{}
	steps := map[string]*Step{} // by commit
	for _, f := range g.Findings {
		s.windows(f, now)
		s.refs(f)
		for _, e := range f.events() {
			step := steps[e.Commit.OID]
			if step == nil {
				step = &Step{Date: e.Commit.Date, Commit: e.Commit, InHead: e.InHead, OnRef: e.OnRef}
				steps[e.Commit.OID] = step
			}
			step.note(g.Key, f.Path, e.Removed, added)
		}
	}
	for _, step := range steps {
		step.settle()
		s.Steps = append(s.Steps, *step)
	}
	s.verified(g)
	s.sort()
	sort.Slice(s.Refs, func(i, j int) bool { return s.Refs[i].Name < s.Refs[j].Name })
	return s
}

// Add adds steps that are known from elsewhere, such as earlier answers of the API.
func (s *Story) Add(steps []Step) {
	for _, step := range steps {
		if !slices.ContainsFunc(s.Steps, func(o Step) bool { return o.Kind == step.Kind && o.Date.Equal(step.Date) }) {
			s.Steps = append(s.Steps, step)
		}
	}
	s.sort()
}

// sort puts the steps in order, the oldest first.
func (s *Story) sort() {
	sort.Slice(s.Steps, func(i, j int) bool {
		a, b := &s.Steps[i], &s.Steps[j]
		return cmp.Or(a.Date.Compare(b.Date), cmp.Compare(a.oid(), b.oid())) < 0
	})
}

// note takes in that the step's commit adds k at path, or removes it from there.
func (s *Step) note(k *Key, path string, removed bool, added map[Replacement][]*Key) {
	list := &s.Paths
	if removed {
		list = &s.From
		for _, other := range added[Replacement{s.Commit.OID, path}] {
			if other.ID != k.ID {
				s.By = other
			}
		}
	}
	if !slices.Contains(*list, path) {
		*list = append(*list, path)
	}
}

// settle decides what kind of step it is.
func (s *Step) settle() {
	slices.Sort(s.Paths)
	slices.Sort(s.From)
	switch {
	case len(s.From) == 0:
		s.Kind = Added
	case len(s.Paths) > 0:
		s.Kind, s.By = Moved, nil
	case s.By != nil:
		s.Kind, s.Paths, s.From = Rotated, s.From, nil
	default:
		s.Kind, s.Paths, s.From = Removed, s.From, nil
	}
}

func (s *Step) oid() string {
	if s.Commit == nil {
		return ""
	}
	return s.Commit.OID
}

// verified adds the answer to whether the key works.
func (s *Story) verified(g *KeyGroup) {
	f := g.Findings[0]
	if v := f.Verification; v != nil && !v.CheckedAt.IsZero() {
		s.Steps = append(s.Steps, Step{Kind: Verified, Date: v.CheckedAt, Liveness: f.Liveness, RequestID: v.RequestID})
	}
}

// windows takes in for how long f could be read where.
func (s *Story) windows(f *Finding, now time.Time) {
	events := f.events()
	message := f.Exposure == Message || f.Exposure == Name
	if from, to, ok := span(events, func(e *Event) bool { return e.InHead }); ok && !message {
		s.Head.widen(from, end(f.Present(), to, now), f.Present())
	}
	if from, to, ok := span(events, func(e *Event) bool { return e.OnRef }); ok {
		if !message {
			holds := f.Present() || f.onTip()
			s.Branches.widen(from, end(holds, to, now), holds)
		}
		s.History.widen(from, now, true)
	}
}

// span returns the dates of the first and of the last of the events that wanted picks.
func span(events []Event, wanted func(*Event) bool) (from, to time.Time, ok bool) {
	for i := range events {
		if e := &events[i]; wanted(e) {
			if d := e.Commit.Date; !ok || d.Before(from) {
				from = d
			}
			if d := e.Commit.Date; d.After(to) {
				to = d
			}
			ok = true
		}
	}
	return from, to, ok
}

func end(open bool, to, now time.Time) time.Time {
	if open {
		return now
	}
	return to
}

// onTip reports whether the files of a ref have f.
func (f *Finding) onTip() bool {
	return f.Trace != nil && slices.ContainsFunc(f.Trace.Refs, func(r Ref) bool { return r.Holds })
}

// refs takes in the refs that lead to f.
func (s *Story) refs(f *Finding) {
	refs := []Ref{}
	if f.Trace != nil {
		refs = f.Trace.Refs
	} else {
		for _, name := range f.Refs {
			refs = append(refs, Ref{Name: name})
		}
	}
	for _, r := range refs {
		if i := slices.IndexFunc(s.Refs, func(o Ref) bool { return o.Name == r.Name }); i >= 0 {
			s.Refs[i].Holds = s.Refs[i].Holds || r.Holds
		} else {
			s.Refs = append(s.Refs, r)
		}
	}
}

// events returns the commits of f's trace; without one, those that are known.
func (f *Finding) events() []Event {
	if f.Trace != nil {
		return f.Trace.Events
	}
	var events []Event
	inHead := f.InHead == nil || *f.InHead || f.RemovedIn != nil
	onRef := inHead || len(f.Refs) > 0
	if f.Commit != nil {
		events = append(events, Event{Commit: f.Commit, InHead: inHead, OnRef: onRef})
	}
	if f.RemovedIn != nil {
		events = append(events, Event{Commit: f.RemovedIn, Removed: true, InHead: inHead, OnRef: onRef})
	}
	return events
}

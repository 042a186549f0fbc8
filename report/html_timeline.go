package report

import (
	"fmt"
	"strings"
	"time"

	"github.com/neokeys/neokeys/finding"
)

// The measures of a timeline, in the units of its drawing.
const (
	timelineLeft  = 150 // where time begins; lanes' names are to the left
	timelineRight = 780 // the present
	laneHeight    = 26
	laneTop       = 10
	maxLanes      = 6 // branches that have a lane of their own
	maxSteps      = 60
	laneName      = 18 // characters of a lane's name
)

// A htmlTimeline is a drawing of what became of a key: a lane for HEAD, for each branch, and one
// for all releases.
type htmlTimeline struct {
	Height     int
	AxisY      int
	From, To   string
	Left       int
	Right      int
	Lanes      []htmlLane
	Marks      []htmlMark
	MoreLanes  string
	Label      string
	firstLane  map[string]int
	begin, end time.Time
}

// A htmlLane is HEAD, a branch, or the releases. Its bars are when its files had the key and,
// lighter, when only its history has it.
type htmlLane struct {
	Name, Full string
	Y          int // of its middle
	Bars       []htmlBar
}

type htmlBar struct {
	X, Y, Width int
	Class       string
	Title       string
}

// A htmlMark is one step.
type htmlMark struct {
	X, Y        int
	Kind, Title string
}

// A htmlStep is a step in words.
type htmlStep struct {
	Kind, Day, Machine, Text string
	Commit, Link             string
}

// tell takes the story of the key into the page. A single step is said with the key's place.
func (k *htmlKey) tell(s *finding.Story, o Options, draw bool) {
	k.Spans = spans(s)
	if draw && len(s.Steps) > 0 && !s.History.From.IsZero() {
		k.Timeline = newHTMLTimeline(s, o.Started)
	}
	if len(s.Steps) == 1 && s.Steps[0].Kind == finding.Added {
		return
	}
	for i := range s.Steps {
		if i == maxSteps {
			k.Steps = append(k.Steps, htmlStep{Text: number(len(s.Steps)-i, "more step") + " not shown here"})
			break
		}
		k.Steps = append(k.Steps, newHTMLStep(&s.Steps[i], o))
	}
}

// spans says for how long the key could be read where.
func spans(s *finding.Story) (list []string) {
	add := func(what string, w finding.Window, still string) {
		if w.From.IsZero() {
			return
		}
		text := what + " " + duration(w.From, w.To)
		if w.Open {
			text += still
		}
		list = append(list, text)
	}
	add("in HEAD for", s.Head, ", and still")
	add("in the files of a branch or tag for", s.Branches, ", and still")
	add("in the history for", s.History, ", and still")
	return list
}

func newHTMLStep(s *finding.Step, o Options) htmlStep {
	step := htmlStep{Kind: string(s.Kind), Day: s.Date.Format(time.DateOnly), Machine: timestamp(s.Date), Text: stepText(s)}
	if c := s.Commit; c != nil {
		step.Commit, step.Link = shortOID(c), o.commitURL(c)
		step.Text += " (" + printable(c.Author) + ": " + printable(c.Subject) + ")"
	}
	return step
}

// stepText says in words what a step did.
func stepText(s *finding.Step) string {
	switch s.Kind {
	case finding.Added:
		return "added to " + named(s.Paths)
	case finding.Moved:
		return "moved from " + named(s.From) + " to " + named(s.Paths)
	case finding.Rotated:
		return "replaced in " + named(s.Paths) + " by " + printable(s.By.Redacted) + ", key id " + s.By.ID
	case finding.Verified:
		text := "the API was asked: " + string(s.Liveness)
		if s.RequestID != "" {
			text += ", request id " + printable(s.RequestID)
		}
		return text
	}
	return "removed from " + named(s.Paths)
}

func newHTMLTimeline(s *finding.Story, now time.Time) *htmlTimeline {
	t := &htmlTimeline{Left: timelineLeft, Right: timelineRight, begin: s.Steps[0].Date, end: now, firstLane: map[string]int{}}
	if last := s.Steps[len(s.Steps)-1].Date; last.After(t.end) {
		t.end = last
	}
	if first := s.History.From; first.Before(t.begin) {
		t.begin = first
	}
	t.From, t.To = t.begin.Format(time.DateOnly), t.end.Format(time.DateOnly)
	t.lane("HEAD", "HEAD", s.Head, s.History)
	t.branches(s)
	t.releases(s)
	for i := range s.Steps {
		if i == maxSteps {
			break
		}
		t.mark(&s.Steps[i])
	}
	t.AxisY = laneTop + len(t.Lanes)*laneHeight + 4
	t.Height = t.AxisY + 22
	t.Label = fmt.Sprintf("Timeline of the key from %s to %s: %s.", t.From, t.To, strings.Join(spans(s), "; "))
	return t
}

// at returns where a moment is drawn.
func (t *htmlTimeline) at(moment time.Time) int {
	whole := t.end.Sub(t.begin)
	if whole <= 0 {
		return t.Left
	}
	x := float64(moment.Sub(t.begin)) / float64(whole)
	return t.Left + int(min(max(x, 0), 1)*float64(t.Right-t.Left))
}

// lane adds a lane with a bar for when files had the key, and one for when the history has it.
func (t *htmlTimeline) lane(name, full string, files, history finding.Window) {
	y := laneTop + len(t.Lanes)*laneHeight + laneHeight/2
	l := htmlLane{Name: cutEnd(printable(name), laneName, false), Full: printable(full), Y: y}
	bar := func(w finding.Window, class, title string) {
		if w.From.IsZero() || w.To.Before(w.From) {
			return
		}
		x := t.at(w.From)
		title += " " + w.From.Format(time.DateOnly) + " to " + w.To.Format(time.DateOnly)
		l.Bars = append(l.Bars, htmlBar{X: x, Y: y - 6, Width: max(t.at(w.To)-x, 2), Class: class, Title: title})
	}
	bar(history, "past", "in its history")
	bar(files, "held", "in its files")
	t.firstLane[full] = y
	t.Lanes = append(t.Lanes, l)
}

// branches adds a lane for each of the first branches that lead to the key.
func (t *htmlTimeline) branches(s *finding.Story) {
	more := 0
	for _, r := range s.Refs {
		name, remote := strings.CutPrefix(r.Name, "refs/remotes/")
		local := false
		if !remote {
			name, local = strings.CutPrefix(r.Name, "refs/heads/")
		}
		switch {
		case !remote && !local:
			continue
		case len(t.Lanes) > maxLanes:
			more++
			continue
		}
		files := finding.Window{From: s.History.From, To: t.end}
		if !r.Holds {
			files.To = s.LastRemoved()
		}
		t.lane(name, r.Name, files, finding.Window{From: s.History.From, To: t.end})
	}
	if more > 0 {
		t.MoreLanes = number(more, "more branch", "more branches") + " not drawn"
	}
}

// releases adds a lane with a mark for each tag that leads to the key.
func (t *htmlTimeline) releases(s *finding.Story) {
	y := laneTop + len(t.Lanes)*laneHeight + laneHeight/2
	some := false
	for _, r := range s.Refs {
		name, tag := strings.CutPrefix(r.Name, "refs/tags/")
		if !tag || r.Date.IsZero() || len(t.Marks) >= maxSteps {
			continue
		}
		some = true
		kind, what := "release-past", "its history has the key"
		if r.Holds {
			kind, what = "release", "its files have the key"
		}
		t.Marks = append(t.Marks, htmlMark{t.at(r.Date), y, kind, printable(name) + ", " + r.Date.Format(time.DateOnly) + ": " + what})
	}
	if some {
		t.Lanes = append(t.Lanes, htmlLane{Name: "releases", Full: "releases (tags)", Y: y})
	}
}

// mark draws a step: in HEAD's lane if HEAD leads to it, else in the next one.
func (t *htmlTimeline) mark(s *finding.Step) {
	y := t.Lanes[0].Y
	if !s.InHead && s.Kind != finding.Verified && len(t.Lanes) > 1 {
		y = t.Lanes[1].Y
	}
	t.Marks = append(t.Marks, htmlMark{t.at(s.Date), y, string(s.Kind), s.Date.Format(time.DateOnly) + ": " + stepText(s)})
}

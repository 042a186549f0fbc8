package cli

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/fatih/color"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/report"
	"github.com/neokeys/neokeys/verify"
)

// A verifyReport shows the answers about keys that were handed over.
type verifyReport interface {
	// all writes the answers of a command that asks once.
	all(given []givenKey) error
	// round writes those of one round of a watch.
	round(n int, given []givenKey, events []verify.Event) error
}

type verifyText struct {
	out         io.Writer
	alarm, good func(a ...any) string
	told        map[string]bool // keys whose advice has been shown in a watch
	ended       map[string]bool // keys that a watch has shown and no longer asks about
}

func newVerifyText(out io.Writer, colored bool) *verifyText {
	alarm, good := color.New(color.FgRed, color.Bold), color.New(color.FgGreen)
	for _, c := range []*color.Color{alarm, good} {
		// The package would look at standard output, whatever the user has asked for.
		if c.DisableColor(); colored {
			c.EnableColor()
		}
	}
	return &verifyText{out, alarm.SprintFunc(), good.SprintFunc(), map[string]bool{}, map[string]bool{}}
}

// state returns the word for l, as wide as the longest.
func (t *verifyText) state(l finding.Liveness) string {
	word := fmt.Sprintf("%-11s", l)
	if l == finding.Inactive {
		return t.good(word)
	}
	return t.alarm(word)
}

// all writes keys that work first, and the reason and the advice once for all keys that
// share them.
func (t *verifyText) all(given []givenKey) error {
	given = slices.Clone(given)
	sort.SliceStable(given, func(i, j int) bool {
		a, b := given[i], given[j]
		return cmp.Or(
			cmp.Compare(slices.Index(livenesses, a.answer.Liveness), slices.Index(livenesses, b.answer.Liveness)),
			cmp.Compare(explanation(a), explanation(b)),
		) < 0
	})
	var b strings.Builder
	count := map[finding.Liveness]int{}
	for i, g := range given {
		count[g.answer.Liveness]++
		fmt.Fprintf(&b, "%s  %s%s\n", t.state(g.answer.Liveness), describeKey(g), answerIDs(g.answer))
		t.notes(&b, g)
		last := i+1 == len(given) || given[i+1].answer.Liveness != g.answer.Liveness || explanation(given[i+1]) != explanation(g)
		if last {
			b.WriteString(explanation(g))
		}
	}
	var words []string
	for _, l := range livenesses {
		if n := count[l]; n > 0 {
			words = append(words, fmt.Sprintf("%d %s", n, l))
		}
	}
	fmt.Fprintf(&b, "\n%s\n", strings.Join(words, ", "))
	_, err := io.WriteString(t.out, b.String())
	return err
}

// explanation is the reason for an answer and what to do about it.
func explanation(g givenKey) string {
	text := fmt.Sprintf("    %s\n", g.answer.Reason)
	if g.key != nil {
		text += fmt.Sprintf("    %s\n", g.answer.Advice(g.key))
	}
	return text
}

// answerIDs returns what identifies the API's answer to Neo's support.
func answerIDs(a verify.Answer) string {
	ids := ""
	if a.Code != "" {
		ids += "  code " + a.Code
	}
	if a.RequestID != "" {
		ids += "  request id " + a.RequestID
	}
	return ids
}

func (t *verifyText) notes(b *strings.Builder, g givenKey) {
	for _, note := range g.notes {
		fmt.Fprintf(b, "    note: %s\n", note)
	}
}

// round writes a line a key, and what ends a key when it is first seen working. Keys
// that were shown to be dead are only counted from then on.
func (t *verifyText) round(n int, given []givenKey, events []verify.Event) error {
	var b strings.Builder
	if n == 1 {
		for _, g := range given {
			if g.key == nil || len(g.notes) > 0 {
				fmt.Fprintf(&b, "%s\n", describeKey(g))
				t.notes(&b, g)
			}
		}
	}
	var dead []time.Duration // for how long keys have been that were shown before
	for _, e := range events {
		if t.ended[e.Key.ID] {
			if e.Condition == finding.Inactive {
				dead = append(dead, e.For())
			}
			continue
		}
		t.ended[e.Key.ID] = e.Over()
		how := ""
		switch {
		case e.Condition.Works():
			how = "working"
		case e.Condition == finding.Inactive:
			how = "dead"
		}
		if d := e.For(); e.Changed {
			how = "now " + how
		} else if d > 0 {
			how += " for " + d.String()
		}
		if e.Answer.Liveness != e.Condition && how != "" {
			how = "last seen " + how
		}
		if how != "" {
			how += "; "
		}
		fmt.Fprintf(&b, "%s  %s  %s  %s%s\n", time.Now().Format(time.TimeOnly), t.state(e.Answer.Liveness), e.Key.Redacted, how, e.Answer.Reason)
		if e.Answer.Liveness.Works() && !t.told[e.Key.ID] {
			t.told[e.Key.ID] = true
			fmt.Fprintf(&b, "    %s\n", e.Answer.Advice(e.Key))
		}
	}
	if n := len(dead); n > 0 {
		fmt.Fprintf(&b, "%s  %s  %d shown before, the last dead for %v\n", time.Now().Format(time.TimeOnly), t.state(finding.Inactive), n, slices.Min(dead))
	}
	_, err := io.WriteString(t.out, b.String())
	return err
}

func describeKey(g givenKey) string {
	from := strings.Join(g.from, ", ")
	if g.key == nil {
		return from + ": no key"
	}
	return fmt.Sprintf("%s (%s, key id %s)", g.key.Redacted, from, g.key.ID)
}

type verifyJSON struct{ out io.Writer }

// The members have the names that they have in the report of a scan.
type verifyJSONReport struct {
	SchemaVersion int                      `json:"schema_version"`
	Tool          verifyJSONTool           `json:"tool"`
	Keys          []verifyJSONKey          `json:"keys"`
	Summary       map[finding.Liveness]int `json:"summary"`
}

type verifyJSONTool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

type verifyJSONKey struct {
	From []string `json:"from"`
	// Key is null where what was given is none.
	Key   *verifyJSONKeyName `json:"key"`
	Notes []string           `json:"notes"`
	verifyJSONAnswer
}

type verifyJSONKeyName struct {
	ID       string  `json:"id"`
	Env      *string `json:"env"`
	Redacted string  `json:"redacted"`
}

type verifyJSONAnswer struct {
	Liveness   finding.Liveness `json:"liveness"`
	Code       *string          `json:"code"`
	RequestID  *string          `json:"request_id"`
	Reason     string           `json:"reason"`
	Advice     string           `json:"advice"`
	Agents     *int             `json:"agents"`
	MoreAgents bool             `json:"more_agents"`
	HTTPStatus *int             `json:"http_status"`
	CheckedAt  *time.Time       `json:"checked_at"`
	FromCache  bool             `json:"from_cache"`
	// Verification has the names that it has in the report of a scan.
	Verification verifyJSONVerification `json:"verification"`
	// Reach is there only where it was asked for.
	Reach []report.JSONReach `json:"reach,omitempty"`
}

type verifyJSONVerification struct {
	Code      *string    `json:"code"`
	RequestID *string    `json:"request_id"`
	Reason    string     `json:"reason"`
	CheckedAt *time.Time `json:"checked_at"`
}

// A verifyJSONEvent is a line of a watch.
type verifyJSONEvent struct {
	Round int `json:"round"`
	verifyJSONKey
	// Condition is how the key was last known to be, and Since when that began as
	// far as the watch has seen.
	Condition  finding.Liveness `json:"condition"`
	Since      *time.Time       `json:"since"`
	ForSeconds int              `json:"for_seconds"`
	Changed    bool             `json:"changed"`
}

func newVerifyJSONKey(g givenKey, a verify.Answer) verifyJSONKey {
	k := verifyJSONKey{From: g.from, Notes: append([]string{}, g.notes...), verifyJSONAnswer: verifyJSONAnswer{
		Liveness: a.Liveness, Reason: a.Reason, Agents: a.Agents, MoreAgents: a.MoreAgents, FromCache: a.FromCache,
		Reach: report.NewJSONReach(a.Reach),
	}}
	if g.key != nil {
		k.Key = &verifyJSONKeyName{ID: g.key.ID, Redacted: g.key.Redacted}
		if g.key.Kind != finding.KindLegacy {
			k.Key.Env = &g.key.Env
		}
		k.Advice = a.Advice(g.key)
	}
	if a.Code != "" {
		k.Code = &a.Code
	}
	if a.RequestID != "" {
		k.RequestID = &a.RequestID
	}
	if a.HTTPStatus != 0 {
		k.HTTPStatus = &a.HTTPStatus
	}
	if !a.CheckedAt.IsZero() {
		at := a.CheckedAt.Truncate(time.Second)
		k.CheckedAt = &at
	}
	k.Verification = verifyJSONVerification{k.Code, k.RequestID, k.Reason, k.CheckedAt}
	return k
}

func (j *verifyJSON) all(given []givenKey) error {
	r := verifyJSONReport{
		SchemaVersion: 1,
		Tool:          verifyJSONTool{"neokeys", version()},
		Summary:       map[finding.Liveness]int{},
	}
	for _, l := range livenesses {
		r.Summary[l] = 0
	}
	for _, g := range given {
		r.Keys = append(r.Keys, newVerifyJSONKey(g, g.answer))
		r.Summary[g.answer.Liveness]++
	}
	e := json.NewEncoder(j.out)
	e.SetIndent("", "  ")
	return e.Encode(r)
}

// round writes one object a line.
func (j *verifyJSON) round(n int, given []givenKey, events []verify.Event) error {
	of := map[string]verify.Event{}
	for _, e := range events {
		of[e.Key.ID] = e
	}
	out := json.NewEncoder(j.out)
	for _, g := range given {
		line := verifyJSONEvent{Round: n, Condition: finding.NotChecked}
		if g.key == nil {
			if n > 1 {
				continue // said already
			}
			line.verifyJSONKey = newVerifyJSONKey(g, g.answer)
		} else {
			e := of[g.key.ID]
			line.verifyJSONKey = newVerifyJSONKey(g, e.Answer)
			line.Condition, line.Changed = e.Condition, e.Changed
			if !e.Since.IsZero() {
				since := e.Since.Truncate(time.Second)
				line.Since, line.ForSeconds = &since, int(e.For().Seconds())
			}
		}
		if err := out.Encode(line); err != nil {
			return err
		}
	}
	return nil
}

package report

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/neokeys/neokeys/finding"
)

// A Diff is what has changed between two reports of the same repositories. Suppressed findings are in
// neither.
type Diff struct {
	// New, Closed and Open are keys that only the new report has, that only the old one has or that
	// are known not to work any more, and that both have.
	New, Closed, Open []Change
	// Other counts the findings that are about no key, by their fingerprints.
	Other struct{ New, Closed, Open int }
	// Incomplete are the problems of the new report: what it could not read may still hold a key.
	Incomplete []finding.Problem
}

// A Change is what has become of one key.
type Change struct {
	Key      *finding.Key
	Severity finding.Severity
	Exposure finding.Exposure
	Liveness finding.Liveness
	// Places are those of the new report, or of the old one for a key that is closed. Added and
	// Removed are the differences.
	Places, Added, Removed []string
}

// NewDiff compares two reports.
func NewDiff(before, after *finding.Result) *Diff {
	d := &Diff{Incomplete: after.Problems}
	old, oldRest := finding.Groups(counting(before))
	now, nowRest := finding.Groups(counting(after))
	at := map[string]*finding.KeyGroup{}
	for i := range old {
		at[old[i].Key.ID] = &old[i]
	}
	for i := range now {
		g := &now[i]
		was := at[g.Key.ID]
		delete(at, g.Key.ID)
		switch c := newChange(was, g); {
		case g.Liveness() == finding.Inactive && was == nil: // it never was anybody's concern
		case g.Liveness() == finding.Inactive:
			d.Closed = append(d.Closed, c)
		case was == nil:
			d.New = append(d.New, c)
		default:
			d.Open = append(d.Open, c)
		}
	}
	for i := range old {
		if g := &old[i]; at[g.Key.ID] != nil && g.Liveness() != finding.Inactive {
			d.Closed = append(d.Closed, newChange(g, nil))
		}
	}
	d.countOther(oldRest, nowRest)
	return d
}

func newChange(before, after *finding.KeyGroup) Change {
	g := after
	if g == nil {
		g = before
	}
	c := Change{Key: g.Key, Severity: g.Severity(), Exposure: g.Exposure(), Liveness: g.Liveness(), Places: keyPaths(g)}
	if before != nil && after != nil {
		was := keyPaths(before)
		c.Added, c.Removed = without(c.Places, was), without(was, c.Places)
	}
	return c
}

// keyPaths returns the files that a key is in, with their repositories, each once and in order.
func keyPaths(g *finding.KeyGroup) []string {
	_, paths := whereabouts(g)
	slices.Sort(paths)
	return paths
}

// without returns what is in a and not in b. Both are in order.
func without(a, b []string) (list []string) {
	for _, s := range a {
		if _, ok := slices.BinarySearch(b, s); !ok {
			list = append(list, s)
		}
	}
	return list
}

func (d *Diff) countOther(old, now []*finding.Finding) {
	name := func(f *finding.Finding) string {
		if f.Repository != nil {
			return f.Repository.Name + "\x00" + f.Fingerprint
		}
		return f.Fingerprint
	}
	was := map[string]bool{}
	for _, f := range old {
		was[name(f)] = true
	}
	for _, f := range now {
		if was[name(f)] {
			d.Other.Open++
			delete(was, name(f))
		} else {
			d.Other.New++
		}
	}
	d.Other.Closed = len(was)
}

// WriteText writes d for a person; all of it also lists what is still open.
func (d *Diff) WriteText(w io.Writer, all bool) error {
	b := bufio.NewWriter(w)
	for _, part := range d.parts(all) {
		for i := range part.changes {
			if i == 0 {
				_, _ = fmt.Fprintln(b, part.title) // Flush says what is wrong
			}
			part.changes[i].writeText(b)
		}
		if len(part.changes) > 0 {
			_, _ = fmt.Fprintln(b)
		}
	}
	_, _ = fmt.Fprintln(b, d.summary())
	if len(d.Incomplete) > 0 {
		_, _ = fmt.Fprintln(b, incompleteDiff)
	}
	return b.Flush()
}

const incompleteDiff = "The new report is incomplete: a key that is closed may be in what could not be read."

type diffPart struct {
	title   string
	changes []Change
}

func (d *Diff) parts(all bool) []diffPart {
	parts := []diffPart{{"New", d.New}, {"Closed", d.Closed}}
	if all {
		return append(parts, diffPart{"Still open", d.Open})
	}
	moved := slices.DeleteFunc(slices.Clone(d.Open), func(c Change) bool { return len(c.Added)+len(c.Removed) == 0 })
	return append(parts, diffPart{"Still open, in other places", moved})
}

func (d *Diff) summary() string {
	text := fmt.Sprintf("Keys: %d new, %d closed, %d still open.", len(d.New), len(d.Closed), len(d.Open))
	if o := d.Other; o.New+o.Closed+o.Open > 0 {
		text += fmt.Sprintf(" Other findings: %d new, %d closed, %d still open.", o.New, o.Closed, o.Open)
	}
	return text
}

func (c *Change) writeText(b *bufio.Writer) {
	_, _ = fmt.Fprintf(b, "  key %s  %s  %s, %s%s\n", printable(c.Key.ID), printable(c.Key.Redacted), c.Severity, printable(string(c.Exposure)), c.state())
	for _, list := range c.lists() {
		for _, place := range list.places {
			_, _ = fmt.Fprintf(b, "    %s%s\n", list.sign, printable(place))
		}
	}
}

func (c *Change) state() string {
	if c.Liveness == "" || c.Liveness == finding.NotChecked {
		return ""
	}
	return ", " + printable(string(c.Liveness))
}

type signedPlaces struct {
	sign   string
	places []string
}

// lists returns the places that say most: those that have changed, or else all.
func (c *Change) lists() []signedPlaces {
	if len(c.Added)+len(c.Removed) > 0 {
		return []signedPlaces{{"+ ", c.Added}, {"- ", c.Removed}}
	}
	return []signedPlaces{{"", c.Places}}
}

// WriteMarkdown writes d as GitHub's Markdown.
func (d *Diff) WriteMarkdown(w io.Writer, all bool) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n", markdownText(d.summary()))
	if len(d.Incomplete) > 0 {
		fmt.Fprintf(&b, "\n**%s**\n", incompleteDiff)
	}
	for _, part := range d.parts(all) {
		for i := range part.changes {
			c := &part.changes[i]
			if i == 0 {
				fmt.Fprintf(&b, "\n### %s\n\n| Key | Level | Exposure | Places |\n| --- | --- | --- | --- |\n", part.title)
			}
			var places []string
			for _, list := range c.lists() {
				for _, place := range list.places[:min(len(list.places), maxListed)] {
					places = append(places, list.sign+code(place))
				}
			}
			fmt.Fprintf(&b, "| %s %s | %s%s | %s | %s |\n", code(c.Key.ID), code(c.Key.Redacted), c.Severity, markdownText(c.state()),
				markdownText(string(c.Exposure)), strings.Join(places, "<br>"))
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// The JSON form of a diff. Names are added; none changes its meaning.
type (
	jsonDiff struct {
		SchemaVersion int          `json:"schema_version"`
		New           []jsonChange `json:"new"`
		Closed        []jsonChange `json:"closed"`
		Open          []jsonChange `json:"still_open"`
		Other         jsonOther    `json:"other_findings"`
		Errors        []jsonError  `json:"errors"`
	}
	jsonChange struct {
		Key      jsonKey  `json:"key"`
		Severity string   `json:"severity"`
		Exposure string   `json:"exposure"`
		Liveness string   `json:"liveness"`
		Places   []string `json:"places"`
		Added    []string `json:"added"`
		Removed  []string `json:"removed"`
	}
	jsonOther struct {
		New    int `json:"new"`
		Closed int `json:"closed"`
		Open   int `json:"still_open"`
	}
)

// WriteJSON writes d for programs.
func (d *Diff) WriteJSON(w io.Writer) error {
	j := jsonDiff{
		SchemaVersion: schemaVersion, New: newJSONChanges(d.New), Closed: newJSONChanges(d.Closed), Open: newJSONChanges(d.Open),
		Other:  jsonOther{d.Other.New, d.Other.Closed, d.Other.Open},
		Errors: append([]jsonError{}, newJSONErrors(d.Incomplete)...),
	}
	text, err := json.MarshalIndent(j, "", "  ")
	if err != nil {
		return err
	}
	_, err = w.Write(append(inert(text), '\n'))
	return err
}

func newJSONChanges(changes []Change) []jsonChange {
	list := []jsonChange{}
	for _, c := range changes {
		key := jsonKey{ID: c.Key.ID, Kind: string(c.Key.Kind), Redacted: c.Key.Redacted}
		if c.Key.Kind != finding.KindLegacy {
			key.Env = &c.Key.Env
		}
		list = append(list, jsonChange{
			Key: key, Severity: c.Severity.String(), Exposure: string(c.Exposure), Liveness: string(c.Liveness),
			Places: append([]string{}, c.Places...), Added: append([]string{}, c.Added...), Removed: append([]string{}, c.Removed...),
		})
	}
	return list
}

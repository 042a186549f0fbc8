package fleet

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/neokeys/neokeys/fleet/store"
	"github.com/neokeys/neokeys/fleet/view"
	"github.com/neokeys/neokeys/internal/config"
	"github.com/neokeys/neokeys/report"
)

func newDiff(env *environment) *cobra.Command {
	var format string
	var all bool
	cmd := &cobra.Command{
		Use:   "diff SINCE",
		Short: "Show which keys are new, reopened, closed and still open since a time",
		Long: `Show what has changed since a time: a date such as 2026-10-01, a time in the form of RFC 3339,
or an age such as 30d. A key is new when a search first found it, closed when no search finds
it any more or it is known not to work, and reopened when it is back. The trend is the number
of open keys over that time.

The times are those of searches: a key that was committed years ago is new when the fleet was
searched for the first time.`,
		Example: `  neokeys-fleet diff 30d
  neokeys-fleet diff 2026-10-01 -f json`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return fmt.Errorf("diff: name one time, such as 30d or 2026-10-01")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			since, err := parseSince(args[0], time.Now())
			if err != nil {
				return err
			}
			if format != "text" && format != "json" {
				return fmt.Errorf("--format: unknown format %q: use text or json", format)
			}
			return env.with(cmd, false, func(ctx context.Context, db *store.DB) error {
				v, err := view.Load(ctx, db)
				if err != nil {
					return err
				}
				if format == "json" {
					return writeDiffJSON(env, v.Diff(since))
				}
				return writeDiff(env, v.Diff(since), all)
			})
		},
	}
	cmd.Flags().StringVarP(&format, "format", "f", "text", "print as `FORMAT`: text or json")
	cmd.Flags().BoolVarP(&all, "verbose", "v", false, "list the keys that are still open, and every repository")
	return cmd
}

// parseSince reads a time before now.
func parseSince(s string, now time.Time) (time.Time, error) {
	if age, err := config.ParseAge(s); err == nil {
		return now.Add(-age), nil
	}
	for _, layout := range []string{time.RFC3339, time.DateTime, time.DateOnly} {
		t, err := time.Parse(layout, s)
		switch {
		case err != nil:
		case t.After(now):
			return t, fmt.Errorf("%s is in the future", s)
		default:
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("%q is no time: write a date such as 2026-10-01, or an age such as 30d", s)
}

func writeDiff(env *environment, d *view.Diff, all bool) error {
	w := &lines{w: env.out}
	w.printf("Since %s: %d new, %d reopened, %d closed, %d still open.\n", d.Since.UTC().Format(time.DateTime), len(d.New), len(d.Reopened), len(d.Closed), len(d.Open))
	w.changes("New", d.New, all)
	w.changes("Reopened", d.Reopened, all)
	w.changes("Closed", d.Closed, all)
	if all {
		w.changes("Still open", d.Open, all)
	}
	var trend []string
	for _, p := range d.Trend {
		trend = append(trend, fmt.Sprintf("%s %d", p.At.UTC().Format(time.DateOnly), p.Open))
	}
	w.printf("\nOpen keys  %s\n", strings.Join(trend, ", "))
	return w.err
}

func (l *lines) changes(title string, list []*view.Change, all bool) {
	if len(list) == 0 {
		return
	}
	l.printf("\n%s\n", title)
	for _, c := range list {
		l.printf("  key %s  %s", c.KeyID, c.At.UTC().Format(time.DateOnly))
		if k := c.Key; k != nil {
			l.printf("  %s  %s, %s, exposure %s", report.Printable(k.Key.Redacted), k.Severity(), state(k), k.Exposure())
		}
		l.printf("\n")
		const most = 3
		for i, name := range c.Repositories {
			if i == most && !all {
				l.printf("    and %d more: -v lists them\n", len(c.Repositories)-most)
				break
			}
			l.printf("    %s\n", report.Printable(name))
		}
	}
}

// The JSON form of a diff. Names are added; none changes its meaning.
type (
	jsonDiff struct {
		SchemaVersion int          `json:"schema_version"`
		Since         time.Time    `json:"since"`
		Until         time.Time    `json:"until"`
		New           []jsonChange `json:"new"`
		Reopened      []jsonChange `json:"reopened"`
		Closed        []jsonChange `json:"closed"`
		Open          []jsonChange `json:"still_open"`
		Trend         []jsonPoint  `json:"trend"`
	}
	jsonChange struct {
		Key          string    `json:"key"`
		Redacted     string    `json:"redacted,omitempty"`
		Severity     string    `json:"severity,omitempty"`
		Liveness     string    `json:"liveness,omitempty"`
		Exposure     string    `json:"exposure,omitempty"`
		At           time.Time `json:"at"`
		Repositories []string  `json:"repositories"`
	}
	jsonPoint struct {
		At   time.Time `json:"at"`
		Open int       `json:"open"`
	}
)

func writeDiffJSON(env *environment, d *view.Diff) error {
	out := jsonDiff{
		SchemaVersion: 1, Since: d.Since.UTC(), Until: d.Until.UTC(),
		New: jsonChanges(d.New), Reopened: jsonChanges(d.Reopened), Closed: jsonChanges(d.Closed), Open: jsonChanges(d.Open),
	}
	for _, p := range d.Trend {
		out.Trend = append(out.Trend, jsonPoint{p.At.UTC(), p.Open})
	}
	e := json.NewEncoder(env.out)
	e.SetIndent("", "  ")
	return e.Encode(out)
}

func jsonChanges(list []*view.Change) []jsonChange {
	changes := []jsonChange{}
	for _, c := range list {
		j := jsonChange{Key: c.KeyID, At: c.At.UTC(), Repositories: append([]string{}, c.Repositories...)}
		if k := c.Key; k != nil {
			j.Redacted, j.Liveness, j.Exposure = k.Key.Redacted, string(k.Liveness()), string(k.Exposure())
			if !k.Suppressed() {
				j.Severity = k.Severity().String()
			}
		}
		changes = append(changes, j)
	}
	return changes
}

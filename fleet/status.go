package fleet

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/dustin/go-humanize"
	"github.com/spf13/cobra"

	"github.com/neokeys/neokeys/fleet/store"
	"github.com/neokeys/neokeys/report"
)

func newStatus(env *environment) *cobra.Command {
	var all bool
	cmd := &cobra.Command{
		Use:   "status",
		Short: "Show how far the search has come, and what failed",
		Long: `Show how many repositories were searched, which failed and why, and which workers are at
work.

Exit status: 0 all repositories were searched; 2 one failed or was not searched yet.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return env.with(cmd, false, func(ctx context.Context, db *store.DB) error {
				return env.status(ctx, db, all)
			})
		},
	}
	cmd.Flags().BoolVar(&all, "all", false, "list every repository")
	return cmd
}

// status writes what there is to say. Its error is how the command ends.
func (env *environment) status(ctx context.Context, db *store.DB, all bool) error {
	counts, err := db.Counts(ctx)
	if err != nil {
		return err
	}
	list, err := db.Repositories(ctx)
	if err != nil {
		return err
	}
	jobs, err := db.JobsIn(ctx)
	if err != nil {
		return err
	}
	workers, err := db.Workers(ctx)
	if err != nil {
		return err
	}
	failed, incomplete := 0, 0
	for _, r := range list {
		if r.Error != "" {
			failed++
		} else if len(r.Problems) > 0 {
			incomplete++
		}
	}
	w := &lines{w: env.out}
	w.printf("Repositories  %s: %s searched, %s not yet, %s failed, %s incomplete\n", humanize.Comma(counts.Repositories),
		humanize.Comma(counts.Searched), humanize.Comma(counts.Repositories-counts.Searched), humanize.Comma(int64(failed)), humanize.Comma(int64(incomplete)))
	w.printf("Found         %s keys, %s findings\n", humanize.Comma(counts.Keys), humanize.Comma(counts.Findings))
	w.printf("Queue         %s waiting, %s running, %s to be tried again\n", humanize.Comma(jobs["available"]+jobs["pending"]+jobs["scheduled"]),
		humanize.Comma(jobs["running"]), humanize.Comma(jobs["retryable"]))
	for _, k := range workers {
		w.printf("Worker        %s, since %s, last seen %s\n", report.Printable(k.Machine), k.StartedAt.Format(time.DateTime), humanize.Time(k.SeenAt))
	}
	w.repositories(list, all)
	if w.err != nil {
		return w.err
	}
	if failed > 0 || counts.Searched < counts.Repositories {
		return statusFailed
	}
	return nil
}

// repositories lists those that failed, or all.
func (l *lines) repositories(list []*store.Repository, all bool) {
	for _, r := range list {
		if !all && r.Error == "" {
			continue
		}
		state := "not searched yet"
		switch {
		case r.Error != "":
			state = "failed: " + report.Printable(firstLine(r.Error))
		case len(r.Problems) > 0:
			state = fmt.Sprintf("searched %s, incomplete: %s", r.ScannedAt.Format(time.DateTime), report.Printable(firstLine(r.Problems[0].Message)))
		case !r.ScannedAt.IsZero():
			state = "searched " + r.ScannedAt.Format(time.DateTime)
		}
		l.printf("%s  %s\n", report.Printable(r.Name), state)
	}
}

// lines writes until it fails.
type lines struct {
	w   io.Writer
	err error
}

func (l *lines) printf(format string, args ...any) {
	if l.err == nil {
		_, l.err = fmt.Fprintf(l.w, format, args...)
	}
}

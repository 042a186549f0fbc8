package fleet

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/neokeys/neokeys/fleet/engine"
	"github.com/neokeys/neokeys/fleet/store"
)

func newWork(env *environment) *cobra.Command {
	var w workFlags
	var drain bool
	var every time.Duration
	cmd := &cobra.Command{
		Use:   "work",
		Short: "Work on the queue of a Postgres database, together with others",
		Long: `Search the repositories for which add and run have made jobs, and wait for more. Any number of
workers on any number of machines can share one Postgres database. A worker that is killed loses
nothing: the others take over what it was at.

An interrupt lets running searches finish for --grace and hands back the others.`,
		Example: `  neokeys-fleet work --database postgres://fleet@db/fleet --every 24h
  neokeys-fleet work --drain`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := w.check(); err != nil {
				return err
			}
			if every < 0 {
				return fmt.Errorf("--every %v: use a time such as 24h", every)
			}
			return env.with(cmd, false, func(ctx context.Context, db *store.DB) error {
				if !db.Postgres() {
					return fmt.Errorf("%s is a SQLite file, which one program uses at a time: `neokeys-fleet run` works on it; several workers need Postgres", db.Name())
				}
				return env.work(ctx, cmd, db, &w, every, drain)
			})
		},
	}
	w.register(cmd)
	cmd.Flags().BoolVar(&drain, "drain", false, "end when no job is left")
	cmd.Flags().DurationVar(&every, "every", 0, "search each repository again that was not looked at for this `TIME`, such as 24h (default only what add and run ask for)")
	return cmd
}

// work works on the queue until ctx ends or, if drain is set, until no job is left.
func (env *environment) work(ctx context.Context, cmd *cobra.Command, db *store.DB, w *workFlags, every time.Duration, drain bool) error {
	v, err := w.visitor(ctx, db)
	if err != nil {
		return err
	}
	if err := w.asked(cmd, v); err != nil {
		return err
	}
	o := w.options()
	o.Every = every
	e, err := engine.New(db, o, v.Visit)
	if err != nil {
		return err
	}
	if every > 0 {
		if _, err := e.Enqueue(ctx, time.Now().Add(-every)); err != nil {
			return fmt.Errorf("the jobs cannot be made: %w", err)
		}
	}
	started := time.Now()
	stop := env.showProgress(e.Progress(), w.quiet)
	err = e.Run(ctx, drain)
	stop()
	if err != nil && !errors.Is(err, context.Canceled) {
		return err
	}
	p := e.Progress()
	_, err = fmt.Fprintf(env.out, "%s searched, %d unchanged, %d failed, in %s.\n", repositories(p.Scanned.Load()), p.Unchanged.Load(), p.Failed.Load(),
		time.Since(started).Round(100*time.Millisecond))
	if err == nil && p.Failed.Load() > 0 {
		return statusFailed
	}
	return err
}

package fleet

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/fleet/store"
	"github.com/neokeys/neokeys/fleet/view"
	"github.com/neokeys/neokeys/fleet/visit"
	"github.com/neokeys/neokeys/report"
)

func newVerify(env *environment) *cobra.Command {
	var w workFlags
	var a askFlags
	var inactive bool
	cmd := &cobra.Command{
		Use:   "verify",
		Short: "Ask the API which keys still work, each once",
		Long: `Ask the API about each key once, in however many repositories it is, and keep the answers for
the report. The database holds no key: each is read again from a repository that has it, which
is fetched again if it is not on disk.

Keys that are known not to work are not asked about again without --inactive.

Exit status, as of neokeys verify: 0 every key is inactive; 1 a key works; 2 no key works, but
one is unknown or could not be asked about.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			w.jobs, w.timeout = 1, time.Hour
			ask, err := a.asker(cmd)
			if err != nil {
				return err
			}
			return env.with(cmd, false, func(ctx context.Context, db *store.DB) error {
				v, err := w.visitor(ctx, db)
				if err != nil {
					return err
				}
				return env.verify(ctx, db, v, ask, inactive)
			})
		},
	}
	w.registerFetch(cmd)
	a.register(cmd)
	cmd.Flags().BoolVar(&inactive, "inactive", false, "ask again about keys that did not work when they were last asked about")
	return cmd
}

// verify asks about the keys of a fleet. Its error is how the command ends.
func (env *environment) verify(ctx context.Context, db *store.DB, visitor *visit.Visitor, ask *asker, inactive bool) error {
	v, err := view.Load(ctx, db)
	if err != nil {
		return err
	}
	left := map[string]*view.Key{}
	for _, k := range v.Keys {
		if inactive || k.Liveness() != finding.Inactive {
			left[k.Key.ID] = k
		}
	}
	tried := map[int64]bool{}
	for len(left) > 0 && ctx.Err() == nil {
		repository, places := v.Best(left, tried)
		if repository == nil {
			break
		}
		tried[repository.ID] = true
		found, err := visitor.Reveal(ctx, repository, places)
		if err != nil {
			_, _ = fmt.Fprintf(env.err, "neokeys-fleet: %s: %s\n", report.Printable(repository.Name), report.Printable(firstLine(err.Error())))
			continue
		}
		if err := env.learn(ctx, db, ask, found); err != nil {
			return err
		}
		for id := range found {
			delete(left, id)
		}
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("interrupted: the answers so far are kept: %w", err)
	}
	return env.concludeVerify(ctx, db, len(left))
}

// learn asks about keys and keeps the answers.
func (env *environment) learn(ctx context.Context, db *store.DB, ask *asker, found map[string]finding.Finding) error {
	r := &finding.Result{}
	var ids []string
	for id, f := range found {
		r.Findings = append(r.Findings, f)
		ids = append(ids, id)
	}
	ask.ask(ctx, r)
	for i, f := range r.Findings {
		if f.Liveness == finding.NotChecked && (f.Verification == nil || f.Verification.CheckedAt.IsZero()) && ctx.Err() != nil {
			continue // it was not its turn yet
		}
		if err := db.SetLiveness(ctx, ids[i], f.Liveness, f.Verification); err != nil {
			return err
		}
	}
	return nil
}

// concludeVerify says what is known of the keys. Its error is how the command ends.
func (env *environment) concludeVerify(ctx context.Context, db *store.DB, missing int) error {
	v, err := view.Load(ctx, db)
	if err != nil {
		return err
	}
	counts := map[finding.Liveness]int{}
	w := &lines{w: env.out}
	for _, k := range v.Keys {
		counts[k.Liveness()]++
		if !k.Liveness().Works() {
			continue
		}
		w.printf("%s  key %s  %s, in %s\n", report.Printable(k.Key.Redacted), k.Key.ID, k.Liveness(), repositories(int64(len(k.Repositories))))
	}
	w.printf("%s: %d live, %d restricted, %d inactive, %d unknown, %d not checked.\n", counted(len(v.Keys), "key", "keys"),
		counts[finding.Live], counts[finding.Restricted], counts[finding.Inactive], counts[finding.Unknown], counts[finding.NotChecked])
	if missing > 0 {
		w.printf("%s could not be read again: run `neokeys-fleet run` first.\n", counted(missing, "key", "keys"))
	}
	switch {
	case w.err != nil:
		return w.err
	case counts[finding.Live]+counts[finding.Restricted] > 0:
		return statusFindings
	case counts[finding.Unknown]+counts[finding.NotChecked]+missing > 0:
		return statusFailed
	}
	return nil
}

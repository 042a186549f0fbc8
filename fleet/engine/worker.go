package engine

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/rivertype"

	"github.com/neokeys/neokeys/fleet/store"
	"github.com/neokeys/neokeys/rules"
)

// A Trouble is an error of a visit that says what to do next.
type Trouble struct {
	Err error
	// Host says that the host is in trouble rather than the repository: the others of that
	// host wait too.
	Host bool
	// RetryAfter is how long the host asks to wait; 0 if it does not say.
	RetryAfter time.Duration
	// Final says that it makes no sense to try again.
	Final bool
}

func (t *Trouble) Error() string { return t.Err.Error() }
func (t *Trouble) Unwrap() error { return t.Err }

// retries spaces the attempts of a job.
type retries struct{ first time.Duration }

// NextRetry implements river.ClientRetryPolicy.
func (r retries) NextRetry(job *rivertype.JobRow) time.Time {
	wait := r.first
	for range min(len(job.Errors), 6) {
		wait *= 4
	}
	return time.Now().Add(min(wait, time.Hour))
}

// maxDeaths is how many workers may die with a repository before it counts as failed. Most die
// of something else, so it is large; such a repository is searched after all others.
const maxDeaths = 25

// A worker carries out jobs.
type worker struct {
	river.WorkerDefaults[job]
	e *Engine
}

// Work implements river.Worker.
func (w *worker) Work(ctx context.Context, j *river.Job[job]) error {
	e := w.e
	r, err := e.db.Repository(ctx, j.Args.RepositoryID)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return river.JobCancel(errors.New("the repository was removed"))
	case err != nil:
		return err
	}
	done, err := e.turn(ctx, r.Host)
	if err != nil {
		return handBack()
	}
	defer done()
	lease := fmt.Sprintf("%s/%d/%d", e.id, j.ID, time.Now().UnixNano())
	if r, err = e.db.Lease(ctx, r.ID, lease); err != nil {
		return err
	}
	defer e.progress.begin(r.Name)()
	if j.Attempt > e.o.Attempts+maxDeaths {
		return e.failed(ctx, j, lease, r, &Trouble{Final: true, Err: fmt.Errorf("%d workers died while they searched it", maxDeaths)})
	}
	outcome, err := e.limited(ctx, r)
	if ctx.Err() != nil {
		return handBack()
	}
	if err == nil {
		err = e.store(ctx, j, lease, r, outcome)
	}
	switch {
	case ctx.Err() != nil:
		return handBack()
	case errors.Is(err, store.ErrLeaseLost), errors.Is(err, rivertype.ErrNotFound):
		return nil // its results count that has the lease
	case err != nil:
		return e.failed(ctx, j, lease, r, err)
	}
	return nil
}

// handBack makes a job available again at once. It costs no attempt.
func handBack() error { return river.JobSnooze(0) }

// abandonAfter is how long a visit may go on after its time is over.
const abandonAfter = 10 * time.Second

// limited visits a repository within its limit of time. A visit that does not end then is left
// behind, so that it costs only itself.
func (e *Engine) limited(ctx context.Context, r *store.Repository) (*store.Outcome, error) {
	overdue := fmt.Errorf("it takes longer than %s: raise --timeout, or search it with `neokeys git`", e.o.Timeout)
	ctx, cancel := context.WithTimeoutCause(ctx, e.o.Timeout, overdue)
	defer cancel()
	type end struct {
		outcome *store.Outcome
		err     error
	}
	ended := make(chan end, 1)
	go func() {
		var result end
		defer func() {
			if p := recover(); p != nil {
				result.err = &Trouble{Final: true, Err: fmt.Errorf("the search panicked, which is a fault of neokeys: %v\n%s", p, debug.Stack())}
			}
			ended <- result
		}()
		result.outcome, result.err = e.visit(ctx, r, &e.progress)
	}()
	select {
	case result := <-ended:
		if ctx.Err() != nil && errors.Is(context.Cause(ctx), overdue) {
			return nil, &Trouble{Err: overdue, Final: true}
		}
		return result.outcome, result.err
	case <-ctx.Done():
	}
	patience := time.NewTimer(abandonAfter)
	defer patience.Stop()
	select {
	case <-ended:
	case <-patience.C:
	}
	return nil, &Trouble{Err: cmp.Or(context.Cause(ctx), ctx.Err()), Final: errors.Is(context.Cause(ctx), overdue)}
}

// store keeps what was found and marks the job done, in one transaction.
func (e *Engine) store(ctx context.Context, j *river.Job[job], lease string, r *store.Repository, o *store.Outcome) error {
	err := e.db.Tx(ctx, func(tx *sql.Tx) error {
		var err error
		if o == nil {
			err = e.db.Unchanged(ctx, tx, r.ID, lease)
		} else {
			err = e.db.Replace(ctx, tx, r.ID, lease, o)
		}
		if err != nil {
			return err
		}
		if err := e.db.HostWorks(ctx, tx, r.Host); err != nil {
			return err
		}
		_, err = river.JobCompleteTx[riverdriver.Driver[*sql.Tx]](ctx, tx, j)
		return err
	})
	if err == nil {
		e.progress.ended(o)
	}
	return err
}

// failed notes why an attempt failed, and returns what River is to do with the job.
func (e *Engine) failed(ctx context.Context, j *river.Job[job], lease string, r *store.Repository, err error) error {
	trouble := &Trouble{Err: err}
	errors.As(err, &trouble)
	said := rules.Mask(strings.TrimPrefix(err.Error(), r.Name+": ")) // the name is said anyhow
	if noted := e.db.Failed(ctx, r.ID, lease, said); noted != nil {
		if errors.Is(noted, store.ErrLeaseLost) {
			return nil
		}
		return noted
	}
	if trouble.Host {
		if err := e.db.HostFails(ctx, r.Host, e.o.FirstRetry, trouble.RetryAfter); err != nil {
			return err
		}
	}
	last := len(j.Errors)+1 >= e.o.Attempts
	if trouble.Final || last {
		e.progress.Failed.Add(1)
		return river.JobCancel(errors.New(said))
	}
	return errors.New(said)
}

// Package engine searches the repositories of a fleet with a queue of jobs, one for each
// repository, that survives whatever happens to the programs that work on it.
//
// The queue is River (https://riverqueue.com), in the database that holds the results: a job is
// done in the transaction that stores what it found. Only the attempt that holds a repository's
// lease may store anything, so that a worker that was taken for dead stores nothing.
package engine

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"hash/fnv"
	"io"
	"log/slog"
	"os"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/neokeys/neokeys/fleet/store"
)

// A Visit searches one repository. It returns nil if nothing has changed since it was searched
// last. Its error may be a [*Trouble]. It adds to the progress, which may be shared.
type Visit func(context.Context, *store.Repository, *Progress) (*store.Outcome, error)

// Options say how to work.
type Options struct {
	// Jobs is how many repositories are searched at a time.
	Jobs int
	// PerHost is how many of one host are at a time, by all workers of the database together.
	PerHost int
	// Timeout is how long one may take.
	Timeout time.Duration
	// Attempts is how often a repository is tried that fails with what may pass.
	Attempts int
	// Grace is how long repositories may take to finish when the engine is to stop. Then they
	// are handed back.
	Grace time.Duration
	// FirstRetry is how long to wait after the first failure; each further one doubles it four
	// times. Zero is a few seconds.
	FirstRetry time.Duration
	// DeadAfter is how long a worker may be silent before its repositories are others'.
	DeadAfter time.Duration
	// Every makes the engine search each repository that was not looked at for so long; zero
	// does not.
	Every time.Duration
}

// An Engine works on the jobs of one database.
type Engine struct {
	db       *store.DB
	o        Options
	visit    Visit
	client   *river.Client[*sql.Tx]
	progress Progress
	id       string
	slots    chan struct{} // one for each repository that is searched

	mu     sync.Mutex
	queues map[string]bool // those that are worked on
}

// New returns an engine, which does nothing yet.
func New(db *store.DB, o Options, visit Visit) (*Engine, error) {
	o.Jobs, o.PerHost, o.Attempts = max(o.Jobs, 1), max(o.PerHost, 1), max(o.Attempts, 1)
	o.FirstRetry, o.DeadAfter = cmp.Or(o.FirstRetry, 2*time.Second), cmp.Or(o.DeadAfter, DeadAfter)
	e := &Engine{db: db, o: o, visit: visit, id: uuid.NewString(), slots: make(chan struct{}, o.Jobs), queues: map[string]bool{}}
	workers := river.NewWorkers()
	river.AddWorker(workers, &worker{e: e})
	var err error
	e.client, err = river.NewClient(db.Driver(), &river.Config{
		ID:      e.id,
		Workers: workers,
		// Twice as many as have slots, so that the next are at hand when one ends.
		Queues: map[string]river.QueueConfig{queueOf(""): {MaxWorkers: 2 * o.Jobs}},
		Logger: slog.New(slog.NewTextHandler(io.Discard, nil)), // what matters is in the database
		// An attempt has its own limit, which begins when it has a slot; see worker.Work.
		JobTimeout:           -1,
		RescueStuckJobsAfter: 30 * 24 * time.Hour, // orphans are taken over by heartbeat
		SoftStopTimeout:      o.Grace,
		FetchCooldown:        5 * time.Millisecond,
		FetchPollInterval:    pollInterval,
		PollOnly:             true,
		MaxAttempts:          anyAttempts,
		RetryPolicy:          retries{o.FirstRetry},
	})
	return e, err
}

// anyAttempts is more than a job may have: the worker says when it is enough.
const anyAttempts = 10_000

// pollInterval is how long an idle worker may take to see a new job.
const pollInterval = time.Second

// Progress returns what was done so far. It is safe to use meanwhile.
func (e *Engine) Progress() *Progress { return &e.progress }

// A job is the search of one repository.
type job struct {
	RepositoryID int64 `json:"repository_id" river:"unique"`
}

const jobKind = "scan"

// Kind implements river.JobArgs.
func (job) Kind() string { return jobKind }

// unfinished are the states in which there is no second job for a repository.
var unfinished = []rivertype.JobState{
	rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRetryable, rivertype.JobStateRunning, rivertype.JobStateScheduled,
}

// buckets is how many queues there are besides that of repositories on disk. Hosts share them, so
// that thousands of hosts do not make thousands of queries a second.
const buckets = 32

// queueOf returns the queue of a host's jobs. A queue bounds how many of them run at a time.
func queueOf(host string) string {
	if host == "" {
		return "disk"
	}
	h := fnv.New32a()
	_, _ = h.Write([]byte(host)) // never fails
	return fmt.Sprintf("host-%d", h.Sum32()%buckets)
}

// Enqueue makes a job for each repository that has none and was not checked after since, and
// returns how many those are.
func (e *Engine) Enqueue(ctx context.Context, since time.Time) (int, error) {
	list, err := e.db.Repositories(ctx)
	if err != nil {
		return 0, err
	}
	made := 0
	var batch []river.InsertManyParams
	flush := func() error {
		if len(batch) == 0 {
			return nil
		}
		done, err := e.client.InsertMany(ctx, batch)
		for _, d := range done {
			if !d.UniqueSkippedAsDuplicate {
				made++
			}
		}
		batch = batch[:0]
		return err
	}
	for _, r := range list {
		if r.CheckedAt.After(since) && r.Error == "" {
			continue
		}
		batch = append(batch, river.InsertManyParams{Args: job{r.ID}, InsertOpts: &river.InsertOpts{
			Queue: queueOf(r.Host), MaxAttempts: anyAttempts, Priority: 2,
			UniqueOpts: river.UniqueOpts{ByArgs: true, ByState: unfinished},
		}})
		if len(batch) == 1000 {
			if err := flush(); err != nil {
				return made, err
			}
		}
	}
	return made, flush()
}

// Schedule makes a job for each repository that was never searched, for workers elsewhere.
func Schedule(ctx context.Context, db *store.DB) (int, error) {
	e, err := New(db, Options{}, nil)
	if err != nil {
		return 0, err
	}
	return e.Enqueue(ctx, time.UnixMilli(1))
}

// Run works until ctx ends or, if drain is set, until no job is left. It may be called once.
func (e *Engine) Run(ctx context.Context, drain bool) (err error) {
	if err := e.db.Heartbeat(ctx, e.id, machine()); err != nil {
		return err
	}
	defer e.leave()
	if err := e.tend(ctx); err != nil {
		return err
	}
	if err := e.client.Start(context.WithoutCancel(ctx)); err != nil {
		return fmt.Errorf("the queue cannot be started: %w", err)
	}
	defer func() {
		if stopErr := e.stop(); err == nil {
			err = stopErr
		}
	}()
	return e.watch(ctx, drain)
}

const (
	// drainInterval is how often it is looked whether jobs are left.
	drainInterval = 250 * time.Millisecond
	// DeadAfter is how long a worker may usually be silent.
	DeadAfter = time.Minute
	// beats is how many heartbeats there are in the time after which a worker is dead.
	beats = 6
)

// watch waits for the end, and does what is to be done now and then.
func (e *Engine) watch(ctx context.Context, drain bool) error {
	look, beat := time.NewTicker(drainInterval), time.NewTicker(e.o.DeadAfter/beats)
	defer look.Stop()
	defer beat.Stop()
	var again <-chan time.Time
	if e.o.Every > 0 {
		t := time.NewTicker(max(e.o.Every/20, time.Second))
		defer t.Stop()
		again = t.C
	}
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-beat.C:
			if err := e.tend(ctx); err != nil && ctx.Err() == nil {
				return err
			}
		case <-again:
			if _, err := e.Enqueue(ctx, time.Now().Add(-e.o.Every)); err != nil && ctx.Err() == nil {
				return fmt.Errorf("the jobs cannot be made: %w", err)
			}
		case <-look.C:
			left, err := e.db.JobsLeft(ctx)
			switch {
			case ctx.Err() != nil:
			case err != nil:
				return fmt.Errorf("the queue cannot be read: %w", err)
			default:
				e.progress.Left.Store(left)
				if left == 0 && drain {
					return nil
				}
			}
		}
	}
}

// tend says that this worker is alive, takes over the jobs of those that are not, and begins to
// work on queues that are new.
func (e *Engine) tend(ctx context.Context) error {
	if err := e.db.Heartbeat(ctx, e.id, machine()); err != nil {
		return err
	}
	if _, err := e.db.TakeOver(ctx, e.o.DeadAfter); err != nil {
		return fmt.Errorf("jobs of other workers cannot be taken over: %w", err)
	}
	queues, err := e.db.Queues(ctx)
	if err != nil {
		return fmt.Errorf("the queues cannot be read: %w", err)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, q := range queues {
		if e.queues[q] || q == queueOf("") {
			continue
		}
		if err := e.client.Queues().Add(q, river.QueueConfig{MaxWorkers: e.o.PerHost}); err != nil {
			return err
		}
		e.queues[q] = true
	}
	return nil
}

// stop lets what runs finish for the time of grace, then hands it back.
func (e *Engine) stop() error {
	ctx, cancel := context.WithTimeout(context.Background(), e.o.Grace+abandonAfter+5*time.Second)
	defer cancel()
	if err := e.client.Stop(ctx); err != nil {
		return fmt.Errorf("the queue did not stop in time: %w", err)
	}
	return nil
}

// leave says that this worker has ended, so that nobody waits for it.
func (e *Engine) leave() {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	_ = e.db.Leave(ctx, e.id) // else its heartbeat says so later
}

func machine() string {
	name, err := os.Hostname()
	if err != nil {
		name = "unknown"
	}
	return fmt.Sprintf("%s (process %d)", name, os.Getpid())
}

package engine

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/fleet/store"
	"github.com/neokeys/neokeys/internal/gittest"
)

// fleetOf returns a database with n repositories of each host; an empty host is the disk.
func fleetOf(t *testing.T, n int, hosts ...string) *store.DB {
	t.Helper()
	db, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "fleet.db"), true)
	gittest.Check(t, err)
	t.Cleanup(func() { _ = db.Close() })
	gittest.Check(t, db.Migrate(t.Context()))
	var list []store.Repository
	for _, host := range hosts {
		for i := range n {
			url := fmt.Sprintf("https://%s/r%d.git", host, i)
			list = append(list, store.Repository{URL: url, Name: url, Host: host})
		}
	}
	_, err = db.Add(t.Context(), list)
	gittest.Check(t, err)
	return db
}

// quick are options of tests.
var quick = Options{Jobs: 8, PerHost: 8, Timeout: time.Minute, Attempts: 3, FirstRetry: 10 * time.Millisecond, Grace: 100 * time.Millisecond}

// engineOf returns an engine with a job for each repository.
func engineOf(t *testing.T, db *store.DB, o Options, visit Visit) *Engine {
	t.Helper()
	e, err := New(db, o, visit)
	gittest.Check(t, err)
	_, err = e.Enqueue(t.Context(), time.Now())
	gittest.Check(t, err)
	return e
}

// nothing is what a search returns that found nothing.
func nothing(refs string) *store.Outcome {
	return &store.Outcome{Refs: refs, Started: time.Now(), Result: new(finding.Result)}
}

// repositories returns those of db by the part of their URL after the host.
func repositories(t *testing.T, db *store.DB) map[string]*store.Repository {
	t.Helper()
	list, err := db.Repositories(t.Context())
	gittest.Check(t, err)
	all := map[string]*store.Repository{}
	for _, r := range list {
		all[strings.TrimPrefix(r.URL, "https://"+r.Host+"/")] = r
	}
	return all
}

// A crowd counts those that are somewhere at a time.
type crowd struct {
	mu        sync.Mutex
	now, most map[string]int
}

func (c *crowd) enter(where string) (leave func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.now == nil {
		c.now, c.most = map[string]int{}, map[string]int{}
	}
	c.now[where]++
	c.most[where] = max(c.most[where], c.now[where])
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.now[where]--
	}
}

// Several workers together ask a host for no more repositories at a time than PerHost.
func TestPerHost(t *testing.T) {
	db := fleetOf(t, 12, "a.example.com", "b.example.com")
	o := quick
	o.PerHost = 3
	var c crowd
	visit := func(_ context.Context, r *store.Repository, _ *Progress) (*store.Outcome, error) {
		defer c.enter(r.Host)()
		time.Sleep(20 * time.Millisecond)
		return nothing("x"), nil
	}
	first, second := engineOf(t, db, o, visit), engineOf(t, db, o, visit)
	var all sync.WaitGroup
	for _, e := range []*Engine{first, second} {
		all.Go(func() {
			if err := e.Run(t.Context(), true); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	for host, most := range c.most {
		if most > o.PerHost || most < 2 {
			t.Errorf("%s was asked for %d repositories at a time, want at most %d", host, most, o.PerHost)
		}
	}
	if a, b := first.Progress().Scanned.Load(), second.Progress().Scanned.Load(); a+b != 24 || a == 0 || b == 0 {
		t.Errorf("the workers searched %d and %d repositories, want 24 in all", a, b)
	}
}

// The places of a worker that died are free again when it is taken for dead.
func TestPlacesOfTheDead(t *testing.T) {
	db := fleetOf(t, 2, "a.example.com")
	gittest.Check(t, db.Heartbeat(t.Context(), "dead", "elsewhere"))
	for number := range 2 {
		if _, ok, err := db.EnterHost(t.Context(), "a.example.com", "dead", 2); !ok || err != nil {
			t.Fatalf("place %d: %v, %v", number, ok, err)
		}
	}
	if _, ok, err := db.EnterHost(t.Context(), "a.example.com", "dead", 2); ok || err != nil {
		t.Fatalf("a third place of two: %v, %v", ok, err)
	}
	if _, ok, err := db.EnterHost(t.Context(), "b.example.com", "nobody", 2); ok || err != nil {
		t.Fatalf("a worker that nobody knows has a place: %v, %v", ok, err)
	}
	o := quick
	o.PerHost, o.DeadAfter = 2, 600*time.Millisecond
	started := time.Now()
	e := engineOf(t, db, o, func(context.Context, *store.Repository, *Progress) (*store.Outcome, error) { return nothing("x"), nil })
	gittest.Check(t, e.Run(t.Context(), true))
	if took := time.Since(started); took < 500*time.Millisecond || e.Progress().Scanned.Load() != 2 {
		t.Errorf("%d repositories were searched after %s", e.Progress().Scanned.Load(), took)
	}
}

// A host that cannot be reached is left alone, longer each time; other hosts are not.
func TestHostBackOff(t *testing.T) {
	db := fleetOf(t, 4, "down.example.com", "up.example.com")
	o := quick
	o.FirstRetry, o.PerHost, o.Attempts = 200*time.Millisecond, 1, 2
	var mu sync.Mutex
	asked := map[string][]time.Time{}
	visit := func(_ context.Context, r *store.Repository, _ *Progress) (*store.Outcome, error) {
		mu.Lock()
		defer mu.Unlock()
		asked[r.Host] = append(asked[r.Host], time.Now())
		if r.Host == "down.example.com" && len(asked[r.Host]) <= 3 {
			return nil, &Trouble{Host: true, Err: errors.New("the server cannot be reached")}
		}
		return nothing("x"), nil
	}
	e := engineOf(t, db, o, visit)
	started := time.Now()
	gittest.Check(t, e.Run(t.Context(), true))
	down := asked["down.example.com"]
	if len(down) != 7 {
		t.Fatalf("the host was asked %d times, want 7", len(down))
	}
	for i, least := range []time.Duration{200, 400, 800} {
		if wait := down[i+1].Sub(down[i]); wait < least*time.Millisecond {
			t.Errorf("after failure %d, the host was left alone for %s, want %d ms", i+1, wait, least)
		}
	}
	if up := asked["up.example.com"]; len(up) != 4 || up[0].Sub(started) > time.Since(started)/2 {
		t.Errorf("the other host was asked %d times", len(up))
	}
	if failed, err := db.Failures(t.Context()); err != nil || len(failed) > 0 {
		t.Errorf("%d failed, %v", len(failed), err)
	}
}

// A host that asks for a time is left alone for that time.
func TestRetryAfter(t *testing.T) {
	db := fleetOf(t, 1, "busy.example.com")
	var asked []time.Time
	e := engineOf(t, db, quick, func(context.Context, *store.Repository, *Progress) (*store.Outcome, error) {
		if asked = append(asked, time.Now()); len(asked) == 1 {
			return nil, &Trouble{Host: true, RetryAfter: 700 * time.Millisecond, Err: errors.New("too many requests")}
		}
		return nothing("x"), nil
	})
	gittest.Check(t, e.Run(t.Context(), true))
	if len(asked) != 2 || asked[1].Sub(asked[0]) < 690*time.Millisecond {
		t.Errorf("it was asked at %v", asked)
	}
}

// A search that hangs, panics or fails costs only its repository.
func TestTroubles(t *testing.T) {
	db := fleetOf(t, 6, "a.example.com")
	o := quick
	o.Timeout = time.Second
	var tries [6]atomic.Int64
	visit := func(ctx context.Context, r *store.Repository, _ *Progress) (*store.Outcome, error) {
		n := tries[r.ID-1].Add(1)
		switch r.ID {
		case 1:
			<-ctx.Done()
			return nil, ctx.Err()
		case 2:
			panic("a fault")
		case 3:
			return nil, errors.New("the connection broke off")
		case 4:
			return nil, &Trouble{Final: true, Err: errors.New("no such repository")}
		case 5:
			if n < 3 {
				return nil, errors.New("not yet")
			}
		}
		return nothing("x"), nil
	}
	e := engineOf(t, db, o, visit)
	gittest.Check(t, e.Run(t.Context(), true))
	for name, want := range map[string]struct {
		tries int64
		err   string
	}{
		"r0.git": {1, "it takes longer than 1s: raise --timeout"}, "r1.git": {1, "panicked, which is a fault of neokeys: a fault"},
		"r2.git": {3, "the connection broke off"}, "r3.git": {1, "no such repository"}, "r4.git": {3, ""}, "r5.git": {1, ""},
	} {
		r := repositories(t, db)[name]
		if !strings.Contains(r.Error, want.err) || (want.err == "") != (r.Error == "") || tries[r.ID-1].Load() != want.tries {
			t.Errorf("%s was tried %d times: %q; want %+v", name, tries[r.ID-1].Load(), r.Error, want)
		}
	}
	if p := e.Progress(); p.Scanned.Load() != 2 || p.Failed.Load() != 4 {
		t.Errorf("%d searched, %d failed", p.Scanned.Load(), p.Failed.Load())
	}
}

// What a slow worker found does not replace what another stored since.
func TestTakenOver(t *testing.T) {
	db := fleetOf(t, 1, "")
	slow := make(chan struct{})
	o := quick
	var runs atomic.Int64
	visit := func(context.Context, *store.Repository, *Progress) (*store.Outcome, error) {
		if runs.Add(1) == 1 {
			<-slow
			return nothing("old"), nil
		}
		return nothing("new"), nil
	}
	first := engineOf(t, db, o, visit)
	ended := make(chan error)
	ctx, stop := context.WithCancel(t.Context())
	go func() { ended <- first.Run(ctx, false) }()
	for runs.Load() == 0 {
		time.Sleep(10 * time.Millisecond)
	}
	gittest.Check(t, db.Forget(t.Context())) // as if it were silent
	second, err := New(db, o, visit)
	gittest.Check(t, err)
	gittest.Check(t, second.Run(t.Context(), true))
	close(slow)
	time.Sleep(200 * time.Millisecond)
	stop()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("the first worker ends with %v", err)
	}
	if r := repositories(t, db)["r0.git"]; r.Refs != "new" || runs.Load() != 2 {
		t.Errorf("after %d searches, the refs are %q", runs.Load(), r.Refs)
	}
}

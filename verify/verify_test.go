package verify

import (
	"context"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/neokeys/neokeys/finding"
)

func TestEachKeyIsAskedAboutOnce(t *testing.T) {
	t.Parallel()
	var c traffic
	s := serve(t, c.count(func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(50 * time.Millisecond) // long enough for requests to meet
		neo(200)(w, r)
	}))
	keys := newKeys(50)
	var places []*finding.Key
	for i := range 1000 {
		k := *keys[i%50] // as every place has its own
		places = append(places, &k)
	}
	told := map[string]int{}
	answers := newVerifier(t, options(s)).Check(t.Context(), places, func(k *finding.Key, _ Answer) {
		told[k.ID]++
	})
	if len(c.arrivals) != 50 || len(c.perKey) != 50 || len(answers) != 50 || len(told) != 50 {
		t.Errorf("%d requests about %d keys, %d answers, %d told of", len(c.arrivals), len(c.perKey), len(answers), len(told))
	}
	for _, k := range keys {
		wantAnswer(t, answers[k.ID], finding.Live, "")
		if told[k.ID] != 1 {
			t.Errorf("told %d times", told[k.ID])
		}
	}
	if c.max > DefaultConcurrency || c.max < 2 {
		t.Errorf("%d requests at a time, want 2 to %d", c.max, DefaultConcurrency)
	}
}

func TestInterrupted(t *testing.T) {
	t.Parallel()
	ctx, interrupt := context.WithCancel(t.Context())
	var asked atomic.Int32
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if asked.Add(1) > 3 {
			<-r.Context().Done()
			return
		}
		neo(200)(w, r)
	})
	o := options(s)
	o.Concurrency = 2
	keys := newKeys(20)
	n := 0
	answers := newVerifier(t, o).Check(ctx, keys, func(*finding.Key, Answer) {
		if n++; n == 3 {
			interrupt()
		}
	})
	got := map[finding.Liveness]int{}
	for _, a := range answers {
		got[a.Liveness]++
		if a.Liveness == finding.NotChecked && (!strings.Contains(a.Reason, "interrupted") || !a.CheckedAt.IsZero()) {
			t.Errorf("not checked, but %+v", a)
		}
	}
	if got[finding.Live] != 3 || got[finding.NotChecked] != 17 || len(answers) != 20 {
		t.Errorf("got %v", got)
	}
}

// A deadline is a context whose time is up when the test says so, however fast the
// machine is.
type deadline struct {
	context.Context
	over chan struct{}
}

func newDeadline(t *testing.T) *deadline { return &deadline{t.Context(), make(chan struct{})} }

func (d *deadline) Done() <-chan struct{} { return d.over }

func (d *deadline) Err() error {
	select {
	case <-d.over:
		return context.DeadlineExceeded
	default:
		return nil
	}
}

func TestDeadline(t *testing.T) {
	t.Parallel()
	ctx := newDeadline(t)
	var asked atomic.Int32
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if asked.Add(1) > 1 {
			close(ctx.over)
			<-r.Context().Done()
			return
		}
		neo(200)(w, r)
	})
	o := options(s)
	o.Concurrency = 1
	keys := newKeys(3)
	answers := newVerifier(t, o).Check(ctx, keys, nil)
	wantAnswer(t, answers[keys[0].ID], finding.Live, "")
	wantAnswer(t, answers[keys[1].ID], finding.Unknown, "no answer")
	wantAnswer(t, answers[keys[2].ID], finding.NotChecked, "its turn did not come")
}

// What the last answer said is not lost when time runs out between tries.
func TestDeadlineBetweenTries(t *testing.T) {
	t.Parallel()
	ctx := newDeadline(t)
	v := newVerifier(t, options(serve(t, jsonBody(500, ""))))
	v.client.Backoff = func(time.Duration, time.Duration, int, *http.Response) time.Duration {
		close(ctx.over)
		return time.Hour
	}
	k := newKey()
	a := v.Check(ctx, []*finding.Key{k}, nil)[k.ID]
	wantAnswer(t, a, finding.Unknown, "answered 500, and the time allowed is over")
	if a.HTTPStatus != 500 {
		t.Errorf("status %d", a.HTTPStatus)
	}
}

func TestTimeout(t *testing.T) {
	t.Parallel()
	s := serve(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	o := options(s)
	o.Timeout = 50 * time.Millisecond
	keys := newKeys(10)
	for _, a := range newVerifier(t, o).Check(t.Context(), keys, nil) {
		if a.Liveness != finding.Unknown && a.Liveness != finding.NotChecked || !strings.Contains(a.Reason, "time allowed") {
			t.Errorf("%+v", a)
		}
	}
}

func TestNoKeys(t *testing.T) {
	v := newVerifier(t, Options{})
	if answers := v.Check(t.Context(), nil, nil); len(answers) != 0 {
		t.Errorf("answers %v to no question", answers)
	}
}

package verify

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/neokeys/neokeys/finding"
)

// A script answers each request about a key with the next of its statuses, the
// last one over and over.
type script struct {
	mu    sync.Mutex
	lines map[string][]int
	asked map[string]int
}

func newScript() *script { return &script{lines: map[string][]int{}, asked: map[string]int{}} }

func (s *script) serve(w http.ResponseWriter, r *http.Request) {
	secret := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	s.mu.Lock()
	s.asked[secret]++
	statuses := s.lines[secret]
	status := statuses[0]
	if len(statuses) > 1 {
		s.lines[secret] = statuses[1:]
	}
	s.mu.Unlock()
	neo(status)(w, r)
}

func TestWatch(t *testing.T) {
	s := newScript()
	revoked, gone, flaky := newKey(), newToken(), newKey()
	s.lines[revoked.Secret.Reveal()] = []int{200, 403, 401, 200}
	s.lines[gone.Secret.Reveal()] = []int{401, 200}
	s.lines[flaky.Secret.Reveal()] = []int{404, 200, 404, 401}
	v := newVerifier(t, options(serve(t, s.serve)))

	var got [][]Event
	keys := []*finding.Key{revoked, gone, flaky, revoked}
	err := v.Watch(t.Context(), keys, time.Millisecond, func(round int, events []Event) {
		got = append(got, events)
		if round != len(got) {
			t.Errorf("round %d is called %d", len(got), round)
		}
	})
	if err != nil || len(got) != 4 {
		t.Fatalf("%d rounds, error %v", len(got), err)
	}
	type state struct {
		condition finding.Liveness
		answer    finding.Liveness
		changed   bool
	}
	for i, want := range [][]state{
		{{finding.Live, finding.Live, false}, {finding.Restricted, finding.Restricted, false}, {finding.Inactive, finding.Inactive, true}, {finding.Inactive, finding.Inactive, false}},
		{{finding.Inactive, finding.Inactive, false}, {finding.Inactive, finding.Inactive, false}, {finding.Inactive, finding.Inactive, false}, {finding.Inactive, finding.Inactive, false}},
		{{finding.NotChecked, finding.Unknown, false}, {finding.Live, finding.Live, false}, {finding.Live, finding.Unknown, false}, {finding.Inactive, finding.Inactive, true}},
	} {
		var is []state
		for _, events := range got {
			e := events[i]
			is = append(is, state{e.Condition, e.Answer.Liveness, e.Changed})
		}
		if !slices.Equal(is, want) {
			t.Errorf("key %d: %v, want %v", i, is, want)
		}
	}
	// How long: through restricted and unknown a key goes on working, and from
	// its death on it has been dead.
	since := func(round, key int) time.Time { return got[round][key].Since }
	if !since(1, 0).Equal(since(0, 0)) || !since(2, 0).After(since(0, 0)) || !since(3, 0).Equal(since(2, 0)) {
		t.Error("the time of the revoked key is wrong")
	}
	if !since(0, 2).IsZero() || got[0][2].For() != 0 || !since(2, 2).Equal(since(1, 2)) {
		t.Error("the time of the flaky key is wrong")
	}
	if e := (Event{Since: time.Now().Add(-90 * time.Second)}); e.For() != 90*time.Second {
		t.Errorf("a minute and a half is %v", e.For())
	}
	if n := s.asked[gone.Secret.Reveal()]; n != 1 {
		t.Errorf("the dead key was asked about %d times", n)
	}
	if n := s.asked[revoked.Secret.Reveal()]; n != 3 {
		t.Errorf("the revoked key was asked about %d times", n)
	}
}

// What may not be the whole key is never called dead, and not asked about for ever;
// unless it has worked.
func TestWatchPartOfAKey(t *testing.T) {
	s := newScript()
	part, odd := finding.NewAPIKey("prod", random(18)), finding.NewAPIKey("prod", random(25))
	s.lines[part.Secret.Reveal()] = []int{401}
	s.lines[odd.Secret.Reveal()] = []int{200, 401}
	v := newVerifier(t, options(serve(t, s.serve)))
	var last []Event
	err := v.Watch(t.Context(), []*finding.Key{part, odd}, time.Millisecond, func(_ int, events []Event) { last = events })
	if err != nil {
		t.Fatal(err)
	}
	if e := last[0]; e.Condition != finding.NotChecked || e.Answer.Liveness != finding.Unknown || s.asked[part.Secret.Reveal()] != 1 {
		t.Errorf("the part of a key: %+v, after %d requests", e, s.asked[part.Secret.Reveal()])
	}
	if e := last[1]; e.Condition != finding.Inactive || e.Answer.Liveness != finding.Inactive || !e.Changed {
		t.Errorf("the key that has worked: %+v", e)
	}
}

// The rate holds over all rounds, however short the interval.
func TestWatchKeepsToTheRate(t *testing.T) {
	t.Parallel()
	var c traffic
	s := serve(t, c.count(neo(200)))
	o := options(s)
	o.Rate = 50
	ctx, stop := context.WithCancel(t.Context())
	start := time.Now()
	err := newVerifier(t, o).Watch(ctx, newKeys(2), time.Nanosecond, func(round int, _ []Event) {
		if round == 10 {
			stop()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	for i, at := range c.arrivals {
		if soonest := start.Add(time.Duration(i) * time.Second / 50); at.Before(soonest) {
			t.Fatalf("request %d arrived %v too early", i, soonest.Sub(at))
		}
	}
	if len(c.arrivals) < 20 {
		t.Errorf("%d requests", len(c.arrivals))
	}
}

// A watch asks anew about keys that the cache says work, not about dead ones.
func TestWatchAndCache(t *testing.T) {
	s := newCacheServer(t)
	dead, dying := newKey(), newKey()
	s.ask(t, 401, dead)
	s.ask(t, 200, dying)
	s.status.Store(401)
	s.asked.Store(0)
	rounds := 0
	err := newVerifier(t, s.o).Watch(t.Context(), []*finding.Key{dead, dying}, time.Hour, func(_ int, events []Event) {
		rounds++
		if !events[0].Answer.FromCache || events[1].Answer.FromCache || events[0].Changed || events[1].Changed {
			t.Errorf("events %+v", events)
		}
	})
	if err != nil || rounds != 1 || s.asked.Load() != 1 {
		t.Errorf("%d rounds, %d requests, error %v", rounds, s.asked.Load(), err)
	}
	if a := s.ask(t, 200, dying); !a.FromCache || a.Liveness != finding.Inactive {
		t.Errorf("what the watch learnt is not remembered: %+v", a)
	}
}

func TestWatchRefuses(t *testing.T) {
	v := newVerifier(t, Options{})
	report := func(int, []Event) { t.Error("there was a round") }
	if err := v.Watch(t.Context(), newKeys(1), 0, report); err == nil || !strings.Contains(err.Error(), "interval greater than 0") {
		t.Errorf("error %v", err)
	}
	bad := remembering(finding.NewLegacyToken(random(40) + "\n"))
	err := v.Watch(t.Context(), []*finding.Key{bad}, time.Second, report)
	if err == nil || !strings.Contains(err.Error(), "cannot watch") {
		t.Fatalf("error %v", err)
	}
	assertNoKey(t, "the error", err.Error())
}

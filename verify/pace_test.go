package verify

import (
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/neokeys/neokeys/finding"
)

// A traffic counts what reaches a server, and when.
type traffic struct {
	mu       sync.Mutex
	arrivals []time.Time
	perKey   map[string]int
	now, max int
}

func (c *traffic) count(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		c.mu.Lock()
		c.arrivals = append(c.arrivals, time.Now())
		if c.perKey == nil {
			c.perKey = map[string]int{}
		}
		c.perKey[r.Header.Get("Authorization")]++
		c.now++
		c.max = max(c.max, c.now)
		c.mu.Unlock()
		next(w, r)
		c.mu.Lock()
		c.now--
		c.mu.Unlock()
	}
}

// Retries count for the rate and the concurrency as first requests do, and so do
// those of both endpoints.
func TestRateAndConcurrency(t *testing.T) {
	t.Parallel()
	const perSecond, concurrency = 50, 3
	var c traffic
	s := serve(t, c.count(func(w http.ResponseWriter, r *http.Request) {
		c.mu.Lock()
		first := c.perKey[r.Header.Get("Authorization")] == 1
		c.mu.Unlock()
		if first {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		neo(200)(w, r)
	}))
	o := options(s)
	o.Rate, o.Concurrency = perSecond, concurrency
	keys := newKeys(10)
	for range 10 {
		keys = append(keys, newToken())
	}
	start := time.Now()
	answers := newVerifier(t, o).Check(t.Context(), keys, nil)
	for _, k := range keys {
		wantAnswer(t, answers[k.ID], finding.Live, "")
	}
	if n := len(c.arrivals); n != 40 {
		t.Errorf("%d requests, want 2 for each of 20 keys", n)
	}
	if c.max > concurrency {
		t.Errorf("%d requests at a time, want %d", c.max, concurrency)
	}
	// No request can arrive sooner than the rate lets it be sent. This does not
	// depend on how fast the machine is.
	for i, at := range c.arrivals {
		if soonest := start.Add(time.Duration(i) * time.Second / perSecond); at.Before(soonest) {
			t.Fatalf("request %d arrived %v too early", i, soonest.Sub(at))
		}
	}
}

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		status int
		header func() string
		least  time.Duration
	}{
		"429 seconds": {429, func() string { return "1" }, time.Second},
		"500 seconds": {500, func() string { return "1" }, time.Second},
		"503 seconds": {503, func() string { return "1" }, time.Second},
		// A date has whole seconds, so up to one of the two is lost.
		"429 date":      {429, func() string { return time.Now().Add(2 * time.Second).UTC().Format(http.TimeFormat) }, time.Second},
		"503 date":      {503, func() string { return time.Now().Add(2 * time.Second).UTC().Format(http.TimeFormat) }, time.Second},
		"date gone by":  {429, func() string { return "Fri, 31 Dec 1999 23:59:59 GMT" }, 0},
		"not a time":    {429, func() string { return "soon" }, 0},
		"less than one": {429, func() string { return "-5" }, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var first, second time.Time
			s := serve(t, func(w http.ResponseWriter, r *http.Request) {
				if first.IsZero() {
					w.Header().Set("Retry-After", c.header())
					w.WriteHeader(c.status)
					first = time.Now()
					return
				}
				second = time.Now()
				neo(200)(w, r)
			})
			wantAnswer(t, check(t, newVerifier(t, options(s)), newKey()), finding.Live, "")
			if got := second.Sub(first); got < c.least {
				t.Errorf("asked again after %v, want %v", got, c.least)
			}
		})
	}
}

// When the server asks for peace, it is not for one key only, and whatever the
// answer that says so.
func TestRetryAfterHoldsForAllKeys(t *testing.T) {
	for _, status := range []int{429, 500, 403, 200} {
		t.Run(http.StatusText(status), func(t *testing.T) {
			t.Parallel()
			var mu sync.Mutex
			var asked time.Time
			tooEarly := 0
			s := serve(t, func(w http.ResponseWriter, r *http.Request) {
				mu.Lock()
				defer mu.Unlock()
				if asked.IsZero() {
					w.Header().Set("Retry-After", "1")
					neo(status)(w, r)
					asked = time.Now()
					return
				}
				if time.Since(asked) < time.Second {
					tooEarly++
				}
				neo(200)(w, r)
			})
			o := options(s)
			o.Concurrency = 1 // the others have not been sent when the answer comes
			keys := newKeys(5)
			answers := newVerifier(t, o).Check(t.Context(), keys, nil)
			for _, k := range keys {
				if !answers[k.ID].Liveness.Works() {
					t.Errorf("%+v", answers[k.ID])
				}
			}
			if tooEarly > 0 {
				t.Errorf("%d requests within the second asked for", tooEarly)
			}
		})
	}
}

// A wait that would outlast the deadline is not begun.
func TestRetryAfterBeyondTheDeadline(t *testing.T) {
	for _, header := range []string{"3600", "9223372036854775807", "99999999999999999999", "Fri, 31 Dec 9999 23:59:59 GMT"} {
		t.Run(header, func(t *testing.T) {
			t.Parallel()
			var asked atomic.Int32
			s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				asked.Add(1)
				w.Header().Set("Retry-After", header)
				w.WriteHeader(http.StatusTooManyRequests)
			})
			o := options(s)
			o.Concurrency = 1
			keys := newKeys(3)
			start := time.Now()
			answers := newVerifier(t, o).Check(t.Context(), keys, nil)
			wantAnswer(t, answers[keys[0].ID], finding.Unknown, "fewer requests (429), and the wait that it asks for is longer than the time allowed: try")
			for _, k := range keys[1:] {
				wantAnswer(t, answers[k.ID], finding.NotChecked, "--verify-timeout")
			}
			if asked.Load() != 1 || time.Since(start) > DefaultTimeout/2 {
				t.Errorf("%d requests in %v", asked.Load(), time.Since(start))
			}
		})
	}
}

package verify

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/verify/mockapi/mock"
)

func TestWhenTheBudgetCountsAsSpent(t *testing.T) {
	soon := fmt.Sprint(time.Now().Add(30 * time.Second).Unix())
	for _, c := range []struct {
		limit, left, reset string
		least, most        time.Duration // of the pause
	}{
		{"1200", "120", soon, 0, 0}, // a tenth is not below a tenth
		{"1200", "119", soon, 28 * time.Second, 31 * time.Second},
		{"1200", "0", soon, 28 * time.Second, 31 * time.Second},
		{"1200", "-5", soon, 28 * time.Second, 31 * time.Second},
		{"1200", "1199", soon, 0, 0},
		{"5", "0", soon, 28 * time.Second, 31 * time.Second},
		{"5", "1", soon, 0, 0},
		{"1201", "120", soon, 28 * time.Second, 31 * time.Second}, // 120.1 would be a tenth
		{"1200", "10", "", 59 * time.Second, time.Minute},         // the documented window
		{"1200", "10", "soon", 59 * time.Second, time.Minute},
		{"1200", "10", "1", 0, 0}, // over already
		{"1200", "10", "-9999999999", 0, 0},
		{"1200", "10", "9223372036854775807", longest - time.Second, longest},
		{"1200", "10", "99999999999999999999999", longest - time.Second, longest},
		{"9223372036854775807", "9", soon, 0, 0}, // not a number that we take
		{"2305843009213693951", "2305843009213693951", soon, 0, 0},
		{"2305843009213693951", "9", soon, 28 * time.Second, 31 * time.Second},
		{"0", "0", soon, 0, 0}, {"-1", "0", soon, 0, 0}, {"", "0", soon, 0, 0}, {"many", "0", soon, 0, 0},
		{"1200", "", soon, 0, 0}, {"1200", "none", soon, 0, 0}, {"1200", "0x1", soon, 0, 0},
	} {
		e := &endpoint{url: mustParse(t, "https://api.example/")}
		h := http.Header{}
		for name, value := range map[string]string{"X-Ratelimit-Limit": c.limit, "X-Ratelimit-Remaining": c.left, "X-Ratelimit-Reset": c.reset} {
			if value != "" {
				h.Set(name, value)
			}
		}
		e.heed(&http.Response{StatusCode: http.StatusOK, Header: h})
		if got := max(e.paused(), 0); got < c.least || got > c.most {
			t.Errorf("%s of %s, reset %s: a pause of %v, want %v to %v", c.left, c.limit, c.reset, got, c.least, c.most)
		}
	}
}

// A wrong clock here must not make the pause longer or shorter: the server's counts.
func TestResetByTheServersClock(t *testing.T) {
	date := time.Now().Add(-24 * time.Hour)
	h := http.Header{}
	h.Set("Date", date.UTC().Format(http.TimeFormat))
	h.Set("X-RateLimit-Reset", strconv.FormatInt(date.Unix()+7, 10))
	if got := untilReset(h); got != 7*time.Second {
		t.Errorf("a pause of %v", got)
	}
}

func TestSpentBudgetPausesAllKeys(t *testing.T) {
	t.Parallel()
	var asked atomic.Int32
	var early atomic.Int32
	var reset atomic.Int64
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-RateLimit-Limit", "1200")
		w.Header().Set("X-RateLimit-Remaining", "900")
		if asked.Add(1) == 1 {
			reset.Store(time.Now().Unix() + 2)
			w.Header().Set("X-RateLimit-Remaining", "50")
			w.Header().Set("X-RateLimit-Reset", fmt.Sprint(reset.Load()))
		} else if time.Now().Unix() < reset.Load() {
			early.Add(1)
		}
		neo(200)(w, r)
	})
	var said []string
	o := options(s)
	o.Concurrency, o.Warn = 1, func(m string) { said = append(said, m) }
	keys := newKeys(5)
	for _, a := range newVerifier(t, o).Check(t.Context(), keys, nil) {
		wantAnswer(t, a, finding.Live, "")
	}
	if early.Load() > 0 || asked.Load() != 5 {
		t.Errorf("%d requests, %d of them before the reset", asked.Load(), early.Load())
	}
	if len(said) != 1 || !strings.Contains(said[0], "pauses for") || !strings.Contains(said[0], "only 50 of 1200 requests are left") {
		t.Errorf("said %q", said)
	}
}

// The rest is left not-checked when the pause would outlast the time allowed.
func TestSpentBudgetBeyondTheDeadline(t *testing.T) {
	t.Parallel()
	api := &mock.Server{}
	keys := newKeys(10)
	for _, k := range keys {
		api.Set(k.Secret.Reveal(), mock.Live)
	}
	api.Spend(1078) // the third request leaves 119
	var asked atomic.Int32
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		api.ServeHTTP(w, r)
	})
	o := options(s)
	o.Concurrency, o.Timeout = 1, 20*time.Second
	start := time.Now()
	answers := newVerifier(t, o).Check(t.Context(), keys, nil)
	for i, k := range keys {
		if i < 3 {
			wantAnswer(t, answers[k.ID], finding.Live, "lists at least 1 agent")
		} else {
			wantAnswer(t, answers[k.ID], finding.NotChecked, "only 119 of 1200 requests are left for this tenant, whose people share them: raise --verify-timeout")
		}
	}
	if asked.Load() != 3 || time.Since(start) > 10*time.Second {
		t.Errorf("%d requests in %v", asked.Load(), time.Since(start))
	}
}

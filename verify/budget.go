package verify

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/hashicorp/go-retryablehttp"

	"github.com/neokeys/neokeys/internal/lazyregexp"
)

// The API allows a tenant 1,200 requests in a sliding window of 60 seconds, shared by all
// its keys and the people at its dashboard, and says in every answer how many are left:
// https://docs.neoagent.io/developers/rate-limits. Asking about leaked keys must not lock
// those people out, so below a tenth of the limit an endpoint is left alone.

const (
	window = time.Minute
	// longest stands for every longer wait: no deadline is later.
	longest = 1e9 * time.Second
)

// errNoTime means that a wait would outlast the deadline.
var errNoTime = errors.New("no time left to ask")

// A pauseError is the errNoTime of a pause that the server asked for.
type pauseError struct{ why string }

func (pauseError) Error() string        { return errNoTime.Error() }
func (pauseError) Is(target error) bool { return target == errNoTime }

// noTimeReason says for what pause the time was lost, after a comma.
func noTimeReason(err error) string {
	var p pauseError
	if errors.As(err, &p) {
		return ", since " + p.why
	}
	return ""
}

// A budget is when an endpoint may be asked again.
type budget struct {
	mu        sync.Mutex
	notBefore time.Time
	why       string    // a clause with the reason for the pause
	announced time.Time // the notBefore that a person has been shown
}

// heed reads what an answer says about when to ask again.
func (e *endpoint) heed(resp *http.Response) {
	if d := retryAfter(resp); d > 0 {
		e.pause(d, e.host()+" asks to wait (Retry-After)")
	}
	if limit, left, ok := budgetLeft(resp.Header); ok && left < (limit+9)/10 {
		e.pause(untilReset(resp.Header), fmt.Sprintf("only %d of %d requests are left for this tenant, whose people share them", left, limit))
	}
}

// budgetLeft reads X-RateLimit-Limit and X-RateLimit-Remaining.
func budgetLeft(h http.Header) (limit, left int64, ok bool) {
	limit, err := strconv.ParseInt(h.Get("X-RateLimit-Limit"), 10, 62)
	if err != nil || limit <= 0 {
		return 0, 0, false
	}
	left, err = strconv.ParseInt(h.Get("X-RateLimit-Remaining"), 10, 62)
	return limit, max(left, 0), err == nil
}

// untilReset reads X-RateLimit-Reset, in Unix seconds, by the server's own clock where it
// gives one. Without it, the documented window is what to wait for.
func untilReset(h http.Header) time.Duration {
	value := h.Get("X-RateLimit-Reset")
	reset, err := strconv.ParseInt(value, 10, 62)
	if err != nil {
		if longNumber.MatchString(value) {
			return longest
		}
		return window
	}
	now := time.Now()
	if date, err := http.ParseTime(h.Get("Date")); err == nil {
		now = date
	}
	seconds := reset - now.Unix()
	return time.Duration(min(max(seconds, 0), int64(longest/time.Second))) * time.Second
}

var longNumber = lazyregexp.New(`^\+?[0-9]{10,}$`)

// retryAfter returns how long the server asks to wait, 0 when it does not say.
func retryAfter(resp *http.Response) time.Duration {
	if longNumber.MatchString(resp.Header.Get("Retry-After")) {
		// The library would overflow, and not wait at all.
		return longest
	}
	// The library reads the header in an answer of 429 or 503, but any may have it.
	return retryablehttp.DefaultBackoff(0, 0, 0, &http.Response{StatusCode: http.StatusTooManyRequests, Header: resp.Header})
}

// pause keeps every request from the endpoint for d.
func (b *budget) pause(d time.Duration, why string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if until := time.Now().Add(d); until.After(b.notBefore) {
		b.notBefore, b.why = until, why
	}
}

// paused returns how long the endpoint is still to be left alone.
func (b *budget) paused() time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	return time.Until(b.notBefore)
}

// announcement returns a sentence about the pause for a person; empty when it has been
// returned before, or the pause is too short to be noticed.
func (b *budget) announcement() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	d := time.Until(b.notBefore).Round(time.Second)
	if d <= 0 || b.announced.Equal(b.notBefore) {
		return ""
	}
	b.announced = b.notBefore
	return fmt.Sprintf("verification pauses for %v: %s", d, b.why)
}

// tooLong returns the error for a pause that outlasts the deadline.
func (b *budget) tooLong() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return pauseError{b.why}
}

// pace waits until the rate and the endpoint allow another request.
func (v *Verifier) pace(ctx context.Context, q *inquiry) error {
	for {
		for d := q.endpoint.paused(); d > 0; d = q.endpoint.paused() {
			if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) < d {
				return q.endpoint.tooLong()
			}
			if s := q.endpoint.announcement(); s != "" {
				v.warn(s)
			}
			select {
			case <-time.After(d):
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		if err := v.limiter.Wait(ctx); err != nil {
			return errNoTime
		}
		// Another answer may have asked for a pause meanwhile.
		if q.endpoint.paused() <= 0 {
			q.attempts++
			return nil
		}
	}
}

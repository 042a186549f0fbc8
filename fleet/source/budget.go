package source

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// A budget makes requests as slowly as the answers of a service ask for. Services say how many
// requests are left and when there are more, in the headers of each answer.
type budget struct {
	next http.RoundTripper
	wait func(host string, wait time.Duration)

	mu    sync.Mutex
	until time.Time // when there are requests again
}

// maxWait is how long a service may make the program wait: GitHub's budget is one for an hour.
const maxWait = 65 * time.Minute

// maxRetries is how often a request is made again that a service refused for its limit.
const maxRetries = 3

func newBudget(next http.RoundTripper, wait func(string, time.Duration)) *budget {
	if next == nil {
		next = http.DefaultTransport
	}
	if wait == nil {
		wait = func(string, time.Duration) {}
	}
	return &budget{next: next, wait: wait}
}

// RoundTrip implements http.RoundTripper.
func (b *budget) RoundTrip(req *http.Request) (*http.Response, error) {
	for try := 0; ; try++ {
		if err := b.await(req); err != nil {
			return nil, err
		}
		resp, err := b.next.RoundTrip(req)
		if err != nil {
			return nil, err
		}
		left, pause := limitOf(resp, time.Now())
		refused := resp.StatusCode == http.StatusTooManyRequests || resp.StatusCode == http.StatusForbidden && (left == 0 || resp.Header.Get("Retry-After") != "")
		if left == 0 || refused {
			if refused && pause <= 0 {
				pause = time.Minute // as GitHub asks of those that it does not say a time to
			}
			b.mu.Lock()
			b.until = time.Now().Add(pause)
			b.mu.Unlock()
		}
		if !refused || try == maxRetries {
			return resp, nil
		}
		_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 64<<10)) // so that the connection can be used again
		_ = resp.Body.Close()
	}
}

// await waits until there are requests.
func (b *budget) await(req *http.Request) error {
	b.mu.Lock()
	wait := time.Until(b.until)
	b.mu.Unlock()
	switch {
	case wait <= 0:
		return nil
	case wait > maxWait:
		return fmt.Errorf("its limit of requests is used up for %s", wait.Round(time.Minute))
	}
	b.wait(req.URL.Host, wait)
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-req.Context().Done():
		return req.Context().Err()
	case <-timer.C:
		return nil
	}
}

// limitOf returns how many requests are left, -1 if that is not said, and how long to wait for
// more.
func limitOf(resp *http.Response, now time.Time) (left int, pause time.Duration) {
	left = -1
	for _, prefix := range []string{"X-RateLimit-", "RateLimit-"} { // GitHub, Gitea; GitLab, Bitbucket
		if n, err := strconv.Atoi(resp.Header.Get(prefix + "Remaining")); err == nil {
			left = n
		}
		if n, err := strconv.ParseInt(resp.Header.Get(prefix+"Reset"), 10, 64); err == nil {
			pause = untilReset(n, now)
		}
	}
	after := resp.Header.Get("Retry-After")
	if n, err := strconv.Atoi(after); err == nil {
		pause = time.Duration(n) * time.Second
	} else if at, err := http.ParseTime(after); err == nil {
		pause = at.Sub(now)
	}
	return left, max(pause, 0)
}

// untilReset reads a time in seconds since 1970 or, if it is small, from now.
func untilReset(n int64, now time.Time) time.Duration {
	const aYear = 365 * 24 * 3600
	if n < aYear {
		return time.Duration(n) * time.Second
	}
	return time.Unix(n, 0).Sub(now)
}

var errBadAnswer = errors.New("the answer is not that of such a service: look at --server")

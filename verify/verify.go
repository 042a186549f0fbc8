// Package verify asks the API whether a key still works. Nothing else in neokeys sends a
// key anywhere, and this does only when it is called.
//
// A key goes to the one endpoint for its kind and nowhere else. Each is asked about once,
// however often it was found, at a rate that leaves the tenant's limit to its people. A
// verdict needs an answer in Neo's own form. No key gets into a URL, an error, a log or
// the cache.
//
// Other programs may import this package; before version 1.0 of the module, a minor version
// may change it.
package verify

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"sync"
	"time"

	"github.com/hashicorp/go-retryablehttp"
	"golang.org/x/time/rate"

	"github.com/neokeys/neokeys/finding"
)

// What a zero Options asks for.
const (
	DefaultConcurrency = 4
	DefaultRate        = 2.0 // requests a second
	DefaultTimeout     = 2 * time.Minute
)

// Options say where and how to ask. The zero value is a good choice.
type Options struct {
	// APIURL lists the agents of a neo_sk_ key; DefaultAPIURL when empty. A URL
	// without a path gets the documented one. See also [Options.FromEnv].
	APIURL string
	// LegacyAPIURL is the whole URL, path included, that takes the raw tokens of
	// the older API; DefaultLegacyAPIURL when empty.
	LegacyAPIURL string
	// Concurrency is how many keys are asked about at a time;
	// DefaultConcurrency when 0.
	Concurrency int
	// Rate is the most requests in a second, retries included and both
	// endpoints together; DefaultRate when 0.
	Rate float64
	// Timeout is for one Check as a whole, or one round of a Watch;
	// DefaultTimeout when 0.
	Timeout time.Duration
	// CachePath is a file to remember answers in; none when empty.
	CachePath string
	// NoControl leaves out the question about a key that does not exist, which is sent
	// to each endpoint before the first key.
	NoControl bool
	// Reach also asks, with each neo_sk_ key that works, for the first page of the lists
	// in [Verifier.ReachPlan], so that a person can judge the damage.
	Reach bool
	// Version is neokeys' own, for the User-Agent.
	Version string
	// Warn is called with a sentence when the cache cannot be used or the asking pauses;
	// neither is an error. It may be nil.
	Warn func(message string)
}

// A Verifier asks about keys. It is safe for use by several goroutines, which
// share its rate.
type Verifier struct {
	api, legacy *endpoint
	concurrency int
	control     bool
	wantReach   bool
	timeout     time.Duration
	userAgent   string
	limiter     *rate.Limiter
	client      *retryablehttp.Client
	transport   *http.Transport
	cache       *cache // nil when there is none
	warn        func(string)
}

// New returns a Verifier, or an error that says which option to change. It
// sends nothing.
func New(o Options) (*Verifier, error) {
	if o.Warn == nil {
		o.Warn = func(string) {}
	}
	if o.Concurrency == 0 {
		o.Concurrency = DefaultConcurrency
	}
	if o.Rate == 0 {
		o.Rate = DefaultRate
	}
	if o.Timeout == 0 {
		o.Timeout = DefaultTimeout
	}
	switch {
	case o.Concurrency < 1:
		return nil, fmt.Errorf("--verify-concurrency %d: use 1 or more", o.Concurrency)
	case !(o.Rate > 0) || math.IsInf(o.Rate, 0):
		return nil, fmt.Errorf("--verify-rate %v: use a number of requests a second greater than 0", o.Rate)
	case o.Timeout < 0:
		return nil, fmt.Errorf("--verify-timeout %v: use a time greater than 0, such as 2m", o.Timeout)
	}
	v := &Verifier{
		concurrency: o.Concurrency,
		control:     !o.NoControl,
		wantReach:   o.Reach,
		timeout:     o.Timeout,
		userAgent:   fmt.Sprintf("neokeys/%s (key liveness check; +https://github.com/neokeys/neokeys)", o.Version),
		// A burst of one, so that no stretch of time, however short, sees more
		// than the rate.
		limiter:   rate.NewLimiter(rate.Limit(o.Rate), 1),
		transport: newTransport(),
		warn:      oneAtATime(o.Warn),
	}
	var err error
	if v.api, err = newAPIEndpoint(o.APIURL); err != nil {
		return nil, err
	}
	if v.legacy, err = newLegacyEndpoint(o.LegacyAPIURL); err != nil {
		return nil, err
	}
	if o.CachePath != "" {
		if v.cache, err = openCache(o.CachePath, o.Warn); err != nil {
			return nil, err
		}
	}
	v.client = v.newClient()
	return v, nil
}

// DropCache does without the cache from now on: its answers are not used, and no new ones
// are saved. It is for a cache that turns out to come with what is scanned.
func (v *Verifier) DropCache() { v.cache = nil }

func (v *Verifier) endpointFor(k *finding.Key) *endpoint {
	if k.Kind == finding.KindLegacy {
		return v.legacy
	}
	return v.api
}

// Check asks about each distinct key among keys once, or takes the answer from the cache,
// and returns the answers by key id: one for every key, or for every reading of a key
// whose edges are in doubt (see [Verdict]). When ctx ends or the time is up, keys without
// an answer are [finding.NotChecked].
//
// progress, which may be nil, is called with each answer as it comes, one at a time.
func (v *Verifier) Check(ctx context.Context, keys []*finding.Key, progress func(*finding.Key, Answer)) map[string]Answer {
	answers := map[string]Answer{}
	if progress == nil {
		progress = func(*finding.Key, Answer) {}
	}
	var ask []*finding.Key
	for _, k := range readings(keys) {
		// The cache does not know what a key reaches.
		if a, ok := v.remembered(k); ok && (!v.wantReach || !a.Liveness.Works()) {
			answers[k.ID] = a
			progress(k, a)
			continue
		}
		ask = append(ask, k)
	}
	v.askAll(ctx, ask, func(k *finding.Key, a Answer) {
		answers[k.ID] = a
		progress(k, a)
	})
	return answers
}

// askAll asks about keys, which are distinct, and hands every one of them to got
// with its answer, one at a time; then it saves the cache.
func (v *Verifier) askAll(ctx context.Context, keys []*finding.Key, got func(*finding.Key, Answer)) {
	ctx, cancel := context.WithTimeout(ctx, v.timeout)
	defer cancel()

	type result struct {
		key    *finding.Key
		answer Answer
	}
	todo := make(chan *finding.Key, len(keys))
	for _, k := range keys {
		todo <- k
	}
	close(todo)
	results := make(chan result)
	var workers sync.WaitGroup
	for range min(v.concurrency, len(keys)) {
		workers.Go(func() {
			for k := range todo {
				results <- result{k, v.ask(ctx, k)}
			}
		})
	}
	go func() {
		workers.Wait()
		close(results)
	}()
	for r := range results {
		v.remember(r.key, r.answer)
		got(r.key, r.answer)
	}
	if v.cache != nil {
		if err := v.cache.save(); err != nil {
			v.warn(err.Error())
		}
	}
}

func (v *Verifier) remembered(k *finding.Key) (Answer, bool) {
	if v.cache == nil {
		return Answer{}, false
	}
	e := v.endpointFor(k)
	a, ok := v.cache.get(k.ID, e.name())
	if a.Liveness == finding.Live && e.enveloped {
		// The cache says no more of a key than it must.
		a.Reason += ", without the number of its agents"
	}
	return a, ok
}

func (v *Verifier) remember(k *finding.Key, a Answer) {
	if v.cache != nil {
		v.cache.put(k.ID, v.endpointFor(k).name(), a)
	}
}

// distinct returns the keys in their order, each id once.
func distinct(keys []*finding.Key) []*finding.Key {
	seen := map[string]bool{}
	var out []*finding.Key
	for _, k := range keys {
		if !seen[k.ID] {
			seen[k.ID] = true
			out = append(out, k)
		}
	}
	return out
}

// oneAtATime lets several goroutines call f.
func oneAtATime(f func(string)) func(string) {
	var mu sync.Mutex
	return func(s string) {
		mu.Lock()
		defer mu.Unlock()
		f(s)
	}
}

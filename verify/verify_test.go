package verify

import (
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/neokeys/neokeys/finding"
)

func jsonBody(status int, body string) http.HandlerFunc {
	return typed(status, "application/json; charset=utf-8", body)
}

func typed(status int, contentType, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// hangUp breaks the connection off after sending text.
func hangUp(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		c, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			panic(err)
		}
		_, _ = io.WriteString(c, text)
		_ = c.Close()
	}
}

const html = "<!doctype html>\n<html><title>Sign in</title></html>"

func TestWhatAnswersMean(t *testing.T) {
	deep := strings.Repeat("[", 20000)
	for name, c := range map[string]struct {
		handler http.HandlerFunc
		want    finding.Liveness
		status  int
		reason  string
	}{
		"200":                    {jsonBody(200, `{"data":[{},{}]}`), finding.Live, 200, "lists 2 agents"},
		"201":                    {jsonBody(201, `{}`), finding.Live, 201, "accepts"},
		"200 list":               {jsonBody(200, `[{}]`), finding.Live, 200, "lists 1 agent"},
		"200 next page":          {jsonBody(200, `{"agents":[1,2],"has_more":true}`), finding.Live, 200, "at least 2 agents"},
		"200 null":               {jsonBody(200, `null`), finding.Live, 200, "accepts"},
		"200 JSON as text":       {typed(200, "text/plain", `{"data":[]}`), finding.Live, 200, "lists 0 agents"},
		"200 HTML":               {typed(200, "text/html", html), finding.Unknown, 200, "web page"},
		"200 HTML said JSON":     {jsonBody(200, html), finding.Unknown, 200, "web page"},
		"200 text":               {typed(200, "text/plain", "OK"), finding.Unknown, 200, "well-formed JSON"},
		"200 empty":              {jsonBody(200, ""), finding.Unknown, 200, "well-formed JSON"},
		"204":                    {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }, finding.Unknown, 204, "well-formed JSON"},
		"200 broken JSON":        {jsonBody(200, `{"data":[{]}`), finding.Unknown, 200, "well-formed JSON"},
		"200 deep JSON":          {jsonBody(200, deep), finding.Unknown, 200, "well-formed JSON"},
		"200 error envelope":     {jsonBody(200, `{"success":false,"message":"no"}`), finding.Unknown, 200, "speaks of an error"},
		"401":                    {jsonBody(401, `{"error":"no"}`), finding.Inactive, 401, "refuses it"},
		"401 empty":              {typed(401, "text/html", ""), finding.Inactive, 401, "refuses it"},
		"401 page":               {typed(401, "text/html", html), finding.Unknown, 401, "web page"},
		"403":                    {jsonBody(403, `{}`), finding.Restricted, 403, "plan"},
		"403 page":               {typed(403, "text/html", html), finding.Unknown, 403, "web page"},
		"300":                    {jsonBody(300, `{}`), finding.Unknown, 300, "redirects"},
		"304":                    {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotModified) }, finding.Unknown, 304, "redirects"},
		"400":                    {jsonBody(400, `{}`), finding.Unknown, 400, "says nothing"},
		"402":                    {jsonBody(402, `{}`), finding.Unknown, 402, "says nothing"},
		"404":                    {jsonBody(404, `{}`), finding.Unknown, 404, "at this path"},
		"405":                    {jsonBody(405, `{}`), finding.Unknown, 405, "at this path"},
		"407":                    {jsonBody(407, `{}`), finding.Unknown, 407, "says nothing"},
		"418":                    {jsonBody(418, `{}`), finding.Unknown, 418, "says nothing"},
		"429":                    {jsonBody(429, `{}`), finding.Unknown, 429, "fewer requests (429), also after 5 tries"},
		"500":                    {jsonBody(500, `{}`), finding.Unknown, 500, "in trouble (500), also after 5 tries"},
		"501":                    {jsonBody(501, `{}`), finding.Unknown, 501, "5 tries"},
		"503":                    {jsonBody(503, html), finding.Unknown, 503, "5 tries"},
		"599":                    {jsonBody(599, ``), finding.Unknown, 599, "5 tries"},
		"hangs up":               {hangUp(""), finding.Unknown, 0, "broke off"},
		"hangs up in the header": {hangUp("HTTP/1.1 200 OK\r\nContent-Ty"), finding.Unknown, 0, "broke off in the middle"},
		"hangs up in the body":   {hangUp("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{\"data\":["), finding.Unknown, 200, "broke off"},
		"not HTTP":               {hangUp("220 smtp ready\r\n\r\n"), finding.Unknown, 0, "not an HTTP answer"},
		"endless header":         {hangUp("HTTP/1.1 200 OK\r\nX: " + strings.Repeat("x", 1<<20)), finding.Unknown, 0, ""},
		"broken gzip": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = io.WriteString(w, "{}")
		}, finding.Unknown, 200, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, c.handler)
			a := check(t, newVerifier(t, options(s)), newKey())
			wantAnswer(t, a, c.want, c.reason)
			if a.HTTPStatus != c.status {
				t.Errorf("status %d, want %d", a.HTTPStatus, c.status)
			}
			if since := time.Since(a.CheckedAt); since < 0 || since > time.Minute {
				t.Errorf("checked at %v", a.CheckedAt)
			}
		})
	}
}

func TestHugeBodies(t *testing.T) {
	huge := func(w io.Writer) {
		_, _ = io.WriteString(w, `{"data":[{"name":"a"}`)
		for range 200_000 {
			if _, err := io.WriteString(w, `,{"name":"another agent"}`); err != nil {
				return // the client has read enough
			}
		}
	}
	for name, c := range map[string]struct {
		handler http.HandlerFunc
		want    finding.Liveness
	}{
		"list": {func(w http.ResponseWriter, _ *http.Request) { huge(w) }, finding.Live},
		"gzip": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			w.Header().Set("Content-Type", "application/json")
			z := gzip.NewWriter(w)
			huge(z)
			_ = z.Close()
		}, finding.Live},
		"page":   {typed(200, "text/html", html+strings.Repeat(" ", 2<<20)), finding.Unknown},
		"broken": {jsonBody(200, `[1,,`+strings.Repeat("1,", 1<<20)), finding.Unknown},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := check(t, newVerifier(t, options(serve(t, c.handler))), newKey())
			wantAnswer(t, a, c.want, "")
			if a.Agents != nil {
				t.Errorf("counted %d agents in part of a body", *a.Agents)
			}
		})
	}
}

// An endless body is cut, not waited for.
func TestEndlessBody(t *testing.T) {
	t.Parallel()
	s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		_, err := io.WriteString(w, "[1")
		for err == nil {
			_, err = io.WriteString(w, strings.Repeat(",1", 1000))
		}
	})
	wantAnswer(t, check(t, newVerifier(t, options(s)), newKey()), finding.Live, "")
}

func TestSlowServer(t *testing.T) {
	t.Parallel()
	for name, start := range map[string]string{"header": "", "body": "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			release := make(chan struct{})
			s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				c, _, _ := w.(http.Hijacker).Hijack()
				_, _ = io.WriteString(c, start)
				<-release
				_ = c.Close()
			})
			defer close(release)
			v := newVerifier(t, options(s))
			v.client.HTTPClient.Timeout = 300 * time.Millisecond
			wantAnswer(t, check(t, v, newKey()), finding.Unknown, "in good time")
		})
	}
}

func TestTheRequest(t *testing.T) {
	var got *http.Request
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		got = r
		jsonBody(200, `{"total":7,"data":[1]}`)(w, r)
	})
	v := newVerifier(t, options(s))
	for _, c := range []struct {
		key    *finding.Key
		scheme string
		path   string
	}{
		{newKey(), "Bearer ", "/public-api/agents"},
		{newToken(), "", "/api/endpoint"},
	} {
		a := check(t, v, c.key)
		wantAnswer(t, a, finding.Live, "")
		if (a.Agents == nil) != c.key.Legacy() || a.Agents != nil && *a.Agents != 7 {
			t.Errorf("agents %v for a key with legacy %v", a.Agents, c.key.Legacy())
		}
		if got.Method != http.MethodGet || got.URL.String() != c.path || got.ProtoMajor != 1 {
			t.Errorf("asked %s %s over %s", got.Method, got.URL, got.Proto)
		}
		if len(got.Header["Authorization"]) != 1 || got.Header.Get("Authorization") != c.scheme+c.key.Secret.Reveal() {
			t.Error("the Authorization header is not as the guide has it")
		}
		if got.Header.Get("Accept") != "application/json" {
			t.Errorf("Accept: %s", got.Header.Get("Accept"))
		}
		if ua := got.UserAgent(); !strings.HasPrefix(ua, "neokeys/1.2.3 ") || !strings.Contains(ua, "liveness check") {
			t.Errorf("User-Agent: %s", ua)
		}
	}
}

// Every way in which a server could repeat the key is tried at once.
func TestServerThatEchoesTheKey(t *testing.T) {
	for _, status := range []string{"200", "302", "401", "403", "404", "500", "x"} {
		t.Run(status, func(t *testing.T) {
			t.Parallel()
			s := serve(t, func(w http.ResponseWriter, r *http.Request) {
				key := r.Header.Get("Authorization")
				hangUp(fmt.Sprintf("HTTP/1.1 %s %s\r\nLocation: %%zz%s\r\nRetry-After: 0\r\nX-%s\r\n\r\n%s", status, key, key, key, key))(w, r)
			})
			for _, k := range []*finding.Key{newKey(), newToken()} {
				check(t, newVerifier(t, options(s)), k) // which looks for the key
			}
		})
	}
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	var elsewhere atomic.Int32
	other := serve(t, func(_ http.ResponseWriter, _ *http.Request) { elsewhere.Add(1) })
	for _, status := range []int{301, 302, 303, 307, 308} {
		for name, location := range map[string]string{
			"other host": other.URL + "/public-api/agents", "same host": "/moved", "none": "", "http": "http://127.0.0.1:1/",
		} {
			var asked atomic.Int32
			s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				asked.Add(1)
				if location != "" {
					w.Header().Set("Location", location)
				}
				w.WriteHeader(status)
			})
			a := check(t, newVerifier(t, options(s)), newKey())
			wantAnswer(t, a, finding.Unknown, "redirects")
			if a.HTTPStatus != status || asked.Load() != 1 {
				t.Errorf("%d %s: status %d after %d requests", status, name, a.HTTPStatus, asked.Load())
			}
		}
	}
	if n := elsewhere.Load(); n != 0 {
		t.Errorf("the other host was sent %d requests", n)
	}
}

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

func TestEachKeyIsAskedAboutOnce(t *testing.T) {
	t.Parallel()
	var c traffic
	s := serve(t, c.count(func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(50 * time.Millisecond) // long enough for requests to meet
		jsonBody(200, `[]`)(w, r)
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

// The API refuses a part of a key as it does a dead one, and the key may live.
func TestRefusedPartOfAKey(t *testing.T) {
	s := newCacheServer(t)
	for _, n := range []int{18, 23, 25, 48} {
		k := finding.NewAPIKey("prod", random(n))
		for range 2 {
			a := s.ask(t, 401, k)
			wantAnswer(t, a, finding.Unknown, "may not be the whole key")
			if a.HTTPStatus != 401 || a.FromCache || s.asked.Load() != 1 {
				t.Errorf("%d characters: %d requests, then %+v", n, s.asked.Load(), a)
			}
			if advice := a.Advice(k); !strings.Contains(advice, "look for the whole key") {
				t.Errorf("advice %q", advice)
			}
		}
		// Should the guide be wrong about the length, the API is right.
		wantAnswer(t, s.ask(t, 200, k), finding.Live, "accepts it")
	}
	wantAnswer(t, s.ask(t, 401, newToken()), finding.Inactive, "refuses it")
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
		jsonBody(200, `[]`)(w, r)
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
				jsonBody(200, `[]`)(w, r)
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
					jsonBody(status, `[]`)(w, r)
					asked = time.Now()
					return
				}
				if time.Since(asked) < time.Second {
					tooEarly++
				}
				jsonBody(200, `[]`)(w, r)
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

func TestInterrupted(t *testing.T) {
	t.Parallel()
	ctx, interrupt := context.WithCancel(t.Context())
	var asked atomic.Int32
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if asked.Add(1) > 3 {
			<-r.Context().Done()
			return
		}
		jsonBody(200, `[]`)(w, r)
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
		jsonBody(200, `[]`)(w, r)
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

func TestKeysThatCannotBeSent(t *testing.T) {
	var asked atomic.Int32
	v := newVerifier(t, options(serve(t, func(http.ResponseWriter, *http.Request) { asked.Add(1) })))
	for _, k := range []*finding.Key{
		finding.NewLegacyToken(""),
		finding.NewLegacyToken(random(30) + "\r\nX-Injected: 1"),
		finding.NewLegacyToken(random(30) + " "),
		finding.NewLegacyToken(random(30) + "\x00"),
		finding.NewLegacyToken(random(30) + "é"),
		finding.NewLegacyToken(random(maxKey + 1)),
		finding.NewAPIKey("prod", random(24)+"\n"),
		finding.NewAPIKey("Prod", random(24)),
		finding.NewAPIKey("prod", ""),
	} {
		wantAnswer(t, check(t, v, k), finding.NotChecked, "characters")
	}
	if asked.Load() != 0 {
		t.Errorf("%d requests", asked.Load())
	}
}

func TestNoKeys(t *testing.T) {
	v := newVerifier(t, Options{})
	if answers := v.Check(t.Context(), nil, nil); len(answers) != 0 {
		t.Errorf("answers %v to no question", answers)
	}
}

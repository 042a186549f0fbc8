package verify

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/hashicorp/go-retryablehttp"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/lazyregexp"
)

const (
	// attemptTimeout is for one request, its answer's body included.
	attemptTimeout = 15 * time.Second
	// A request that meets 429 or 5xx is made again after 0.5, 1, 2 and 4
	// seconds, or later if the server says so.
	retries   = 4
	retryWait = 500 * time.Millisecond
	// maxKey is longer than any header value that servers take.
	maxKey = 4 << 10
)

// A refusal is a proxy's answer to CONNECT other than 200.
type refusal struct{ status int }

func (refusal) Error() string { return "the proxy refused to connect" }

func newTransport() *http.Transport {
	t := &http.Transport{
		Proxy: http.ProxyFromEnvironment,
		OnProxyConnectResponse: func(_ context.Context, _ *url.URL, _ *http.Request, resp *http.Response) error {
			if resp.StatusCode != http.StatusOK {
				return refusal{resp.StatusCode}
			}
			return nil
		},
		DialContext:            (&net.Dialer{Timeout: 10 * time.Second}).DialContext,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout:    10 * time.Second,
		MaxResponseHeaderBytes: 64 << 10,
		// On a connection used before, net/http sends a request a second time
		// by itself when the server hangs up, past our rate; and it logs what
		// a server sends unasked. A connection a request does neither.
		DisableKeepAlives: true,
		Protocols:         new(http.Protocols),
	}
	// Not HTTP/2: it would print headers, keys and all, under
	// GODEBUG=http2debug=2.
	t.Protocols.SetHTTP1(true)
	return t
}

func (v *Verifier) newClient() *retryablehttp.Client {
	return &retryablehttp.Client{
		HTTPClient: &http.Client{
			Transport: v.transport,
			Timeout:   attemptTimeout,
			CheckRedirect: func(*http.Request, []*http.Request) error {
				return http.ErrUseLastResponse
			},
		},
		Logger:       nil,
		RetryMax:     retries,
		RetryWaitMin: retryWait,
		RetryWaitMax: 1 << retries * retryWait,
		CheckRetry:   checkRetry,
		Backoff: func(least, most time.Duration, n int, _ *http.Response) time.Duration {
			// What the server asks for beyond that, PrepareRetry waits for.
			return retryablehttp.DefaultBackoff(least, most, n, nil)
		},
		PrepareRetry: func(req *http.Request) error { return v.pace(req.Context(), inquiryOf(req.Context())) },
		ErrorHandler: retryablehttp.PassthroughErrorHandler,
	}
}

// An inquiry is the asking about one key, over all its attempts.
type inquiry struct {
	key      *finding.Key
	endpoint *endpoint
	attempts int
	status   int // of the last answer; 0 when there was none
}

type inquiryContextKey struct{}

func inquiryOf(ctx context.Context) *inquiry {
	return ctx.Value(inquiryContextKey{}).(*inquiry)
}

// ask asks about one key, and what it reaches if it works and that is wanted.
func (v *Verifier) ask(ctx context.Context, k *finding.Key) Answer {
	if why := unsendable(k); why != "" {
		return notChecked(why)
	}
	q := &inquiry{key: k, endpoint: v.endpointFor(k)}
	if v.control && v.lies(ctx, q.endpoint, k) {
		return unknown(0, q.endpoint.liesReason())
	}
	resp, err := v.get(ctx, q, q.endpoint.question())
	if err != nil {
		return q.failed(ctx, err)
	}
	a := q.judge(ctx, resp)
	_ = resp.Body.Close()
	if v.wantReach && a.Liveness.Works() && q.endpoint.enveloped {
		a.Reach = v.reachOf(ctx, k)
		a.Reason += describeReach(a.Reach)
	}
	return a
}

// get makes a request with q's key when the rate allows it.
func (v *Verifier) get(ctx context.Context, q *inquiry, url string) (*http.Response, error) {
	ctx = context.WithValue(ctx, inquiryContextKey{}, q)
	req, err := v.request(ctx, q.endpoint, url, q.key.Secret.Reveal())
	if err != nil {
		return nil, err
	}
	if err := v.pace(ctx, q); err != nil {
		return nil, err
	}
	return v.client.Do(req)
}

// request returns a GET request with a secret.
func (v *Verifier) request(ctx context.Context, e *endpoint, url, secret string) (*retryablehttp.Request, error) {
	req, err := retryablehttp.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	if e.bearer {
		secret = "Bearer " + secret
	}
	req.Header.Set("Authorization", secret)
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", v.userAgent)
	return req, nil
}

// checkRetry is a [retryablehttp.CheckRetry]: it retries after 429 and 5xx,
// but not after errors on the way, which are reported at once.
func checkRetry(ctx context.Context, resp *http.Response, err error) (bool, error) {
	if err != nil {
		return false, err
	}
	q := inquiryOf(ctx)
	q.status = resp.StatusCode
	// What the server says of this request goes for the others too. A key that
	// is over its rate may be answered with a 403.
	q.endpoint.heed(resp)
	if resp.StatusCode != http.StatusTooManyRequests && resp.StatusCode < 500 {
		return false, nil
	}
	deadline, ok := ctx.Deadline()
	return !ok || q.endpoint.paused() < time.Until(deadline), nil
}

var (
	apiKeyForm      = lazyregexp.New("^" + prefix + finding.EnvPattern + "_" + finding.SecretPattern + "+$")
	legacyTokenForm = lazyregexp.New(`^[A-Za-z0-9._~+/=-]+$`)
)

// sendable reports whether the key can be a header's value. Nothing else is
// handed to net/http, whose errors might repeat it.
func sendable(k *finding.Key) bool {
	form := apiKeyForm
	if k.Kind == finding.KindLegacy {
		form = legacyTokenForm
	}
	secret := k.Secret.Reveal()
	return len(secret) <= maxKey && form.MatchString(secret)
}

// whole reports whether the key has the documented length. One that has not may be
// a part of a key, or more than one, which the API refuses however alive the key is.
// Raw tokens have no length to go by.
func whole(k *finding.Key) bool {
	return k.Kind == finding.KindLegacy || len(k.Secret.Reveal()) == finding.APIKeyLen(k.Env, finding.SecretLen)
}

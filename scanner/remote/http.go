package remote

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/go-git/go-git/v5/plumbing/transport"
	githttp "github.com/go-git/go-git/v5/plumbing/transport/http"
)

// openHTTP begins a session by HTTP. Each request is made when it is needed.
func (s *Session) openHTTP() (uploader, error) {
	trip, err := s.newRoundTripper()
	if err != nil {
		return nil, err
	}
	if err := s.findLogin(); err != nil {
		return nil, err
	}
	client := &http.Client{Transport: trip, CheckRedirect: s.checkRedirect}
	end := &transport.Endpoint{Protocol: s.url.Scheme, Host: s.url.Host, Port: s.url.Port, Path: s.url.url().EscapedPath()}
	if strings.Contains(end.Host, ":") {
		end.Host = "[" + end.Host + "]"
	}
	up, err := githttp.NewClientWithOptions(client, &githttp.ClientOptions{}).NewUploadPackSession(end, s.basicAuth())
	if err != nil {
		return nil, err
	}
	return closing{up, trip.transport}, nil
}

// basicAuth returns what the server is sent as credentials; nil is nothing. go-git takes it off
// what a redirect leads to on another host.
func (s *Session) basicAuth() transport.AuthMethod {
	if s.login.isZero() {
		return nil
	}
	return &githttp.BasicAuth{Username: s.login.user, Password: s.login.secret}
}

// closing ends the connections of a session with it.
type closing struct {
	transport.UploadPackSession
	transport *http.Transport
}

// Close implements io.Closer.
func (c closing) Close() error {
	err := c.UploadPackSession.Close()
	c.transport.CloseIdleConnections()
	return err
}

// checkRedirect allows redirects within a host. Another host is one that nobody named.
func (s *Session) checkRedirect(req *http.Request, _ []*http.Request) error {
	from, to := s.url.url(), req.URL
	if !strings.EqualFold(from.Hostname(), to.Hostname()) || portOf(from) != portOf(to) && (portOf(from) != "80" || portOf(to) != "443") {
		return &redirectError{to: &url.URL{Scheme: to.Scheme, Host: to.Host, Path: strings.TrimSuffix(to.Path, "/info/refs")}}
	}
	return nil
}

func portOf(u *url.URL) string {
	if p := u.Port(); p != "" {
		return p
	}
	return map[string]string{"https": "443", "http": "80"}[strings.ToLower(u.Scheme)]
}

// A redirectError says that a server sends its callers to another.
type redirectError struct{ to *url.URL }

// Error implements error.
func (e *redirectError) Error() string {
	return fmt.Sprintf("it redirects to another server, which is not followed; if you trust that, name it instead: %s", e.to.Redacted())
}

// A roundTripper makes requests as the options say.
type roundTripper struct {
	session   *Session
	transport *http.Transport
}

func (s *Session) newRoundTripper() (*roundTripper, error) {
	t := &http.Transport{
		Proxy: http.ProxyFromEnvironment, ForceAttemptHTTP2: true, DisableCompression: true,
		MaxIdleConnsPerHost: 1, IdleConnTimeout: 30 * time.Second, TLSHandshakeTimeout: s.o.Connect,
		MaxResponseHeaderBytes: 1 << 20, ResponseHeaderTimeout: s.o.Silence,
		DialContext: (&net.Dialer{Timeout: s.o.Connect}).DialContext,
	}
	if s.o.Proxy != nil {
		t.Proxy = http.ProxyURL(s.o.Proxy)
	}
	if len(s.o.CABundle) > 0 {
		pool, err := x509.SystemCertPool()
		if err != nil {
			pool = x509.NewCertPool()
		}
		if !pool.AppendCertsFromPEM(s.o.CABundle) {
			return nil, errors.New("the CA bundle holds no certificate: give a file in PEM format")
		}
		t.TLSClientConfig = &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}
	}
	return &roundTripper{s, t}, nil
}

// maxErrorPage is how much is read of an answer that is an error.
const maxErrorPage = 8 << 10

// RoundTrip implements http.RoundTripper.
func (r *roundTripper) RoundTrip(req *http.Request) (*http.Response, error) {
	if agent := r.session.o.Agent; agent != "" {
		req.Header.Set("User-Agent", agent)
	}
	ctx, cancel := context.WithCancelCause(req.Context())
	silence := r.session.o.Silence
	idle := time.AfterFunc(silence+r.session.o.Connect, func() { cancel(ErrSilent) })
	resp, err := r.transport.RoundTrip(req.WithContext(ctx))
	if err != nil {
		idle.Stop()
		err = causeOf(ctx, err)
		cancel(nil)
		return nil, err
	}
	idle.Reset(silence)
	if busy := busyOf(resp, time.Now()); busy != nil {
		idle.Stop()
		_ = resp.Body.Close() // nothing of it is wanted
		cancel(nil)
		return nil, busy
	}
	body := io.ReadCloser(&canceling{resp.Body, ctx, cancel})
	if resp.StatusCode >= 300 {
		body = limited{io.LimitReader(body, maxErrorPage), body}
	}
	resp.Body = &meteredBody{ReadCloser: body, meter: r.session.meter, idle: idle, wait: silence}
	return resp, nil
}

// A BusyError is an [ErrBusy] of a server that may say when to ask again.
type BusyError struct {
	RetryAfter time.Duration // 0 if it does not say
}

// Error implements error.
func (e *BusyError) Error() string {
	if e.RetryAfter > 0 {
		return fmt.Sprintf("%v: it says to wait for %s", ErrBusy, e.RetryAfter.Round(time.Second))
	}
	return fmt.Sprintf("%v: try again later", ErrBusy)
}

// Is reports whether target is ErrBusy.
func (e *BusyError) Is(target error) bool { return target == ErrBusy }

// busyOf returns an error if an answer is that there were too many requests.
func busyOf(resp *http.Response, now time.Time) *BusyError {
	after := resp.Header.Get("Retry-After")
	switch {
	case resp.StatusCode == http.StatusTooManyRequests:
	case resp.StatusCode == http.StatusServiceUnavailable:
	case resp.StatusCode == http.StatusForbidden && after != "": // GitHub
	default:
		return nil
	}
	busy := new(BusyError)
	if n, err := strconv.ParseUint(after, 10, 31); err == nil {
		busy.RetryAfter = time.Duration(n) * time.Second
	} else if at, err := http.ParseTime(after); err == nil {
		busy.RetryAfter = max(at.Sub(now), 0)
	}
	return busy
}

// causeOf returns why ctx ended, if that is why there is err.
func causeOf(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	return silent(err)
}

// canceling ends the context of a request with its body.
type canceling struct {
	io.ReadCloser
	ctx    context.Context
	cancel context.CancelCauseFunc
}

// Read implements io.Reader.
func (c *canceling) Read(p []byte) (int, error) {
	n, err := c.ReadCloser.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = causeOf(c.ctx, err)
	}
	return n, err
}

// Close implements io.Closer.
func (c *canceling) Close() error {
	defer c.cancel(nil)
	return c.ReadCloser.Close()
}

type limited struct {
	io.Reader
	io.Closer
}

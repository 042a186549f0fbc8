package remote

import (
	"bufio"
	"encoding/pem"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/neokeys/neokeys/internal/gittest"
)

// A server that has too much to do may say when to ask again.
func TestBusy(t *testing.T) {
	for name, c := range map[string]struct {
		status int
		after  string
		want   time.Duration
	}{
		"too many requests": {http.StatusTooManyRequests, "30", 30 * time.Second},
		"without a time":    {http.StatusTooManyRequests, "", 0},
		"no time":           {http.StatusTooManyRequests, "-5 soon", 0},
		"unavailable":       {http.StatusServiceUnavailable, "2", 2 * time.Second},
		"at a time past":    {http.StatusServiceUnavailable, "Wed, 21 Oct 2015 07:28:00 GMT", 0},
		"GitHub's":          {http.StatusForbidden, "60", time.Minute},
	} {
		err := attempt(t, Options{Limits: patient}, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", c.after)
			w.WriteHeader(c.status)
		})
		var busy *BusyError
		if !errors.Is(err, ErrBusy) || !errors.As(err, &busy) || busy.RetryAfter != c.want || !strings.Contains(err.Error(), "/a.git: ") {
			t.Errorf("%s: %v, %+v", name, err, busy)
		}
	}
}

// A server with a certificate of one's own is trusted with a CA bundle, and only then.
func TestCABundle(t *testing.T) {
	_, root := newRepo(t)
	server := httptest.NewUnstartedServer(gittest.Backend(t, root))
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // a client that does not trust it hangs up
	server.StartTLS()
	defer server.Close()
	bundle := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	got, _ := fetched(t, server.URL+"/shop.git", Options{CABundle: bundle})
	verified(t, got)
	if err := attemptAt(t, server.URL+"/shop.git", Options{}); err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("without the bundle: %v", err)
	}
	u, err := Parse(server.URL + "/shop.git")
	gittest.Check(t, err)
	if _, err := Open(t.Context(), u, Options{CABundle: []byte("no certificate")}); err == nil || !strings.Contains(err.Error(), "PEM") {
		t.Errorf("a bundle without a certificate: %v", err)
	}
}

// proxyServer passes requests and tunnels on, whatever host they name, to a server.
func proxyServer(t *testing.T, to string) (*url.URL, *atomic.Int64) {
	t.Helper()
	passed := new(atomic.Int64)
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		passed.Add(1)
		if r.Method != http.MethodConnect {
			target, err := url.Parse(to)
			if err != nil {
				t.Error(err)
			}
			r.URL.Host, r.RequestURI = target.Host, ""
			resp, err := http.DefaultTransport.RoundTrip(r)
			if err != nil {
				w.WriteHeader(http.StatusBadGateway)
				return
			}
			defer resp.Body.Close()
			w.WriteHeader(resp.StatusCode)
			_, _ = io.Copy(w, resp.Body)
			return
		}
		out, err := net.Dial("tcp", strings.TrimPrefix(to, "https://"))
		if err != nil {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		w.WriteHeader(http.StatusOK)
		in, buffered, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		go tunnel(in, out, out)
		tunnel(out, buffered, in)
	}))
	t.Cleanup(proxy.Close)
	address, err := url.Parse(proxy.URL)
	gittest.Check(t, err)
	return address, passed
}

// tunnel copies what comes, until it ends.
func tunnel(to io.WriteCloser, from io.Reader, end io.Closer) {
	defer to.Close()
	defer end.Close()
	if b, ok := from.(*bufio.ReadWriter); ok {
		from = b.Reader
	}
	_, _ = io.Copy(to, from) // the other side says what is wrong
}

// Connections go through a proxy, by http and by https, which the host's name need not resolve for.
func TestProxy(t *testing.T) {
	_, root := newRepo(t)
	plain := httptest.NewServer(gittest.Backend(t, root))
	defer plain.Close()
	secure := httptest.NewTLSServer(gittest.Backend(t, root))
	defer secure.Close()
	bundle := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: secure.Certificate().Raw})
	for address, server := range map[string]string{"http://example.com/shop.git": plain.URL, "https://example.com/shop.git": secure.URL} { // the name in httptest's certificate
		proxy, passed := proxyServer(t, server)
		got, _ := fetched(t, address, Options{Proxy: proxy, CABundle: bundle})
		verified(t, got)
		if passed.Load() == 0 {
			t.Errorf("%s does not go through the proxy", address)
		}
	}
	nowhere := &url.URL{Scheme: "http", Host: "127.0.0.1:1"}
	if err := attemptAt(t, plain.URL+"/shop.git", Options{Proxy: nowhere}); !errors.Is(err, ErrUnreachable) {
		t.Errorf("a proxy that is not there: %v", err)
	}
	if err := attemptAt(t, "git://example.com/shop.git", Options{Proxy: nowhere}); err == nil || !strings.Contains(err.Error(), "socks5") {
		t.Errorf("an HTTP proxy for git: %v", err)
	}
}

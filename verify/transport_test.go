package verify

import (
	"context"
	"crypto/tls"
	"crypto/x509"
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

	"github.com/neokeys/neokeys/finding"
)

func TestTLSFailures(t *testing.T) {
	for name, c := range map[string]struct {
		config *tls.Config
		reason string
	}{
		"other authority": {&tls.Config{Certificates: []tls.Certificate{newAuthority().issue(t, nil)}}, "not from an authority"},
		"out of date": {&tls.Config{Certificates: []tls.Certificate{ourCA.issue(t, func(c *x509.Certificate) {
			c.NotAfter = time.Now().Add(-time.Hour)
		})}}, "out of date"},
		"other host": {&tls.Config{Certificates: []tls.Certificate{ourCA.issue(t, func(c *x509.Certificate) {
			c.IPAddresses, c.DNSNames = nil, []string{"example.com"}
		})}}, "may be another server"},
		"client only": {&tls.Config{Certificates: []tls.Certificate{ourCA.issue(t, func(c *x509.Certificate) {
			c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
		})}}, "is not good"},
		"TLS 1.1": {&tls.Config{
			Certificates: []tls.Certificate{ourCA.issue(t, nil)},
			MinVersion:   tls.VersionTLS10, MaxVersion: tls.VersionTLS11,
		}, "TLS 1.2 or later only"},
		"client certificate wanted": {&tls.Config{
			Certificates: []tls.Certificate{ourCA.issue(t, nil)},
			MaxVersion:   tls.VersionTLS12, ClientAuth: tls.RequireAnyClientCert,
		}, "TLS"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var asked atomic.Int32
			s := serveTLS(t, c.config, func(http.ResponseWriter, *http.Request) { asked.Add(1) })
			a := check(t, newVerifier(t, options(s)), newKey())
			wantAnswer(t, a, finding.Unknown, c.reason)
			if asked.Load() != 0 {
				t.Error("the server was sent the key")
			}
		})
	}
}

func TestTLS12IsEnough(t *testing.T) {
	s := serveTLS(t, &tls.Config{
		Certificates: []tls.Certificate{ourCA.issue(t, nil)}, MaxVersion: tls.VersionTLS12,
	}, neo(200))
	wantAnswer(t, check(t, newVerifier(t, options(s)), newKey()), finding.Live, "")
}

func TestNoTLSAtAll(t *testing.T) {
	var asked atomic.Int32
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) }))
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.Start()
	defer s.Close()
	v := newVerifier(t, Options{NoControl: true, APIURL: strings.Replace(s.URL, "http:", "https:", 1)})
	wantAnswer(t, check(t, v, newKey()), finding.Unknown, "does not speak TLS")
	if asked.Load() != 0 {
		t.Error("the server was sent the key")
	}
}

func TestNoConnection(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = l.Close()
	v := newVerifier(t, Options{NoControl: true, APIURL: "https://" + l.Addr().String()})
	a := check(t, v, newKey())
	if a.Liveness != finding.Unknown || !strings.Contains(a.Reason, "refuses connections") && !strings.Contains(a.Reason, "cannot be reached") {
		t.Errorf("got %s (%s)", a.Liveness, a.Reason)
	}
}

func TestNameThatIsNotFound(t *testing.T) {
	v := newVerifier(t, Options{NoControl: true, APIURL: "https://api.example.invalid"})
	v.transport.Proxy = nil
	v.transport.DialContext = func(_ context.Context, _, addr string) (net.Conn, error) {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "no such host", Name: addr, IsNotFound: true}}
	}
	wantAnswer(t, check(t, v, newKey()), finding.Unknown, "cannot be looked up")
}

// Plain http to this machine works, and no proxy gets to see it.
func TestPlainHTTPOnLoopback(t *testing.T) {
	s := httptest.NewServer(neo(200))
	defer s.Close()
	local := strings.Replace(s.URL, "127.0.0.1", "localhost", 1)
	for _, base := range []string{s.URL, local} {
		before := len(theProxy.seen.String())
		wantAnswer(t, check(t, newVerifier(t, Options{NoControl: true, APIURL: base}), newKey()), finding.Live, "")
		if len(theProxy.seen.String()) != before {
			t.Error("the request went through the proxy")
		}
	}
}

// These share theProxy, so they do not run in parallel.
func TestProxy(t *testing.T) {
	var asked atomic.Int32
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		neo(200)(w, r)
	})
	keys := []*finding.Key{newKey(), newToken()}
	v := newVerifier(t, Options{NoControl: true, Rate: 1000})

	theProxy.route(t, s, "", "api.neoagent.io:443", "app.neoagent.co:443")
	answers := v.Check(t.Context(), keys, nil)
	for _, k := range keys {
		wantAnswer(t, answers[k.ID], finding.Live, "")
	}
	if asked.Load() != 2 {
		t.Errorf("%d requests", asked.Load())
	}
	seen := theProxy.seen.String()
	if !strings.Contains(seen, "CONNECT api.neoagent.io:443") || !strings.Contains(seen, "CONNECT app.neoagent.co:443") {
		t.Error("the requests did not go through the proxy")
	}
	assertNoKey(t, "what the proxy saw", seen)
	if strings.Contains(seen, "Authorization") {
		t.Error("the proxy saw an Authorization header")
	}

	for refuse, reason := range map[string]string{
		"407 Proxy Authentication Required": "wants a user name and password",
		"403 Forbidden":                     "does not connect to api.neoagent.io (403)",
		"401 Unauthorized":                  "does not connect",
		"302 Found":                         "does not connect",
		"502 Bad Gateway":                   "does not connect",
	} {
		theProxy.route(t, s, refuse)
		wantAnswer(t, check(t, v, keys[0]), finding.Unknown, reason)
	}
	theProxy.route(t, s, "")

	// A proxy that breaks TLS open is found out.
	fake := serveTLS(t, &tls.Config{Certificates: []tls.Certificate{newAuthority().issue(t, nil)}}, s.Config.Handler.ServeHTTP)
	theProxy.route(t, fake, "", "api.neoagent.io:443")
	wantAnswer(t, check(t, v, keys[0]), finding.Unknown, "not from an authority")
	theProxy.route(t, s, "")
	if asked.Load() != 2 {
		t.Error("the key was sent after all")
	}
}

func TestProxyThatCannotBeUsed(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = l.Close()
	v := newVerifier(t, Options{NoControl: true})
	v.transport.Proxy = http.ProxyURL(&url.URL{Scheme: "http", Host: l.Addr().String(), User: url.UserPassword("me", "hunter2")})
	a := check(t, v, newKey())
	wantAnswer(t, a, finding.Unknown, "the proxy cannot be reached")
	if strings.Contains(a.Reason, "hunter2") {
		t.Error("the reason holds the proxy's password")
	}
}

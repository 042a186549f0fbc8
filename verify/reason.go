package verify

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"

	"github.com/neokeys/neokeys/finding"
)

// The words for an answer are all our own. Errors of net/http and what a server
// sends can repeat the request, and so the key.

const refusedReason = "the API refuses it (401)"

// read turns a response into an answer.
func (q *inquiry) read(ctx context.Context, resp *http.Response) Answer {
	code := resp.StatusCode
	switch {
	case code >= 200 && code < 300:
		return q.readBody(ctx, resp)
	case code == http.StatusUnauthorized || code == http.StatusForbidden:
		if isPage(resp) {
			return unknown(code, fmt.Sprintf("a web page came back (%d) where the API sends data: a proxy, a firewall or a login page stands before %s", code, q.endpoint.host()))
		}
		if code == http.StatusUnauthorized {
			if !whole(q.key) {
				a := unknown(code, fmt.Sprintf("the API refuses it as it was found (401), which may not be the whole key: keys end in %d letters and digits", finding.SecretLen))
				a.refused = true
				return a
			}
			return answered(finding.Inactive, code, refusedReason)
		}
		return answered(finding.Restricted, code, "the API knows it but refused the request (403): it lacks permission, is over its rate, or the endpoint is not in its plan")
	case code >= 300 && code < 400:
		return unknown(code, fmt.Sprintf("%s redirects elsewhere (%d), where no key is sent: check %s", q.endpoint.host(), code, q.endpoint.option))
	case code == http.StatusNotFound || code == http.StatusMethodNotAllowed:
		return unknown(code, fmt.Sprintf("%s has nothing to ask at this path (%d): check %s", q.endpoint.host(), code, q.endpoint.option))
	case code == http.StatusTooManyRequests:
		return unknown(code, fmt.Sprintf("%s wants fewer requests (429)%s: try later, with a lower --verify-rate", q.endpoint.host(), q.tries()))
	case code >= 500:
		return unknown(code, fmt.Sprintf("%s is in trouble (%d)%s: try later", q.endpoint.host(), code, q.tries()))
	}
	return unknown(code, fmt.Sprintf("%s gave an answer that says nothing of the key (%d): check %s", q.endpoint.host(), code, q.endpoint.option))
}

// readBody tells the API's answer from a page that a gateway put in its place.
func (q *inquiry) readBody(ctx context.Context, resp *http.Response) Answer {
	code, host := resp.StatusCode, q.endpoint.host()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxBody+1))
	if err != nil {
		a := q.failed(ctx, err)
		a.HTTPStatus = code
		return a
	}
	t := readEnvelope(body, resp.Header.Get("Content-Type"))
	switch t.kind {
	case page:
		return unknown(code, fmt.Sprintf("a web page came back (%d) where the API sends data: a proxy or a login page stands before %s, or %s is wrong", code, host, q.endpoint.option))
	case malformed:
		return unknown(code, fmt.Sprintf("%s answered %d, but not with well-formed JSON: check %s", host, code, q.endpoint.option))
	case complaint:
		return unknown(code, fmt.Sprintf("%s answered %d, but the answer itself speaks of an error", host, code))
	}
	a := answered(finding.Live, code, fmt.Sprintf("the API accepts it (%d)", code))
	if q.endpoint.agents && t.counted {
		a.Agents, a.MoreAgents = &t.agents, t.more
		a.Reason = fmt.Sprintf("the API accepts it (%d) and lists %s", code, t)
	}
	return a
}

// isPage reports whether the body starts as HTML or XML does.
func isPage(resp *http.Response) bool {
	start := make([]byte, 512)
	n, _ := io.ReadFull(resp.Body, start)
	return startsAsPage(start[:n])
}

// failed turns an error on the way, or the end of ctx, into an answer.
func (q *inquiry) failed(ctx context.Context, err error) Answer {
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return notChecked("interrupted before an answer came")
	case ctx.Err() == nil && !errors.Is(err, errNoTime):
		return unknown(0, q.explain(err))
	case q.attempts == 0:
		return notChecked("its turn did not come in the time allowed: raise --verify-timeout")
	case q.status != 0:
		return unknown(q.status, fmt.Sprintf("%s answered %d, and the time allowed is over: try later, or raise --verify-timeout", q.endpoint.host(), q.status))
	}
	return unknown(0, "no answer from "+q.endpoint.host()+" in the time allowed: try later, or raise --verify-timeout")
}

// explain says what went wrong on the way to the server and back.
func (q *inquiry) explain(err error) string {
	var (
		host        = q.endpoint.host()
		dns         *net.DNSError
		refused     refusal
		certificate *tls.CertificateVerificationError
		hostname    x509.HostnameError
		invalid     x509.CertificateInvalidError
		authority   x509.UnknownAuthorityError
		record      tls.RecordHeaderError
		op          *net.OpError
		timeout     net.Error
	)
	switch {
	case errors.As(err, &refused) && refused.status == http.StatusProxyAuthRequired:
		return "the proxy wants a user name and password (407): put them into HTTPS_PROXY"
	case errors.As(err, &refused):
		return fmt.Sprintf("the proxy does not connect to %s (%d): check HTTPS_PROXY", host, refused.status)
	case errors.As(err, &op) && op.Op == "proxyconnect":
		return "the proxy cannot be reached: check HTTPS_PROXY"
	case strings.Contains(err.Error(), "invalid proxy address"):
		return "HTTPS_PROXY is not a URL: correct or unset it"
	case errors.As(err, &dns):
		return "the name " + host + " cannot be looked up: check the network and " + q.endpoint.option
	case errors.As(err, &hostname):
		return "TLS: the server's certificate is not for " + host + ", so it may be another server: the key was not sent"
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "TLS: the certificate of " + host + " is out of date, or this machine's clock is wrong: the key was not sent"
	case errors.As(err, &authority):
		return "TLS: the certificate of " + host + " is not from an authority that this machine trusts: the key was not sent"
	case errors.As(err, &certificate):
		return "TLS: the certificate of " + host + " is not good: the key was not sent"
	case errors.As(err, &record), errors.Is(err, http.ErrSchemeMismatch):
		return "TLS: " + host + " does not speak TLS on this port: check " + q.endpoint.option
	case strings.Contains(err.Error(), "protocol version"):
		return "TLS: " + host + " offers nothing newer than TLS 1.1; keys are sent over TLS 1.2 or later only"
	case strings.Contains(err.Error(), "tls: "):
		return "TLS: no secure connection to " + host + " came about"
	case errors.As(err, &timeout) && timeout.Timeout():
		return "no complete answer from " + host + " in good time: try later"
	case errors.Is(err, syscall.ECONNREFUSED):
		return host + " refuses connections: check " + q.endpoint.option
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET):
		return host + " broke off before its answer was complete"
	case errors.As(err, &op) && op.Op == "dial":
		return host + " cannot be reached: check the network and " + q.endpoint.option
	}
	return host + " sent something that is not an HTTP answer, or broke off in the middle of one"
}

func (e *endpoint) host() string { return e.url.Host }

// tries says why there was no other try.
func (q *inquiry) tries() string {
	if q.attempts <= retries {
		return ", and the wait that it asks for is longer than the time allowed"
	}
	return fmt.Sprintf(", also after %d tries", q.attempts)
}

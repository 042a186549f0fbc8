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
)

// failed turns an error on the way, or the end of ctx, into an answer.
func (q *inquiry) failed(ctx context.Context, err error) Answer {
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return notChecked("interrupted before an answer came")
	case ctx.Err() == nil && !errors.Is(err, errNoTime):
		return unknown(0, q.explain(err))
	case q.attempts == 0:
		return notChecked("its turn did not come in the time allowed" + noTimeReason(err) + ": raise --verify-timeout")
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

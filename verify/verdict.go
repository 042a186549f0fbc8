package verify

import (
	"context"
	"fmt"
	"net/http"

	"github.com/neokeys/neokeys/finding"
)

// The words for an answer are all our own. Errors of net/http and what a server
// sends can repeat the request, and so the key.

const refusedReason = "the API refuses it (401)"

// judge turns a response into an answer.
func (q *inquiry) judge(ctx context.Context, resp *http.Response) Answer {
	body, err := readBody(resp)
	code := resp.StatusCode
	var a Answer
	switch ok := code >= 200 && code < 300; {
	case !ok && code != http.StatusUnauthorized && code != http.StatusForbidden:
		a = unknown(code, q.unhelpful(code))
	case err != nil:
		a = q.failed(ctx, err)
		a.HTTPStatus = code
	case ok:
		a = q.accepted(code, body)
	case code == http.StatusUnauthorized:
		a = q.refused(body)
	default:
		a = q.forbidden(body)
	}
	secret := q.key.Secret.Reveal()
	a.Code, a.RequestID = repeatable(body.code, secret), repeatable(body.requestID, secret)
	a.Host = q.endpoint.host()
	if date, err := http.ParseTime(resp.Header.Get("Date")); err == nil {
		a.Date = date.UTC()
	}
	return a
}

// accepted judges a 2xx answer. Only Neo's own envelope proves that it was Neo that
// answered. The older API documents none, so there the status counts, after the control.
func (q *inquiry) accepted(code int, body envelope) Answer {
	switch {
	case q.endpoint.enveloped && body.form == success:
	case body.form == page:
		return unknown(code, q.pageReason(code))
	case body.complains:
		return unknown(code, fmt.Sprintf("%s answered %d, but the answer itself speaks of an error", q.endpoint.host(), code))
	case q.endpoint.enveloped:
		return unknown(code, q.strangeReason(code, body))
	}
	a := answered(finding.Live, code, fmt.Sprintf("the API accepts it (%d)", code))
	if q.endpoint.enveloped && body.counted {
		a.Agents, a.MoreAgents = &body.items, body.more
		a.Reason = fmt.Sprintf("the API accepts it (%d) and lists %s", code, count(body.items, body.more, "agent"))
	}
	return a
}

// refused judges a 401.
func (q *inquiry) refused(body envelope) Answer {
	const code = http.StatusUnauthorized
	switch {
	case body.form == page:
		return unknown(code, q.pageReason(code))
	case q.endpoint.enveloped && (body.form != failure || body.requestID == ""),
		!q.endpoint.enveloped && (body.form == text || body.form == tooLong):
		return unknown(code, q.strangeReason(code, body))
	case !whole(q.key):
		a := unknown(code, fmt.Sprintf("the API refuses it as it was found (401), which may not be the whole key: keys end in %d letters and digits", finding.SecretLen))
		a.refused = true
		return a
	}
	return answered(finding.Inactive, code, refusedReason)
}

// forbidden judges a 403.
func (q *inquiry) forbidden(body envelope) Answer {
	const code = http.StatusForbidden
	switch {
	case body.form == page:
		return unknown(code, q.pageReason(code))
	case q.endpoint.enveloped && body.form != failure,
		!q.endpoint.enveloped && (body.form == text || body.form == tooLong):
		return unknown(code, q.strangeReason(code, body))
	}
	return answered(finding.Restricted, code, "the API knows it but refused the request (403): it lacks permission, is over its rate, or the endpoint is not in its plan")
}

func (q *inquiry) pageReason(code int) string {
	return fmt.Sprintf("a web page came back (%d) where the API sends data: a proxy, a firewall or a login page stands before %s, or %s is wrong",
		code, q.endpoint.host(), q.endpoint.option)
}

// strangeReason says how an answer differs from the API's own.
func (q *inquiry) strangeReason(code int, body envelope) string {
	what := map[form]string{
		empty:     "an empty body, not well-formed JSON",
		text:      "text that is not well-formed JSON",
		tooLong:   "a body of more than 1 MiB",
		otherJSON: "JSON that is not in Neo's form",
		success:   "data where Neo sends an error",
		failure:   "an error that is not in Neo's form",
	}[body.form]
	return fmt.Sprintf("%s answered %d with %s, so something else than Neo may have answered: check the proxy and %s",
		q.endpoint.host(), code, what, q.endpoint.option)
}

// unhelpful says why a status says nothing about the key.
func (q *inquiry) unhelpful(code int) string {
	host, option := q.endpoint.host(), q.endpoint.option
	switch {
	case code >= 300 && code < 400:
		return fmt.Sprintf("%s redirects elsewhere (%d), where no key is sent: check %s", host, code, option)
	case code == http.StatusNotFound || code == http.StatusMethodNotAllowed:
		return fmt.Sprintf("%s has nothing to ask at this path (%d): check %s", host, code, option)
	case code == http.StatusTooManyRequests:
		return fmt.Sprintf("%s wants fewer requests (429)%s: try later, with a lower --verify-rate", host, q.tries())
	case code >= 500:
		return fmt.Sprintf("%s is in trouble (%d)%s: try later", host, code, q.tries())
	}
	return fmt.Sprintf("%s gave an answer that says nothing of the key (%d): check %s", host, code, option)
}

// tries says why there was no other try.
func (q *inquiry) tries() string {
	if q.attempts <= retries {
		return ", and the wait that it asks for is longer than the time allowed"
	}
	return fmt.Sprintf(", also after %d tries", q.attempts)
}

// count returns a number of things, of which there may be more.
func count(n int, more bool, thing string) string {
	s := fmt.Sprintf("%d %ss", n, thing)
	if n == 1 {
		s = "1 " + thing
	}
	if more {
		return "at least " + s
	}
	return s
}

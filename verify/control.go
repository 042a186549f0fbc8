package verify

import (
	"context"
	"crypto/rand"
	"fmt"
	"math/big"
	"strings"
	"sync"

	"github.com/neokeys/neokeys/finding"
)

// A control is the question about a key that does not exist, which comes before the first
// key that is sent to an endpoint. An endpoint that accepts it, or a proxy in its place,
// accepts anything: its word on any other key is worth nothing.
type control struct {
	once   sync.Once
	status int  // of the answer, if that was a 2xx; else 0
	page   bool // that answer was a web page
}

// lies reports whether e accepts a key that does not exist. It asks that once, with a key
// of the same form as k; no answer, or any other, changes nothing.
func (v *Verifier) lies(ctx context.Context, e *endpoint, k *finding.Key) bool {
	e.control.once.Do(func() {
		e.control.status, e.control.page = v.askControl(ctx, e, counterfeit(k))
	})
	return e.control.status != 0
}

// askControl returns the status of a 2xx answer to secret, and whether that is a web page;
// 0 for any other. It does not try again.
func (v *Verifier) askControl(ctx context.Context, e *endpoint, secret string) (status int, isPage bool) {
	req, err := v.request(ctx, e, e.question(), secret)
	if err != nil || v.pace(ctx, &inquiry{endpoint: e}) != nil {
		return 0, false
	}
	resp, err := v.client.HTTPClient.Do(req.Request)
	if err != nil {
		return 0, false
	}
	defer func() { _ = resp.Body.Close() }()
	e.heed(resp)
	if resp.StatusCode < 200 || resp.StatusCode >= 300 {
		return 0, false
	}
	body, err := readBody(resp)
	return resp.StatusCode, err == nil && body.form == page
}

func (e *endpoint) liesReason() string {
	what := "it, or a proxy before it, accepts anything"
	if e.control.page {
		what = "a web page came back, as from a proxy or a login page"
	}
	return fmt.Sprintf("%s accepts a made-up key too (%d): %s, so no key was sent there: check %s", e.host(), e.control.status, what, e.option)
}

// counterfeit returns a random key of the form of k: a whole key of the same environment,
// or a token with other letters and digits in place of each.
func counterfeit(k *finding.Key) string {
	if k.Kind == finding.KindAPI {
		return prefix + k.Env + "_" + strings.Map(otherwise, strings.Repeat("aA0", finding.SecretLen/3))
	}
	return strings.Map(otherwise, k.Secret.Reveal())
}

// otherwise returns a random letter for a letter, a digit for a digit, and anything else
// as it is.
func otherwise(r rune) rune {
	for _, class := range []string{"abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789"} {
		if strings.ContainsRune(class, r) {
			n, err := rand.Int(rand.Reader, big.NewInt(int64(len(class))))
			if err != nil {
				panic(err) // crypto/rand never fails
			}
			return rune(class[n.Int64()])
		}
	}
	return r
}

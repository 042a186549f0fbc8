package verify

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/neokeys/neokeys/finding"
)

// A controlled server answers a key that it has not been given as control does.
type controlled struct {
	traffic
	known   map[string]bool
	control http.HandlerFunc
}

func (c *controlled) serve(t *testing.T, keys ...*finding.Key) Options {
	c.known = map[string]bool{}
	for _, k := range keys {
		c.known[k.Secret.Reveal()] = true
	}
	o := options(serve(t, c.count(func(w http.ResponseWriter, r *http.Request) {
		if c.known[strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")] {
			neo(200)(w, r)
			return
		}
		c.control(w, r)
	})))
	o.NoControl = false
	return o
}

// controls are the requests about keys that the server was not given.
func (c *controlled) controls() (credentials []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for credential, n := range c.perKey {
		for range n {
			if !c.known[strings.TrimPrefix(credential, "Bearer ")] {
				credentials = append(credentials, credential)
			}
		}
	}
	return credentials
}

func TestControl(t *testing.T) {
	for name, c := range map[string]struct {
		control http.HandlerFunc
		lies    bool
	}{
		"refused":   {neo(401), false},
		"forbidden": {neo(403), false},
		"in error":  {neo(500), false},
		"too many":  {neo(429), false},
		"redirect":  {func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/elsewhere", http.StatusFound) }, false},
		"no answer": {hangUp(""), false},
		"accepted":  {neo(200), true},
		"created":   {neo(201), true},
		"empty":     {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }, true},
		"page":      {typed(200, "text/html", html), true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &controlled{control: c.control}
			keys := newKeys(20)
			v := newVerifier(t, s.serve(t, keys...))
			answers := v.Check(t.Context(), keys, nil)
			for _, k := range keys {
				if c.lies {
					wantAnswer(t, answers[k.ID], finding.Unknown, "accepts a made-up key too")
				} else {
					wantAnswer(t, answers[k.ID], finding.Live, "")
				}
			}
			if n := len(s.controls()); n != 1 {
				t.Errorf("%d controls", n)
			}
			// A key is not shown to who accepts anything.
			if n := len(s.arrivals); c.lies && n != 1 || !c.lies && n != 21 {
				t.Errorf("%d requests", n)
			}
			// Another Check is of the same run.
			v.Check(t.Context(), keys[:1], nil)
			if n := len(s.controls()); n != 1 {
				t.Errorf("%d controls after a second Check", n)
			}
		})
	}
}

func TestControlsAreLikeTheKeys(t *testing.T) {
	s := &controlled{control: neo(401)}
	key := remembering(finding.NewAPIKey("staging", random(24)))
	token := newToken()
	v := newVerifier(t, s.serve(t, key, token))
	answers := v.Check(t.Context(), []*finding.Key{key, token}, nil)
	wantAnswer(t, answers[key.ID], finding.Live, "")
	wantAnswer(t, answers[token.ID], finding.Live, "")
	controls := strings.Join(s.controls(), "\n")
	for _, form := range []string{`(?m)^Bearer neo_sk_staging_[A-Za-z0-9]{24}$`, `(?m)^[A-Za-z0-9]{40}$`} {
		matches(t, form, controls)
	}
	assertNoKey(t, "a control", controls)
	for range 100 {
		k := newKey()
		if made := counterfeit(k); made == k.Secret.Reveal() || !apiKeyForm.MatchString(made) || len(made) != len(k.Secret.Reveal()) {
			t.Fatal("a counterfeit is not another key of the same form")
		}
	}
}

// When the cache has all answers, or it is turned off, nothing is sent for it.
func TestNoControl(t *testing.T) {
	s := &controlled{control: neo(401)}
	k := newKey()
	o := s.serve(t, k)
	o.CachePath = t.TempDir() + "/cache"
	check(t, newVerifier(t, o), k)
	check(t, newVerifier(t, o), k)
	if n := len(s.controls()); n != 1 {
		t.Errorf("%d controls in two runs, the second from the cache", n)
	}
	o.CachePath, o.NoControl = "", true
	s.control = neo(200)
	wantAnswer(t, check(t, newVerifier(t, o), k), finding.Live, "")
	if n := len(s.controls()); n != 1 {
		t.Errorf("%d controls though turned off", n)
	}
}

// The wait for the control is part of the time allowed, and it heeds an interrupt.
func TestSlowControl(t *testing.T) {
	t.Parallel()
	s := &controlled{control: func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }}
	keys := newKeys(5)
	o := s.serve(t, keys...)
	o.Timeout = 100 * time.Millisecond
	start := time.Now()
	for _, a := range newVerifier(t, o).Check(t.Context(), keys, nil) {
		wantAnswer(t, a, finding.NotChecked, "time allowed")
	}
	if d := time.Since(start); d > 5*time.Second {
		t.Errorf("it took %v", d)
	}
}

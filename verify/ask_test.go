package verify

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/neokeys/neokeys/finding"
)

func TestTheRequest(t *testing.T) {
	var got *http.Request
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		got = r
		neo(200)(w, r)
	})
	v := newVerifier(t, options(s))
	for _, c := range []struct {
		key    *finding.Key
		scheme string
		path   string
	}{
		{newKey(), "Bearer ", "/public-api/agents?page_size=1"},
		{newToken(), "", "/api/endpoint"},
	} {
		a := check(t, v, c.key)
		wantAnswer(t, a, finding.Live, "")
		if (a.Agents == nil) != (c.key.Kind == finding.KindLegacy) || a.Agents != nil && *a.Agents != 2 {
			t.Errorf("agents %v for a key with kind %s", a.Agents, c.key.Kind)
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

package verify

import (
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/verify/mockapi/mock"
)

func TestReach(t *testing.T) {
	api := &mock.Server{}
	live, restricted, dead, token := newKey(), newKey(), newKey(), newToken()
	for _, k := range []*finding.Key{live, token} {
		api.Set(k.Secret.Reveal(), mock.Live)
	}
	api.Set(restricted.Secret.Reveal(), mock.Restricted)
	var mu sync.Mutex
	var asked []string
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		asked = append(asked, r.Method+" "+r.URL.String())
		mu.Unlock()
		api.ServeHTTP(w, r)
	})
	o := options(s)
	v := newVerifier(t, o)
	keys := []*finding.Key{live, restricted, dead, token}
	for _, a := range v.Check(t.Context(), keys, nil) {
		if a.Reach != nil {
			t.Error("what a key reaches was asked though nobody wanted it")
		}
	}
	asked = nil
	o.Reach, o.CachePath = true, t.TempDir()+"/cache"
	v = newVerifier(t, o)
	answers := v.Check(t.Context(), keys, nil)
	wantAnswer(t, answers[live.ID], finding.Live, "it can read 3 agents, at least 200 executions, 0 approval requests, 12 scheduled tasks, 2 phone numbers")
	wantAnswer(t, answers[restricted.ID], finding.Restricted, "it may not read agents, executions, approval requests, scheduled tasks, phone numbers")
	for _, k := range []*finding.Key{dead, token} {
		if r := answers[k.ID].Reach; r != nil {
			t.Errorf("%s: asked what it reaches: %v", answers[k.ID].Liveness, r)
		}
	}
	if n := 4 + 2*len(scopes); len(asked) != n {
		t.Errorf("%d requests, want %d", len(asked), n)
	}
	// All of it was announced, with its reference, and nothing but GET is sent.
	announced := "GET /public-api/agents?page_size=1\nGET /api/endpoint\n"
	for i, r := range v.ReachPlan() {
		announced += strings.Replace(r.URL, s.URL, "GET ", 1) + "\n"
		if got := answers[live.ID].Reach[i]; got.Status != 200 || got.Count == nil || got.URL != r.URL || !strings.HasPrefix(r.Reference, "https://docs.neoagent.io/") {
			t.Errorf("%+v", got)
		}
		if got := answers[restricted.ID].Reach[i]; got.Status != 403 || got.Count != nil {
			t.Errorf("%+v", got)
		}
	}
	for _, request := range asked {
		if !strings.Contains(announced, request+"\n") {
			t.Errorf("%s was not announced", request)
		}
	}
	// The cache does not know it, so a key that works is asked about again.
	if a := newVerifier(t, o).Check(t.Context(), keys, nil)[live.ID]; a.FromCache || len(a.Reach) != len(scopes) {
		t.Errorf("from the cache: %+v", a)
	}
}

func TestReachPlan(t *testing.T) {
	for url, want := range map[string]string{
		"":                                "https://api.neoagent.io/public-api/phone/numbers",
		"https://gw.example":              "https://gw.example/public-api/phone/numbers",
		"https://gw.example/neo/agents?v": "https://gw.example/neo/phone/numbers?v",
		"https://gw.example/elsewhere":    "https://gw.example/elsewhere?page_size=200",
	} {
		v := newVerifier(t, Options{APIURL: url})
		plan := v.ReachPlan()
		if got := plan[len(plan)-1].URL; got != want {
			t.Errorf("%q: the last request is %s, want %s", url, got, want)
		}
	}
}

// A list that gives no clear answer is not called readable.
func TestUnclearReach(t *testing.T) {
	for _, handler := range []http.HandlerFunc{
		typed(200, "text/html", html), jsonBody(200, "[]"), jsonBody(403, "{}"), neo(404), neo(401), hangUp(""),
	} {
		first := true
		s := serve(t, func(w http.ResponseWriter, r *http.Request) {
			if first {
				first = false
				neo(200)(w, r)
				return
			}
			handler(w, r)
		})
		o := options(s)
		o.Reach = true
		a := check(t, newVerifier(t, o), newKey())
		wantAnswer(t, a, finding.Live, "no clear answer about agents, executions")
		for _, r := range a.Reach {
			if r.Status != 0 {
				t.Errorf("%+v", r)
			}
		}
	}
}

package verify

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/neokeys/neokeys/finding"
)

// A scope is a list of the API that a working key may give access to. Each is documented
// by the page that it cites, is read by GET, and needs no parameter: to read its first page
// changes nothing, and names no other tenant.
type scope struct {
	name string // of what it lists, in the singular
	path string // below /public-api/
	// pageSize is whether the page documents page_size.
	pageSize bool
	page     string
}

const docs = "https://docs.neoagent.io/"

var scopes = []scope{
	{"agent", "agents", true, docs + "developers/authentication"},
	{"execution", "executions", true, docs + "api-reference/executions/list-executions"},
	{"approval request", "til-requests", true, docs + "api-reference/til-requests/list-technician-in-the-loop-requests"},
	{"scheduled task", "scheduled-work", true, docs + "api-reference/scheduled-work/list-scheduled-work"},
	{"phone number", "phone/numbers", false, docs + "api-reference/phone-agent/list-phone-agent-numbers"},
}

// ReachPlan returns what [Options.Reach] asks of each key that works: requests that are
// to be made, of which only the scope, the URL and the reference are set.
func (v *Verifier) ReachPlan() []finding.Reach {
	var plan []finding.Reach
	for _, s := range scopes {
		if u := v.api.scopeURL(s); u != "" {
			plan = append(plan, finding.Reach{Scope: s.name, URL: u, Reference: s.page})
		}
	}
	return plan
}

// scopeURL returns where s is at the endpoint; nothing if that cannot be known, since the
// user's URL for agents is not the documented one.
func (e *endpoint) scopeURL(s scope) string {
	base, ok := strings.CutSuffix(strings.TrimSuffix(e.url.Path, "/"), "/agents")
	if !ok && s.path != "agents" {
		return ""
	}
	u := *e.url
	if ok {
		u.Path, u.RawPath = base+"/"+s.path, ""
	}
	if q := u.Query(); s.pageSize && !q.Has("page_size") {
		u.RawQuery = strings.TrimPrefix(u.RawQuery+"&"+url.Values{"page_size": {strconv.Itoa(maxPage)}}.Encode(), "&")
	}
	return u.String()
}

// maxPage is the largest page_size: https://docs.neoagent.io/developers/rate-limits.
const maxPage = 200

// reachOf asks for each list whether k may read it. It stops when the time is up.
func (v *Verifier) reachOf(ctx context.Context, k *finding.Key) []finding.Reach {
	plan := v.ReachPlan()
	for i := range plan {
		if ctx.Err() != nil {
			break
		}
		v.reach(ctx, k, &plan[i])
	}
	return plan
}

// reach fills in what came of one request.
func (v *Verifier) reach(ctx context.Context, k *finding.Key, r *finding.Reach) {
	q := &inquiry{key: k, endpoint: v.api}
	resp, err := v.get(ctx, q, r.URL)
	if err != nil {
		return
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := readBody(resp)
	switch code := resp.StatusCode; {
	case err != nil:
	case code == http.StatusOK && body.form == success:
		r.Status = code
		if body.counted {
			r.Count, r.More = &body.items, body.more
		}
	case code == http.StatusForbidden && body.form == failure:
		r.Status = code
	}
}

// describeReach says what a key may read, after a semicolon.
func describeReach(reach []finding.Reach) string {
	var may, mayNot, unclear []string
	for _, r := range reach {
		switch {
		case r.Status == http.StatusOK && r.Count != nil:
			may = append(may, count(*r.Count, r.More, r.Scope))
		case r.Status == http.StatusOK:
			may = append(may, r.Scope+"s")
		case r.Status == http.StatusForbidden:
			mayNot = append(mayNot, r.Scope+"s")
		default:
			unclear = append(unclear, r.Scope+"s")
		}
	}
	text := ""
	for _, part := range []struct {
		verb  string
		names []string
	}{{"it can read ", may}, {"it may not read ", mayNot}, {"no clear answer about ", unclear}} {
		if len(part.names) > 0 {
			text += "; " + part.verb + strings.Join(part.names, ", ")
		}
	}
	return text
}

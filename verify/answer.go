package verify

import (
	"time"

	"github.com/neokeys/neokeys/finding"
)

// An Answer is what is known of a key after asking.
type Answer struct {
	Liveness finding.Liveness
	// Agents is how many agents the key can list; nil when that is not known,
	// and for legacy tokens, whose endpoint lists none.
	Agents *int
	// MoreAgents tells that Agents were counted on the first page of several.
	MoreAgents bool
	// Reason says in words how the liveness is known, or why it is not. It
	// repeats nothing that the server sent.
	Reason string
	// Code and RequestID are the error.code and the meta.request_id of the API's answer,
	// for Neo's support; empty where it has none.
	Code, RequestID string
	// HTTPStatus is the last that the server gave; 0 when it gave none, and for
	// an answer from the cache.
	HTTPStatus int
	// CheckedAt is when the answer came, in UTC; zero for a key that was not
	// asked about.
	CheckedAt time.Time
	FromCache bool
	// refused tells that the API itself refused what may not be the whole key.
	// Asking again would be no use, and the key may live.
	refused bool
}

func answered(l finding.Liveness, status int, reason string) Answer {
	return Answer{Liveness: l, HTTPStatus: status, Reason: reason, CheckedAt: time.Now().UTC()}
}

func unknown(status int, reason string) Answer { return answered(finding.Unknown, status, reason) }

func notChecked(reason string) Answer {
	return Answer{Liveness: finding.NotChecked, Reason: reason}
}

// Where keys are managed, from the two guides.
const (
	dashboard       = "https://dashboard.neoagent.io/rbac?tab=api-keys"
	legacyDashboard = "Profile Settings, Webhooks API, Token Management"
)

// Advice says what to do about key k after this answer: what ends it, and what
// does not.
func (a Answer) Advice(k *finding.Key) string {
	switch {
	case a.Liveness == finding.Inactive:
		return "This key no longer works. Remove it, and use a new one where it was still needed."
	case a.Liveness == finding.NotChecked:
		return "Whether this key works has not been asked: take it for live until it has."
	case a.refused:
		return "The key it may be a part of is perhaps live: look for the whole key, and ask about that."
	case a.Liveness == finding.Unknown:
		return "Whether this key works is not known: take it for live until the API says otherwise."
	case k.Kind == finding.KindLegacy:
		return "If it has leaked, regenerate it under " + legacyDashboard + ", then ask again to see that it is refused."
	}
	return "If it has leaked, revoke it: that disables it immediately and permanently. " +
		"Rotating is not enough: a rotated key goes on working for 24 hours, and this one may have been rotated already. " +
		dashboard
}

// Apply sets the liveness of the findings in r whose keys are among answers, and
// what there is to say about it. A key that works is an error, whatever place it
// lies in.
func Apply(r *finding.Result, answers map[string]Answer) {
	for _, list := range [][]finding.Finding{r.Findings, r.Examples} {
		for i := range list {
			f := &list[i]
			if f.Key == nil {
				continue
			}
			a, ok := answers[f.Key.ID]
			if !ok {
				continue
			}
			f.Liveness = a.Liveness
			f.Verification = &finding.Verification{
				Code:       a.Code,
				RequestID:  a.RequestID,
				Reason:     a.Reason,
				Advice:     a.Advice(f.Key),
				Agents:     a.Agents,
				MoreAgents: a.MoreAgents,
				CheckedAt:  a.CheckedAt,
			}
			if a.Liveness.Works() {
				f.Severity = finding.Error
			}
		}
	}
}

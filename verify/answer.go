package verify

import (
	"time"

	"github.com/neokeys/neokeys/finding"
)

// An Answer is the API's verdict on a key.
type Answer struct {
	Liveness finding.Liveness
	// Agents is how many agents the key can list; nil when that is not known,
	// and for legacy tokens, whose endpoint lists none.
	Agents *int
	// MoreAgents means that Agents counts the first page of several.
	MoreAgents bool
	// Reason says in words how the liveness is known, or why it is not. It
	// repeats nothing that the server sent.
	Reason string
	// Code and RequestID are the error.code and the meta.request_id of the API's answer,
	// for Neo's support; empty where it has none.
	Code, RequestID string
	// Reach is what was asked to see what the key gives access to; empty unless that was
	// wanted.
	Reach []finding.Reach
	// HTTPStatus is the last that the server gave; 0 when it gave none, and for
	// an answer from the cache.
	HTTPStatus int
	// Host is the one that was asked, and Date the answer's Date header, in UTC, by the server's
	// clock; they are empty and zero for an answer from the cache and without an answer.
	Host string
	Date time.Time
	// CheckedAt is when the answer came, in UTC; zero for a key that was not
	// asked about.
	CheckedAt time.Time
	FromCache bool
	// refused means that the API itself refused what may not be the whole key. To ask
	// again would change nothing, and the whole key may work.
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
		return "The API was not asked about this key: treat it as live."
	case a.refused:
		return "It may be part of a key that works: look for the whole key, and ask about that one."
	case a.Liveness == finding.Unknown:
		return "It is not known whether this key works: treat it as live."
	case k.Kind == finding.KindLegacy:
		return "If it has leaked, regenerate it under " + legacyDashboard + ", then check that the old token is rejected (`neokeys verify`)."
	}
	return "If it has leaked, revoke it: that disables it immediately and permanently. " +
		"Rotating is not enough: a rotated key goes on working for 24 hours, and this one may have been rotated already. " +
		dashboard
}

// Apply sets the liveness of the findings in r whose keys are among answers, with the
// reason and the advice. It returns the number of findings that counted for nothing until
// their keys proved to work: neither a baseline nor a comment hides such a key, and its
// severity is error, whatever the place. A key that no longer works and that only a history
// holds is a note: there is nothing left to do about it.
//
// A finding of a key whose edges are in doubt is about the reading that works, if one does.
func Apply(r *finding.Result, answers map[string]Answer) (exposed int) {
	for _, list := range [][]finding.Finding{r.Findings, r.Examples} {
		for i := range list {
			f := &list[i]
			if f.Key == nil || !among(answers, f.Key) {
				continue
			}
			key, a := Verdict(f.Key, answers)
			if key != f.Key {
				settle(f, key)
			}
			f.Liveness = a.Liveness
			f.Verification = a.verification(key)
			if a.Liveness == finding.Inactive && !f.Present() {
				f.Severity = finding.Note
			}
			if !a.Liveness.Works() {
				continue
			}
			f.Severity = finding.Error
			if f.Suppressed != nil {
				f.Suppressed = nil
				exposed++
			}
		}
	}
	return exposed
}

// among reports whether there is an answer about k, in one of its readings.
func among(answers map[string]Answer, k *finding.Key) bool {
	for _, r := range readings([]*finding.Key{k}) {
		if _, ok := answers[r.ID]; ok {
			return true
		}
	}
	return false
}

// settle makes f a finding of the reading that works. Its fingerprint stays: it is the
// same place.
func settle(f *finding.Finding, reading *finding.Key) {
	f.Key = reading
	s := &f.Snippet
	if s.Start < s.End {
		s.Text = s.Text[:s.Start] + reading.Redacted + s.Text[s.End:]
		s.End = s.Start + len(reading.Redacted)
	}
}

func (a Answer) verification(k *finding.Key) *finding.Verification {
	return &finding.Verification{
		Code:       a.Code,
		RequestID:  a.RequestID,
		Reason:     a.Reason,
		Advice:     a.Advice(k),
		Agents:     a.Agents,
		MoreAgents: a.MoreAgents,
		CheckedAt:  a.CheckedAt,
		Reach:      a.Reach,
	}
}

package verify

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/neokeys/neokeys/finding"
)

// An Event is what one round of a watch found out about one key.
type Event struct {
	Key    *finding.Key
	Answer Answer
	// Condition is how the key was last known to be: Live, Restricted or
	// Inactive; NotChecked while nothing is known. An answer without a
	// verdict does not change it.
	Condition finding.Liveness
	// Since is when the watch first saw the key working, or refused, as it now
	// is; zero while nothing is known. A key may have been so for longer.
	Since time.Time
	// Changed means that the key worked at the last answer and does not now, or the
	// other way round.
	Changed bool
}

// For returns how long the key is known to have been as it is, in whole seconds.
func (e Event) For() time.Duration {
	if e.Since.IsZero() {
		return 0
	}
	return time.Since(e.Since).Round(time.Second)
}

// Watch asks about the keys, and again interval after each round has ended,
// until the API refuses every one. A key that it refuses is not asked about
// again; nor is one that may not be the whole key, and stays [finding.Unknown]. Each
// round reports one event for every key, or every reading of a key whose edges are in
// doubt, in the order of keys, those already refused included.
//
// Watch returns nil when all are refused, and ctx's error when that ends first.
// It does not trust the cache for keys that work, but saves what it learns.
func (v *Verifier) Watch(ctx context.Context, keys []*finding.Key, interval time.Duration, report func(round int, events []Event)) error {
	if interval <= 0 {
		return fmt.Errorf("cannot watch every %v: use an interval greater than 0, such as 5m", interval)
	}
	keys = readings(keys)
	events := make([]Event, len(keys))
	at := map[string]*Event{}
	for i, k := range keys {
		if why := unsendable(k); why != "" {
			return errors.New("cannot watch " + k.Redacted + ": " + why)
		}
		events[i] = Event{Key: k, Condition: finding.NotChecked}
		at[k.ID] = &events[i]
		if a, ok := v.remembered(k); ok && a.Liveness == finding.Inactive {
			events[i].learn(a)
		}
	}
	for round := 1; ; round++ {
		var ask []*finding.Key
		for i := range events {
			events[i].Changed = false
			if !events[i].Over() {
				ask = append(ask, events[i].Key)
			}
		}
		v.askAll(ctx, ask, func(k *finding.Key, a Answer) { at[k.ID].learn(a) })
		report(round, append([]Event(nil), events...))
		if over(events) {
			return nil
		}
		select {
		case <-time.After(interval):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// learn takes in an answer.
func (e *Event) learn(a Answer) {
	if a.refused && e.Condition.Works() {
		// What has worked was the whole key.
		was := a
		a = answered(finding.Inactive, a.HTTPStatus, refusedReason)
		a.Code, a.RequestID, a.Host, a.Date, a.CheckedAt = was.Code, was.RequestID, was.Host, was.Date, was.CheckedAt
	}
	e.Answer = a
	if a.Liveness != finding.Inactive && !a.Liveness.Works() {
		return
	}
	if e.Since.IsZero() || e.Condition.Works() != a.Liveness.Works() {
		e.Changed = !e.Since.IsZero()
		e.Since = a.CheckedAt
	}
	e.Condition = a.Liveness
}

// Over reports whether the key is not asked about again.
func (e Event) Over() bool { return e.Condition == finding.Inactive || e.Answer.refused }

func over(events []Event) bool {
	for _, e := range events {
		if !e.Over() {
			return false
		}
	}
	return true
}

package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/verify"
)

// liveness is the part of output that asks whether the keys that were found still
// work. Without --verify it does nothing.
type liveness struct {
	verifyFlags
	on   bool
	only []string

	verifier *verify.Verifier
	wanted   map[finding.Liveness]bool // nil for all
}

var livenesses = []finding.Liveness{finding.Live, finding.Restricted, finding.Unknown, finding.Inactive, finding.NotChecked}

func (l *liveness) register(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&l.on, "verify", false, "ask the API whether each key still works; nothing is sent anywhere without this")
	l.verifyFlags.register(cmd)
	cmd.Flags().StringSliceVar(&l.only, "only", nil, "list and count only findings whose key is in one of these `STATES`: live,restricted,unknown,inactive,not-checked (needs --verify)")
	var states []string
	for _, l := range livenesses {
		states = append(states, string(l))
	}
	completeFlag(cmd, "only", states...)
}

// check looks at the flags. It sends nothing.
func (l *liveness) check(cmd *cobra.Command, failOnLive bool) (err error) {
	if !l.on {
		for _, name := range []string{"only", "verify-concurrency", "verify-rate", "verify-timeout", "verify-control", "verify-cache", "api-url", "legacy-api-url"} {
			if cmd.Flags().Changed(name) {
				return fmt.Errorf("--%s: add --verify, without which no key is asked about", name)
			}
		}
		if failOnLive {
			return errors.New("--fail-on live: add --verify, without which no key is asked about")
		}
		return nil
	}
	for _, name := range l.only {
		state := finding.Liveness(strings.TrimSpace(name))
		if !slices.Contains(livenesses, state) {
			return fmt.Errorf("--only: unknown state %q: use live, restricted, unknown, inactive or not-checked", name)
		}
		if l.wanted == nil {
			l.wanted = map[finding.Liveness]bool{}
		}
		l.wanted[state] = true
	}
	l.verifier, err = l.verifyFlags.verifier(cmd)
	return err
}

// ask asks about every key that was found, the worst first, and leaves out of r what
// --only does not name. Examples are never asked about.
func (l *liveness) ask(ctx context.Context, env *environment, r *finding.Result, quiet bool) {
	if !l.on {
		return
	}
	start := time.Now()
	defer func() { r.Summary.Duration += time.Since(start) }()
	groups, _ := finding.Groups(r.Findings)
	keys := make([]*finding.Key, len(groups))
	for i := range groups {
		keys[i] = groups[i].Key
	}
	verify.Apply(r, askAll(ctx, env, l.verifier, keys, quiet))
	if p, some := unanswered(r); some {
		r.Problems = append(r.Problems, p)
	}
	if l.wanted != nil {
		before := len(r.Findings)
		r.Findings = slices.DeleteFunc(r.Findings, func(f finding.Finding) bool { return !l.wanted[f.Liveness] })
		r.Summary.Filtered = int64(before - len(r.Findings))
	}
}

// askAll asks about keys, with a line on a terminal that says how far it has come.
func askAll(ctx context.Context, env *environment, v *verify.Verifier, keys []*finding.Key, quiet bool) map[string]verify.Answer {
	var answered atomic.Int64
	if isTerminal(env.err) && !quiet {
		defer showLine(env.err, func() string {
			return fmt.Sprintf("asking the API: %d of %d keys", answered.Load(), len(keys))
		})()
	}
	return v.Check(ctx, keys, func(*finding.Key, verify.Answer) { answered.Add(1) })
}

// unanswered returns the problem that there are keys, in findings that count, of
// which the API has not said whether they work. Without an answer there is no
// all-clear.
func unanswered(r *finding.Result) (p finding.Problem, some bool) {
	groups, _ := finding.Groups(r.Findings)
	var (
		keys, without int
		reasons       []string
	)
	for i := range groups {
		g := &groups[i]
		if g.Severity() == 0 {
			continue // all are suppressed
		}
		keys++
		state := g.Liveness()
		if state.Works() || state == finding.Inactive {
			continue
		}
		without++
		if reason := g.Findings[0].Verification.Reason; !slices.Contains(reasons, reason) {
			reasons = append(reasons, reason)
		}
	}
	if without == 0 {
		return finding.Problem{}, false
	}
	const most = 3
	if len(reasons) > most {
		reasons = append(reasons[:most], "and other reasons")
	}
	return finding.Problem{Message: fmt.Sprintf("whether %d of %d keys work is not known, take them for live: %s",
		without, keys, strings.Join(reasons, "; "))}, true
}

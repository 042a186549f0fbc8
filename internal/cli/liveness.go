package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"path"
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

	scanned  []string // the files and folders that are searched
	verifier *verify.Verifier
	wanted   map[finding.Liveness]bool // nil for all
	// answered is what the API has said of keys in other repositories of the same report.
	answered map[string]verify.Answer
}

var livenesses = []finding.Liveness{finding.Live, finding.Restricted, finding.Unknown, finding.Inactive, finding.NotChecked}

func (l *liveness) register(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&l.on, "verify", false, "ask the API whether each key still works; no key is sent anywhere without this")
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
		for _, name := range []string{"only", "verify-concurrency", "verify-rate", "verify-timeout", "verify-control", "reach", "verify-cache", "api-url", "legacy-api-url"} {
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
	if l.verifier == nil { // else it is that of another repository in the same report
		l.verifier, err = l.verifyFlags.verifier(cmd)
	}
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
	if why := cacheInChange(l.CachePath, l.scanned); l.CachePath != "" && why != "" {
		l.verifier.DropCache()
		r.Notices = append(r.Notices, finding.Problem{Message: why})
	}
	answers := foreign(r)
	groups, _ := finding.Groups(r.Findings)
	groups = slices.DeleteFunc(groups, func(g finding.KeyGroup) bool { return answers[g.Key.ID].Reason != "" })
	maps.Copy(answers, l.askOnce(ctx, env, groups, quiet))
	hidden := make([]bool, len(r.Findings))
	for i := range r.Findings {
		hidden[i] = r.Findings[i].Suppressed != nil
	}
	verify.Apply(r, answers)
	l.exposed(r, hidden)
	if l.Reach {
		for _, line := range strings.Split(reachPlan(l.verifier), "\n") {
			r.Notices = append(r.Notices, finding.Problem{Message: strings.TrimSpace(line)})
		}
	}
	if p, some := unanswered(r); some {
		r.Problems = append(r.Problems, p)
	}
	if l.wanted != nil {
		before := len(r.Findings)
		r.Findings = slices.DeleteFunc(r.Findings, func(f finding.Finding) bool { return !l.wanted[f.Liveness] })
		r.Summary.Filtered = int64(before - len(r.Findings))
	}
}

// exposed says how many findings, hidden ones until their keys proved to work, are shown, and how
// many --only leaves out.
func (l *liveness) exposed(r *finding.Result, hidden []bool) {
	shown, left := 0, 0
	for i := range r.Findings {
		f := &r.Findings[i]
		switch {
		case !hidden[i] || f.Suppressed != nil:
		case l.wanted == nil || l.wanted[f.Liveness]:
			shown++
		default:
			left++
		}
	}
	if shown > 0 {
		r.Notices = append(r.Notices, finding.Problem{Message: fmt.Sprintf("suppressed findings of keys that work are shown and counted: %d", shown)})
	}
	if left > 0 {
		r.Notices = append(r.Notices, finding.Problem{Message: fmt.Sprintf("suppressed findings of keys that work are not shown, because --only leaves them out: %d", left)})
	}
}

// askOnce asks about the keys that no other repository has had it ask about.
func (l *liveness) askOnce(ctx context.Context, env *environment, groups []finding.KeyGroup, quiet bool) map[string]verify.Answer {
	if l.answered == nil {
		l.answered = map[string]verify.Answer{}
	}
	known := func(g finding.KeyGroup) bool { _, ok := l.answered[g.Key.ID]; return ok }
	answers := askAll(ctx, env, l.verifier, spread(slices.DeleteFunc(slices.Clone(groups), known)), quiet)
	maps.Copy(l.answered, answers)
	for _, g := range groups {
		for _, reading := range append([]*finding.Key{g.Key}, g.Key.Readings...) {
			if a, ok := l.answered[reading.ID]; ok {
				answers[reading.ID] = a
			}
		}
	}
	return answers
}

// foreign returns answers for the keys that are probably for another product called Neo.
// They are sent nowhere.
func foreign(r *finding.Result) map[string]verify.Answer {
	answers := map[string]verify.Answer{}
	for i := range r.Findings {
		if why := verify.Neighbour(&r.Findings[i]); why != "" {
			answers[r.Findings[i].Key.ID] = verify.NotAsked(why)
		}
	}
	return answers
}

// spread returns the keys in the order in which to ask about them. Keys in one folder may
// be one tenant's, whose rate limit they share, so it takes one from each folder in turn,
// the worst first.
func spread(groups []finding.KeyGroup) []*finding.Key {
	before := map[string]int{} // keys of the folder that come earlier
	turn := make([]int, len(groups))
	order := make([]int, len(groups))
	for i := range groups {
		folder := path.Dir(groups[i].Findings[0].Path)
		turn[i], order[i] = before[folder], i
		before[folder]++
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(turn[a], turn[b]) })
	keys := make([]*finding.Key, len(groups))
	for i, n := range order {
		keys[i] = groups[n].Key
	}
	return keys
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

// unanswered returns the problem that the API has not said of some keys, in findings that
// count, whether they work. Without an answer there is no all-clear. A reason that many
// keys share, such as a host that cannot be reached, is given once.
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
	return finding.Problem{Message: fmt.Sprintf("it is not known whether %d of %d keys work, so treat them as live: %s",
		without, keys, strings.Join(reasons, "; "))}, true
}

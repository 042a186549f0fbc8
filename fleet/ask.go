package fleet

import (
	"context"
	"errors"
	"os"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/version"
	"github.com/neokeys/neokeys/verify"
)

// askFlags say where and how the API is asked whether keys work.
type askFlags struct {
	verify.Options
	control bool
}

func (a *askFlags) register(cmd *cobra.Command) {
	f := cmd.Flags()
	f.Float64Var(&a.Rate, "verify-rate", verify.DefaultRate, "make at most `N` requests a second")
	f.DurationVar(&a.Timeout, "verify-timeout", time.Hour, "stop asking about one repository's keys after this much `TIME`")
	f.BoolVar(&a.control, "verify-control", true, "ask each API about a made-up key first; if it accepts that, trust none of its answers")
	f.StringVar(&a.APIURL, "api-url", "", "ask about neo_sk_ keys at this `URL`, for a private gateway (default $NEO_API_URL or "+verify.DefaultAPIURL+")")
	f.StringVar(&a.LegacyAPIURL, "legacy-api-url", "", "ask about the older API's tokens at this `URL` (default $NEO_LEGACY_API_URL or "+verify.DefaultLegacyAPIURL+")")
}

// An asker asks about each key once, in however many repositories it is.
type asker struct {
	verifier *verify.Verifier

	mu      sync.Mutex // held while it asks: the rate is for all together
	answers map[string]verify.Answer
}

// asker returns what the flags ask for. It sends nothing.
func (a *askFlags) asker(cmd *cobra.Command) (*asker, error) {
	o := a.Options
	switch {
	case o.Rate == 0:
		return nil, errors.New("--verify-rate 0: use a number of requests a second greater than 0")
	case o.Timeout == 0:
		return nil, errors.New("--verify-timeout 0: use a time greater than 0, such as 1h")
	}
	o.NoControl = !a.control
	o.FromEnv(os.Getenv)
	o.Version = version.Of().Version
	o.Warn = func(message string) { cmd.PrintErrln("neokeys-fleet:", message) }
	v, err := verify.New(o)
	return &asker{verifier: v, answers: map[string]verify.Answer{}}, err
}

// ask puts on the findings of r whether their keys work.
func (a *asker) ask(ctx context.Context, r *finding.Result) {
	a.mu.Lock()
	defer a.mu.Unlock()
	var keys []*finding.Key
	for i := range r.Findings {
		f := &r.Findings[i]
		if f.Key == nil {
			continue
		}
		if _, known := a.answers[f.Key.ID]; known {
			continue
		}
		if why := verify.Neighbour(f); why != "" {
			a.answers[f.Key.ID] = verify.NotAsked(why)
			continue
		}
		keys = append(keys, f.Key)
	}
	answers := a.verifier.Check(ctx, keys, nil)
	for id, answer := range answers {
		if !answer.CheckedAt.IsZero() { // else another repository's turn may have more time
			a.answers[id] = answer
		}
	}
	for id, answer := range a.answers {
		if _, asked := answers[id]; !asked {
			answers[id] = answer
		}
	}
	verify.Apply(r, answers)
}

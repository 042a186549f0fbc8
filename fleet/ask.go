package fleet

import (
	"context"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/program"
	"github.com/neokeys/neokeys/verify"
)

// askFlags say where and how the API is asked whether keys work.
type askFlags struct{ program.Asking }

func (a *askFlags) register(cmd *cobra.Command) {
	a.Register(cmd, time.Hour, "stop asking about one repository's keys after this much `TIME`")
}

// An asker asks about each key once, in however many repositories it is.
type asker struct {
	verifier *verify.Verifier

	mu      sync.Mutex // held while it asks: the rate is for all together
	answers map[string]verify.Answer
}

// asker returns what the flags ask for. It sends nothing.
func (a *askFlags) asker(cmd *cobra.Command) (*asker, error) {
	o, err := a.Settings(func(message string) { cmd.PrintErrln("neokeys-fleet:", message) })
	if err != nil {
		return nil, err
	}
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

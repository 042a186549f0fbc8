package cli

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/neokeys/neokeys/internal/program"
	"github.com/neokeys/neokeys/verify"
)

// verifyFlags say where and how the API is asked whether keys work. Every command
// that can ask has them.
type verifyFlags struct {
	program.Asking
}

func (v *verifyFlags) register(cmd *cobra.Command) {
	v.Register(cmd, verify.DefaultTimeout, "stop asking after this much `TIME`")
	f := cmd.Flags()
	f.IntVar(&v.Concurrency, "verify-concurrency", verify.DefaultConcurrency, "ask about `N` keys at a time")
	f.BoolVar(&v.Reach, "reach", false, "also ask what each working key gives access to, with GET requests for documented lists, which are printed first")
	f.StringVar(&v.CachePath, "verify-cache", "", "remember answers in `FILE`: key ids, states and times, never keys")
}

// verifier returns what the flags and the environment ask for. It sends nothing.
func (v *verifyFlags) verifier(cmd *cobra.Command) (*verify.Verifier, error) {
	if v.Concurrency == 0 { // to the verifier, the default; here the user has written it
		return nil, errors.New("--verify-concurrency 0: use 1 or more")
	}
	o, err := v.Settings(func(message string) { newWrapped(cmd.ErrOrStderr()).printf("neokeys: %s", message) })
	if err != nil {
		return nil, err
	}
	if o.CachePath != "" {
		if why := cacheInChange(o.CachePath, nil); why != "" {
			o.Warn(why)
			o.CachePath = ""
		}
	}
	verifier, err := verify.New(o)
	if err == nil && o.Reach {
		o.Warn(reachPlan(verifier))
	}
	return verifier, err
}

// reachPlan names every request that --reach makes.
func reachPlan(v *verify.Verifier) string {
	plan := "--reach asks, with each neo_sk_ key that works:"
	for _, r := range v.ReachPlan() {
		plan += fmt.Sprintf("\n  GET %s (%s)", r.URL, r.Reference)
	}
	return plan
}

package cli

import (
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/neokeys/neokeys/verify"
)

// verifyFlags say where and how the API is asked whether keys work. Every command
// that can ask has them.
type verifyFlags struct {
	verify.Options
	control bool
}

func (v *verifyFlags) register(cmd *cobra.Command) {
	f := cmd.Flags()
	f.IntVar(&v.Concurrency, "verify-concurrency", verify.DefaultConcurrency, "ask about `N` keys at a time")
	f.Float64Var(&v.Rate, "verify-rate", verify.DefaultRate, "make at most `N` requests a second")
	f.DurationVar(&v.Timeout, "verify-timeout", verify.DefaultTimeout, "stop asking after this much `TIME`")
	f.BoolVar(&v.control, "verify-control", true, "ask each API about a made-up key first; if it accepts that, trust none of its answers")
	f.BoolVar(&v.Reach, "reach", false, "also ask what each working key gives access to, with GET requests for documented lists, which are printed first")
	f.StringVar(&v.CachePath, "verify-cache", "", "remember answers in `FILE`: key ids, states and times, never keys")
	f.StringVar(&v.APIURL, "api-url", "", "ask about neo_sk_ keys at this `URL`, for a private gateway (default $NEO_API_URL or "+verify.DefaultAPIURL+")")
	f.StringVar(&v.LegacyAPIURL, "legacy-api-url", "", "ask about the older API's tokens at this `URL` (default $NEO_LEGACY_API_URL or "+verify.DefaultLegacyAPIURL+")")
}

// verifier returns what the flags and the environment ask for. It sends nothing.
func (v *verifyFlags) verifier(cmd *cobra.Command) (*verify.Verifier, error) {
	o := v.Options
	// To the verifier, 0 stands for the default. Here the user has written it.
	switch {
	case o.Concurrency == 0:
		return nil, errors.New("--verify-concurrency 0: use 1 or more")
	case o.Rate == 0:
		return nil, errors.New("--verify-rate 0: use a number of requests a second greater than 0")
	case o.Timeout == 0:
		return nil, errors.New("--verify-timeout 0: use a time greater than 0, such as 2m")
	}
	o.NoControl = !v.control
	o.FromEnv(os.Getenv)
	o.Version = version()
	o.Warn = func(message string) { newWrapped(cmd.ErrOrStderr()).printf("neokeys: %s", message) }
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

package program

import (
	"errors"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/neokeys/neokeys/internal/version"
	"github.com/neokeys/neokeys/verify"
)

// Asking are the flags that say where and how the API is asked whether keys work.
type Asking struct {
	verify.Options
	control bool
}

// Register adds the flags to a command. For timeout, about what it bounds, the help says more.
func (a *Asking) Register(cmd *cobra.Command, timeout time.Duration, about string) {
	f := cmd.Flags()
	f.Float64Var(&a.Rate, "verify-rate", verify.DefaultRate, "make at most `N` requests a second")
	f.DurationVar(&a.Timeout, "verify-timeout", timeout, about)
	f.BoolVar(&a.control, "verify-control", true, "ask each API about a made-up key first; if it accepts that, trust none of its answers")
	f.StringVar(&a.APIURL, "api-url", "", "ask about neo_sk_ keys at this `URL`, for a private gateway (default $NEO_API_URL or "+verify.DefaultAPIURL+")")
	f.StringVar(&a.LegacyAPIURL, "legacy-api-url", "", "ask about the older API's tokens at this `URL` (default $NEO_LEGACY_API_URL or "+verify.DefaultLegacyAPIURL+")")
}

// Settings returns what the flags and the environment ask for, with warnings given to warn. The error
// names a flag that has no sense.
func (a *Asking) Settings(warn func(string)) (verify.Options, error) {
	o := a.Options
	// To the verifier, 0 stands for the default. Here the user has written it.
	switch {
	case o.Rate == 0:
		return o, errors.New("--verify-rate 0: use a number of requests a second greater than 0")
	case o.Timeout == 0:
		return o, errors.New("--verify-timeout 0: use a time greater than 0, such as 2m")
	}
	o.NoControl = !a.control
	o.FromEnv(os.Getenv)
	o.Version = version.Of().Version
	o.Warn = warn
	return o, nil
}

package program

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/neokeys/neokeys/finding"
)

// Outcome are the flags that say what findings lead to.
type Outcome struct {
	FailOn   string // a level, or "live"
	exitZero bool
}

// Register adds the flags to a command.
func (o *Outcome) Register(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&o.FailOn, "fail-on", "note", "exit with 1 only for findings of this `LEVEL` or worse: error, warning, note; or only for keys that work: live")
	f.BoolVar(&o.exitZero, "exit-zero", false, "exit with 0 even if there are findings")
	_ = cmd.RegisterFlagCompletionFunc("fail-on", // fails for a flag that there is not
		cobra.FixedCompletions([]string{"error", "warning", "note", string(finding.Live)}, cobra.ShellCompDirectiveNoFileComp))
}

// Live reports whether only keys that work count.
func (o *Outcome) Live() bool { return o.FailOn == string(finding.Live) }

// Least returns the least level that counts.
func (o *Outcome) Least() (finding.Severity, error) {
	if o.Live() {
		return finding.Note, nil
	}
	least, err := finding.ParseSeverity(o.FailOn)
	if err != nil {
		return 0, fmt.Errorf("--fail-on: unknown level %q: use error, warning, note or live", o.FailOn)
	}
	return least, nil
}

// Status is the exit status that a result leads to. There may be other mistakes than findings, and with
// nothing, nothing was searched.
func (o *Outcome) Status(r *finding.Result, mistakes, nothing bool) Status {
	found := r.Working()
	if least, err := o.Least(); err == nil && !o.Live() {
		found = r.Counting(least)
	}
	switch {
	case (found > 0 || mistakes) && !o.exitZero:
		return Findings
	case found == 0 && (len(r.Problems) > 0 || nothing):
		return Failed
	}
	return Clean
}

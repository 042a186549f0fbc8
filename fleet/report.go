package fleet

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/fleet/store"
	"github.com/neokeys/neokeys/fleet/view"
	"github.com/neokeys/neokeys/internal/outfile"
	"github.com/neokeys/neokeys/internal/program"
	"github.com/neokeys/neokeys/internal/version"
	"github.com/neokeys/neokeys/report"
	"github.com/neokeys/neokeys/rules"
)

// keysFormat is the one format that package report does not have.
const keysFormat = report.Format("keys")

// reportFlags say what to report and how.
type reportFlags struct {
	formats program.Formats
	outcome program.Outcome
	verbose bool
}

func newReport(env *environment) *cobra.Command {
	var f reportFlags
	cmd := &cobra.Command{
		Use:   "report",
		Short: "Report what was found, key by key over all repositories",
		Long: `Report what the last search of each repository found. The default format, keys, lists each
key once: where it is in all repositories, who owns those files, who committed it, when it was
first and last seen, how long it was in HEAD, who can read it there, and whether it works.

Exit status, as of neokeys scan: 0 nothing found; 1 findings; 2 nothing found, but a repository
was not searched or could not be searched as a whole.`,
		Example: `  neokeys-fleet report
  neokeys-fleet report -f json=fleet.json -f keys`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if _, err := f.outcome.Least(); err != nil {
				return err
			}
			targets, err := f.formats.Targets()
			if err != nil {
				return err
			}
			return env.with(cmd, false, func(ctx context.Context, db *store.DB) error {
				v, err := view.Load(ctx, db)
				if err != nil {
					return err
				}
				if len(v.Repositories) == 0 {
					return errors.New("nothing was searched: there are no repositories yet; `neokeys-fleet add` adds them")
				}
				return env.report(cmd.Context(), v, &f, targets)
			})
		},
	}
	f.formats.Register(cmd, keysFormat, "one entry per key, over all repositories", keysFormat)
	f.outcome.Register(cmd)
	cmd.Flags().BoolVarP(&f.verbose, "verbose", "v", false, "list every place of a key, suppressed keys and every problem")
	return cmd
}

// report writes the reports. Its error is how the command ends.
func (env *environment) report(ctx context.Context, v *view.View, f *reportFlags, targets []program.Target) error {
	r := v.Result()
	ended := f.outcome.Status(r, false, false)
	for _, t := range targets {
		write := func(w io.Writer) error { return env.writeReport(w, v, f, t, r, ended) }
		if t.File == "" {
			if err := write(env.out); err != nil {
				return fmt.Errorf("writing the report to standard output: %w", err)
			}
			continue
		}
		if err := outfile.Write(ctx, t.File, nil, write); err != nil {
			return fmt.Errorf("the report cannot be written to %s: %w", t.File, err)
		}
	}
	if ended == statusClean {
		return nil
	}
	return ended
}

func (env *environment) writeReport(w io.Writer, v *view.View, f *reportFlags, t program.Target, r *finding.Result, ended status) error {
	width := 0
	if t.File == "" {
		width, _, _ = term.GetSize(int(env.out.Fd())) // 0 where there is none
	}
	if t.Format == keysFormat {
		return writeKeys(w, v, f.verbose)
	}
	return report.Write(w, t.Format, r, report.Options{
		Rules: rules.All(), Tool: report.Tool{Version: version.Of().Version}, Verbose: f.verbose, Width: width,
		Scanned: repositories(int64(len(v.Repositories))), Started: oldest(v), ExitStatus: int(ended),
	})
}

// oldest returns when the first of the searches began that a report is made of.
func oldest(v *view.View) time.Time {
	at := v.Now
	for _, r := range v.Repositories {
		if !r.ScannedAt.IsZero() && r.ScannedAt.Before(at) {
			at = r.ScannedAt
		}
	}
	return at
}

package fleet

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/fleet/store"
	"github.com/neokeys/neokeys/fleet/view"
	"github.com/neokeys/neokeys/internal/outfile"
	"github.com/neokeys/neokeys/internal/version"
	"github.com/neokeys/neokeys/report"
	"github.com/neokeys/neokeys/rules"
)

// keysFormat is the one format that package report does not have.
const keysFormat = report.Format("keys")

// reportFlags say what to report and how.
type reportFlags struct {
	formats  []string
	failOn   string
	exitZero bool
	verbose  bool
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
			targets, err := f.targets()
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
				return env.report(v, &f, targets)
			})
		},
	}
	cmd.Long += "\n\nFormats (-f):\n  keys          one entry per key, over all repositories\n"
	names := []string{string(keysFormat)}
	for _, known := range report.Formats() {
		names = append(names, string(known)+"\t"+known.About())
		cmd.Long += fmt.Sprintf("  %-13s %s\n", known, known.About())
	}
	fs := cmd.Flags()
	fs.StringArrayVarP(&f.formats, "format", "f", nil, "report as `FORMAT`, one of those above, or FORMAT=FILE to write it there (repeatable; default keys)")
	fs.StringVar(&f.failOn, "fail-on", "note", "exit with 1 only for findings of this `LEVEL` or worse: error, warning, note; or only for keys that work: live")
	fs.BoolVar(&f.exitZero, "exit-zero", false, "exit with 0 even if there are findings")
	fs.BoolVarP(&f.verbose, "verbose", "v", false, "list every place of a key, suppressed keys and every problem")
	_ = cmd.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(names, cobra.ShellCompDirectiveNoFileComp)) // fails for a flag that there is not
	return cmd
}

// A target is a format and the file that it goes to; empty for standard output.
type target struct {
	format report.Format
	file   string
}

func (f *reportFlags) targets() (list []target, err error) {
	formats := f.formats
	if len(formats) == 0 {
		formats = []string{string(keysFormat)}
	}
	if _, err := finding.ParseSeverity(f.failOn); err != nil && f.failOn != string(finding.Live) {
		return nil, fmt.Errorf("--fail-on: unknown level %q: use error, warning, note or live", f.failOn)
	}
	stdout := 0
	for _, arg := range formats {
		name, file, given := strings.Cut(arg, "=")
		if keys := string(report.CSVKeys); arg == keys || strings.HasPrefix(arg, keys+"=") {
			name, file, given = keys, strings.TrimPrefix(arg[len(keys):], "="), arg != keys
		}
		t := target{report.Format(name), file}
		switch {
		case t.format != keysFormat && !slices.Contains(report.Formats(), t.format):
			return nil, fmt.Errorf("--format: unknown format %q: `neokeys-fleet report --help` lists them", name)
		case given && file == "":
			return nil, fmt.Errorf("--format %s: there is no file name after the =", arg)
		case !given:
			stdout++
		}
		list = append(list, t)
	}
	if stdout > 1 {
		return nil, errors.New("--format: only one report can go to standard output; give the others a file, as in -f sarif=fleet.sarif")
	}
	return list, nil
}

// report writes the reports. Its error is how the command ends.
func (env *environment) report(v *view.View, f *reportFlags, targets []target) error {
	r := v.Result()
	ended := f.status(r)
	for _, t := range targets {
		write := func(w io.Writer) error { return env.writeReport(w, v, f, t, r, ended) }
		if t.file == "" {
			if err := write(env.out); err != nil {
				return fmt.Errorf("writing the report to standard output: %w", err)
			}
			continue
		}
		if err := outfile.Write(t.file, nil, write); err != nil {
			return fmt.Errorf("the report cannot be written to %s: %w", t.file, err)
		}
	}
	if ended == statusClean {
		return nil
	}
	return ended
}

func (env *environment) writeReport(w io.Writer, v *view.View, f *reportFlags, t target, r *finding.Result, ended status) error {
	width := 0
	if t.file == "" {
		width, _, _ = term.GetSize(int(env.out.Fd())) // 0 where there is none
	}
	if t.format == keysFormat {
		return writeKeys(w, v, f.verbose)
	}
	return report.Write(w, t.format, r, report.Options{
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

// status is the exit status that a result leads to.
func (f *reportFlags) status(r *finding.Result) status {
	found := r.Working()
	if least, err := finding.ParseSeverity(f.failOn); err == nil {
		found = r.Counting(least)
	}
	switch {
	case found > 0 && !f.exitZero:
		return statusFindings
	case found == 0 && len(r.Problems) > 0:
		return statusFailed
	}
	return statusClean
}

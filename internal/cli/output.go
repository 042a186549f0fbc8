package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/mattn/go-isatty"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/outfile"
	"github.com/neokeys/neokeys/internal/program"
	"github.com/neokeys/neokeys/report"
	"github.com/neokeys/neokeys/rules"
)

// output are the flags that say where the findings go and what they lead to.
type output struct {
	formats program.Formats
	outcome program.Outcome

	showSecrets bool
	color       string
	quiet       bool
	verbose     bool
	explain     bool
	// suppressed puts suppressed findings into SARIF.
	suppressed   bool
	failOnUnused bool
}

// A reporting is what the flags say of reports, once it was looked at, and what a command adds
// to that.
type reporting struct {
	output
	least   finding.Severity
	targets []program.Target
	// silent keeps text off standard output where there is nothing to tell, as git's
	// hooks do.
	silent bool
	// width is the number of columns of standard output, if that is known otherwise.
	width int
	stage report.Stage
	// published are the ids of keys that a remote has already.
	published map[string]bool
}

// written is what reports say besides the findings.
type written struct {
	rules   []*rules.Rule
	scanned string // what was searched
	root    string // absolute, that paths are relative to
	started time.Time
	nothing bool     // nothing was searched, which is no all-clear
	trees   []string // folders that hold what is searched
	several bool     // more than one repository was searched
}

func (o *output) register(cmd *cobra.Command) {
	o.formats.Register(cmd, report.Text, "")
	o.outcome.Register(cmd)
	f := cmd.Flags()
	o.registerText(cmd)
	f.BoolVarP(&o.quiet, "quiet", "q", false, "print one line per finding and nothing else")
	f.BoolVarP(&o.verbose, "verbose", "v", false, "also list examples, suppressed findings and every problem")
	f.BoolVar(&o.explain, "explain", false, "in text, print each rule's page under the first of its findings")
	f.BoolVar(&o.suppressed, "include-suppressed", false, "in SARIF, also list suppressed findings; code-scanning services show them as open")
	cmd.MarkFlagsMutuallyExclusive("quiet", "verbose")
	cmd.MarkFlagsMutuallyExclusive("quiet", "explain")
}

// registerText adds the flags of every command that prints lines of files.
func (o *output) registerText(cmd *cobra.Command) {
	f := cmd.Flags()
	f.BoolVar(&o.showSecrets, "show-secrets", false, "print keys in full")
	f.StringVar(&o.color, "color", "auto", "color the text: `WHEN` is auto, always or never (auto honours NO_COLOR)")
	completeFlag(cmd, "color", colors...)
}

// registerUnused adds the flag of a command that looks at files that can be mended.
func (o *output) registerUnused(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&o.failOnUnused, "fail-on-unused-ignores", false, "exit with 1 if there are unused neokeys:ignore comments")
}

// colors are the values of --color.
var colors = []string{"auto", "always", "never"}

// reporting looks at the flags before any work is done.
func (o *output) reporting() (*reporting, error) {
	r := &reporting{output: *o, least: finding.Note}
	if o.color == "" {
		return r, nil // the command writes no text
	}
	if !slices.Contains(colors, o.color) {
		return nil, fmt.Errorf("--color: unknown value %q: use auto, always or never", o.color)
	}
	if o.outcome.FailOn == "" {
		return r, nil // the command writes no report
	}
	var err error
	if r.least, err = o.outcome.Least(); err != nil {
		return nil, err
	}
	r.targets, err = o.formats.Targets()
	return r, err
}

// has reports whether a report is wanted in that format.
func (o *reporting) has(f report.Format) bool {
	return slices.ContainsFunc(o.targets, func(t program.Target) bool { return t.Format == f })
}

// write writes the reports and returns how the command ends.
func (o *reporting) write(ctx context.Context, env *environment, r *finding.Result, w written) error {
	ended := o.status(r, w.nothing)
	opts := report.Options{
		Rules:       w.rules,
		Tool:        o.tool(),
		ShowSecrets: o.showSecrets,
		Verbose:     o.verbose,
		Quiet:       o.quiet,
		Explain:     o.explain,
		Stage:       o.stage,
		Published:   o.published,
		Web:         webOf(w.root, os.Getenv),
		Scanned:     rules.Mask(w.scanned),
		Root:        rules.Mask(w.root), // as paths are
		Started:     w.started,
		ExitStatus:  int(ended),
		Commit:      checkedOut(os.Getenv),
		Several:     w.several,

		IncludeSuppressed: o.suppressed,
	}
	if !o.silent {
		opts.Hint = rules.Mask(historiesLine(r.Histories))
	}
	for _, t := range o.targets {
		if o.silent && t.File == "" && t.Format == report.Text && !o.verbose && silent(r) {
			continue
		}
		if err := o.writeTarget(ctx, env, t, r, opts, w.trees); err != nil {
			return err
		}
	}
	if len(r.Problems) > 0 && !o.tellsProblems() {
		said := fmt.Errorf("the scan is incomplete: %s; run it with -f text, and without -q, to see all", firstProblem(r.Problems))
		if ended == statusFailed {
			return said
		}
		_, _ = fmt.Fprintf(wrapping(env.err), "neokeys: %s\n", rules.Mask(said.Error()))
	}
	if w.nothing && ended == statusFailed {
		return fmt.Errorf("nothing was searched in %s; add --allow-empty if that is no mistake", w.scanned)
	}
	if ended == statusClean {
		return nil
	}
	return ended
}

// tool names this program in reports. Text does not, and to find out which build this is may take a
// look at a repository.
func (o *reporting) tool() report.Tool {
	if !slices.ContainsFunc(o.targets, func(t program.Target) bool { return t.Format != report.Text }) {
		return report.Tool{}
	}
	return report.Tool{Version: version()}
}

// tellsProblems reports whether the format on standard output lists what could not be read.
func (o *reporting) tellsProblems() bool {
	return slices.ContainsFunc(o.targets, func(t program.Target) bool {
		if t.File != "" || t.Format == report.Text && o.quiet {
			return false
		}
		return t.Format != report.JSONL && t.Format != report.Outputs
	})
}

// firstProblem returns one of the problems, in one line, and how many more there are.
func firstProblem(problems []finding.Problem) string {
	said := problems[0].Message
	for _, where := range []string{problems[0].Path, problems[0].Repository} {
		if where != "" {
			said = fmt.Sprintf("%q: %s", where, said)
		}
	}
	said = strings.Join(strings.Fields(said), " ")
	if n := len(problems) - 1; n > 0 {
		said += fmt.Sprintf(" (and %d more problems)", n)
	}
	return said
}

// silent reports whether r has nothing to tell.
func silent(r *finding.Result) bool {
	return len(r.Findings) == 0 && len(r.Problems) == 0 && len(r.Notices) == 0
}

// status is the exit status that the result leads to. With nothing, nothing was searched.
func (o *reporting) status(r *finding.Result, nothing bool) status {
	return o.outcome.Status(r, o.failOnUnused && r.UnusedIgnores > 0, nothing)
}

// offersFixes reports whether one of the reports says how findings are mended.
func (o *reporting) offersFixes() bool {
	return slices.ContainsFunc(o.targets, func(t program.Target) bool {
		return t.Format == report.JSON || t.Format == report.JSONL || t.Format == report.SARIF
	})
}

func (o *reporting) writeTarget(ctx context.Context, env *environment, t program.Target, r *finding.Result, opts report.Options, trees []string) error {
	if t.File == "" {
		opts.Color = o.colored(env.out)
		opts.Links = opts.Color && isTerminal(env.out) && report.Hyperlinks(os.Getenv)
		opts.Width = o.width
		if opts.Width == 0 {
			opts.Width, _, _ = term.GetSize(int(env.out.Fd())) // 0 where there is none
		}
		if err := report.Write(outfile.Patient(ctx, env.out), t.Format, r, opts); err != nil {
			return fmt.Errorf("writing the report to standard output: %w", err)
		}
		return nil
	}
	opts.Color = o.color == "always"
	err := outfile.Write(ctx, t.File, trees, func(w io.Writer) error { return report.Write(w, t.Format, r, opts) })
	if err != nil {
		return fmt.Errorf("the report cannot be written to %s: %w", t.File, err)
	}
	return nil
}

// colored reports whether text that goes to w is to be in color.
func (o *output) colored(w io.Writer) bool {
	if o.color != "auto" {
		return o.color == "always"
	}
	// https://no-color.org: set and not empty.
	return os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb" && isTerminal(w)
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && (isatty.IsTerminal(f.Fd()) || isatty.IsCygwinTerminal(f.Fd()))
}

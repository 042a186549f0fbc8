package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/infile"
	"github.com/neokeys/neokeys/report"
	"github.com/neokeys/neokeys/rules"
)

func newReport(env *environment) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "report",
		Short: "Work with JSON reports: an issue about one key, or what has changed",
		Long: `Work with JSON reports that neokeys has written (-f json=FILE), of one repository or of many.
Nothing is searched and nothing is sent.`,
	}
	cmd.AddCommand(newReportKey(env), newReportDiff(env))
	return cmd
}

func newReportKey(env *environment) *cobra.Command {
	var title bool
	cmd := &cobra.Command{
		Use:   "key ID REPORT...",
		Short: "Print an issue about one key, in GitHub's Markdown",
		Long: `Print an issue about one key, in GitHub's Markdown: what to do first, where the key is, in which
repositories and since when, and a list of steps to tick off. REPORT is a JSON report, or - for
standard input; several are taken together, and a key is one key in all of them.

--title prints the title alone. It begins with the key's id, by which you find an issue that
exists already; the text ends with the id in a comment, too.

Exit status: 0 the issue is printed; 2 no report has the key, or one cannot be read.`,
		Example: `  neokeys audit -f json=keys.json mirrors/*.git
  gh issue list --search "733f416094d6cd84 in:title"
  gh issue create --title "$(neokeys report key --title 733f416094d6cd84 keys.json)" \
    --body "$(neokeys report key 733f416094d6cd84 keys.json)"`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return errors.New("name the id of a key and the JSON reports to take it from, as in `neokeys report key 733f416094d6cd84 keys.json`")
			}
			ids, err := parseKeyIDs(args[:1])
			if err != nil {
				return err
			}
			if len(args) == 1 {
				return errors.New("name a JSON report, or - for standard input: `neokeys audit -f json=FILE` writes one")
			}
			var results []*finding.Result
			for _, path := range args[1:] {
				r, err := readReport(cmd.Context(), env, path)
				if err != nil {
					return err
				}
				results = append(results, r)
			}
			issue, ok := report.NewIssue(results, ids[0], report.Options{Tool: report.Tool{Version: version()}})
			switch {
			case !ok:
				return fmt.Errorf("no finding that counts in %s is about the key %s", strings.Join(args[1:], ", "), ids[0])
			case title:
				_, err = fmt.Fprintln(env.out, issue.Title)
			default:
				_, err = issue.WriteTo(env.out)
			}
			return err
		},
	}
	cmd.Flags().BoolVar(&title, "title", false, "print the title alone")
	return cmd
}

// diffFormats are the formats of neokeys report diff.
var diffFormats = []string{"text", "markdown", "json"}

func newReportDiff(env *environment) *cobra.Command {
	var format string
	var all bool
	cmd := &cobra.Command{
		Use:   "diff OLD NEW",
		Short: "Show which keys are new, closed and still open from one JSON report to the next",
		Long: `Show what has changed between two JSON reports of the same repositories: which keys are new, which
are closed, because they are found no more or are known not to work any more, and which are
still open, with the places that have come and gone. Suppressed findings are left out.
- is standard input.

Exit status: 0 nothing is new; 1 a key or another finding is new; 2 a report cannot be read,
or the new one is incomplete and nothing is new.`,
		Example: `  neokeys report diff last-month.json keys.json
  neokeys report diff -f markdown last-month.json keys.json`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) != 2 {
				return errors.New("name two JSON reports, the older one first, as in `neokeys report diff last-month.json keys.json`")
			}
			if !slices.Contains(diffFormats, format) {
				return fmt.Errorf("--format: unknown format %q: use text, markdown or json", format)
			}
			before, err := readReport(cmd.Context(), env, args[0])
			if err != nil {
				return err
			}
			after, err := readReport(cmd.Context(), env, args[1])
			if err != nil {
				return err
			}
			d := report.NewDiff(before, after)
			write := map[string]func() error{
				"text":     func() error { return d.WriteText(env.out, all) },
				"markdown": func() error { return d.WriteMarkdown(env.out, all) },
				"json":     func() error { return d.WriteJSON(env.out) },
			}
			if err := write[format](); err != nil {
				return err
			}
			return diffStatus(d)
		},
	}
	cmd.Flags().StringVarP(&format, "format", "f", "text", "print as `FORMAT`: text, markdown or json")
	cmd.Flags().BoolVarP(&all, "verbose", "v", false, "also list keys that are still open in the same places")
	completeFlag(cmd, "format", diffFormats...)
	return cmd
}

// diffStatus is how the comparison ends.
func diffStatus(d *report.Diff) error {
	switch {
	case len(d.New) > 0 || d.Other.New > 0:
		return statusFindings
	case len(d.Incomplete) > 0:
		return statusFailed
	}
	return nil
}

// maxReport is the size of about a million findings, in bytes.
const maxReport = 1 << 30

// readReport reads a JSON report from a file or from standard input.
func readReport(ctx context.Context, env *environment, path string) (*finding.Result, error) {
	in := infile.Interruptible(ctx, env.in)
	if path != "-" {
		f, err := infile.Open(ctx, path, maxReport)
		if err != nil {
			return nil, err
		}
		defer f.Close() // only read from
		in = f
	}
	r, err := report.ReadJSON(in)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", rules.Mask(path), err)
	}
	return r, nil
}

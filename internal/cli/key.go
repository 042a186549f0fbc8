package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/infile"
	"github.com/neokeys/neokeys/report"
	"github.com/neokeys/neokeys/scanner/git"
	"github.com/neokeys/neokeys/scanner/remote"
	"github.com/neokeys/neokeys/verify/proof"
)

// A keyCommand finds out everything about one key.
type keyCommand struct {
	env           *environment
	flags         *flags
	fetch         fetchFlags
	format, color string
	verbose       bool
	proof         string
}

func newKeyReport(env *environment) *cobra.Command {
	c := &keyCommand{env: env, flags: standard()}
	cmd := &cobra.Command{
		Use:   "key [ID] [REPO]",
		Short: "Say everything about one key, and what remains to be done about it",
		Long: `Say everything about one key: who brought it in and when; through which commits, files, branches,
tags and releases it went; for how long HEAD, any branch and the history had it; whether it
reached public places; which other keys are in its files; whether it works, with --verify;
and the steps that remain, each with the command that proves it done.

ID is the key's id, as in every report. Without it, the key is read from standard input; a
terminal does not show what you paste. REPO is a worktree, a bare repository or a URL, as for
` + "`neokeys git`" + `; the default is the repository of the current folder.
Baselines, comments and configuration hide nothing here.

Exit status: 0 nothing remains to be done; 1 steps remain; 2 the key is not there, or not
everything could be searched and nothing else remains.`,
		Example: `  neokeys key 733f416094d6cd84
  neokeys key 733f416094d6cd84 --verify
  pbpaste | neokeys key
  neokeys key 733f416094d6cd84 https://github.com/acme/shop -f json`,
		Args: cobra.MaximumNArgs(2),
		RunE: c.run,
	}
	c.flags.liveness.register(cmd)
	c.fetch.register(cmd)
	f := cmd.Flags()
	f.StringVarP(&c.format, "format", "f", "text", "print as `FORMAT`: text or json")
	f.StringVar(&c.color, "color", "auto", "color the text: `WHEN` is auto, always or never (auto honours NO_COLOR)")
	f.StringVar(&c.proof, "answers", "", "also read what neokeys verify --proof has recorded of the key in `FILE`")
	f.BoolVarP(&c.verbose, "verbose", "v", false, "list every place with its line")
	completeFlag(cmd, "format", "text", "json")
	completeFlag(cmd, "color", colors...)
	return cmd
}

func (c *keyCommand) run(cmd *cobra.Command, args []string) error {
	switch {
	case c.format != "text" && c.format != "json":
		return fmt.Errorf("--format: unknown format %q: use text or json", c.format)
	case !slices.Contains(colors, c.color):
		return fmt.Errorf("--color: unknown value %q: use auto, always or never", c.color)
	}
	ids, repo, err := c.arguments(cmd.Context(), args)
	if err != nil {
		return err
	}
	if err := c.fetch.check(cmd, []string{repo}); err != nil {
		return err
	}
	p, err := c.flags.plan(cmd, c.env, func() (*target, error) { return c.open(cmd.Context(), repo) })
	if err != nil {
		return err
	}
	defer p.close()
	found, err := p.find(cmd.Context())
	if err != nil {
		return err
	}
	return c.report(cmd.Context(), p, ids, found.all())
}

// arguments returns the keys and the repository that the arguments name.
func (c *keyCommand) arguments(ctx context.Context, args []string) (ids keyIDs, repo string, err error) {
	named := len(args) > 0 && isKeyID(args[0])
	switch {
	case named:
		ids, err = parseKeyIDs(args[:1])
		args = args[1:]
	case len(args) > 0:
		if _, missing := os.Stat(args[0]); len(args) > 1 || missing != nil && !remote.IsURL(args[0]) {
			return nil, "", errNoKeyID
		}
		fallthrough
	default:
		ids, err = readKeyIDs(ctx, c.env)
	}
	return ids, argument(args, "."), err
}

// open returns the files and the history of a repository; of a folder in none, its files.
func (c *keyCommand) open(ctx context.Context, repo string) (*target, error) {
	t, err := c.fetch.open(ctx, c.env, repo, nil, false, func(repo *git.Repo, name string) (*target, error) {
		return auditTarget(repo, name+" (files and history)"), nil
	})
	if errors.Is(err, git.ErrNotRepository) {
		t, err = filesTarget([]string{repo}), nil
	}
	if err == nil {
		t.trace = true
	}
	return t, err
}

// report writes what was found of the key. The status says whether anything remains to be done.
func (c *keyCommand) report(ctx context.Context, p *plan, ids keyIDs, r *finding.Result) error {
	scope := p.scope()
	p.policies.Suppress(r, scope)
	mine := ids.of(r)
	if len(mine.Findings) == 0 {
		incomplete := ""
		if n := len(r.Problems); n > 0 {
			incomplete = "; not everything could be searched: " + firstProblem(r.Problems)
		}
		return fmt.Errorf("no key with the id %s is in %s%s", strings.Join(ids, " or "), p.target.name, incomplete)
	}
	asked, err := c.asked(ctx, ids, mine)
	if err != nil {
		return err
	}
	p.verify.scanned = p.target.tops
	p.verify.ask(ctx, c.env, mine, false)
	r.Problems, r.Notices = mine.Problems, mine.Notices
	learnAbout(r, mine)
	o := p.onScreen(c.color)
	o.Verbose = c.verbose
	d := report.NewDossier(r, ids.has, asked, o)
	if err := report.WriteDossier(c.env.out, report.Format(c.format), d, o); err != nil {
		return fmt.Errorf("writing to standard output: %w", err)
	}
	switch {
	case len(d.Remaining) > 0:
		return statusFindings
	case len(r.Problems) > 0:
		return statusFailed
	}
	return nil
}

// asked returns the answers about the keys in the proof, and has mine know the last.
func (c *keyCommand) asked(ctx context.Context, ids keyIDs, mine *finding.Result) (steps []finding.Step, err error) {
	if c.proof == "" {
		return nil, nil
	}
	f, err := infile.Open(ctx, c.proof, maxProof)
	if err != nil {
		return nil, fmt.Errorf("--answers: %w", err)
	}
	defer f.Close() // only read from
	s, err := proof.Summarise(f)
	if err != nil {
		return nil, fmt.Errorf("--answers %s: %w", c.proof, err)
	}
	for i := range s.Keys {
		if !slices.Contains(ids, s.Keys[i].ID) {
			continue
		}
		for _, p := range s.Keys[i].Phases {
			steps = append(steps, finding.Step{Kind: finding.Verified, Date: p.From, Liveness: p.Liveness, RequestID: p.FromID},
				finding.Step{Kind: finding.Verified, Date: p.To, Liveness: p.Liveness, RequestID: p.ToID})
		}
	}
	steps = slices.CompactFunc(steps, func(a, b finding.Step) bool { return a.Date.Equal(b.Date) })
	if n := len(steps); n > 0 {
		last := steps[n-1]
		for i := range mine.Findings {
			f := &mine.Findings[i]
			f.Liveness, f.Verification = last.Liveness, &finding.Verification{Reason: "recorded by neokeys verify --proof", RequestID: last.RequestID, CheckedAt: last.Date}
		}
	}
	return steps, nil
}

// learnAbout takes what was asked about the keys in mine into r.
func learnAbout(r, mine *finding.Result) {
	for _, list := range [][]finding.Finding{r.Findings, r.Examples} {
		for i := range list {
			for n := range mine.Findings {
				if f, m := &list[i], &mine.Findings[n]; f.Key != nil && f.Key.ID == m.Key.ID {
					f.Liveness, f.Verification = m.Liveness, m.Verification
				}
			}
		}
	}
}

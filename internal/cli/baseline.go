package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/baseline"
	"github.com/neokeys/neokeys/internal/config"
	"github.com/neokeys/neokeys/scanner"
)

// A baselineCommand writes a baseline of what a scan finds.
type baselineCommand struct {
	env     *environment
	out     output // for its rules and its policy
	output  string
	history bool
	prune   bool
	reason  string
}

func newBaseline(env *environment) *cobra.Command {
	c := &baselineCommand{env: env}
	cmd := &cobra.Command{
		Use:   "baseline [PATH]",
		Short: "Take what is found now for known, so that only new findings fail",
		Long: `Scan PATH (default the current folder) and write what is found to
.neokeys-baseline.json in the root of its worktree: fingerprints, rules and paths,
never a key or a part of one. Scans find the file by themselves and show what lies in
it as suppressed. What the file says already of findings that are still there is kept.

A finding in a baseline is a debt, not a decision: the key in it still works until it
is rotated or revoked.

With --history, PATH is a folder of a repository, and what only its history shows is
taken for known, too: it is all of what ` + "`neokeys audit`" + ` finds.

With --prune, nothing is added; entries that no finding answers to are dropped. Those of
files that are not scanned, of rules that do not run and, without --history, of the
history stay.`,
		Example: `  neokeys baseline --reason "known since the audit of May"
  neokeys baseline --history
  neokeys baseline --prune`,
		Args: cobra.MaximumNArgs(1),
		RunE: c.run,
	}
	f := cmd.Flags()
	f.StringVarP(&c.output, "output", "o", "", "write to `FILE` (default: the one that is there, or "+baseline.FileName+" in the worktree's root)")
	f.BoolVar(&c.history, "history", false, "take what the history shows for known, too")
	f.BoolVar(&c.prune, "prune", false, "only drop entries that no finding answers to")
	f.StringVar(&c.reason, "reason", "", "note this `TEXT` as the reason for each entry that has none")
	c.out.policy.registerConfig(cmd)
	cmd.MarkFlagsMutuallyExclusive("prune", "reason")
	return cmd
}

func (c *baselineCommand) run(cmd *cobra.Command, args []string) error {
	path := argument(args, ".")
	if c.output == "" {
		c.output = config.Find(path, baseline.FileName)
	}
	if c.output == "" {
		c.output = filepath.Join(projectRoot(path), baseline.FileName)
	}
	policy := &c.out.policy
	if _, err := os.Stat(c.output); err == nil {
		policy.baselineFile = c.output
	} else if c.prune {
		return errors.New("--prune: there is no baseline to drop anything from")
	} else {
		policy.noBaseline = true
	}
	search := c.scan
	if c.history {
		search = c.audit
	}
	r, err := search(cmd.Context(), path)
	if err != nil {
		return err
	}
	if len(r.Problems) > 0 {
		p := r.Problems[0]
		return fmt.Errorf("the baseline is not written, because the scan is not complete: %s: %s", p.Path, p.Message)
	}
	return c.write(r)
}

// scan returns what the files at path show, with what the baseline knows suppressed.
func (c *baselineCommand) scan(ctx context.Context, path string) (*finding.Result, error) {
	if err := c.out.loadPolicy(path); err != nil {
		return nil, err
	}
	set, err := c.out.set()
	if err != nil {
		return nil, err
	}
	policy := &c.out.policy
	policy.scope = []string{absolute(path)}
	s := scanner.New(scanner.Options{
		Paths:  []string{path},
		Rules:  set,
		Places: policy.places(),

		MaxArchiveDepth: scanner.ArchiveDepth,
	})
	r := s.Run(ctx)
	c.out.judge(r, !c.prune)
	return r, nil
}

// audit is scan of all files and the history of the repository at path.
func (c *baselineCommand) audit(ctx context.Context, path string) (*finding.Result, error) {
	repo, err := openRepo(path)
	if err != nil {
		return nil, err
	}
	done, err := c.out.loadRepoPolicy(repo, true, "")
	if err != nil {
		return nil, err
	}
	defer done()
	a := audit{env: c.env, repo: repo, out: &c.out}
	files, history, err := a.search(ctx)
	if err != nil {
		return nil, err
	}
	r := &finding.Result{Problems: append(files.Problems, history.Problems...)}
	if len(r.Problems) == 0 {
		r = c.out.judgeAll(files, history, !c.prune)
	}
	return r, nil
}

// judge has what was found judged as a scan does that has the baseline, and with takeIn one that
// has all of it: of keys that it knows, nothing more is said.
func (o *output) judge(r *finding.Result, takeIn bool) {
	o.policy.suppress(r, o.absolute)
	if takeIn {
		baseline.TakeIn(r.Findings)
	}
	o.policy.review(r, o.rules, o.absolute, existsOnDisk(o.absolute), time.Now())
}

// judgeAll is judge of what an audit found, and keeps in mind what the files alone show.
func (o *output) judgeAll(files, history *finding.Result, takeIn bool) *finding.Result {
	alone := copied(files)
	o.policy.history = false
	o.judge(alone, takeIn)
	o.policy.inFiles = map[findingID]bool{}
	for i := range alone.Findings {
		o.policy.inFiles[idOf(&alone.Findings[i])] = true
	}
	o.policy.history = true
	all := finding.Merge(files, history)
	o.judge(all, takeIn)
	return all
}

func (c *baselineCommand) write(r *finding.Result) error {
	policy := &c.out.policy
	old := policy.known
	if old == nil {
		old = &baseline.Baseline{}
		policy.baselineRoot = folderOf(c.output)
	}
	updated := old.Without(policy.unused)
	if !c.prune {
		updated = old.Update(r.Findings, policy.tree(c.out.absolute), time.Now(), c.reason)
	}
	if err := updated.Write(c.output); err != nil {
		return err
	}
	kept := len(old.Entries) - len(policy.unused)
	_, err := fmt.Fprintf(c.env.out, "%s: %d kept, %d added, %d dropped.\n",
		shortest(c.output), kept, len(updated.Entries)-kept, len(policy.unused))
	return err
}

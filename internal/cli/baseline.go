package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/baseline"
	"github.com/neokeys/neokeys/internal/config"
	"github.com/neokeys/neokeys/rules"
	"github.com/neokeys/neokeys/scanner"
)

// A baselineCommand writes a baseline of what a scan finds.
type baselineCommand struct {
	env    *environment
	policy policy
	output string
	prune  bool
	reason string
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

With --prune, nothing is added; entries that no finding answers to are dropped.`,
		Example: `  neokeys baseline --reason "known since the audit of May"
  neokeys baseline --prune`,
		Args: cobra.MaximumNArgs(1),
		RunE: c.run,
	}
	f := cmd.Flags()
	f.StringVarP(&c.output, "output", "o", "", "write to `FILE` (default: the one that is there, or "+baseline.FileName+" in the worktree's root)")
	f.BoolVar(&c.prune, "prune", false, "only drop entries that no finding answers to")
	f.StringVar(&c.reason, "reason", "", "note this `TEXT` as the reason for each entry")
	c.policy.registerConfig(cmd)
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
	if _, err := os.Stat(c.output); err == nil {
		c.policy.baselineFile = c.output
	} else if c.prune {
		return errors.New("--prune: there is no baseline to drop anything from")
	} else {
		c.policy.noBaseline = true
	}
	if err := c.policy.loadFrom(path); err != nil {
		return err
	}
	r, err := c.scan(cmd, path)
	if err != nil {
		return err
	}
	return c.write(r)
}

// scan returns what is found, with what the baseline knows suppressed.
func (c *baselineCommand) scan(cmd *cobra.Command, path string) (*finding.Result, error) {
	selected, err := rules.Select(rules.All(), nil, c.policy.off(nil))
	if err != nil {
		return nil, err
	}
	set, err := c.policy.set(selected)
	if err != nil {
		return nil, err
	}
	s := scanner.New(scanner.Options{
		Paths:  []string{path},
		Rules:  set,
		Places: c.policy.places(),

		MaxArchiveDepth: scanner.ArchiveDepth,
	})
	r := s.Run(cmd.Context())
	if len(r.Problems) > 0 {
		p := r.Problems[0]
		return nil, fmt.Errorf("the baseline is not written, because the scan is not complete: %s: %s", p.Path, p.Message)
	}
	c.policy.review(r, selected, absolute, existsOnDisk(absolute), time.Now())
	return r, nil
}

func (c *baselineCommand) write(r *finding.Result) error {
	old := c.policy.known
	if old == nil {
		old = &baseline.Baseline{}
		c.policy.baselineRoot = folderOf(c.output)
	}
	updated := old.Without(c.policy.unused)
	if !c.prune {
		updated = old.Update(r.Findings, c.policy.tree(absolute), time.Now(), c.reason)
	}
	if err := updated.Write(c.output); err != nil {
		return err
	}
	kept := len(old.Entries) - len(c.policy.unused)
	_, err := fmt.Fprintf(c.env.out, "%s: %d kept, %d added, %d dropped.\n",
		shortest(c.output), kept, len(updated.Entries)-kept, len(c.policy.unused))
	return err
}

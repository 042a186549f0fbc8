package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/dustin/go-humanize/english"
	"github.com/spf13/cobra"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/baseline"
	"github.com/neokeys/neokeys/internal/config"
	"github.com/neokeys/neokeys/internal/outfile"
	"github.com/neokeys/neokeys/internal/policy"
	"github.com/neokeys/neokeys/scanner/gitdir"
	"github.com/neokeys/neokeys/scanner/ignore"
)

// A baselineCommand writes a baseline of what a search finds.
type baselineCommand struct {
	env *environment
	flags
	file    string // to write; empty to look for it
	history bool
	prune   bool
	reason  string
}

func newBaseline(env *environment) *cobra.Command {
	c := &baselineCommand{env: env}
	cmd := &cobra.Command{
		Use:   "baseline [PATH]",
		Short: "Accept current findings as known, so that only new ones fail",
		Long: `Scan PATH (default the current folder) and write what is found to
.neokeys-baseline.json in the root of its worktree: fingerprints, rules and paths,
never a key or a part of one. Scans find the file by themselves and suppress the findings
in it. Reasons of entries that are still found are kept.

A finding in a baseline is a debt, not a decision: the key in it still works until it
is rotated or revoked.

With --history, PATH is a folder of a repository, and findings that only its history shows
are accepted too: everything that ` + "`neokeys audit`" + ` finds.

With --prune, entries without a matching finding are dropped and none is added. Entries for
files that are not scanned, for rules that do not run and, without --history, for the
history stay.`,
		Example: `  neokeys baseline --reason "known since the audit of May"
  neokeys baseline --history
  neokeys baseline --prune`,
		Args: cobra.MaximumNArgs(1),
		RunE: c.run,
	}
	c.project.registerConfig(cmd)
	c.project.registerRules(cmd)
	c.search.register(cmd)
	c.search.registerFiles(cmd)
	c.search.registerHistory(cmd)
	f := cmd.Flags()
	f.StringVarP(&c.file, "output", "o", "", "write to `FILE` (default: the one that is there, or "+baseline.FileName+" in the worktree's root)")
	f.BoolVar(&c.history, "history", false, "also accept findings that only the history shows")
	f.BoolVar(&c.prune, "prune", false, "only drop entries without a matching finding")
	f.StringVar(&c.reason, "reason", "", "record this `TEXT` as the reason of each entry that has none")
	cmd.MarkFlagsMutuallyExclusive("prune", "reason")
	return cmd
}

func (c *baselineCommand) run(cmd *cobra.Command, args []string) error {
	if !c.history {
		for _, name := range []string{"max-key-age", "all-names"} {
			if cmd.Flags().Changed(name) {
				return fmt.Errorf("--%s: add --history, without which no history is searched", name)
			}
		}
	}
	path := argument(args, ".")
	if err := c.choose(path); err != nil {
		return err
	}
	p, err := c.plan(cmd, c.env, func() (*target, error) { return c.target(path) })
	if err != nil {
		return err
	}
	defer p.close()
	f, err := p.find(cmd.Context())
	if err != nil {
		return err
	}
	if problem, some := f.problem(); some {
		return fmt.Errorf("the baseline is not written, because the scan is not complete: %s: %s", problem.Path, problem.Message)
	}
	scope := p.scope()
	into := absolute(c.file)
	if c.prune {
		into = ""
	}
	r := p.judgeAll(f, &scope, into)
	return c.write(cmd.Context(), p, r, scope)
}

// choose settles which file to write.
func (c *baselineCommand) choose(path string) error {
	if c.file != "" {
		if _, err := os.Stat(c.file); err == nil {
			c.project.baselineFile = c.file
			return nil
		}
		c.project.noBaseline = true
	} else if c.file = config.Find(path, baseline.FileName); c.file == "" {
		c.file = filepath.Join(policy.Root(path), baseline.FileName)
	} else {
		return nil
	}
	if c.prune {
		return errors.New("--prune: there is no baseline to drop anything from")
	}
	return nil
}

// target returns what to search.
func (c *baselineCommand) target(path string) (*target, error) {
	if !c.history {
		return filesTarget([]string{path}), nil
	}
	repo, err := openRepo(path)
	if err != nil {
		return nil, err
	}
	return auditTarget(repo, path), nil
}

// problem returns the first problem of a search, if there is one.
func (f *found) problem() (p finding.Problem, some bool) {
	for _, r := range []*finding.Result{f.files, f.objects} {
		if r != nil && len(r.Problems) > 0 {
			return r.Problems[0], true
		}
	}
	return p, false
}

// judge has what was found judged as by a scan that has the baselines and, unless into is empty, all
// of it in that one: of keys that they know, nothing more is said.
func (p *plan) judge(r *finding.Result, scope policy.Scope, into string) {
	p.policies.Suppress(r, scope)
	if into != "" {
		p.policies.TakeIn(into, r, scope)
	}
	p.review(r, scope)
}

// judgeAll is judge of all that was found, and has the scope know what the files alone show.
func (p *plan) judgeAll(f *found, scope *policy.Scope, into string) *finding.Result {
	if f.files == nil || f.objects == nil {
		r := f.all()
		p.judge(r, *scope, into)
		return r
	}
	alone := copied(f.files)
	ofFiles := *scope
	ofFiles.History = false
	p.judge(alone, ofFiles, into)
	inFiles := map[findingID]bool{}
	for i := range alone.Findings {
		inFiles[idOf(&alone.Findings[i])] = true
	}
	scope.InHistory = func(f *finding.Finding) bool { return !inFiles[idOf(f)] }
	all := f.all()
	p.judge(all, *scope, into)
	return all
}

// A findingID is what a finding in a file has in common with the same one in an audit.
type findingID struct{ fingerprint, path string }

func idOf(f *finding.Finding) findingID {
	// The number behind it depends on what else was found.
	base, _, _ := strings.Cut(f.Fingerprint, "-")
	return findingID{base, f.Path}
}

func (c *baselineCommand) write(ctx context.Context, p *plan, r *finding.Result, scope policy.Scope) error {
	u := p.policies.Update(absolute(c.file), r, scope, policy.Updating{Prune: c.prune, Reason: c.reason, Now: time.Now()})
	if err := u.Baseline.Write(ctx, c.file, p.target.trees()...); err != nil {
		return err
	}
	if err := c.attribute(ctx, p); err != nil {
		return err
	}
	kept := u.Before - u.Dropped
	_, err := fmt.Fprintf(wrapping(c.env.out), "%s: %d kept, %d added, %d dropped.\n",
		shortest(c.file), kept, len(u.Baseline.Entries)-kept, u.Dropped)
	if err == nil && u.Elsewhere > 0 {
		_, err = fmt.Fprintf(wrapping(c.env.out), "%s more, in folders with a baseline of their own: run `neokeys baseline` there.\n", english.Plural(u.Elsewhere, "finding", ""))
	}
	return err
}

// attribute has git merge the baselines of two branches, if the one that was written is where git looks
// after it: without, each new entry at the same place would be a conflict.
func (c *baselineCommand) attribute(ctx context.Context, p *plan) error {
	root := config.WorktreeRoot(folderOf(c.file))
	if root == "" || filepath.Base(c.file) != baseline.FileName {
		return nil
	}
	file := filepath.Join(root, ".gitattributes")
	text, err := gitdir.ReadFile(file, ignore.MaxSize)
	if err != nil && !errors.Is(err, fs.ErrNotExist) || strings.Contains(string(text), baseline.FileName) {
		return nil // it is the user's to look after
	}
	if len(text) > 0 && !strings.HasSuffix(string(text), "\n") {
		text = append(text, '\n')
	}
	err = outfile.Write(ctx, file, p.target.trees(), func(w io.Writer) error {
		_, err := io.WriteString(w, string(text)+baseline.Attributes)
		return err
	})
	if err != nil {
		return fmt.Errorf("the baseline is written, but not %s, by which git merges it: %w", file, err)
	}
	_, err = fmt.Fprintf(wrapping(c.env.out), "%s: git merges the baselines of two branches.\n", shortest(file))
	return err
}

package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/report"
	"github.com/neokeys/neokeys/rules"
	"github.com/neokeys/neokeys/scanner/git"
)

// A knownKeys is a search of a repository for keys that are known to have leaked: for what the
// rules recognise by its id, and for the bytes of the keys that were given.
type knownKeys struct {
	ids   keyIDs
	keys  []*finding.Key // empty where only ids are known
	fetch *fetchFlags
	repo  *git.Repo
}

// take reads keys from arguments: ids, or - for the keys on standard input.
func (k *knownKeys) take(ctx context.Context, env *environment, args []string) error {
	if !slices.Equal(args, []string{stdinName}) {
		ids, err := parseKeyIDs(args)
		k.ids = ids
		return err
	}
	given, err := (&verifyCommand{env: env}).read(ctx)
	if err != nil {
		return err
	}
	for _, key := range distinctKeys(given) {
		k.keys = append(append(k.keys, key), key.Readings...)
		k.ids = append(k.ids, key.ID)
		for _, r := range key.Readings {
			k.ids = append(k.ids, r.ID)
		}
	}
	if len(k.ids) == 0 {
		return errors.New("there is no key on standard input: paste one, or name a key by its id")
	}
	return nil
}

// find searches all objects, and the names in all versions, and returns what is known of the keys.
// The caller must close the plan.
func (k *knownKeys) find(cmd *cobra.Command, env *environment, f *flags, arg string) (mine *finding.Result, p *plan, err error) {
	ctx := cmd.Context()
	p, err = f.plan(cmd, env, func() (*target, error) {
		t, err := k.fetch.open(ctx, env, arg, nil, f.output.quiet, func(repo *git.Repo, name string) (*target, error) {
			k.repo = repo
			return historyTarget(repo, cmp.Or(name, "this repository")), nil
		})
		if err == nil {
			t.trace = true
		}
		return t, err
	})
	if err != nil {
		return nil, nil, err
	}
	p.search.allNames = true
	found, err := p.find(ctx)
	if err == nil {
		mine = k.ids.of(found.all())
		err = k.exact(ctx, p, mine)
	}
	if err != nil {
		p.close()
		return nil, nil, err
	}
	mine.Notices = slices.DeleteFunc(mine.Notices, func(n finding.Problem) bool {
		absent := isAbsentLFS(n)
		if absent { // what is not here may have the key
			mine.Problems = append(mine.Problems, n)
		}
		return absent
	})
	if mine.Summary.Objects == 0 && len(mine.Problems) == 0 {
		mine.Problems = append(mine.Problems, finding.Problem{Message: "the repository has no objects: nothing was searched"})
	}
	return mine, p, nil
}

// isAbsentLFS reports whether a notice is that of objects of Git LFS that are not here.
func isAbsentLFS(notice finding.Problem) bool { return strings.Contains(notice.Message, "Git LFS") }

// exact adds to mine the places of the keys' bytes that no rule recognises.
func (k *knownKeys) exact(ctx context.Context, p *plan, mine *finding.Result) error {
	if len(k.keys) == 0 {
		return nil
	}
	var exact []*rules.Rule
	for _, key := range k.keys {
		exact = append(exact, rules.Exact(key))
	}
	r, err := k.repo.History(ctx, git.Options{
		Rules: rules.NewSet(exact), AllNames: true, Trace: true, Jobs: p.search.jobs, MaxArchiveDepth: p.search.archiveDepth,
	})
	if err != nil {
		return err
	}
	type place struct{ key, path, object string }
	known := map[place]bool{}
	at := func(f *finding.Finding) place { return place{f.Key.ID, f.Path, f.Object} }
	for i := range mine.Findings {
		known[at(&mine.Findings[i])] = true
	}
	for i := range r.Findings {
		if f := &r.Findings[i]; f.Key != nil && !known[at(f)] {
			mine.Findings = append(mine.Findings, *f)
		}
	}
	for _, problem := range r.Problems {
		if !slices.Contains(mine.Problems, problem) {
			mine.Problems = append(mine.Problems, problem)
		}
	}
	return nil
}

// onScreen returns what a report about keys on standard output needs to know of the search.
func (p *plan) onScreen(color string) report.Options {
	root := p.target.root
	if root == "" {
		root = absolute(".")
	}
	o := report.Options{
		Tool: report.Tool{Version: version()}, Started: p.started, Scanned: rules.Mask(p.target.name),
		Root: rules.Mask(root), Web: webOf(root, os.Getenv), Color: (&output{color: color}).colored(p.env.out),
	}
	o.Links = o.Color && isTerminal(p.env.out) && report.Hyperlinks(os.Getenv)
	o.Width = widthOf(p.env.out)
	return o
}

// whole refuses flags that leave a part of a repository unsearched.
func (k *knownKeys) whole(cmd *cobra.Command) error {
	for _, name := range []string{"ref", "depth"} {
		if fl := cmd.Flags().Lookup(name); fl != nil && fl.Changed {
			return fmt.Errorf("--%s: leave it out, so that the whole repository is searched for the key", name)
		}
	}
	return nil
}

package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/policy"
	"github.com/neokeys/neokeys/rules"
	"github.com/neokeys/neokeys/scanner/git"
)

func newAudit(env *environment) *cobra.Command {
	var f flags
	var fetch fetchFlags
	cmd := &cobra.Command{
		Use:   "audit [REPO...]",
		Short: "Find every key in the files and history of repositories, in one report",
		Long: `Search the files and the whole history of git repositories with all rules and, with
--verify, ask the API which keys still work. The report lists everything that ` + "`neokeys scan`" + ` and
` + "`neokeys git`" + ` find as one list of keys, the most urgent first. A key in a file is listed
once, with the date it was added.

REPO is a worktree, a folder in one, or a bare repository, which has only a history. The
default is the repository of the current folder. REPO may also be the URL of a repository,
as for ` + "`neokeys git`" + `.
For another repository below a REPO, the report says that its history is not searched.

Several repositories make one report: a key is listed once, with its places in all of them.
Each repository is judged by its own configuration. One that cannot be read or fetched makes
the report incomplete, and the others are searched all the same.`,
		Example: `  neokeys audit
  neokeys audit --verify -f text -f sarif=neokeys.sarif ~/src/shop
  neokeys audit https://github.com/acme/shop git@git.example.com:acme/site.git
  neokeys audit -f json=keys.json mirrors/*.git`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := fetch.check(cmd, args); err != nil {
				return err
			}
			fetch.several = len(args) > 1
			open := func(ctx context.Context, arg string) (*target, error) {
				return fetch.open(ctx, env, arg, nil, f.output.quiet, func(repo *git.Repo, name string) (*target, error) {
					return auditTarget(repo, name+" (files and history)"), nil
				})
			}
			if fetch.several {
				return f.runSeveral(cmd, env, args, open)
			}
			return f.run(cmd, env, func() (*target, error) { return open(cmd.Context(), argument(args, ".")) })
		},
	}
	f.register(cmd)
	f.search.registerFiles(cmd)
	f.search.registerHistory(cmd)
	f.project.registerInline(cmd)
	f.output.registerUnused(cmd)
	fetch.register(cmd)
	return cmd
}

// several is one report about several repositories.
type several struct {
	results []*finding.Result
	trees   []string
	commons []string // their git directories
	rules   []*rules.Rule
	report  *reporting
	nothing bool // nothing was searched in any of them
	started time.Time
}

// runSeveral searches one repository after the other and reports all together. What one of them
// holds does not keep the others from being searched.
func (f *flags) runSeveral(cmd *cobra.Command, env *environment, args []string, open func(context.Context, string) (*target, error)) error {
	s := several{nothing: true, started: time.Now()}
	for _, arg := range distinct(args) {
		if cmd.Context().Err() != nil {
			s.cannot(arg, errors.New("interrupted before its turn"))
			continue
		}
		p, err := f.plan(cmd, env, func() (*target, error) {
			t, err := open(cmd.Context(), arg)
			if err != nil {
				return nil, &openError{err}
			}
			policies := t.policies
			t.policies = func(said policy.Flags) (*policy.Policies, error) {
				ps, err := policies(said)
				if err != nil {
					err = &openError{err}
				}
				return ps, err
			}
			return t, nil
		})
		var failed *openError
		switch {
		case errors.As(err, &failed):
			s.cannot(arg, failed.err)
		case err != nil:
			return err
		default:
			s.search(cmd.Context(), p, arg)
		}
	}
	if s.report == nil {
		var err error
		if s.report, err = f.output.reporting(); err != nil {
			return err
		}
	}
	joined := finding.Join(s.results)
	for _, common := range s.commons {
		joined.Histories = without(joined.Histories, common)
	}
	return s.report.write(cmd.Context(), env, joined, written{
		nothing: s.nothing && !f.search.allowEmpty && len(s.results) > 0, trees: s.trees, rules: s.rules,
		scanned: fmt.Sprintf("%d repositories: %s", len(args), strings.Join(shownAll(args), ", ")), root: absolute("."),
		started: s.started, several: true,
	})
}

// An openError says that a repository cannot be opened or is configured badly, which is no reason not
// to search others.
type openError struct{ err error }

func (e *openError) Error() string { return e.err.Error() }

// search searches one of the repositories.
func (s *several) search(ctx context.Context, p *plan, arg string) {
	defer p.close()
	s.report = p.report
	s.rules = p.policies.Rules()
	s.trees = append(s.trees, p.target.trees()...)
	if p.target.common != "" {
		s.commons = append(s.commons, p.target.common)
	}
	if p.target.repository == "" {
		p.target.repository = arg
	}
	found, err := p.find(ctx)
	if err != nil {
		s.cannot(p.target.repository, err)
		return
	}
	r := found.all()
	s.nothing = s.nothing && p.target.empty(r)
	p.assess(ctx, r)
	s.results = append(s.results, r)
}

// cannot notes that a repository was not searched.
func (s *several) cannot(name string, err error) {
	name = shown(name)
	why := strings.TrimPrefix(err.Error(), name+": ")
	s.results = append(s.results, &finding.Result{Problems: []finding.Problem{{
		Repository: rules.Mask(name), Message: rules.Mask("not searched: " + why),
	}}})
}

// shownAll returns args without credentials.
func shownAll(args []string) (list []string) {
	for _, arg := range args {
		list = append(list, shown(arg))
	}
	return list
}

// distinct returns args, each once.
func distinct(args []string) (list []string) {
	seen := map[string]bool{}
	for _, arg := range args {
		if !seen[arg] {
			seen[arg] = true
			list = append(list, arg)
		}
	}
	return list
}

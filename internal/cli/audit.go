package cli

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/rules"
	"github.com/neokeys/neokeys/scanner"
	"github.com/neokeys/neokeys/scanner/git"
)

func newAudit(env *environment) *cobra.Command {
	var (
		out  output
		jobs int
	)
	cmd := &cobra.Command{
		Use:   "audit [REPO]",
		Short: "Find every key in a repository's files and history, in one report",
		Long: `Search the files and the whole history of a git repository, by all rules, and with
--verify ask the API which keys still work: everything that ` + "`neokeys scan`" + ` and
` + "`neokeys git`" + ` find, in one list of keys in the order in which to deal with them. A key
that lies in a file is told once, with since when.

REPO is a worktree, or a folder in one, or a bare repository, which has a history only;
without it, the repository of the current folder is audited.`,
		Example: `  neokeys audit
  neokeys audit --verify -f text -f sarif=neokeys.sarif ~/src/shop`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := out.check(); err != nil {
				return err
			}
			if err := checkJobs(jobs); err != nil {
				return err
			}
			path := argument(args, ".")
			repo, err := openRepo(path)
			if err != nil {
				return err
			}
			done, err := out.loadRepoPolicy(repo, true, "")
			if err != nil {
				return err
			}
			defer done()
			started := time.Now()
			a := audit{env: env, repo: repo, out: &out, jobs: jobs}
			r, err := a.run(cmd.Context())
			if err != nil {
				return err
			}
			return out.write(env, r, path+" (files and history)", started)
		},
	}
	out.register(cmd)
	cmd.Flags().IntVarP(&jobs, "jobs", "j", 0, "search `N` files or objects at a time (default one a processor)")
	return cmd
}

// An audit is a search of all there is in a repository.
type audit struct {
	env  *environment
	repo *git.Repo
	out  *output // for its rules and its policy
	jobs int
}

// run searches the worktree, if there is one, and the history, and tells what they have in
// common once. The paths of what it finds are relative to the output's root.
func (a *audit) run(ctx context.Context) (*finding.Result, error) {
	files, history, err := a.search(ctx)
	if err != nil {
		return nil, err
	}
	return finding.Merge(files, history), nil
}

// search searches the worktree, if there is one, and then the history.
func (a *audit) search(ctx context.Context) (files, history *finding.Result, err error) {
	set, err := a.out.set()
	if err != nil {
		return nil, nil, err
	}
	files = a.files(ctx, set)
	if a.repo.Worktree != "" {
		set = set.WithoutFileRules() // the habits of HEAD's files are those of the files there are
		a.out.policy.scope = []string{a.out.root}
	}
	a.out.policy.history = true
	history, err = a.history(ctx, set)
	return files, history, err
}

// files searches the worktree.
func (a *audit) files(ctx context.Context, set *rules.Set) *finding.Result {
	if a.repo.Worktree == "" {
		return &finding.Result{}
	}
	s := scanner.New(scanner.Options{
		Paths: []string{a.repo.Worktree}, Rules: set, Places: a.out.policy.places(), Jobs: a.jobs,
		MaxArchiveDepth: scanner.ArchiveDepth,
	})
	stop := a.out.showProgress(a.env, s.Progress())
	r := s.Run(ctx)
	stop()
	a.rebase(r)
	return r
}

// history searches the repository's objects.
func (a *audit) history(ctx context.Context, set *rules.Set) (*finding.Result, error) {
	o := git.Options{Rules: set, Places: a.out.policy.places(), Jobs: a.jobs, MaxArchiveDepth: scanner.ArchiveDepth, Progress: new(scanner.Progress)}
	stop := a.out.showProgress(a.env, o.Progress)
	defer stop()
	return a.repo.History(ctx, o)
}

// rebase makes the paths of a scan of the worktree relative to it.
func (a *audit) rebase(r *finding.Result) {
	for _, list := range [][]finding.Finding{r.Findings, r.Examples} {
		for i := range list {
			f := &list[i]
			f.Path = relative(a.out.root, absolute(f.Path))
			if f.Container != "" {
				f.Container = relative(a.out.root, absolute(f.Container))
			}
		}
	}
	for _, list := range [][]finding.Problem{r.Problems, r.Notices} {
		for i := range list {
			if list[i].Path != "" {
				list[i].Path = relative(a.out.root, absolute(list[i].Path))
			}
		}
	}
}

package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/scanner"
	"github.com/neokeys/neokeys/scanner/git"
)

func newHook(env *environment) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "hook",
		Short: "Refuse a commit or a push that holds a key: what git's hooks run",
		Long: `What git's hooks run. Each command refuses, by its exit status, a commit or a push that
holds a key, and one that cannot be checked; it says why, and what to do instead, on
standard error. If there is nothing to tell, it says nothing. With -f, the report goes
to standard output. Findings of the level note are told, but refuse nothing, unless
--fail-on=note says so.

` + "`neokeys init --hook` and `neokeys init --server`" + ` write hooks that run these.`,
		Args: cobra.NoArgs,
		// Help would end well, and a hook with a slip in it let everything through.
		RunE: func(*cobra.Command, []string) error {
			return errors.New("which hook? pre-commit, pre-push or pre-receive")
		},
	}
	cmd.AddCommand(newPreCommit(env), newPrePush(env), newPreReceive(env))
	return cmd
}

// A hook checks what git is about to do.
type hook struct {
	env *environment
	out output
	refusal
}

// preCommitFramework tells that the pre-commit framework runs this program.
func preCommitFramework() bool { return os.Getenv("PRE_COMMIT") == "1" }

func newPreCommit(env *environment) *cobra.Command {
	h := &hook{env: env, refusal: refusedCommit}
	cmd := &cobra.Command{
		Use:   "pre-commit [FILE ...]",
		Short: "Refuse a commit that would record a key",
		Long: `Refuse a commit that would record a key. Without files, it is what
` + "`neokeys git --staged`" + ` finds that counts.

The pre-commit framework passes the names of files. While git commits, only what the
commit adds to these counts. At any other time, as in ` + "`pre-commit run --all-files`" + `, what
the files themselves hold does. The framework must put -- before the names, so that
the name of a file cannot be taken for a flag: end args with it.`,
		Example: `  neokeys hook pre-commit
  neokeys hook pre-commit --fail-on=error -- src/app.py`,
		RunE: func(cmd *cobra.Command, names []string) error {
			return h.run(cmd, func() error {
				if preCommitFramework() && len(names) > 0 && cmd.ArgsLenAtDash() != 0 {
					return errors.New(`in .pre-commit-config.yaml, the last of args must be "--", as in args: [--verify, --]`)
				}
				// Git tells its hooks which index it commits, and tells nobody else.
				if len(names) == 0 || os.Getenv("GIT_INDEX_FILE") != "" {
					return h.checkStaged(cmd.Context(), names)
				}
				return h.checkFiles(cmd.Context(), names)
			})
		},
	}
	h.register(cmd)
	return cmd
}

// register adds the flags of a scan. A note is told, but stops nobody's work.
func (h *hook) register(cmd *cobra.Command) {
	h.out.register(cmd)
	failOn := cmd.Flags().Lookup("fail-on")
	failOn.DefValue = finding.Warning.String()
	h.out.failOn = failOn.DefValue
}

// run runs check, and says what follows from what came of it.
func (h *hook) run(cmd *cobra.Command, check func() error) error {
	// Standard output is that of the command that git carries out.
	if len(h.out.formats) == 0 {
		h.env = &environment{h.env.in, h.env.err, h.env.err}
	}
	err := h.out.check()
	if err == nil {
		h.out.silent = true
		err = check()
	}
	var ended status
	switch {
	case err == nil || errors.As(err, &ended) && ended == statusFindings:
		return err
	case errors.As(err, &ended):
		_, _ = fmt.Fprintln(h.env.err, h.unchecked())
		return err
	case cmd.Context().Err() != nil:
		return err
	}
	return fmt.Errorf("%w\n%s", err, h.unchecked())
}

// checkStaged checks what the next commit adds, to the files called names if there are
// any.
func (h *hook) checkStaged(ctx context.Context, names []string) error {
	repo, err := git.Open("", os.Getenv)
	if err != nil {
		return err
	}
	var o git.Options
	if len(names) > 0 {
		if o.Only, err = only(repo.Worktree, names); err != nil {
			return err
		}
	}
	return h.check(repo, "", "what is staged", o, func(o git.Options) (*finding.Result, error) {
		return repo.Staged(ctx, o)
	})
}

// only returns a function that reports whether a path relative to the worktree is one of
// names, or of a folder that one of them lies in.
func only(worktree string, names []string) (func(string) bool, error) {
	wanted := map[string]bool{}
	root := absolute(worktree)
	for _, name := range names {
		rel, err := filepath.Rel(root, absolute(name))
		if err != nil || !filepath.IsLocal(rel) {
			return nil, fmt.Errorf("%s does not lie in the worktree %s", name, root)
		}
		for at := filepath.ToSlash(rel); at != "." && !wanted[at]; at = path.Dir(at) {
			wanted[at] = true
		}
	}
	return func(path string) bool { return wanted[path] }, nil
}

// check searches a change, going by what the project said before it, and reports. spec
// names the change as in [git.Repo.Base].
func (h *hook) check(repo *git.Repo, spec, scanned string, o git.Options, search func(git.Options) (*finding.Result, error)) error {
	done, err := h.out.loadRepoPolicy(repo, false, spec)
	if err != nil {
		return err
	}
	defer done()
	o.MaxArchiveDepth = scanner.ArchiveDepth
	if err := h.out.complete(&o); err != nil {
		return err
	}
	started := time.Now()
	stop := h.progress(o.Progress)
	r, err := search(o)
	stop()
	if err != nil {
		return err
	}
	return h.report(r, scanned, started)
}

// checkFiles checks what files on disk hold.
func (h *hook) checkFiles(ctx context.Context, names []string) error {
	if err := h.out.loadPolicy("."); err != nil {
		return err
	}
	// The framework names every file there is, not those that the user means.
	policy := &h.out.policy
	policy.ignores = newIgnoreFiles(diskFiles{policy.configRoot})
	paths := make([]string, len(names))
	for i, name := range names {
		if paths[i] = name; name == scanner.Stdin {
			paths[i] = "./" + name
		}
	}
	set, err := h.out.set()
	if err != nil {
		return err
	}
	started := time.Now()
	s := scanner.New(scanner.Options{
		Paths:  paths,
		Rules:  set,
		Places: policy.places(),

		MaxArchiveDepth: scanner.ArchiveDepth,
	})
	stop := h.progress(s.Progress())
	r := s.Run(ctx)
	stop()
	h.refusal = refusedFiles
	return h.report(r, fmt.Sprintf("the %d files named", len(names)), started)
}

// progress shows how far a search has come, where somebody is watching: what the
// framework shows is what was said once all is over.
func (h *hook) progress(p *scanner.Progress) (stop func()) {
	if preCommitFramework() {
		return func() {}
	}
	return h.out.showProgress(h.env, p)
}

// report writes the report and, if the findings refuse what git is about to do, says what
// to do instead.
func (h *hook) report(r *finding.Result, scanned string, started time.Time) error {
	err := h.out.write(h.env, r, scanned, started)
	var ended status
	if errors.As(err, &ended) && ended == statusFindings && !h.out.quiet {
		_, _ = fmt.Fprint(h.env.err, h.explain(r, h.out.least))
	}
	return err
}

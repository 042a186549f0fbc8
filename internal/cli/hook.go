package cli

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/policy"
	"github.com/neokeys/neokeys/scanner"
	"github.com/neokeys/neokeys/scanner/git"
)

func newHook(*environment) *cobra.Command {
	return &cobra.Command{
		Use:   "hook",
		Short: "Reject a commit or a push that holds a key, as git's hook",
		Long: `Commands for git's hooks. Each rejects, by its exit status, a commit or a push that holds
a key or that cannot be checked. It says why on standard error, and what to do instead;
without findings it prints nothing. With -f, the report goes to standard output. Findings
of level note are shown but do not block, unless you pass --fail-on=note.

` + "`neokeys init --hook` and `neokeys init --server`" + ` write hooks that run these.`,
		Args: cobra.NoArgs,
		// Help would end well, and a hook with a slip in it let everything through.
		RunE: func(*cobra.Command, []string) error {
			return errors.New("which hook? pre-commit, commit-msg, pre-push or pre-receive")
		},
	}
}

// A hook checks what git is about to do.
type hook struct {
	env *environment
	flags
	refusal
	width int // of the report, in columns; 0 if that is found out otherwise
	// published are the ids of the keys that are refused and that a remote has already.
	published map[string]bool
}

// A nothing is the error of a hook for which there is nothing to check: it says why, unless that
// needs no saying.
type nothing string

func (n nothing) Error() string { return string(n) + ": nothing was searched" }

func newPreCommit(env *environment) *cobra.Command {
	h := &hook{env: env, refusal: refusedCommit}
	cmd := &cobra.Command{
		Use:   "pre-commit [FILE ...]",
		Short: "Reject a commit that would record a key",
		Long: `Reject a commit that would record a key. Without files, it checks what
` + "`neokeys git --staged`" + ` finds.

The pre-commit framework passes the names of files. While git commits, the hook checks
only what the commit adds to them. At any other time, as in ` + "`pre-commit run --all-files`" + `, it
checks their whole contents. Let args end with --, so that no file name can be read as a
flag.`,
		Example: `  neokeys hook pre-commit
  neokeys hook pre-commit --fail-on=error -- src/app.py`,
		RunE: func(cmd *cobra.Command, names []string) error {
			return h.run(cmd, func() (*target, error) {
				if preCommitFramework() && len(names) > 0 && cmd.ArgsLenAtDash() != 0 {
					return nil, errors.New(`in .pre-commit-config.yaml, the last of args must be "--", as in args: [--verify, --]`)
				}
				// Git names the index that it commits to its hooks alone.
				if len(names) == 0 || os.Getenv("GIT_INDEX_FILE") != "" {
					return stagedTarget(names)
				}
				h.refusal = refusedFiles
				return namedTarget(names), nil
			})
		},
	}
	h.register(cmd)
	return cmd
}

// register adds the flags of a search. A note is shown, but stops nobody's work.
func (h *hook) register(cmd *cobra.Command) {
	h.flags.register(cmd)
	if cmd.Name() == "pre-receive" {
		h.project.registerNoInline(cmd)
	} else {
		h.project.registerInline(cmd)
	}
	h.search.registerAge(cmd, "default: keys of any age pass that do not come with what is checked")
	failOn := cmd.Flags().Lookup("fail-on")
	failOn.DefValue = finding.Warning.String()
	h.output.outcome.FailOn = failOn.DefValue
}

// run checks what open returns, and says what follows from what came of it.
func (h *hook) run(cmd *cobra.Command, open func() (*target, error)) error {
	// Standard output is that of the command that git carries out.
	if len(h.output.formats.Values()) == 0 {
		h.env = &environment{h.env.in, h.env.err, h.env.err}
	}
	err := h.check(cmd, open)
	var ended status
	var none nothing
	switch {
	case err == nil || errors.As(err, &ended) && ended == statusFindings:
		return err
	case errors.As(err, &none):
		if none != "" {
			_, _ = fmt.Fprintf(wrapping(h.env.err), "neokeys: %v\n", none)
		}
		return nil
	case errors.As(err, &ended):
		_, _ = fmt.Fprintln(h.env.err, reflow(h.unchecked(), h.columns()))
		return err
	case cmd.Context().Err() != nil:
		return err
	}
	return fmt.Errorf("%w\n%s", err, h.unchecked())
}

// check searches, reports and, if the findings refuse what git is about to do, says what to do
// instead.
func (h *hook) check(cmd *cobra.Command, open func() (*target, error)) error {
	p, err := h.plan(cmd, h.env, open)
	if err != nil {
		return err
	}
	defer p.close()
	p.report.silent, p.report.width, p.report.stage = true, h.width, h.stage
	h.noComment = h.project.ignoresInline()
	found, err := p.find(cmd.Context())
	if err != nil {
		return err
	}
	r := found.all()
	p.report.published = h.published
	err = p.conclude(cmd.Context(), r)
	var ended status
	if errors.As(err, &ended) && ended == statusFindings && !p.report.quiet {
		_, _ = fmt.Fprint(h.env.err, reflow(h.explain(r, p.report.least), h.columns()))
	}
	return err
}

// columns returns how wide what a hook says may be; 0 if that is not known.
func (h *hook) columns() int { return cmp.Or(h.width, widthOf(h.env.err)) }

// stagedTarget returns what the next commit adds, to the files called names if there are any.
func stagedTarget(names []string) (*target, error) {
	repo, err := git.Open("", os.Getenv)
	if err != nil {
		return nil, err
	}
	var o git.Options
	if len(names) > 0 {
		if o.Only, err = only(repo.Worktree, names); err != nil {
			return nil, err
		}
	}
	return changeTarget(repo, "", "what is staged", o, repo.Staged)
}

// namedTarget returns files on disk that the pre-commit framework names: all that there are, and
// not those that the user means.
func namedTarget(names []string) *target {
	paths := make([]string, len(names))
	for i, name := range names {
		if paths[i] = name; name == scanner.Stdin {
			paths[i] = "./" + name
		}
	}
	t := filesTarget(paths)
	t.emptyWord = "no file that was named is left to search"
	t.name, t.partly = fmt.Sprintf("the %d files named", len(names)), true
	t.policies = func(said policy.Flags) (*policy.Policies, error) {
		ps, err := policy.OnDisk(said, []string{"."})
		if err == nil {
			ps.HeedIgnoreFiles(policy.Root("."))
		}
		return ps, err
	}
	return t
}

// only returns a function that reports whether a path relative to the worktree is one of
// names, or of a folder around one of them.
func only(worktree string, names []string) (func(string) bool, error) {
	wanted := map[string]bool{}
	root := absolute(worktree)
	for _, name := range names {
		rel, err := filepath.Rel(root, absolute(name))
		if err != nil || !filepath.IsLocal(rel) {
			return nil, fmt.Errorf("%s is not in the worktree %s", name, root)
		}
		for at := filepath.ToSlash(rel); at != "." && !wanted[at]; at = path.Dir(at) {
			wanted[at] = true
		}
	}
	return func(path string) bool { return wanted[path] }, nil
}

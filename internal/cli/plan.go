package cli

import (
	"context"
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/policy"
	"github.com/neokeys/neokeys/rules"
	"github.com/neokeys/neokeys/scanner"
)

// A plan is one run of a command that searches: what to search, how, by whose rules, and what
// to do with what is found. It is made of the flags and the target, and does not change once
// it is made.
type plan struct {
	env      *environment
	target   *target
	policies *policy.Policies
	search   search
	verify   *liveness
	report   *reporting
	started  time.Time
}

// A target is something that can be searched.
type target struct {
	name string // as a report calls it
	// root is the absolute folder that the paths of findings are relative to; empty for the
	// current folder.
	root string
	// tops are the absolute paths of the files and folders on disk that are searched, or whose
	// history is.
	tops []string
	// partly says that there may be more in tops than what is searched.
	partly bool
	// history says that all of a repository's history is searched.
	history bool
	// common is the git directory of that repository, if it is in one.
	common string
	// trace has findings of a history say which commits they went through.
	trace bool
	// policies returns what the projects in it say.
	policies func(policy.Flags) (*policy.Policies, error)
	// files and objects search the files on disk and the objects of a repository. One of them
	// may be nil.
	files, objects func(context.Context, *plan) (*finding.Result, error)
	close          func() // may be nil
	// repository is the address of a repository that was fetched, and end deletes it.
	repository string
	head       string // the id of the commit that HEAD leads to, if there are several repositories
	end        func() // may be nil
	// empty reports whether nothing was searched to find r. That is no all-clear, unless
	// there are good reasons for it, which emptyWord then gives.
	empty     func(r *finding.Result) bool
	emptyWord string
}

// plan makes a plan of the flags, for the target that open returns. The caller must close it.
func (f *flags) plan(cmd *cobra.Command, env *environment, open func() (*target, error)) (*plan, error) {
	p := &plan{env: env, verify: &f.liveness}
	var err error
	if p.report, err = f.output.reporting(); err != nil {
		return nil, err
	}
	if err := f.liveness.check(cmd, p.report.outcome.Live()); err != nil {
		return nil, err
	}
	said, err := f.project.flags()
	said.Context = cmd.Context()
	if err != nil {
		return nil, err
	}
	if p.search, err = f.search.search(&said); err != nil {
		return nil, err
	}
	if p.target, err = open(); err != nil {
		return nil, err
	}
	if p.policies, err = p.target.policies(said); err != nil {
		p.close()
		return nil, err
	}
	p.started = time.Now()
	return p, nil
}

func (p *plan) close() {
	if p.target.close != nil {
		p.target.close()
	}
	if p.target.end != nil {
		p.target.end()
	}
}

// run carries the command out: it makes the plan, searches, and reports.
func (f *flags) run(cmd *cobra.Command, env *environment, open func() (*target, error)) error {
	p, err := f.plan(cmd, env, open)
	if err != nil {
		return err
	}
	defer p.close()
	found, err := p.find(cmd.Context())
	if err != nil {
		return err
	}
	return p.conclude(cmd.Context(), found.all())
}

// found is what a search found on disk and in a repository's objects; nil for what was not
// searched.
type found struct{ files, objects *finding.Result }

// all returns it as one result.
func (f *found) all() *finding.Result {
	switch {
	case f.objects == nil:
		return f.files
	case f.files == nil:
		return f.objects
	}
	if slices.ContainsFunc(f.objects.Notices, isAbsentLFS) { // those of the files are counted there
		f.files.Notices = slices.DeleteFunc(f.files.Notices, isAbsentLFS)
	}
	return finding.Merge(f.files, f.objects)
}

// find searches the target.
func (p *plan) find(ctx context.Context) (*found, error) {
	var f found
	var err error
	if p.target.files != nil {
		if f.files, err = p.target.files(ctx, p); err != nil {
			return nil, err
		}
	}
	if p.target.objects != nil {
		if f.objects, err = p.target.objects(ctx, p); err != nil {
			return nil, err
		}
	}
	return &f, nil
}

// showProgress says on a terminal how far a search has come, until stop is called. What the
// pre-commit framework shows is what was said once all is over.
func (p *plan) showProgress(progress *scanner.Progress) (stop func()) {
	if !isTerminal(p.env.err) || p.report.quiet || preCommitFramework() {
		return func() {}
	}
	return showProgress(p.env.err, progress)
}

// scope returns what was searched.
func (p *plan) scope() policy.Scope {
	s := policy.Scope{Abs: p.absolute, History: p.target.history}
	if p.search.whole() && !p.target.partly {
		s.Tops = p.target.tops
	}
	return s
}

// conclude assesses what was found and writes the reports. Its error is how the command ends.
func (p *plan) conclude(ctx context.Context, r *finding.Result) error {
	p.assess(ctx, r)
	if p.target.files != nil && p.report.offersFixes() {
		p.offerFixes(ctx, r)
	}
	return p.write(ctx, r)
}

// assess asks about the keys that were found, if that is wanted, and has the rules judge all of it
// together.
func (p *plan) assess(ctx context.Context, r *finding.Result) {
	scope := p.scope()
	p.policies.Suppress(r, scope)
	p.verify.scanned = p.target.tops
	p.verify.ask(ctx, p.env, r, p.report.quiet)
	p.review(r, scope)
	p.policies.Levels(r, scope)
	p.policies.Remarks(r, p.report.verbose)
	r.Fold()
	if p.target.repository != "" {
		p.inRepository(r, p.target.repository)
	}
}

// inRepository says of all that was found which repository it is in.
func (p *plan) inRepository(r *finding.Result, name string) {
	r.In(&finding.Repository{Name: rules.Mask(name), Head: p.target.head, ScannedAt: p.started.UTC()})
}

// nothing reports whether nothing was searched, and whether that makes the command fail. Where it
// does not, a word says why there was nothing.
func (p *plan) nothing(r *finding.Result) (fails bool) {
	switch {
	case len(r.Findings) > 0 || len(r.Problems) > 0 || !p.target.empty(r):
	case p.target.emptyWord == "":
		return !p.search.allowEmpty
	case p.report.silent:
		_, _ = fmt.Fprintf(wrapping(p.env.err), "neokeys: %s: nothing was searched\n", p.target.emptyWord)
	default:
		r.Notices = append(r.Notices, finding.Problem{Message: p.target.emptyWord + ": nothing was searched"})
	}
	return false
}

// review has the rules judge together all that was found.
func (p *plan) review(r *finding.Result, scope policy.Scope) {
	var tracker scanner.Tracker
	p.policies.Review(r, scope, policy.Review{
		Now:      p.started,
		Exists:   func(path string) bool { return p.policies.Exists(p.absolute(path)) },
		Tracking: tracker.Tracking,
	})
}

// absolute returns where a finding's path leads.
func (p *plan) absolute(path string) string { return p.target.absolute(path) }

// write writes the reports and returns how the command ends.
func (p *plan) write(ctx context.Context, r *finding.Result) error {
	root := p.target.root
	if root == "" {
		root = absolute(".")
	}
	return p.report.write(ctx, p.env, r, written{
		nothing: p.nothing(r), trees: p.target.trees(),
		rules:   p.policies.Rules(),
		scanned: p.target.name, root: root, started: p.started,
	})
}

// projectOf returns what a search of a repository's objects needs to know of each path.
func (p *plan) projectOf(path string) *scanner.Project {
	return p.policies.ProjectAt(folderOf(p.absolute(path)))
}

// argument returns the argument that a command may have, or what it means to leave it out.
func argument(args []string, without string) string {
	if len(args) == 0 {
		return without
	}
	return args[0]
}

// preCommitFramework reports whether the pre-commit framework runs this program.
func preCommitFramework() bool { return os.Getenv("PRE_COMMIT") == "1" }

// copied returns a result whose findings can be judged by themselves.
func copied(r *finding.Result) *finding.Result {
	c := *r
	c.Findings = slices.Clone(r.Findings)
	return &c
}

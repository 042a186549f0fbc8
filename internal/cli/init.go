package cli

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/dustin/go-humanize/english"
	"github.com/spf13/cobra"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/baseline"
	"github.com/neokeys/neokeys/internal/config"
	"github.com/neokeys/neokeys/internal/policy"
	"github.com/neokeys/neokeys/internal/setup"
	"github.com/neokeys/neokeys/scanner/git"
)

// An initCommand sets a repository up.
type initCommand struct {
	env                              *environment
	hook, server, chain, yes, dryRun bool
}

func newInit(env *environment) *cobra.Command {
	c := &initCommand{env: env}
	cmd := &cobra.Command{
		Use:   "init [REPO]",
		Short: "Set a repository up: hooks, CI job, configuration, baseline",
		Long: `Inspect a repository, report what is there, and write what neokeys needs to guard it: git
hooks, a CI job, .neokeys.toml, lines in .gitignore for .env, and a baseline if there are
findings. init shows everything first and asks before it writes. It overwrites no file,
and a second run changes nothing. It runs git to find hooks and remotes, and nothing else.

With --hook, write only the hooks pre-commit, commit-msg and pre-push, to the folder in
which git looks for them. If pre-commit, husky or lefthook manages the hooks, show what to
add to its configuration instead. With --server, write the hook pre-receive of a bare
repository that others push to. An existing hook stays as it is, or with --chain runs
before neokeys.`,
		Example: `  neokeys init --dry-run
  neokeys init --hook --yes
  neokeys init --server --yes /srv/git/project.git`,
		Args: cobra.MaximumNArgs(1),
		RunE: c.run,
	}
	f := cmd.Flags()
	f.BoolVar(&c.hook, "hook", false, "write the hooks pre-commit, commit-msg and pre-push and nothing else")
	f.BoolVar(&c.server, "server", false, "write the hook pre-receive of a bare repository and nothing else")
	f.BoolVar(&c.chain, "chain", false, "run an existing hook before neokeys")
	f.BoolVarP(&c.yes, "yes", "y", false, "write without asking")
	f.BoolVar(&c.dryRun, "dry-run", false, "only show what would be written")
	cmd.MarkFlagsMutuallyExclusive("hook", "server")
	cmd.MarkFlagsMutuallyExclusive("yes", "dry-run")
	return cmd
}

func (c *initCommand) run(cmd *cobra.Command, args []string) error {
	project, err := setup.Look(argument(args, ""))
	if err != nil {
		return err
	}
	if err := c.fits(project); err != nil {
		return err
	}
	program, err := os.Executable()
	if err != nil {
		return err
	}
	o := setup.Options{Program: filepath.ToSlash(program), Chain: c.chain}
	var plan setup.Plan
	switch {
	case c.server:
		plan = project.PlanServer(o)
	case c.hook:
		plan = project.PlanHooks(o)
	default:
		c.describe(project)
		known, err := c.survey(cmd, project)
		if err != nil {
			return err
		}
		plan = project.PlanAll(o, known)
	}
	c.show(&plan)
	if err := c.apply(&plan); err != nil {
		return err
	}
	if plan.Blocked && (c.hook || c.server) {
		return errors.New("not every hook could be written: see above")
	}
	return nil
}

// fits reports whether the repository is of the kind that the flags are for.
func (c *initCommand) fits(p *setup.Project) error {
	switch bare := p.Root == ""; {
	case bare && !c.server:
		return fmt.Errorf("%s is a bare repository, in which nobody commits: --server writes a hook that checks pushes to it", p.Dir)
	case !bare && c.server:
		return fmt.Errorf("%s is not a bare repository: --server is for one that others push to, --hook for one that you commit to", p.Root)
	}
	return nil
}

func (c *initCommand) printf(format string, args ...any) {
	_, _ = fmt.Fprintf(c.env.out, format, args...)
}

// describe says what kind of project it is.
func (c *initCommand) describe(p *setup.Project) {
	c.printf("%s\n", absolute(p.Root))
	line := func(label string, words ...string) {
		if len(words) == 0 {
			words = []string{"none found"}
		}
		c.printf("  %-9s %s\n", label, strings.Join(words, ", "))
	}
	line("hosts", p.Hosts...)
	line("packages", p.Packages...)
	line("CI", p.CI...)
	if p.Manager != "" {
		line("hooks", "managed by "+p.Manager)
	} else {
		line("hooks", p.Hooks...)
	}
}

// survey says what is found in the project's files and in its history, and returns a
// baseline of that, nil if it is nothing.
func (c *initCommand) survey(cmd *cobra.Command, p *setup.Project) (*baseline.Baseline, error) {
	repo, err := git.Open(p.Root, os.Getenv)
	if err != nil {
		return nil, err
	}
	plan, err := standard().plan(cmd, c.env, func() (*target, error) { return auditTarget(repo, p.Root), nil })
	if err != nil {
		return nil, err
	}
	defer plan.close()
	f, err := plan.find(cmd.Context())
	if err == nil {
		err = cmd.Context().Err()
	}
	if err != nil {
		return nil, err
	}
	shown, past := copied(f.files), copied(f.objects)
	scope := plan.scope()
	ofFiles := scope
	ofFiles.History = false
	plan.judge(shown, ofFiles, "")
	plan.policies.Suppress(past, scope)
	c.count("files", shown, "neokeys scan")
	c.count("history", past, "neokeys git")
	if shown.Counting(finding.Note) == 0 && past.Counting(finding.Note) == 0 {
		return nil, nil
	}
	file := filepath.Join(plan.target.root, baseline.FileName)
	all := plan.judgeAll(f, &scope, file)
	u := plan.policies.Update(file, all, scope, policy.Updating{Now: time.Now()})
	return u.Baseline, nil
}

// count says how much was found in a place, and which command shows it.
func (c *initCommand) count(place string, r *finding.Result, command string) {
	keys, habits := finding.Groups(slices.DeleteFunc(slices.Clone(r.Findings), func(f finding.Finding) bool { return !f.Counts() }))
	var about []string
	if n := len(keys); n > 0 {
		about = append(about, english.Plural(n, "key", ""))
	}
	if n := len(habits); n > 0 {
		about = append(about, english.Plural(n, "bad habit", ""))
	}
	if len(about) == 0 {
		about = append(about, "no findings")
	} else {
		about = append(about, "shown by `"+command+"`")
	}
	if n := r.Suppressed(); n > 0 {
		about = append(about, fmt.Sprintf("%d suppressed", n))
	}
	if n := len(r.Problems); n > 0 {
		about = append(about, english.Plural(n, "problem", "")+": not everything could be read")
	}
	c.printf("  %-9s %s\n", place, strings.Join(about, ", "))
}

// show says what there is to do.
func (c *initCommand) show(plan *setup.Plan) {
	for _, ch := range plan.Changes {
		what := "New file"
		if ch.Add {
			what = "Added to"
		}
		c.printf("\n%s %s: %s.\n", what, shortest(ch.Path), ch.Why)
		if ch.MoveTo != "" {
			c.printf("What is there now becomes %s, and is run first.\n", shortest(ch.MoveTo))
		}
		for line := range strings.Lines(strings.TrimLeft(ch.Text, "\n")) {
			c.printf("    %s", line)
		}
	}
	for _, note := range plan.Notes {
		c.printf("\n%s\n", note)
	}
	c.printf("\n")
}

// apply writes what was shown, if the user agrees.
func (c *initCommand) apply(plan *setup.Plan) error {
	switch n := len(plan.Changes); {
	case n == 0:
		c.printf("There is nothing to write.\n")
		return nil
	case c.dryRun:
		c.printf("Nothing was written: this was a dry run.\n")
		return nil
	case !c.yes:
		agreed, err := c.ask(fmt.Sprintf("Write these files (%d)? [y/N] ", n))
		if err != nil {
			return err
		}
		if !agreed {
			c.printf("Nothing was written.\n")
			return nil
		}
	}
	if err := setup.Apply(plan.Changes); err != nil {
		return err
	}
	for i := range plan.Changes {
		ch := &plan.Changes[i]
		c.printf("Wrote %s\n", shortest(ch.Path))
		if filepath.Base(ch.Path) == baseline.FileName {
			c.printf("The baseline keeps old findings from failing. It does not make them harmless: rotate or revoke the keys.\n")
		}
	}
	if !c.hook && !c.server {
		c.printf("Look at what was written outside .git, tune %s, and commit it.\n", config.FileName)
	}
	return nil
}

// ask asks the user a question.
func (c *initCommand) ask(question string) (bool, error) {
	in, ok := c.env.in.(*os.File)
	if !ok || !isTerminal(in) {
		return false, errors.New("nothing was written: standard input is no terminal to ask at; --yes writes without asking, --dry-run only shows")
	}
	c.printf("%s", question)
	answer, err := bufio.NewReader(in).ReadString('\n')
	if err != nil && answer == "" {
		return false, errors.New("nothing was written: there was no answer")
	}
	switch strings.ToLower(strings.TrimSpace(answer)) {
	case "y", "yes":
		return true, nil
	}
	return false, nil
}

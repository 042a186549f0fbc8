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
	"github.com/neokeys/neokeys/internal/policy"
	"github.com/neokeys/neokeys/internal/setup"
	build "github.com/neokeys/neokeys/internal/version"
	"github.com/neokeys/neokeys/scanner/git"
)

// An initCommand sets a repository up.
type initCommand struct {
	env                                      *environment
	hook, server, global, remove, chain, yes bool
	dryRun                                   bool
	answers                                  *bufio.Reader // of the user
	leaked                                   []finding.KeyGroup
}

func newInit(env *environment) *cobra.Command {
	c := &initCommand{env: env}
	cmd := &cobra.Command{
		Use:   "init [REPO]",
		Short: "Set a repository up: hooks, CI job, configuration, baseline",
		Long: `Inspect a repository, report what is there, and write what neokeys needs to guard it: git
hooks, a CI job, .neokeys.toml, lines in .gitignore for .env, and a baseline if there are
findings. init shows each file and asks before it writes it. It overwrites no file, and a
second run changes nothing. It runs git to find hooks and remotes, and nothing else.

With --hook, write only the hooks pre-commit, commit-msg and pre-push, to the folder in
which git looks for them. If husky or lefthook manages the hooks, edit its files, and show
the difference first; if pre-commit does, show what to add to its configuration. With
--server, write the hook pre-receive of a bare repository that others push to. An existing
hook stays as it is, or with --chain runs before neokeys.

With --global, set hooks for all your repositories; each runs the repository's own hook
afterwards. ` + "`neokeys doctor`" + ` shows where a repository overrides them.

With --remove, take back what init wrote to the repository, or with --global to your own
configuration. What was changed since stays as it is.`,
		Example: `  neokeys init --dry-run
  neokeys init --hook --yes
  neokeys init --server --yes /srv/git/project.git
  neokeys init --global`,
		Args: cobra.MaximumNArgs(1),
		RunE: c.run,
	}
	f := cmd.Flags()
	f.BoolVar(&c.hook, "hook", false, "write the hooks pre-commit, commit-msg and pre-push and nothing else")
	f.BoolVar(&c.server, "server", false, "write the hook pre-receive of a bare repository and nothing else")
	f.BoolVar(&c.global, "global", false, "set hooks for all your repositories")
	f.BoolVar(&c.remove, "remove", false, "take back what init wrote")
	f.BoolVar(&c.chain, "chain", false, "run an existing hook before neokeys")
	f.BoolVarP(&c.yes, "yes", "y", false, "write without asking")
	f.BoolVar(&c.dryRun, "dry-run", false, "only show what would be written")
	cmd.MarkFlagsMutuallyExclusive("hook", "server", "global")
	cmd.MarkFlagsMutuallyExclusive("hook", "remove")
	cmd.MarkFlagsMutuallyExclusive("server", "remove")
	cmd.MarkFlagsMutuallyExclusive("chain", "remove")
	cmd.MarkFlagsMutuallyExclusive("chain", "global")
	cmd.MarkFlagsMutuallyExclusive("yes", "dry-run")
	return cmd
}

func (c *initCommand) run(cmd *cobra.Command, args []string) error {
	if c.global {
		if len(args) > 0 {
			return errors.New("--global is about all repositories: leave " + args[0] + " out")
		}
		return c.machine()
	}
	project, err := setup.Look(argument(args, ""))
	if err != nil {
		return err
	}
	if c.remove {
		plan, err := project.PlanRemoval()
		if err != nil {
			return err
		}
		return c.takeBack(&plan, project.Forget)
	}
	if err := c.fits(project); err != nil {
		return err
	}
	o, err := c.options()
	if err != nil {
		return err
	}
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
	if err := c.carryOut(&plan, project.Record); err != nil {
		return err
	}
	if plan.Blocked && (c.hook || c.server) {
		return errors.New("not every hook could be written: see above")
	}
	if plan.Impossible {
		return errors.New("not everything could be written: see above")
	}
	return nil
}

// machine sets hooks for all repositories, or takes them back.
func (c *initCommand) machine() error {
	machine, err := setup.LookAtMachine()
	if err != nil {
		return err
	}
	if c.remove {
		plan, err := machine.PlanRemoval()
		if err != nil {
			return err
		}
		return c.takeBack(&plan, machine.Forget)
	}
	o, err := c.options()
	if err != nil {
		return err
	}
	plan := machine.Plan(o)
	if err := c.carryOut(&plan, machine.Record); err != nil {
		return err
	}
	if plan.Blocked {
		return errors.New("the global hooks could not be set: see above")
	}
	return nil
}

func (c *initCommand) options() (setup.Options, error) {
	program, err := os.Executable()
	return setup.Options{Program: filepath.ToSlash(program), Action: actionRef(build.Of()), Chain: c.chain}, err
}

// actionRef names the action of a build: its commit, which nobody can move, with the version as a
// comment; or the version's tag, where the go command has not recorded the commit. A build that knows
// neither leaves the pinning to the user.
func actionRef(info build.Info) string {
	switch {
	case info.Commit == "" && strings.HasPrefix(info.Version, "0.0.0-"):
		return "main # pin a commit: this build of neokeys does not know its own"
	case info.Commit == "":
		return "v" + info.Version
	}
	tag := "v" + info.Version
	if strings.HasPrefix(info.Version, "0.0.0-") {
		tag = info.Version
	}
	return info.Commit + " # " + tag
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
	_, _ = fmt.Fprintf(wrapping(c.env.out), format, args...)
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
	c.leaked = leakedIn(shown, past)
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

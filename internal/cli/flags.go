package cli

import (
	"errors"
	"fmt"

	"github.com/dustin/go-humanize"
	"github.com/spf13/cobra"

	"github.com/neokeys/neokeys/internal/baseline"
	"github.com/neokeys/neokeys/internal/config"
	"github.com/neokeys/neokeys/internal/policy"
	"github.com/neokeys/neokeys/scanner"
)

// flags are what the user may say of a search. They are declared here, group by group, and
// each command that heeds a group has all of it.
type flags struct {
	output   output
	liveness liveness
	project  projectFlags
	search   searchFlags
}

// register adds the groups that every command has that searches and reports.
func (f *flags) register(cmd *cobra.Command) {
	f.output.register(cmd)
	f.liveness.register(cmd)
	f.project.register(cmd)
	f.project.registerRules(cmd)
	f.search.register(cmd)
}

// projectFlags say which rules run, and which files of projects are heeded.
type projectFlags struct {
	configFile, baselineFile string
	noConfig, noBaseline     bool
	levels                   []string // RULE=LEVEL
	only, disabled           []string
	noInline                 bool
	inline                   *bool // takes the place of noInline; nil if there is no such flag
}

func (p *projectFlags) register(cmd *cobra.Command) {
	p.registerConfig(cmd)
	f := cmd.Flags()
	f.StringVar(&p.baselineFile, "baseline", "", "take known findings from `FILE`, for all that is searched (default: the nearest "+baseline.FileName+", as for --config)")
	f.BoolVar(&p.noBaseline, "no-baseline", false, "report the findings in the baseline like any others")
	cmd.MarkFlagsMutuallyExclusive("baseline", "no-baseline")
}

// registerConfig is for commands that have another way to name a baseline.
func (p *projectFlags) registerConfig(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&p.configFile, "config", "", "read the configuration for all that is searched from `FILE` (default, for each file: the nearest "+config.FileName+" from its folder up to its worktree's root)")
	f.BoolVar(&p.noConfig, "no-config", false, "use no configuration file")
	f.StringArrayVar(&p.levels, "severity", nil, "set a rule's level: `RULE=LEVEL`, where LEVEL is error, warning, note or off (repeatable)")
	cmd.MarkFlagsMutuallyExclusive("config", "no-config")
	completeLevels(cmd, "severity")
}

func (p *projectFlags) registerRules(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringArrayVar(&p.only, "rule", nil, "run only the rule called `ID` (repeatable)")
	f.StringArrayVar(&p.disabled, "disable", nil, "do not run the rule called `ID` (repeatable)")
	completeFlag(cmd, "rule", ruleIDs()...)
	completeFlag(cmd, "disable", ruleIDs()...)
}

// registerInline adds the flag by which comments excuse nothing.
func (p *projectFlags) registerInline(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&p.noInline, "no-inline-ignore", false, "disregard neokeys:ignore comments in files")
}

// registerNoInline is for a command in which comments excuse nothing unless a flag says so.
func (p *projectFlags) registerNoInline(cmd *cobra.Command) {
	p.inline = cmd.Flags().Bool("inline-ignore", false, "have neokeys:ignore comments in files excuse their lines")
}

// ignoresInline reports whether comments excuse nothing.
func (p *projectFlags) ignoresInline() bool {
	if p.inline != nil {
		return !*p.inline
	}
	return p.noInline
}

// flags returns what they say.
func (p *projectFlags) flags() (policy.Flags, error) {
	said := policy.Flags{
		NoInline: p.ignoresInline(),
		Config:   p.configFile, Baseline: p.baselineFile, NoConfig: p.noConfig, NoBaseline: p.noBaseline,
		Only: p.only, Disabled: p.disabled,
	}
	for _, arg := range p.levels {
		level, err := policy.ParseLevel(arg)
		if err != nil {
			return said, err
		}
		said.Levels = append(said.Levels, level)
	}
	return said, said.Check()
}

// searchFlags say how to search. Those of a group that a command does not have keep the value
// that they have by default.
type searchFlags struct {
	jobs         int
	archiveDepth int
	unopened     bool
	maxKeyAge    string
	maxSize      string
	noIgnore     bool
	allNames     bool
	allowEmpty   bool
	noDiff       bool
}

// register adds the flags of every search.
func (s *searchFlags) register(cmd *cobra.Command) {
	f := cmd.Flags()
	f.IntVarP(&s.jobs, "jobs", "j", 0, "search `N` files or objects at a time (default one per processor)")
	f.IntVar(&s.archiveDepth, "max-archive-depth", scanner.ArchiveDepth, "open archives nested up to `N` deep; 0 opens none")
	f.BoolVar(&s.unopened, "ignore-unopened", false, "accept archives that cannot be opened; without this, they make a search incomplete")
}

// registerFiles adds those of a search of files on disk.
func (s *searchFlags) registerFiles(cmd *cobra.Command) {
	f := cmd.Flags()
	f.BoolVar(&s.noIgnore, "no-ignore", false, "apply no ignore rules: scan everything but .git")
	f.StringVar(&s.maxSize, "max-file-size", "", "skip files larger than `SIZE`, such as 10MB (default no limit)")
}

// registerHistory adds those of a search of all of a repository's history.
func (s *searchFlags) registerHistory(cmd *cobra.Command) {
	s.registerAge(cmd, "default "+config.FormatAge(config.DefaultMaxKeyAge)+", or as configured")
	cmd.Flags().BoolVar(&s.allNames, "all-names", false, "search the names of files in all versions, and check that no file is missing")
}

// registerAge adds the flag of a search that finds out when keys were committed.
func (s *searchFlags) registerAge(cmd *cobra.Command, without string) {
	cmd.Flags().StringVar(&s.maxKeyAge, "max-key-age", "", "report keys that were committed more than `AGE` ago and are still in HEAD, such as 90d or 12w ("+without+")")
}

// registerEmpty adds the flag of a command that fails where there is nothing to search.
func (s *searchFlags) registerEmpty(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&s.allowEmpty, "allow-empty", false, "exit with 0 if there is nothing to search")
}

// registerDiff adds the flag of a command that reads standard input.
func (s *searchFlags) registerDiff(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&s.noDiff, "no-diff", false, "search a diff on standard input as plain text, with its removed lines")
}

// maxArchiveDepth bounds the memory that each level of archives takes.
const maxArchiveDepth = 16

// A search is how to search, as flags say.
type search struct {
	jobs, archiveDepth int
	maxFileSize        int64 // 0 is no limit
	noIgnore, allNames bool
	allowEmpty, noDiff bool
}

// search returns what the flags say, and puts the age of keys, which projects have a say in,
// with what else there is of that.
func (s *searchFlags) search(said *policy.Flags) (search, error) {
	how := search{jobs: s.jobs, archiveDepth: s.archiveDepth, noIgnore: s.noIgnore, allNames: s.allNames, allowEmpty: s.allowEmpty, noDiff: s.noDiff}
	said.IgnoreUnopened = s.unopened
	if s.jobs < 0 {
		return how, fmt.Errorf("--jobs: %d is negative; 0 is one a processor", s.jobs)
	}
	if s.archiveDepth < 0 || s.archiveDepth > maxArchiveDepth {
		return how, fmt.Errorf("--max-archive-depth: %d is not from 0 to %d; 0 opens no archive", s.archiveDepth, maxArchiveDepth)
	}
	if s.maxSize != "" {
		n, err := humanize.ParseBytes(s.maxSize)
		if err != nil || n == 0 || n > 1<<62 {
			return how, fmt.Errorf("--max-file-size: %q is not a size; write 500KB, 10MB or 1GiB", s.maxSize)
		}
		how.maxFileSize = int64(n)
	}
	if s.maxKeyAge != "" {
		age, err := config.ParseAge(s.maxKeyAge)
		if err != nil {
			return how, fmt.Errorf("--max-key-age: %w", err)
		}
		said.MaxKeyAge = age
	}
	return how, nil
}

// whole reports whether nothing is left out that a baseline may know of.
func (s *search) whole() bool { return s.maxFileSize == 0 && s.archiveDepth >= scanner.ArchiveDepth }

var errAgeOfStaged = errors.New("--max-key-age goes with a history or a --range: what is staged has no age")

// standard returns the flags of a command on which none was given.
func standard() *flags {
	var f flags
	f.register(new(cobra.Command))
	return &f
}

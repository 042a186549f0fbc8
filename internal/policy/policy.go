// Package policy works out what projects say about scans of themselves: their
// configuration, their baseline and, for git objects, their .neokeysignore. It decides which
// findings count, and drops none but those of rules that are turned off.
//
// One scan may reach files of several projects, and each file has its own: the nearest
// .neokeys.toml from its folder up to the root of its worktree.
package policy

import (
	"cmp"
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/config"
	"github.com/neokeys/neokeys/internal/suggest"
	"github.com/neokeys/neokeys/rules"
	"github.com/neokeys/neokeys/scanner"
	"github.com/neokeys/neokeys/scanner/ignore"
)

// Flags are what the user says on the command line. It goes before what any file says.
type Flags struct {
	// Config and Baseline are files for all that is searched; empty to look for those of
	// each project.
	Config, Baseline     string
	NoConfig, NoBaseline bool
	Levels               []Level
	// NoInline has comments in files excuse nothing.
	NoInline bool
	// MaxKeyAge is how old a key may grow; 0 is as configured.
	MaxKeyAge time.Duration
	// IgnoreUnopened accepts every archive that could not be opened.
	IgnoreUnopened bool
	// Context ends the wait for what Config and Baseline name, which may be pipes; nil for never.
	Context context.Context
	// Only and Disabled are ids of rules, as in [rules.Select].
	Only, Disabled []string
}

// A Level is what a flag makes of a rule's findings.
type Level struct{ Rule, Level string }

// ParseLevel reads RULE=LEVEL.
func ParseLevel(arg string) (Level, error) {
	id, level, ok := strings.Cut(arg, "=")
	if !ok {
		return Level{}, fmt.Errorf("--severity %s: write RULE=LEVEL, as in stale-key=note", arg)
	}
	if err := CheckRule(id); err != nil {
		return Level{}, fmt.Errorf("--severity: %w", err)
	}
	if _, err := finding.ParseSeverity(level); err != nil && level != config.Off {
		return Level{}, fmt.Errorf("--severity %s: %w, or off", id, err)
	}
	return Level{id, level}, nil
}

// A Policy is what applies to the files of one folder. It is not changed once it is made.
type Policy struct {
	// Config is the configuration in force, flags included.
	Config *config.Config
	// Rules are those whose findings are reported.
	Rules []*rules.Rule

	configRoot string // what patterns in the configuration are relative to
	patterns   map[string]*ignore.Patterns
	unopened   *ignore.Patterns // of archives that may stay unopened
	root       string           // of the worktree; outside one, the folder that the scan began at
	own        *known           // the baseline of the file's own worktree; may be nil
	outer      []*known         // those of the worktrees that have this one as a submodule
	project    *scanner.Project
}

// Baselines returns the paths of the baselines that apply.
func (p *Policy) Baselines() []string {
	var files []string
	for _, k := range p.baselines() {
		files = append(files, slashed(shortest(k.file)))
	}
	return files
}

func (p *Policy) runs(rule string) bool {
	return slices.ContainsFunc(p.Rules, func(r *rules.Rule) bool { return r.ID == rule })
}

// baselines returns the baselines that apply.
func (p *Policy) baselines() []*known {
	if p.own == nil {
		return p.outer
	}
	return append(slices.Clone(p.outer), p.own)
}

// maxPolicies bounds how many configurations and baselines of projects one scan heeds: each
// takes memory, and a tree may hold millions.
const maxPolicies = 1000

// Policies are those of one scan. They may be asked by several goroutines at once.
type Policies struct {
	flags  Flags
	source source
	given  struct {
		config   *config.Config // that of a flag; nil to look for those of projects
		root     string
		baseline *known
	}
	ignores *ignoreFiles // nil on disk, where the walker applies them

	mu       sync.Mutex
	first    string             // the folder of the first of what is searched
	folders  map[string]*Policy // by absolute path
	made     []*Policy          // each once, in the order in which they were met
	known    []*known
	notices  []finding.Problem
	problems []finding.Problem
	applied  []finding.Problem // which file applies where
}

// A source is where projects are read from. Paths are absolute.
type source interface {
	// above returns the folder whose policy goes on in folder, and whether that is in another
	// worktree; empty where nothing above counts.
	above(folder string) (parent string, leaves bool)
	// read returns the text of the file called name in folder, fs.ErrNotExist if there is none.
	read(folder, name string) ([]byte, error)
	// addsOnly returns why a file in a folder may not take anything back; empty if it may.
	addsOnly(folder, name string) string
	// exists reports whether there is a file.
	exists(path string) bool
	// name returns a path as reports call it.
	name(path string) string
}

func newPolicies(flags Flags, from source) *Policies {
	return &Policies{flags: flags, source: from, folders: map[string]*Policy{}}
}

// Of returns the policy for the file at an absolute path.
func (ps *Policies) Of(path string) *Policy { return ps.At(filepath.Dir(ps.resolve(path))) }

// At returns the policy for the files in a folder, given as an absolute path.
func (ps *Policies) At(folder string) *Policy {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	return ps.at(ps.resolve(folder))
}

// First returns the policy for the first of what is searched.
func (ps *Policies) First() *Policy { return ps.At(ps.first) }

// CheckRule returns an error if no rule has the id.
func CheckRule(id string) error {
	if slices.Contains(rules.IDs(), id) {
		return nil
	}
	return fmt.Errorf("no rule is called %q%s", id, suggest.Or(id, rules.IDs(), "; `neokeys rules` lists them"))
}

// Check looks at what flags say of rules.
func (f *Flags) Check() error {
	for _, id := range slices.Concat(f.Only, f.Disabled) {
		if err := CheckRule(id); err != nil {
			return err
		}
	}
	_, err := rules.Select(rules.All(), f.Only, f.Disabled)
	return err
}

// Rules returns the rules whose findings are reported somewhere, in the order of [rules.All].
func (ps *Policies) Rules() []*rules.Rule {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	return slices.DeleteFunc(rules.All(), func(r *rules.Rule) bool {
		return !slices.ContainsFunc(ps.made, func(p *Policy) bool { return p.runs(r.ID) })
	})
}

// Set returns the rules of all policies that were met so far, ready to run, with the names of
// all projects among their anchors.
func (ps *Policies) Set() (*rules.Set, error) {
	var own rules.Own
	selected := ps.Rules()
	ps.mu.Lock()
	defer ps.mu.Unlock()
	from := ""
	for _, p := range ps.made {
		own.Variables = union(own.Variables, p.Config.Variables)
		own.Hosts = union(own.Hosts, p.Config.Hosts)
		from = cmp.Or(from, p.Config.Path)
	}
	set, err := rules.NewSetFor(rules.WithNeeded(selected), own)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", from, err)
	}
	return set, nil
}

func union(a, b []string) []string {
	for _, s := range b {
		if !slices.Contains(a, s) {
			a = append(slices.Clip(a), s)
		}
	}
	return a
}

// ProjectAt returns what a scan needs to know of the files in a folder, by an absolute path.
func (ps *Policies) ProjectAt(folder string) *scanner.Project { return ps.At(folder).project }

// at is At. The lock is held.
func (ps *Policies) at(folder string) *Policy {
	if p := ps.folders[folder]; p != nil {
		return p
	}
	base := ps.outside()
	if parent, leaves := ps.source.above(folder); parent != "" {
		base = ps.at(parent)
		if leaves {
			base = base.asOuter(folder)
		}
	} else {
		base = base.rootedAt(folder)
	}
	p := ps.enter(folder, base)
	ps.folders[folder] = p
	return p
}

// outside returns the policy of what no project says anything of.
func (ps *Policies) outside() *Policy {
	if p := ps.folders[""]; p != nil {
		return p
	}
	p := &Policy{Config: config.Default()}
	if ps.given.config != nil {
		p.Config, p.configRoot = ps.given.config, ps.given.root
	}
	p.own = ps.given.baseline
	p = ps.finish(p, nil)
	ps.folders[""] = p
	return p
}

// rootedAt returns p for the worktree, or whatever else begins at folder.
func (p *Policy) rootedAt(folder string) *Policy {
	q := *p
	q.root = folder
	if q.configRoot == "" {
		q.configRoot = folder
	}
	return &q
}

// asOuter returns p as it counts in the submodule at folder.
func (p *Policy) asOuter(folder string) *Policy {
	q := *p
	q.root, q.outer, q.own = folder, p.baselines(), nil
	return &q
}

// enter returns the policy in folder, where base is what applies without the files there.
func (ps *Policies) enter(folder string, base *Policy) *Policy {
	p := *base
	baseline := ps.enterBaseline(folder, &p)
	switch {
	case ps.enterConfig(folder, &p):
		return ps.finish(&p, base)
	case baseline:
		return &p
	}
	return base
}

// enterConfig makes p heed the configuration in folder, and reports whether there is one.
func (ps *Policies) enterConfig(folder string, p *Policy) bool {
	if ps.given.config != nil || ps.flags.NoConfig {
		return false
	}
	text, err := ps.find(folder, config.FileName)
	if err != nil || text == nil {
		return false
	}
	file := filepath.Join(folder, config.FileName)
	c, err := config.Parse(ps.name(file), text, rules.IDs())
	if err != nil {
		ps.damaged(file, err)
		return false
	}
	why := ps.source.addsOnly(folder, config.FileName)
	if why == "" {
		p.Config, p.configRoot, p.patterns = c, folder, nil
		ps.applies(file, "this configuration applies to the files in "+ps.name(folder))
		return true
	}
	sum, left := p.Config.Plus(c, ownLevel)
	p.Config = sum
	if len(left) > 0 {
		ps.notice(file, fmt.Sprintf("it is %s, and so may only add to a scan begun above it; not used: %s", why, strings.Join(left, ", ")))
	}
	ps.applies(file, "this configuration adds to the one for the files in "+ps.name(folder))
	return true
}

func ownLevel(id string) finding.Severity {
	for _, r := range rules.All() {
		if r.ID == id {
			return r.Severity
		}
	}
	return 0
}

// find returns the text of a project's file in folder, nil if there is none or no more are
// heeded.
func (ps *Policies) find(folder, name string) ([]byte, error) {
	text, err := ps.source.read(folder, name)
	if err != nil {
		return nil, err
	}
	if len(ps.made)+len(ps.known) > maxPolicies {
		ps.problem(filepath.Join(folder, name), fmt.Sprintf("not read: the scan has met %d such files already; scan a part of the tree", maxPolicies))
		return nil, nil
	}
	if text == nil {
		text = []byte{}
	}
	return text, nil
}

// finish completes a policy whose configuration has been read, with what flags say. base is what
// to use if it cannot be read; nil for a policy without a file.
func (ps *Policies) finish(p, base *Policy) *Policy {
	c := p.Config.Clone()
	for _, l := range ps.flags.Levels {
		c.SetLevel(l.Rule, l.Level, "--severity")
	}
	if ps.flags.MaxKeyAge > 0 {
		c.MaxKeyAge = ps.flags.MaxKeyAge
	}
	p.Config, p.patterns = c, map[string]*ignore.Patterns{}
	p.unopened = ignore.Parse([]byte(strings.Join(c.IgnoreUnopened, "\n")), false)
	for id, rule := range c.Rules {
		if len(rule.Ignore) > 0 {
			p.patterns[id] = ignore.Parse([]byte(strings.Join(rule.Ignore, "\n")), false)
		}
	}
	var err error
	p.Rules, err = rules.Select(rules.All(), ps.flags.Only, slices.Concat(ps.flags.Disabled, off(c, ps.flags.Only)))
	var set *rules.Set
	own := rules.Own{Variables: c.Variables, Hosts: c.Hosts}
	if err == nil {
		set, err = rules.NewSetFor(rules.WithNeeded(p.Rules), own)
	}
	if err != nil {
		if c.Path != "" {
			err = fmt.Errorf("%s: %w", c.Path, err)
		}
		ps.problems = append(ps.problems, finding.Problem{Path: slashed(c.Path), Message: err.Error()})
		if base != nil {
			return base
		}
		set = rules.NewSet(rules.All())
	}
	p.project = &scanner.Project{Rules: set, Places: rules.Places{Browser: c.BrowserFolders, Own: &own}}
	ps.made = append(ps.made, p)
	return p
}

// off returns the rules that are turned off, but for those that a flag names.
func off(c *config.Config, only []string) []string {
	var ids []string
	for id, r := range c.Rules {
		if r.Level == config.Off && !slices.Contains(only, id) {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

func (ps *Policies) notice(file, message string) {
	ps.notices = append(ps.notices, finding.Problem{Path: ps.name(file), Message: message})
}

func (ps *Policies) applies(file, message string) {
	ps.applied = append(ps.applied, finding.Problem{Path: ps.name(file), Message: message})
}

func (ps *Policies) problem(file, message string) {
	ps.problems = append(ps.problems, finding.Problem{Path: ps.name(file), Message: message})
}

func (ps *Policies) name(path string) string { return ps.source.name(path) }

package cli

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/baseline"
	"github.com/neokeys/neokeys/internal/config"
	"github.com/neokeys/neokeys/rules"
	"github.com/neokeys/neokeys/scanner"
	"github.com/neokeys/neokeys/scanner/ignore"
)

// ignoreFile is what a project calls its list of paths that neokeys is to leave alone.
const ignoreFile = ".neokeysignore"

// A policy is what a project says about scans of itself: its configuration, its
// baseline and, for git objects, its .neokeysignore. It decides which findings count,
// and drops none.
type policy struct {
	configFile, baselineFile string
	noConfig, noBaseline     bool
	levels                   []string // RULE=LEVEL, from flags

	settings     *config.Config
	known        *baseline.Baseline
	files        files
	ignores      *ignoreFiles // nil on disk, where the walker goes by them
	root         string       // of the project
	configRoot   string       // what patterns in the configuration are relative to
	baselineRoot string
	unused       []baseline.Entry // those that no finding answers to
	// scope are the absolute paths of the files and folders that are searched to their end;
	// ran are the rules that run. What a baseline says of others may be of use another time.
	scope   []string
	ran     []*rules.Rule
	history bool // all of a repository's history is searched
	// inFiles is what the files alone show; nil if nothing else is searched.
	inFiles map[findingID]bool
	notices []finding.Problem
}

// files is where a project's own words are read from. Paths are slash-separated and
// relative to its root.
type files interface {
	ReadFile(path string) ([]byte, error)
	Exists(path string) bool
}

// diskFiles are those in a folder.
type diskFiles struct{ root string }

func (d diskFiles) ReadFile(path string) ([]byte, error) {
	full := filepath.Join(d.root, filepath.FromSlash(path))
	// A link could lead to any file on the machine.
	if info, err := os.Lstat(full); err != nil || !info.Mode().IsRegular() {
		return nil, cmp.Or(err, fs.ErrNotExist)
	}
	return os.ReadFile(full)
}

func (d diskFiles) Exists(path string) bool {
	_, err := os.Lstat(filepath.Join(d.root, filepath.FromSlash(path)))
	return err == nil
}

func (p *policy) register(cmd *cobra.Command) {
	p.registerConfig(cmd)
	f := cmd.Flags()
	f.StringVar(&p.baselineFile, "baseline", "", "take known findings from `FILE` (default: the nearest "+baseline.FileName+", as for --config)")
	f.BoolVar(&p.noBaseline, "no-baseline", false, "report known findings like any others")
	cmd.MarkFlagsMutuallyExclusive("baseline", "no-baseline")
}

// registerConfig is for commands that look at no baseline.
func (p *policy) registerConfig(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&p.configFile, "config", "", "read the configuration from `FILE` (default: the nearest "+config.FileName+" from the scanned folder up to its worktree's root)")
	f.BoolVar(&p.noConfig, "no-config", false, "use no configuration")
	f.StringArrayVar(&p.levels, "severity", nil, "give a rule's findings another level, or turn it off: `RULE=LEVEL`, level being error, warning, note or off (repeatable)")
	cmd.MarkFlagsMutuallyExclusive("config", "no-config")
	completeLevels(cmd, "severity")
}

// loadFrom reads what the project says for a scan of path on disk.
func (p *policy) loadFrom(scanned string) error {
	p.settings, p.root = config.Default(), projectRoot(scanned)
	configFile, baselineFile := p.configFile, p.baselineFile
	if configFile == "" && !p.noConfig {
		configFile = config.Find(scanned, config.FileName)
	}
	if baselineFile == "" && !p.noBaseline {
		baselineFile = config.Find(scanned, baseline.FileName)
	}
	if configFile != "" {
		c, err := config.Read(shortest(configFile), rules.IDs())
		if err != nil {
			return err
		}
		p.settings, p.configRoot = c, folderOf(configFile)
	}
	if baselineFile != "" {
		b, err := baseline.Read(shortest(baselineFile))
		if err != nil {
			return err
		}
		p.known, p.baselineRoot = b, folderOf(baselineFile)
	}
	if p.configRoot == "" {
		p.configRoot = p.root
	}
	p.files = diskFiles{p.baselineRoot}
	return p.applyFlags()
}

// loadBase reads what the project says from base, the files before a change whose paths
// are relative to the absolute folder root; tip are the files after it.
func (p *policy) loadBase(root string, base, tip files) error {
	p.settings, p.files = config.Default(), base
	p.root, p.configRoot, p.baselineRoot = root, root, root
	p.ignores = newIgnoreFiles(base)
	read := func(given, name string, parse func(name string, text []byte) error) error {
		if given != "" {
			// Outside the repository a change cannot reach it.
			rel, err := filepath.Rel(root, absolute(given))
			if err != nil || !filepath.IsLocal(rel) {
				text, err := os.ReadFile(given)
				if err != nil {
					return err
				}
				return parse(given, text)
			}
			name = filepath.ToSlash(rel)
		}
		p.noteEdit(name, base, tip)
		text, err := base.ReadFile(name)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err == nil {
			err = parse(name, text)
		}
		if err != nil && given == "" {
			// Without it more is found, and the change that mends it gets through.
			p.notices = append(p.notices, finding.Problem{Path: name,
				Message: "what it said before this change is damaged, and the scan went without it: " + err.Error()})
			return nil
		}
		return err
	}
	if !p.noConfig {
		err := read(p.configFile, config.FileName, func(name string, text []byte) error {
			c, err := config.Parse(name, text, rules.IDs())
			if err == nil {
				p.settings = c
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	if !p.noBaseline {
		err := read(p.baselineFile, baseline.FileName, func(name string, text []byte) (err error) {
			p.known, err = baseline.Parse(name, text)
			return err
		})
		if err != nil {
			return err
		}
	}
	p.noteEdit(ignoreFile, base, tip)
	p.ignores.asked = func(name string) {
		if name != ignoreFile { // which was noted whether there are findings or not
			p.noteEdit(name, base, tip)
		}
	}
	return p.applyFlags()
}

// noteEdit tells that a change edits a file by which findings can be silenced.
func (p *policy) noteEdit(name string, base, tip files) {
	before, errBefore := base.ReadFile(name)
	after, errAfter := tip.ReadFile(name)
	if (errBefore == nil) == (errAfter == nil) && string(before) == string(after) {
		return
	}
	p.notices = append(p.notices, finding.Problem{Path: name,
		Message: "this change edits it; the scan went by what it said before"})
}

// applyFlags lets flags go before the configuration.
func (p *policy) applyFlags() error {
	for _, arg := range p.levels {
		id, level, ok := strings.Cut(arg, "=")
		if !ok {
			return fmt.Errorf("--severity %s: write RULE=LEVEL, as in stale-key=note", arg)
		}
		if !slices.Contains(rules.IDs(), id) {
			return fmt.Errorf("--severity: no rule is called %q; `neokeys rules` lists them", id)
		}
		if _, err := finding.ParseSeverity(level); err != nil && level != config.Off {
			return fmt.Errorf("--severity %s: %w, or off", id, err)
		}
		p.settings.SetLevel(id, level, "--severity")
	}
	return nil
}

// off returns the rules that are turned off, but for those that a flag names.
func (p *policy) off(only []string) []string {
	var ids []string
	for id, r := range p.settings.Rules {
		if r.Level == config.Off && !slices.Contains(only, id) {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

// suppress marks the findings that the project says do not count. abs turns a finding's
// path into an absolute one. It may be called again when there are more findings.
func (p *policy) suppress(r *finding.Result, abs func(string) string) {
	r.Identify(p.home(abs))
	patterns := map[string]*ignore.Patterns{}
	for id, rule := range p.settings.Rules {
		if len(rule.Ignore) > 0 {
			patterns[id] = ignore.Parse([]byte(strings.Join(rule.Ignore, "\n")), false)
		}
	}
	for i := range r.Findings {
		f := &r.Findings[i]
		if !f.Counts() {
			continue
		}
		name := relative(p.configRoot, abs(f.Path))
		file := relative(p.configRoot, abs(f.File()))
		if ps := patterns[f.Rule]; ps != nil && (covers(ps, file) || covers(ps, name)) {
			f.Suppressed = &finding.Suppression{By: "config", Reason: "ignored by " + p.settings.Path}
		} else if p.ignores.cover(file) || p.ignores.cover(name) {
			f.Suppressed = &finding.Suppression{By: "config", Reason: "ignored by " + ignoreFile}
		}
	}
	if p.known != nil {
		p.unused = p.known.Apply(r.Findings, p.tree(abs))
	}
	for i := range r.Findings {
		if f := &r.Findings[i]; f.Liveness.Works() {
			f.Suppressed = nil // nothing hides a key that works
		}
	}
}

// finish gives the findings the levels that the project wants, and adds what there is to
// tell about its files.
func (p *policy) finish(r *finding.Result) {
	for i := range r.Findings {
		f := &r.Findings[i]
		// Nothing makes a key that works less than an error.
		if level, err := finding.ParseSeverity(p.settings.Rules[f.Rule].Level); err == nil && !f.Liveness.Works() {
			f.Severity = level
		}
	}
	r.Notices = append(r.Notices, p.notices...)
	if len(r.Problems) > 0 {
		return // what could not be read may hold what the baseline knows
	}
	for i, e := range p.unused {
		if i == maxUnusedNamed {
			r.Notices = append(r.Notices, finding.Problem{Message: fmt.Sprintf("%d more baseline entries are of no use", len(p.unused)-i)})
			break
		}
		r.Notices = append(r.Notices, finding.Problem{Path: e.Path,
			Message: fmt.Sprintf("the baseline's entry for %s is of no use any more: `neokeys baseline --prune` drops it", e.Rule)})
	}
}

// maxUnusedNamed is how many useless entries of a baseline are named.
const maxUnusedNamed = 10

// tree tells the baseline about what was scanned.
func (p *policy) tree(abs func(string) string) baseline.Tree {
	return baseline.Tree{
		Rel:       func(path string) string { return relative(p.baselineRoot, abs(path)) },
		Exists:    p.files.Exists,
		Searched:  p.searched,
		InHistory: func(f *finding.Finding) bool { return p.inFiles != nil && !p.inFiles[idOf(f)] },
	}
}

// home returns a function that gives a finding's path from the root of its worktree, or of
// what is scanned where there is none.
func (p *policy) home(abs func(string) string) func(*finding.Finding) string {
	roots := map[string]string{}
	rootOf := func(folder string) string {
		root, known := roots[folder]
		if !known {
			root = cmp.Or(config.WorktreeRoot(folder), p.root)
			roots[folder] = root
		}
		return root
	}
	return func(f *finding.Finding) string {
		if f.Path == scanner.Stdin {
			return f.Path
		}
		full, root := abs(f.Path), p.root
		if f.Object == "" { // what comes from a repository's objects has a path in it
			root = rootOf(filepath.Dir(abs(f.File())))
		}
		if rel := relative(root, full); rel != "." {
			return rel
		}
		return filepath.Base(full) // the file that is scanned
	}
}

// A findingID is what a finding in a file has in common with the same one in an audit.
type findingID struct{ fingerprint, path string }

func idOf(f *finding.Finding) findingID {
	// The number behind it depends on what else was found.
	base, _, _ := strings.Cut(f.Fingerprint, "-")
	return findingID{base, f.Path}
}

// searched reports whether what a baseline knows would have been found.
func (p *policy) searched(e baseline.Entry) bool {
	if !slices.ContainsFunc(p.ran, func(r *rules.Rule) bool { return r.ID == e.Rule }) {
		return false
	}
	if e.History {
		return p.history
	}
	full := filepath.Join(p.baselineRoot, filepath.FromSlash(e.Path))
	return slices.ContainsFunc(p.scope, func(top string) bool {
		rel, err := filepath.Rel(top, full)
		return err == nil && filepath.IsLocal(rel)
	})
}

// relative returns the path from folder to full, slash-separated; full itself if there is
// none.
func relative(folder, full string) string {
	if rel, err := filepath.Rel(folder, full); err == nil {
		return filepath.ToSlash(rel)
	}
	return filepath.ToSlash(full)
}

// projectRoot returns the root of the worktree that path lies in; outside one, path itself.
func projectRoot(path string) string {
	full := absolute(path)
	return cmp.Or(config.WorktreeRoot(full), full)
}

func absolute(path string) string {
	if full, err := filepath.Abs(path); err == nil {
		return full
	}
	return path
}

func folderOf(file string) string { return filepath.Dir(absolute(file)) }

// shortest returns the path as a person in the current folder would write it.
func shortest(file string) string {
	if wd, err := os.Getwd(); err == nil {
		if rel, err := filepath.Rel(wd, file); err == nil && len(rel) < len(file) {
			return rel
		}
	}
	return file
}

package policy

import (
	"path/filepath"
	"slices"
	"time"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/baseline"
	"github.com/neokeys/neokeys/internal/infile"
	"github.com/neokeys/neokeys/rules"
	"github.com/neokeys/neokeys/scanner"
)

// known is a baseline with what became of it.
type known struct {
	*baseline.Baseline
	file   string // its absolute path
	root   string // what its paths are relative to
	unused []baseline.Entry
}

// knows adds a baseline.
func (ps *Policies) knows(file string, b *baseline.Baseline) *known {
	k := &known{Baseline: b, file: file, root: filepath.Dir(file)}
	ps.known = append(ps.known, k)
	return k
}

// enterBaseline makes p heed the baseline in folder, and reports whether there is one.
func (ps *Policies) enterBaseline(folder string, p *Policy) bool {
	if ps.given.baseline != nil || ps.flags.NoBaseline {
		return false
	}
	text, err := ps.find(folder, baseline.FileName)
	if err != nil || text == nil {
		return false
	}
	file := filepath.Join(folder, baseline.FileName)
	b, err := baseline.Parse(ps.name(file), text)
	if err != nil {
		ps.damaged(file, err)
		return false
	}
	if why := ps.source.addsOnly(folder, baseline.FileName); why != "" {
		ps.notice(file, "it is "+why+", and so was not used by a scan begun above it")
		return false
	}
	p.own = ps.knows(file, b)
	ps.applies(file, "this baseline applies to the files in "+ps.name(folder))
	return true
}

// A Scope is what a scan searched. What a baseline says of other places may be of use another
// time.
type Scope struct {
	// Tops are the absolute paths of the files and folders that were searched to their end.
	Tops []string
	// History says that all of a repository's history was searched.
	History bool
	// InHistory reports whether it took the history to find a finding; nil if nothing else
	// was searched, or the history was not.
	InHistory func(f *finding.Finding) bool
	// Abs returns the absolute path of what a finding calls path.
	Abs func(path string) string
}

// tree is what a baseline needs to know of what was searched.
func (ps *Policies) tree(k *known, s Scope) baseline.Tree {
	return baseline.Tree{
		Rel:    func(path string) string { return relative(k.root, ps.resolve(s.Abs(path))) },
		Exists: func(path string) bool { return ps.source.exists(filepath.Join(k.root, filepath.FromSlash(path))) },
		Covers: func(f *finding.Finding) bool {
			return slices.Contains(ps.Of(s.Abs(f.File())).baselines(), k)
		},
		Searched:  func(e baseline.Entry) bool { return ps.searched(k, e, s) },
		InHistory: func(f *finding.Finding) bool { return s.InHistory != nil && s.InHistory(f) },
	}
}

// searched reports whether what a baseline knows would have been found.
func (ps *Policies) searched(k *known, e baseline.Entry, s Scope) bool {
	full := filepath.Join(k.root, filepath.FromSlash(e.Path))
	if !ps.Of(full).runs(e.Rule) {
		return false
	}
	if e.History {
		return s.History
	}
	if d, onDisk := ps.source.(*disk); onDisk && !s.History && isKeyRule(e.Rule) && d.hasHistory(full) {
		return false // the history may show what the files no longer do
	}
	return slices.ContainsFunc(s.Tops, func(top string) bool { return within(ps.resolve(top), full) })
}

// isKeyRule reports whether findings of a rule are keys, which the history keeps.
func isKeyRule(id string) bool { return id == rules.NeoAPIKey.ID || id == rules.NeoLegacyToken.ID }

// hasHistory reports whether the file at an absolute path is in a repository with objects.
func (d *disk) hasHistory(path string) bool {
	root := d.root(filepath.Dir(path))
	return root != "" && scanner.HasHistory(filepath.Join(root, ".git"))
}

// resolve returns an absolute path as it is without the links that the user named.
func (ps *Policies) resolve(abs string) string {
	if d, ok := ps.source.(*disk); ok {
		return d.resolve(abs)
	}
	return abs
}

// Updating is how to write a baseline anew.
type Updating struct {
	Prune  bool   // only drop entries
	Reason string // for entries that have none
	Now    time.Time
}

// An Update is what a baseline becomes.
type Update struct {
	Baseline *baseline.Baseline
	// Before counts its entries as it was, Dropped those that no finding answers to, and
	// Elsewhere the findings that go by another baseline.
	Before, Dropped, Elsewhere int
}

// Update returns what the baseline at an absolute path becomes with the findings in r. Call it
// after Suppress.
func (ps *Policies) Update(file string, r *finding.Result, s Scope, how Updating) Update {
	k := ps.baselineAt(file)
	u := Update{Before: len(k.Entries), Dropped: len(k.unused)}
	if how.Prune {
		u.Baseline = k.Without(k.unused)
		return u
	}
	var mine []finding.Finding
	for i := range r.Findings {
		f := &r.Findings[i]
		switch {
		case ps.goesBy(f, k, s):
			mine = append(mine, *f)
		case f.Counts():
			u.Elsewhere++
		}
	}
	u.Baseline = k.Update(mine, ps.tree(k, s), how.Now, how.Reason)
	return u
}

// goesBy reports whether a finding goes in the baseline k, and not in one nearer to it.
func (ps *Policies) goesBy(f *finding.Finding, k *known, s Scope) bool {
	own := ps.Of(s.Abs(f.File())).own
	return own == nil || own == k
}

// TakeIn suppresses the findings that count and that [Policies.Update] of the same file takes in.
func (ps *Policies) TakeIn(file string, r *finding.Result, s Scope) {
	k := ps.baselineAt(file)
	var mine []*finding.Finding
	for i := range r.Findings {
		if f := &r.Findings[i]; ps.goesBy(f, k, s) {
			mine = append(mine, f)
		}
	}
	baseline.TakeIn(mine)
}

// baselineAt returns the baseline that is, or will be, at an absolute path.
func (ps *Policies) baselineAt(file string) *known {
	if _, onDisk := ps.source.(*disk); onDisk {
		file = infile.InRealFolder(file)
	}
	for _, k := range ps.known {
		if k.file == file {
			return k
		}
	}
	return &known{Baseline: &baseline.Baseline{}, file: file, root: filepath.Dir(file)}
}

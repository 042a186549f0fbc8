package policy

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/baseline"
	"github.com/neokeys/neokeys/internal/config"
	"github.com/neokeys/neokeys/rules"
	"github.com/neokeys/neokeys/scanner"
)

// Suppress marks the findings that projects say do not count. It may be called again when there
// are more findings.
func (ps *Policies) Suppress(r *finding.Result, s Scope) {
	ps.acceptUnopened(r, s)
	r.Identify(func(f *finding.Finding) string { return ps.home(f, s) })
	for i := range r.Findings {
		f := &r.Findings[i]
		if ps.flags.NoInline && !f.Counts() && f.Suppressed.By == "inline" {
			f.Suppressed = nil
		}
		if f.Counts() {
			f.Suppressed = ps.ignored(f, s)
		}
	}
	for _, k := range ps.known {
		k.unused = k.Apply(r.Findings, ps.tree(k, s))
	}
	for i := range r.Findings {
		if f := &r.Findings[i]; f.Liveness.Works() {
			f.Suppressed = nil // nothing hides a key that works
		}
	}
}

// maxUnopenedNamed is how many archives a notice names that were not opened.
const maxUnopenedNamed = 3

// acceptUnopened makes a notice of those problems that are archives which could not be opened
// and need not be, as a flag or the project says.
func (ps *Policies) acceptUnopened(r *finding.Result, s Scope) {
	var accepted []string
	r.Problems = slices.DeleteFunc(r.Problems, func(p finding.Problem) bool {
		if !p.Unopened || !ps.flags.IgnoreUnopened && !ps.mayStayUnopened(p.Path, s) {
			return false
		}
		if !slices.Contains(accepted, p.Path) {
			accepted = append(accepted, p.Path)
		}
		return true
	})
	if len(accepted) == 0 {
		return
	}
	list := strings.Join(accepted[:min(len(accepted), maxUnopenedNamed)], ", ")
	if len(accepted) > maxUnopenedNamed {
		list += ", ..."
	}
	what := "1 archive was not opened, which is accepted: "
	if len(accepted) > 1 {
		what = fmt.Sprintf("%d archives were not opened, which is accepted: ", len(accepted))
	}
	r.Notices = append(r.Notices, finding.Problem{Message: what + list})
}

// mayStayUnopened reports whether a project says so of the archive at path.
func (ps *Policies) mayStayUnopened(path string, s Scope) bool {
	if path == scanner.Stdin {
		return false
	}
	file := ps.resolve(s.Abs(path))
	p := ps.Of(file)
	return p.unopened != nil && covers(p.unopened, relative(p.configRoot, file))
}

// home returns a finding's path from the root of its worktree, or of what is scanned where there
// is none.
func (ps *Policies) home(f *finding.Finding, s Scope) string {
	if f.Path == scanner.Stdin {
		return f.Path
	}
	full, root := ps.resolve(s.Abs(f.Path)), ps.First().root
	if f.Object == "" { // what comes from a repository's objects has a path in it
		root = ps.Of(s.Abs(f.File())).root
	}
	if rel := relative(root, full); rel != "." {
		return rel
	}
	return filepath.Base(full) // the file that is scanned
}

// ignored returns the suppression of a finding that lies where its project wants none; nil if
// it does not.
func (ps *Policies) ignored(f *finding.Finding, s Scope) *finding.Suppression {
	name, file := ps.resolve(s.Abs(f.Path)), ps.resolve(s.Abs(f.File()))
	p := ps.Of(file)
	if patterns := p.patterns[f.Rule]; patterns != nil {
		if covers(patterns, relative(p.configRoot, file)) || covers(patterns, relative(p.configRoot, name)) {
			return &finding.Suppression{By: "config", Reason: "ignored by " + p.Config.Path}
		}
	}
	if ps.ignores.cover(file) || ps.ignores.cover(name) {
		return &finding.Suppression{By: "config", Reason: "ignored by " + ignoreFile}
	}
	return nil
}

// Review is what [Policies.Review] needs to know besides the scope.
type Review struct {
	Now time.Time
	// Exists reports whether there is a file at the path of a finding.
	Exists func(path string) bool
	// Tracking returns what git does with a file at an absolute path.
	Tracking func(path string) rules.Tracking
}

// Review has the rules judge together all that was found, drops what rules found where they are
// turned off, and suppresses what does not count of what was added.
func (ps *Policies) Review(r *finding.Result, s Scope, v Review) {
	of := func(path string) *Policy { return ps.Of(s.Abs(path)) }
	root := ps.root()
	review := rules.Review{
		Result: r, History: s.History, Now: v.Now, Exists: v.Exists,
		MaxKeyAgeAt: func(path string) time.Duration {
			if !s.History && ps.flags.MaxKeyAge == 0 {
				return 0 // a key in a change is new here, unless the user wants to know
			}
			return of(path).Config.MaxKeyAge
		},
		Rel:      func(path string) string { return relative(root, ps.resolve(s.Abs(path))) },
		Tracking: func(path string) rules.Tracking { return v.Tracking(s.Abs(path)) },
	}
	review.Run(ps.Rules())
	off := func(f finding.Finding) bool { return !of(f.File()).runs(f.Rule) }
	r.Findings = slices.DeleteFunc(r.Findings, off)
	r.Examples = slices.DeleteFunc(r.Examples, off)
	ps.Suppress(r, s)
}

// root returns the folder around all that is searched.
func (ps *Policies) root() string {
	root := ""
	for folder, p := range ps.folders {
		if folder == "" {
			continue
		}
		if root == "" {
			root = p.root
		}
		for !within(root, p.root) && root != filepath.Dir(root) {
			root = filepath.Dir(root)
		}
	}
	return root
}

// Levels gives the findings the levels that projects want.
func (ps *Policies) Levels(r *finding.Result, s Scope) {
	for i := range r.Findings {
		f := &r.Findings[i]
		p := ps.Of(s.Abs(f.File()))
		// Nothing makes a key that works less than an error.
		if level, err := finding.ParseSeverity(p.Config.Rules[f.Rule].Level); err == nil && !f.Liveness.Works() {
			f.Severity = level
		}
	}
}

// maxUnusedNamed is how many useless entries of a baseline are named.
const maxUnusedNamed = 10

// Remarks adds what there is to say of the projects' files; if all, also which of them applies to
// what.
func (ps *Policies) Remarks(r *finding.Result, all bool) {
	r.Problems = append(r.Problems, ps.problems...)
	r.Notices = append(r.Notices, ps.notices...)
	if all {
		r.Notices = append(r.Notices, ps.applied...)
	}
	if len(r.Problems) > 0 || r.Summary.Filtered > 0 {
		return // the baseline may know what could not be read, or what --only leaves out
	}
	named := 0
	for _, k := range ps.known {
		for i, e := range k.unused {
			if named == maxUnusedNamed {
				r.Notices = append(r.Notices, finding.Problem{Message: fmt.Sprintf("%d more baseline entries match no finding", len(k.unused)-i)})
				break
			}
			named++
			r.Notices = append(r.Notices, finding.Problem{Path: e.Path,
				Message: fmt.Sprintf("the baseline's entry for %s matches no finding any more: `neokeys baseline --prune` drops it", e.Rule)})
		}
	}
}

// Marks are the names of files in which projects say something.
var Marks = []string{config.FileName, baseline.FileName}

// Exists reports whether there is a file at an absolute path, or was before a change.
func (ps *Policies) Exists(path string) bool {
	path = ps.resolve(path)
	_, err := os.Lstat(path)
	return err == nil || ps.source.exists(path)
}

package rules

import (
	"path"
	"slices"
	"strings"
	"time"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/text"
)

// A Review is what rules are given that judge findings together, after a scan.
type Review struct {
	Result *finding.Result
	// History says that all of a repository's history was searched.
	History bool
	// Now is the time that ages are counted up to.
	Now time.Time
	// MaxKeyAge is how old a key may grow, as far as the commit is known that brought it in;
	// 0 is any age.
	MaxKeyAge time.Duration
	// MaxKeyAgeAt is MaxKeyAge for a finding's path; nil where it is the same for all.
	MaxKeyAgeAt func(path string) time.Duration
	// Tracking says what git does with the file at a finding's path; nil where
	// that is not known.
	Tracking func(path string) Tracking
	// Rel returns a finding's path relative to the project's root; nil where they are so.
	Rel func(path string) string
	// Exists reports whether there is a file at path, in which finding's paths
	// begin where they do; nil where that is not known.
	Exists func(path string) bool

	built map[string]bool // whether a folder has a manifest, for those that were looked at
}

// Tracking is what git does with a file.
type Tracking uint8

// What git may do.
const (
	UnknownTracking Tracking = iota
	Tracked
	Untracked // git would take it in: no pattern covers it
	Ignored
)

// Run has the rules look at the result, and finishes it anew.
func (r *Review) Run(rs []*Rule) {
	for _, rule := range rs {
		if rule.Review != nil {
			rule.Review(r)
		}
	}
	r.Result.Finish()
}

// tracking is what Tracking says.
func (r *Review) tracking(path string) Tracking {
	if r.Tracking == nil {
		return UnknownTracking
	}
	return r.Tracking(path)
}

// maxKeyAge returns how old a key at path may grow.
func (r *Review) maxKeyAge(path string) time.Duration {
	if r.MaxKeyAgeAt == nil {
		return r.MaxKeyAge
	}
	return r.MaxKeyAgeAt(path)
}

// rel is what Rel returns.
func (r *Review) rel(path string) string {
	if r.Rel == nil {
		return path
	}
	return r.Rel(path)
}

// keyFindings returns, by key and in the order of the result, the places of the keys of which
// some place counts. Whether a key is gone, and how old it is, takes all its places, suppressed or
// not; a rule reports it at one that counts.
func (r *Review) keyFindings() [][]*finding.Finding {
	var order []string
	byKey, counts := map[string][]*finding.Finding{}, map[string]bool{}
	for i := range r.Result.Findings {
		f := &r.Result.Findings[i]
		if f.Key == nil || !keyRules[f.Rule] {
			continue
		}
		if f.Counts() {
			counts[f.Key.ID] = true
		}
		if byKey[f.Key.ID] == nil {
			order = append(order, f.Key.ID)
		}
		byKey[f.Key.ID] = append(byKey[f.Key.ID], f)
	}
	var groups [][]*finding.Finding
	for _, id := range order {
		if counts[id] {
			groups = append(groups, byKey[id])
		}
	}
	return groups
}

// add adds findings to the result.
func (r *Review) add(found []finding.Finding) {
	r.Result.Findings = append(r.Result.Findings, found...)
}

// current reports whether f is about what the project has now.
func current(f *finding.Finding) bool { return f.InHead == nil || *f.InHead }

// inUse reports whether a key in a place of this exposure is there to be used by a program.
func inUse(e finding.Exposure) bool {
	switch e {
	case finding.Docs, finding.Log, finding.Message, finding.Name:
		return false
	}
	return true
}

// manifests are files in the folder of something that is built or run by itself.
var manifests = []string{
	"package.json", "go.mod", "pyproject.toml", "requirements.txt", "setup.py", "Pipfile", "Cargo.toml", "pom.xml", "build.gradle", "build.gradle.kts",
	"composer.json", "Gemfile", "pubspec.yaml", "Package.swift", "mix.exs", "deno.json", "Dockerfile", "serverless.yml", "wrangler.toml",
	"Chart.yaml", "fly.toml", "vercel.json", "netlify.toml", "app.yaml", "Procfile", "kustomization.yaml",
}

// sharedFolders are those that belong to whatever folder they are in.
var sharedFolders = text.Set("src", "lib", "source", "config", "conf", "env", "test", "tests", "spec", "specs", "__tests__", "docs", "doc", "scripts",
	"bin", "public", "static", "assets", "examples", "tools", "internal", "dist", "build")

// integration returns the folder of the service or package that the file at name is
// part of, relative to the project: the nearest one with a manifest, else the top folder.
func (r *Review) integration(name string) string {
	dir := path.Dir(path.Clean(name))
	in := path.Dir(path.Clean(r.rel(name)))
	top := strings.TrimPrefix(in, "/")
	for outside := r.Exists == nil; !outside; dir, in = path.Dir(dir), path.Dir(in) {
		if r.isBuilt(dir) {
			return in
		}
		outside = in == "." || in == "/" || strings.HasPrefix(in, "..")
	}
	if top, _, _ = strings.Cut(top, "/"); sharedFolders[strings.ToLower(top)] {
		return "."
	}
	return top
}

// isBuilt reports whether there is a manifest in a folder.
func (r *Review) isBuilt(dir string) bool {
	built, ok := r.built[dir]
	if !ok {
		built = slices.ContainsFunc(manifests, func(m string) bool { return r.Exists(path.Join(dir, m)) })
		if r.built == nil {
			r.built = map[string]bool{}
		}
		r.built[dir] = built
	}
	return built
}

// list puts names in a sentence.
func list(names []string) string {
	names = slices.Clone(names)
	for i, n := range names {
		if n == "." {
			names[i] = "the top folder"
		}
	}
	const most = 4
	if len(names) > most {
		names = append(names[:most], "others")
	}
	if len(names) == 1 {
		return names[0]
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}

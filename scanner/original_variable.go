package scanner

import (
	"fmt"
	"path"
	"strings"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/rules"
)

// nameVariables says which variable of the environment a bundler wrote into a bundle, where
// the map shows it, or where the tree does: an .env file that gives the key to a variable,
// and a line of source that reads that.
func nameVariables(findings []finding.Finding) {
	given, read := map[string]string{}, map[string]*finding.Finding{}
	for i := range findings {
		f := &findings[i]
		switch {
		case f.Key != nil && isEnvironment(f.File()):
			if m := assigned.FindStringSubmatch(f.Snippet.Text[:f.Snippet.Start]); m != nil {
				given[f.Key.ID] = m[1]
			}
		case f.Rule == rules.ClientExposedEnv.ID && f.Original == nil && !isEnvironment(f.File()):
			if name := exposed(f); read[name] == nil {
				read[name] = f
			}
		}
	}
	written := map[string]*finding.Finding{} // into a bundle, by variable
	for i := range findings {
		f := &findings[i]
		if f.Key == nil || !f.Exposure.Public() {
			continue
		}
		if f.Original == nil && isBundle(f.Path, f.Exposure) && read[given[f.Key.ID]] != nil {
			f.Original = &finding.Original{Variable: given[f.Key.ID]}
		}
		o := f.Original
		if o == nil {
			continue
		}
		if at := read[o.Variable]; o.Path == "" && at != nil {
			o.Location, o.Here = at.Location, true
		}
		if o.Path == "" {
			f.Original = nil
		}
		if o.Variable == "" {
			continue
		}
		f.Message += ", which the bundler put in the place of " + o.Variable
		if o.Path != "" {
			f.Message += fmt.Sprintf(" (read at %s:%d)", o.Path, o.Line)
		}
		if written[o.Variable] == nil {
			written[o.Variable] = f
		}
	}
	nameReaders(findings, read, written)
}

// nameReaders has findings about variables say where they are read, and where their values are.
func nameReaders(findings []finding.Finding, read, written map[string]*finding.Finding) {
	for i := range findings {
		f := &findings[i]
		if f.Rule != rules.ClientExposedEnv.ID {
			continue
		}
		name := exposed(f)
		if at := read[name]; at != nil && at != f {
			f.Message += fmt.Sprintf("; %s is read at %s:%d", name, at.Path, at.Line)
		}
		if at := written[name]; at != nil {
			f.Message += fmt.Sprintf("; the value of %s is in %s", name, at.Path)
			if at.Original.Path != "" && read[name] == nil {
				f.Message += fmt.Sprintf(", read at %s:%d", at.Original.Path, at.Original.Line)
			}
		}
	}
}

// exposed returns the variable that a finding of client-exposed-env is about.
func exposed(f *finding.Finding) string { return f.Snippet.Text[f.Snippet.Start:f.Snippet.End] }

// isEnvironment reports whether a file gives variables their values: .env, .env.production,
// production.env.
func isEnvironment(name string) bool {
	base := path.Base(name)
	return strings.HasPrefix(base, ".env") || strings.HasSuffix(base, ".env")
}

package report

import (
	"strings"

	"github.com/neokeys/neokeys/finding"
)

// newSARIFFix is what mends a result: places and new text (SARIF 2.1.0, section 3.55).
func newSARIFFix(f *finding.Fix, o Options) *sarifFix {
	title := strings.ToUpper(f.Title[:min(1, len(f.Title))]) + f.Title[min(1, len(f.Title)):]
	if !f.Safe {
		title += " (unsafe: read it first)"
	}
	if f.Variable != "" {
		title += ". Set before you deploy: " + f.Variable
	}
	fix := &sarifFix{Description: sarifText(printable(title) + "."), Properties: map[string]any{"safe": f.Safe}}
	changes := map[string]*sarifArtifactChange{}
	for i := range f.Edits {
		e := &f.Edits[i]
		change := changes[e.Path]
		if change == nil {
			change = &sarifArtifactChange{ArtifactLocation: artifact(e.Path, o.Root)}
			changes[e.Path] = change
			fix.ArtifactChanges = append(fix.ArtifactChanges, change)
		}
		replacement := &sarifReplacement{DeletedRegion: &sarifRegion{StartLine: e.Line, StartColumn: e.Column, EndLine: e.EndLine, EndColumn: e.EndColumn}}
		if e.New != "" {
			replacement.InsertedContent = &sarifContent{e.New}
		}
		change.Replacements = append(change.Replacements, replacement)
	}
	return fix
}

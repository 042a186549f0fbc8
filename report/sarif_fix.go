package report

import (
	"strings"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"

	"github.com/neokeys/neokeys/finding"
)

// sarifFix is what mends a result: places and new text (SARIF 2.1.0, section 3.55).
func sarifFix(f *finding.Fix, o Options) *sarif.Fix {
	title := strings.ToUpper(f.Title[:min(1, len(f.Title))]) + f.Title[min(1, len(f.Title)):]
	if !f.Safe {
		title += " (unsafe: read it first)"
	}
	if f.Variable != "" {
		title += ". Set before you deploy: " + f.Variable
	}
	fix := sarif.NewFix().WithDescription(sarif.NewTextMessage(printable(title) + "."))
	fix.WithProperties(properties(map[string]any{"safe": f.Safe}))
	changes := map[string]*sarif.ArtifactChange{}
	for i := range f.Edits {
		e := &f.Edits[i]
		change := changes[e.Path]
		if change == nil {
			change = sarif.NewArtifactChange().WithArtifactLocation(artifact(e.Path, o.Root))
			changes[e.Path] = change
			fix.AddArtifactChange(change)
		}
		region := sarif.NewRegion().WithStartLine(e.Line).WithStartColumn(e.Column).WithEndLine(e.EndLine).WithEndColumn(e.EndColumn)
		replacement := sarif.NewReplacement().WithDeletedRegion(region)
		if e.New != "" {
			replacement.WithInsertedContent(sarif.NewArtifactContent().WithText(e.New))
		}
		change.AddReplacement(replacement)
	}
	return fix
}

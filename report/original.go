package report

import (
	"fmt"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"

	"github.com/neokeys/neokeys/finding"
)

// sourced returns the place in the source that f's was made from, and " bundled as" what f's
// place is called; empty where no source is known.
func sourced(f *finding.Finding) string {
	if f.Original == nil {
		return ""
	}
	link := ", bundled as "
	if f.Original.InMap {
		link = ", in the source map "
	}
	return "in " + placeOf(&f.Original.Location) + link
}

// variable says which variable of the environment a bundler wrote into f's place; empty for
// none.
func variable(f *finding.Finding) string {
	if f.Original == nil || f.Original.Variable == "" {
		return ""
	}
	return "the value of " + printable(f.Original.Variable)
}

// fullPlace is place with where it was made from.
func fullPlace(f *finding.Finding) string { return sourced(f) + place(f) }

// inSource returns the place in the source of a finding in a bundle, if that is a file here:
// the one that a change is to be made to.
func inSource(f *finding.Finding) (l finding.Location, ok bool) {
	if o := f.Original; o != nil && o.Here {
		return o.Location, true
	}
	return finding.Location{}, false
}

// sarifRelated returns where f's place was made from, and the others that f stands for.
func sarifRelated(f *finding.Finding, o Options) (list []*sarif.Location) {
	add := func(l *finding.Location, message string) {
		physical := sarif.NewPhysicalLocation().WithArtifactLocation(artifact(l.File(), o.Root))
		region := sarif.NewRegion().WithStartLine(max(1, l.Line))
		if l.Line > 0 && l.Container == "" && l.EndLine > 0 {
			region.WithStartColumn(l.Column).WithEndLine(l.EndLine).WithEndColumn(l.EndColumn)
		}
		physical.Region = region
		location := sarif.NewLocation().WithPhysicalLocation(physical).WithMessage(sarif.NewTextMessage(message))
		list = append(list, location.WithID(len(list)+1))
	}
	if f.Original != nil {
		message := "The source that the bundle was made from."
		if name := f.Original.Variable; name != "" {
			message = fmt.Sprintf("The source that reads the variable %s.", printable(name))
		}
		add(&f.Original.Location, message)
	}
	for i := range f.Places {
		add(&f.Places[i], "The same key.")
	}
	return list
}

package report

import (
	"fmt"

	"github.com/neokeys/neokeys/finding"
)

// now returns where f is in the files as they are, for reports that are shown beside these. Of
// what they do not have, it returns the path alone, and false.
func now(f *finding.Finding) (l finding.Location, there bool) {
	switch {
	case f.Head != nil: // under another name, if a range renames the file
		return *f.Head, true
	case f.Commit == nil && f.Present():
		return f.Location, true
	}
	return finding.Location{Path: f.Path, Container: f.Container}, false
}

// then says where f was brought in, if that is not where it is now.
func then(f *finding.Finding) string {
	if _, there := now(f); there || f.Commit == nil || f.Exposure == finding.Message {
		return ""
	}
	return fmt.Sprintf("Commit %s brought it in at %s.", shortOID(f.Commit), place(f))
}

// placeOf returns a location in the form that terminals and editors know how to open.
func placeOf(l *finding.Location) string {
	if l.Line == 0 {
		return printable(l.Path)
	}
	return printable(fmt.Sprintf("%s:%d:%d", l.Path, l.Line, l.Column))
}

// place is placeOf f's own location.
func place(f *finding.Finding) string { return placeOf(&f.Location) }

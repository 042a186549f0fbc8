package report

import (
	"fmt"

	"github.com/neokeys/neokeys/finding"
)

// now returns f's location in the current files, for reports that are shown beside them. If
// they do not contain f, it returns the path alone, and false.
func now(f *finding.Finding) (l finding.Location, there bool) {
	switch {
	case f.Head != nil: // under another name, if a range renames the file
		return *f.Head, true
	case f.Commit == nil && f.Present():
		return f.Location, true
	}
	return finding.Location{Path: f.Path, Container: f.Container}, false
}

// then names the commit and line that introduced f; empty if f's current location is known.
func then(f *finding.Finding) string {
	if _, there := now(f); there || f.Commit == nil || f.Exposure == finding.Message {
		return ""
	}
	return fmt.Sprintf("Commit %s brought it in at %s.", shortOID(f.Commit), place(f))
}

// introduced returns f's place in the commit that introduced it, if HEAD has it elsewhere.
func introduced(f *finding.Finding) string {
	if at := place(f); at != place(atHead(f)) {
		return at
	}
	return ""
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

// atHead returns f with its place in HEAD, if HEAD has it, and otherwise f itself.
func atHead(f *finding.Finding) *finding.Finding {
	if f.Head == nil {
		return f
	}
	g := *f
	g.Location = *f.Head
	return &g
}

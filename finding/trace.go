package finding

import "time"

// A Trace is all that a repository's history says of a finding: Commit, RemovedIn and Refs are
// the short form.
type Trace struct {
	// Events are the commits that brought the finding to its path and took it away, parents
	// before children.
	Events []Event
	// Refs are those of the finding's Refs that are known in detail, in the same order.
	Refs []Ref
}

// An Event is a commit that brought a finding to its path, or took it away.
type Event struct {
	Commit  *Commit
	Removed bool
	// InHead says that HEAD leads to the commit; OnRef, that HEAD or some ref does.
	InHead, OnRef bool
}

// A Ref is a branch, a tag or another ref that leads to a finding.
type Ref struct {
	Name string    // the full name, keys masked
	OID  string    // of the commit at its tip, full hex
	Date time.Time // of that commit
	// Holds says that the tip's own files have it: whoever checks it out gets it.
	Holds bool
}

package finding

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// A Result is the outcome of a scan.
type Result struct {
	Findings []Finding
	// Examples are matches that are placeholders or documentation samples.
	// They are counted, and listed with -v, but are not findings.
	Examples []Finding
	// Problems are what could not be read. A result with problems is
	// incomplete: an empty one is then not an all-clear.
	Problems []Problem
	// Notices do not affect completeness: an unused suppression, for example.
	Notices []Problem
	// Histories are git directories, packs and bundles among files that were searched. What is in
	// them was not searched with the files.
	Histories []string
	// UnusedIgnores counts the comments that are there to excuse a finding, and excuse none. Notices
	// say where they are.
	UnusedIgnores int
	// LeftOut are the first of the files, and folders with all in them, that were left out, and why.
	LeftOut []Problem
	Summary Summary
}

// A Problem is something the scan could not read or do.
type Problem struct {
	// Repository is the name of the repository that it is about, as in [Repository]; empty in a
	// result about one.
	Repository string
	Path       string // as in Location.Path; empty when it is about the whole scan
	Message    string // what happened and what to do about it; never holds a key
	// Unopened says that there is a container that neokeys cannot open. Its user may accept
	// that.
	Unopened bool
}

// A Summary counts the work of a scan.
type Summary struct {
	Files    int64         // files read, standard input and archive members included
	Objects  int64         // git objects read
	Bytes    int64         // bytes searched
	Skipped  int64         // files, and folders with all in them, left out because of ignore rules or a size limit
	Filtered int64         // findings left out of the result because of their keys' liveness
	Duration time.Duration // of the search, and of asking whether keys work
	// AllEmpty says that all that was to be searched are files that the user named, and that
	// they are empty: no bytes were searched, and nothing was missed.
	AllEmpty bool
	// AllLeftOut says that something was left out, and that nothing was read but the files that say
	// what is.
	AllLeftOut bool
}

// Finish puts the findings in order (path, place, rule), gives each its fingerprint
// and masks every key that was found wherever else it stands. Call it when the scan
// has ended, and again when findings were added: those that have a fingerprint keep it.
//
// A fingerprint is the start of the SHA-256 of the rule, the path and the id of the key, or for
// a habit the text of the line without white space, and with one kind of quotes. So it stays the same when lines are
// added above and, for a key, whatever becomes of the line; see [Result.Identify] for the path.
func (r *Result) Finish() {
	for _, list := range [][]Finding{r.Findings, r.Examples} {
		slices.SortStableFunc(list, compare)
	}
	r.fingerprint()
	r.mask()
	for _, list := range [][]Problem{r.Problems, r.Notices, r.LeftOut} {
		slices.SortStableFunc(list, func(a, b Problem) int {
			return cmp.Or(strings.Compare(a.Path, b.Path), strings.Compare(a.Message, b.Message))
		})
	}
}

// compare orders findings as reports list them, and beyond that so that the order
// does not depend on which was found first.
func compare(a, b Finding) int {
	return cmp.Or(
		strings.Compare(a.Path, b.Path),
		cmp.Compare(a.Offset, b.Offset),
		cmp.Compare(a.Line, b.Line),
		strings.Compare(a.Rule, b.Rule),
		strings.Compare(a.Object, b.Object),
		strings.Compare(a.keyID(), b.keyID()),
		strings.Compare(a.oid(), b.oid()),
	)
}

func (f *Finding) keyID() string {
	if f.Key == nil {
		return ""
	}
	return f.Key.ID
}

func (f *Finding) oid() string {
	if f.Commit == nil {
		return ""
	}
	return f.Commit.OID
}

// Counting returns the number of findings at or above severity least that are
// not suppressed.
func (r *Result) Counting(least Severity) int {
	n := 0
	for i := range r.Findings {
		if f := &r.Findings[i]; f.Counts() && f.Severity >= least {
			n++
		}
	}
	return n
}

// Working returns the number of findings that are not suppressed and whose keys
// work.
func (r *Result) Working() int {
	n := 0
	for i := range r.Findings {
		if f := &r.Findings[i]; f.Counts() && f.Liveness.Works() {
			n++
		}
	}
	return n
}

// Suppressed returns the number of suppressed findings.
func (r *Result) Suppressed() int {
	n := 0
	for i := range r.Findings {
		if !r.Findings[i].Counts() {
			n++
		}
	}
	return n
}

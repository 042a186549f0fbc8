package site

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/rules"
)

// maxProblems is how many things that went wrong are listed.
const maxProblems = 1000

// An outcome gathers what there is to say besides the findings. Its methods may be called by
// several at once.
type outcome struct {
	mu       sync.Mutex
	problems []finding.Problem
	unlisted int
	aside    map[string]*left // what was left out, by why
}

func (o *outcome) problem(path, message string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.problems) >= maxProblems {
		o.unlisted++
		return
	}
	o.problems = append(o.problems, finding.Problem{Path: rules.Mask(path), Message: rules.Mask(message)})
}

// left counts what was left out, and names the first few.
type left struct {
	count int
	first []string
	known map[string]bool
}

// leaveOut counts something that was not fetched.
func (o *outcome) leaveOut(why, what string) {
	const most, mostKnown = 3, 10_000
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.aside == nil {
		o.aside = map[string]*left{}
	}
	l := o.aside[why]
	if l == nil {
		l = &left{known: map[string]bool{}}
		o.aside[why] = l
	}
	if l.known[what] {
		return
	}
	if l.count++; len(l.known) < mostKnown {
		l.known[what] = true
	}
	if len(l.first) < most {
		l.first = append(l.first, what)
	}
}

func (l *left) String() string {
	slices.Sort(l.first)
	if l.count == 1 {
		return l.first[0]
	}
	return fmt.Sprint(l.count, ", such as ", strings.Join(l.first, ", "))
}

// result moves everything into a result. What was left out on purpose is worth knowing; what
// a limit cut off is missing.
func (o *outcome) result(r *finding.Result) {
	r.Problems = append(r.Problems, o.problems...)
	if o.unlisted > 0 {
		r.Problems = append(r.Problems, finding.Problem{Message: fmt.Sprintf("%d more problems are not listed", o.unlisted)})
	}
	for _, why := range []string{overLimit, overTime} {
		if l := o.aside[why]; l != nil {
			r.Problems = append(r.Problems, finding.Problem{Message: rules.Mask(fmt.Sprintf("%s: %s", why, l))})
		}
	}
	for _, why := range []string{tooDeep, otherHosts, withHeader} {
		if l := o.aside[why]; l != nil {
			r.Notices = append(r.Notices, finding.Problem{Message: rules.Mask(fmt.Sprintf("%s: %s", why, l))})
		}
	}
}

// Why something was not fetched.
const (
	overLimit  = "a limit on requests or bytes was reached, and these were not fetched (--max-requests, --max-bytes)"
	overTime   = "the time was over, and these were not fetched (--max-time)"
	tooDeep    = "links to pages beyond --depth, not followed"
	otherHosts = "files on other hosts, not fetched (--follow-assets fetches them)"
	withHeader = "links not followed because --header is given, and one may end the session (--depth 1 follows them)"
)

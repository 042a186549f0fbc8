package scanner

import (
	"fmt"
	"slices"
	"strings"

	"github.com/neokeys/neokeys/finding"
)

const (
	// maxArchives bounds how many archives' names are remembered, and maxArchivesNamed how
	// many a notice names.
	maxArchives      = 1000
	maxArchivesNamed = 3
)

// archive notes that the archive at path was not opened because the user asked for that.
func (c *collector) archive(path string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.archives++
	if len(c.archiveNames) < maxArchives {
		c.archiveNames = append(c.archiveNames, path)
	}
}

// tellArchives says which archives were not opened because the user asked for that.
func (c *collector) tellArchives() {
	if c.archives == 0 {
		return
	}
	slices.Sort(c.archiveNames)
	named := c.archiveNames[:min(len(c.archiveNames), maxArchivesNamed)]
	list := strings.Join(named, ", ")
	if c.archives > len(named) {
		list += ", ..."
	}
	what := "1 archive was searched as it is"
	if c.archives > 1 {
		what = fmt.Sprintf("%d archives were searched as they are", c.archives)
	}
	c.notice("", fmt.Sprintf("%s, compressed content was not looked into: %s", what, list))
}

// unopen notes that neokeys cannot read something in the file at path, of which it knows what
// it is.
func (c *collector) unopen(path, what string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.unopened = append(c.unopened[:min(len(c.unopened), maxProblems)], finding.Problem{Path: path, Message: what})
}

// acceptUnopened is how a user accepts that something is not opened.
const acceptUnopened = "unpack it and scan the folder, or accept it: --ignore-unopened, or ignore-unopened in .neokeys.toml"

// Unopened makes of what could not be opened the problems of a scan, and a notice of what the
// user accepts: accept says so of a path, and may be nil.
func Unopened(unopened []finding.Problem, accept func(path string) bool) (problems, notices []finding.Problem) {
	accepted := 0
	for _, u := range unopened {
		if accept != nil && accept(u.Path) {
			accepted++
			continue
		}
		problems = append(problems, problemOf(u.Path, fmt.Errorf("%s; %s", u.Message, acceptUnopened)))
	}
	if accepted > 0 {
		what := "1 file was not opened"
		if accepted > 1 {
			what = fmt.Sprintf("%d files were not opened", accepted)
		}
		notices = append(notices, finding.Problem{Message: what + ", as --ignore-unopened or ignore-unopened in .neokeys.toml accepts"})
	}
	return problems, notices
}

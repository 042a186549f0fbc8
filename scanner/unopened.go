package scanner

import (
	"fmt"
	"slices"
	"strings"
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

// unopenedAdvice says what to do about what neokeys cannot open.
const unopenedAdvice = "unpack it and scan the folder, or accept it: --ignore-unopened, or ignore-unopened in .neokeys.toml"

// unopen notes that neokeys cannot read something in the file at path, of which it knows what
// it is.
func (c *collector) unopen(path, what string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	p := problemOf(path, fmt.Errorf("%s; %s", what, unopenedAdvice))
	p.Unopened = true
	c.keepProblem(p)
}

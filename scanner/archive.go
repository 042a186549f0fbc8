package scanner

import (
	"fmt"
	"slices"
	"strings"
)

const (
	// maxArchives bounds how many archives' names are remembered, and maxArchivesNamed how
	// many are told.
	maxArchives      = 1000
	maxArchivesNamed = 3
)

// archive notes that what is compressed in the file at path was not looked into.
func (c *collector) archive(path string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.archives++
	if len(c.archiveNames) < maxArchives {
		c.archiveNames = append(c.archiveNames, path)
	}
}

// tellArchives says that there were archives.
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

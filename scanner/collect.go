package scanner

import (
	"errors"
	"fmt"
	"io/fs"
	"sync"
	"sync/atomic"
	"syscall"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/rules"
)

const (
	// maxFindings and maxProblems bound what hostile input can make a scan remember
	// over all its files. Examples have a bound of their own, so that they take no
	// finding's room.
	maxFindings = 100_000
	maxExamples = 20_000
	maxProblems = 10_000
)

// A collector gathers what the workers of one scan find. Its methods may be called by
// all of them at once.
type collector struct {
	Progress

	mu       sync.Mutex
	result   finding.Result
	dropped  int // findings beyond maxFindings
	examples int // examples beyond maxExamples
	unlisted int // problems beyond maxProblems

	archives     int
	archiveNames []string
}

// Progress counts what a scan has done so far. It may be read while the scan runs.
type Progress struct {
	Files, Objects, Bytes, Skipped atomic.Int64
	// sorters are those of Files that say what is left out.
	sorters atomic.Int64
}

// add keeps findings and examples.
func (c *collector) add(found, examples []finding.Finding) {
	if len(found) == 0 && len(examples) == 0 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if room := maxFindings - len(c.result.Findings); len(found) > room {
		c.dropped += len(found) - room
		found = found[:room]
	}
	if room := maxExamples - len(c.result.Examples); len(examples) > room {
		c.examples += len(examples) - room
		examples = examples[:room]
	}
	c.result.Findings = append(c.result.Findings, found...)
	c.result.Examples = append(c.result.Examples, examples...)
}

// maxSkipped is how many of the files that are left out are named.
const maxSkipped = 1000

// skip notes that a file, or a folder with all in it, is left out.
func (c *collector) skip(path, why string) {
	if c.Skipped.Add(1) > maxSkipped {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.result.LeftOut = append(c.result.LeftOut, finding.Problem{Path: rules.Mask(path), Message: why})
}

// problem notes that something at path could not be done.
func (c *collector) problem(path string, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.keepProblem(problemOf(path, err))
}

// keepProblem keeps a problem if there is room. The caller holds the lock.
func (c *collector) keepProblem(p finding.Problem) {
	if len(c.result.Problems) >= maxProblems {
		c.unlisted++
		return
	}
	c.result.Problems = append(c.result.Problems, p)
}

// finish returns the result, complete but for its duration.
func (c *collector) finish() *finding.Result {
	r := &c.result
	if c.dropped > 0 {
		c.problem("", fmt.Errorf("%d more findings are not listed: deal with these first, or scan a part of the tree", c.dropped))
	}
	c.tellArchives()
	if c.examples > 0 {
		c.notice("", fmt.Sprintf("%d more examples, which are no keys, are not listed", c.examples))
	}
	if c.unlisted > 0 {
		r.Problems = append(r.Problems, finding.Problem{Message: fmt.Sprintf("%d more problems are not listed", c.unlisted)})
	}
	if more := c.Skipped.Load() - maxSkipped; more > 0 {
		r.LeftOut = append(r.LeftOut, finding.Problem{Message: fmt.Sprintf("%d more files and folders", more)})
	}
	r.Summary.Files = c.Files.Load()
	r.Summary.AllLeftOut = c.Skipped.Load() > 0 && c.Files.Load() == c.sorters.Load()
	r.Summary.Objects = c.Objects.Load()
	r.Summary.Bytes = c.Bytes.Load()
	r.Summary.Skipped = c.Skipped.Load()
	r.Finish()
	return r
}

// describe says what happened and, where there is something to do, what.
func describe(err error) string {
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		err = pathErr.Err // the path is reported separately
	}
	switch {
	case errors.Is(err, fs.ErrPermission):
		return "not readable: permission denied; run as a user who may read it, or leave it out with .neokeysignore"
	case errors.Is(err, fs.ErrNotExist):
		return "gone: it was there when its folder was listed"
	case errors.Is(err, syscall.EIO):
		return "not readable: input/output error; the disk or the network share may be failing"
	case errors.Is(err, syscall.ELOOP):
		return "not read: it is a symbolic link"
	}
	return err.Error()
}

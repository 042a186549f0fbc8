// Package scanner is where bytes come from, and the engine that runs rules over
// them: folders and files, standard input, and, in its subpackages, git
// repositories.
//
// Other programs may import this package; before version 1.0 of the module, a minor version
// may change it.
package scanner

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/infile"
	"github.com/neokeys/neokeys/rules"
	"github.com/neokeys/neokeys/scanner/gitdir"
)

// Stdin is the path that stands for standard input.
const Stdin = "-"

// Options say what to scan and how.
type Options struct {
	// Paths are the files and folders to scan; Stdin among them is standard input.
	Paths []string
	// Input is what Stdin reads.
	Input io.Reader
	Rules *rules.Set
	// Places says which folders ship to browsers besides those with the usual names.
	Places rules.Places
	// ProjectAt returns the project of the files in a folder, in place of Rules and
	// Places; nil for those. It is called for each of Paths, by its folder, and for each folder
	// below that holds .git or one of Marks; what it returns is so for all folders in it, too.
	// Several goroutines may call it at once. It may be nil.
	ProjectAt func(folder string) *Project
	Marks     []string
	// NoDiff takes a diff that Stdin is for text like any other.
	NoDiff bool
	// NoIgnore scans what git ignores and .neokeysignore names, too.
	NoIgnore bool
	// Jobs is how many files are searched at a time; 0 is one per processor.
	Jobs int
	// MaxFileSize leaves out files of more bytes; 0 is no limit.
	MaxFileSize int64
	// MaxArchiveDepth is how many archives in one another are opened; 0 opens none.
	MaxArchiveDepth int
}

// A Scan is under way, or about to be.
type Scan struct {
	Options
	out      collector
	projects projectPaths
	lfs      lfs
}

// New returns a scan that Run carries out.
func New(o Options) *Scan {
	o.Jobs = Workers(o.Jobs)
	return &Scan{Options: o}
}

// Workers returns how many workers to have where jobs are wanted: one per processor where that
// is 0, and never so many that they only take memory.
func Workers(jobs int) int {
	processors := runtime.GOMAXPROCS(0)
	if jobs <= 0 {
		return processors
	}
	return min(jobs, max(256, 4*processors))
}

// Progress reports how far the scan has come. It may be read while Run runs.
func (s *Scan) Progress() *Progress { return &s.out.Progress }

// Run scans everything and returns what was found. Whatever cannot be read is among the
// result's problems, and so is what was left when ctx was cancelled.
func (s *Scan) Run(ctx context.Context) *finding.Result {
	start := time.Now()
	w := newWalker(ctx, s)
	stdin := false
	for _, path := range s.Paths {
		if ctx.Err() != nil {
			s.out.problem(path, errNotScanned)
			continue
		}
		if path == Stdin {
			if stdin {
				continue // it has been read to its end
			}
			stdin = true
			s.readStream(ctx, Stdin, s.Input)
			continue
		}
		s.scanPath(ctx, w, path)
	}
	w.run()
	if absent := gitdir.AbsentLFS(len(s.lfs.absent)); absent != "" {
		s.out.notice("", absent)
	}
	found := &s.out.result
	found.Notices = append(found.Notices, Originals(ctx, newScannedTree(s.Paths, &s.Places), found.Findings)...)
	r := s.out.finish()
	r.Summary.Duration = time.Since(start)
	return r
}

var (
	errNotScanned = errors.New("not scanned: the scan was interrupted")
	errNoSuchFile = errors.New("no such file or folder")
)

// scanPath scans a path that the user named. A link is followed, and its text is searched as well.
func (s *Scan) scanPath(ctx context.Context, w *walker, path string) {
	name := filepath.ToSlash(filepath.Clean(path))
	if info, err := os.Lstat(filepath.Clean(path)); err == nil && info.Mode()&fs.ModeSymlink != 0 {
		stream := s.newStream()
		stream.enter(s.projectAt(filepath.Dir(name)))
		w.searchLink(stream, name)
	}
	info, err := os.Stat(path)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			err = errNoSuchFile
		}
		s.out.problem(name, err)
		return
	}
	switch {
	case info.IsDir():
		w.addRoot(name)
		return
	case info.Mode().IsRegular():
		w.addFile(name)
		return
	}
	s.scanSpecial(ctx, name, path, info)
}

func (s *Scan) newStream() *stream {
	stream := newStream(s.Rules, &s.out)
	stream.places, stream.projects = &s.Places, &s.projects
	stream.outside = &Project{s.Rules, s.Places}
	stream.nest.left = s.MaxArchiveDepth
	return stream
}

// readStream searches what r gives until it ends or ctx is cancelled.
func (s *Scan) readStream(ctx context.Context, name string, r io.Reader) {
	stream := s.newStream()
	stream.enter(s.projectAt("."))
	r = infile.Interruptible(ctx, r)
	if name == Stdin && !s.NoDiff {
		input, printed, isDiff := diffOf(r)
		if isDiff {
			s.readError(name, 0, s.searchDiff(ctx, name, input, printed))
			return
		}
		r = input
	}
	n, err := stream.search(ctx, name, r)
	s.out.Files.Add(1)
	s.readError(name, n, err)
}

// readError notes why a file was not searched, or a folder not read, to its end.
func (s *Scan) readError(name string, n int64, err error) {
	switch {
	case err == nil:
	case errors.Is(err, context.Canceled) && n == 0:
		s.out.problem(name, errNotScanned)
	case errors.Is(err, context.Canceled):
		s.out.problem(name, fmt.Errorf("only the first %d bytes scanned: the scan was interrupted", n))
	case n > 0 && !errors.Is(err, errTooMany):
		s.out.problem(name, fmt.Errorf("only the first %d bytes scanned: %s", n, describe(err)))
	default:
		s.out.problem(name, err)
	}
}

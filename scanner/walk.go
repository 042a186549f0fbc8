package scanner

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"

	"github.com/neokeys/neokeys/internal/infile"
	"github.com/neokeys/neokeys/scanner/gitdir"
)

// batch is how many of a folder's files one worker takes at a time, so that a folder
// of very many files is shared out.
const batch = 256

// sharedAfter is how many bytes of a folder's files a worker reads before it leaves half of those that
// remain to one that has nothing to do.
const sharedAfter = 256 << 10

// listing is how many of a folder's entries are read at a time. What is kept of each is
// its name.
const listing = 1024

// maxLeftNamed is how many folders are named when a scan is interrupted.
const maxLeftNamed = 20

// A walker visits folders, several at a time. Tasks are on a stack, which stays short and keeps
// consecutive reads close to each other.
type walker struct {
	ctx  context.Context
	scan *Scan

	mu    sync.Mutex
	more  sync.Cond
	stack []task
	busy  int // workers that may yet add tasks

	workers   sync.WaitGroup // but for the first
	unstarted int            // workers that there was nothing to do for
	idle      atomic.Int32   // workers that wait for a task, and those
}

// A task is a folder to read, some of an open folder's files, or one file.
type task struct {
	path  string
	prune pruning     // what to leave out of a folder
	open  *openFolder // nil for a folder to read and for one file
	names []string    // the files in open to search
	file  bool        // path is a file
	named bool        // by the user, and may be a link
	// project is that of a folder's parent, or of the files; nil for the options'.
	project *Project
}

// An openFolder is shared by the tasks that search its files; the last one closes it.
type openFolder struct {
	*folder
	users atomic.Int32
}

func (o *openFolder) leave() {
	if o.users.Add(-1) == 0 {
		o.close()
	}
}

func newWalker(ctx context.Context, s *Scan) *walker {
	w := &walker{ctx: ctx, scan: s}
	w.more.L = &w.mu
	return w
}

// addRoot adds a folder that the user named.
func (w *walker) addRoot(path string) {
	prune, err := w.scan.newPruning(path)
	if err != nil {
		w.scan.out.problem(path, fmt.Errorf("nothing is left out of it: its ignore files cannot be looked for: %s", describe(err)))
	}
	w.add(task{path: path, prune: prune, named: true})
}

// addFile adds a regular file, or a link to one, that the user named.
func (w *walker) addFile(path string) { w.add(task{path: path, file: true, named: true}) }

func (w *walker) add(tasks ...task) {
	if len(tasks) == 0 {
		return
	}
	w.mu.Lock()
	w.stack = append(w.stack, tasks...)
	w.hire(len(w.stack))
	w.mu.Unlock()
	w.more.Broadcast()
}

// run works until nothing is left to do or the context is cancelled.
func (w *walker) run() {
	// Cancelling must wake those who wait for work.
	defer context.AfterFunc(w.ctx, func() { w.mu.Lock(); w.mu.Unlock(); w.more.Broadcast() })() //nolint:staticcheck // an empty section orders the wake-up after the check in next

	jobs := w.scan.Jobs
	if !slices.ContainsFunc(w.stack, func(t task) bool { return !t.file }) { // only folders add tasks
		jobs = min(jobs, len(w.stack))
	}
	w.unstarted = max(jobs-1, 0)
	w.idle.Store(int32(w.unstarted))
	w.mu.Lock()
	w.hire(len(w.stack) - 1)
	w.mu.Unlock()
	w.work()
	w.workers.Wait()
	for i, t := range w.stack {
		if t.open != nil {
			t.open.leave()
		}
		if i == maxLeftNamed {
			w.scan.out.problem("", fmt.Errorf("%d more folders not scanned: the scan was interrupted", len(w.stack)-i))
		} else if i < maxLeftNamed {
			w.scan.out.problem(t.path, errNotScanned)
		}
	}
}

// hire starts workers for so many tasks, unless others wait for them. A worker takes a thread and a buffer,
// which a folder of a few files is not worth. The caller holds w.mu.
func (w *walker) hire(tasks int) {
	for waiting := int(w.idle.Load()) - w.unstarted; waiting < tasks && w.unstarted > 0; waiting++ {
		w.unstarted--
		w.idle.Add(-1)
		w.workers.Go(w.work)
	}
}

func (w *walker) work() {
	s := w.scan.newStream()
	for {
		t, ok := w.next()
		if !ok {
			return
		}
		switch {
		case t.file:
			w.searchNamed(s, t.path)
		case t.open != nil:
			w.searchFiles(s, t)
		default:
			w.readFolder(s, t)
		}
		w.mu.Lock()
		w.busy--
		w.mu.Unlock()
		w.more.Broadcast()
	}
}

// next takes a task from the stack, waiting for one while other workers may add some.
func (w *walker) next() (task, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for {
		if w.ctx.Err() != nil {
			return task{}, false
		}
		if n := len(w.stack) - 1; n >= 0 {
			t := w.stack[n]
			w.stack[n] = task{}
			w.stack = w.stack[:n]
			w.busy++
			return t, true
		}
		if w.busy == 0 {
			return task{}, false
		}
		w.idle.Add(1)
		w.more.Wait()
		w.idle.Add(-1)
	}
}

// readFolder searches a folder's files and leaves its folders on the stack.
func (w *walker) readFolder(s *stream, t task) {
	dir, err := openFolderAt(t.path, t.named)
	if err != nil {
		w.scan.out.problem(t.path, err)
		return
	}
	if dir.pseudo() {
		dir.close()
		w.leavePseudo(t)
		return
	}
	open := &openFolder{folder: dir}
	open.users.Store(1)
	defer open.leave()

	var folders, files []task
	prune := t.prune
	names := make([]string, 0, 16)
	repository := false
	for more, first := true, true; more; first = false {
		entries, err := dir.f.ReadDir(listing)
		more = len(entries) == listing
		if err == nil && more {
			err = w.ctx.Err()
		}
		if err != nil && !errors.Is(err, io.EOF) {
			w.scan.readError(t.path, 0, err)
			more = false
		}
		if first {
			prune.enter(t.path, dir, entries, more)
			repository = w.meetRepository(t.path, entries)
			t.project = w.scan.projectIn(&t, entries, more)
			s.enter(t.project)
			prune.places = s.places
		}
		for _, e := range entries {
			name := e.Name()
			if name == ".git" {
				if path := join(t.path, name); HasHistory(path) {
					w.scan.out.history(path)
				}
				continue
			}
			if repository && name == "objects" {
				continue
			}
			s.searchName(t.path, name)
			switch {
			case e.IsDir():
				if inner, ok := prune.folder(name); ok {
					folders = append(folders, task{path: join(t.path, name), prune: inner, project: t.project})
				} else {
					w.scan.out.skip(join(t.path, name)+"/", "ignored")
				}
			case e.Type()&fs.ModeSymlink != 0:
				if prune.file(name) {
					w.searchLink(s, join(t.path, name))
				} else {
					w.scan.out.skip(join(t.path, name), "ignored")
				}
			case e.Type().IsRegular():
				if prune.file(name) {
					names = append(names, name)
				} else {
					w.scan.out.skip(join(t.path, name), "ignored")
				}
			}
			if len(names) == batch {
				files = append(files, task{path: t.path, open: open, names: names, project: t.project})
				names = make([]string, 0, batch)
			}
		}
	}
	// The files come off the stack before the folders, so that few folders are open.
	open.users.Add(int32(len(files)) + 1)
	w.add(append(folders, files...)...)
	w.searchFiles(s, task{path: t.path, open: open, names: names, project: t.project})
}

// leavePseudo notes that a folder is not searched because the kernel makes up its files.
func (w *walker) leavePseudo(t task) {
	if t.named {
		w.scan.out.problem(t.path, errPseudo)
		return
	}
	w.scan.out.Skipped.Add(1)
	w.scan.out.notice(t.path, errPseudo.Error())
}

// searchFiles searches files of a folder that is open.
func (w *walker) searchFiles(s *stream, t task) {
	defer t.open.leave()
	s.enter(t.project)
	var f handle // one for all: it is on the heap
	for read := int64(0); len(t.names) > 0; {
		if w.ctx.Err() != nil {
			w.scan.out.problem(t.path, fmt.Errorf("%d files not scanned: the scan was interrupted", len(t.names)))
			return
		}
		path := join(t.path, t.names[0])
		var err error
		f, err = t.open.open(t.names[0])
		t.names = t.names[1:]
		if err != nil {
			w.scan.out.problem(path, err)
			continue
		}
		if read += w.search(s, path, &f); read >= sharedAfter && w.idle.Load() > 0 {
			read, t.names = 0, w.share(t)
		}
	}
}

// share leaves half of a task's files to another worker, and returns the others.
func (w *walker) share(t task) (rest []string) {
	half := len(t.names) / 2
	if half == 0 {
		return t.names
	}
	rest, t.names = t.names[half:], t.names[:half]
	t.open.users.Add(1)
	w.add(t)
	return rest
}

// searchLink searches the text of a symbolic link, which is what git keeps of one: the path that
// it leads to, not what is there.
func (w *walker) searchLink(s *stream, path string) {
	target, err := os.Readlink(path)
	if err == nil {
		err = s.searchBytes(path, []byte(target))
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) { // it was removed meanwhile
		w.scan.out.problem(path, err)
	}
}

// searchNamed searches a file that the user named.
func (w *walker) searchNamed(s *stream, path string) {
	f, err := openFile(path)
	if err != nil {
		w.scan.out.problem(path, err)
		return
	}
	s.enter(w.scan.projectAt(filepath.Dir(withoutLinks(path))))
	if f.pseudo() {
		defer f.close()
		w.readPseudo(s, path, &f)
		return
	}
	w.search(s, path, &f)
}

// withoutLinks returns path without links; as it is if that is not known. A file is of the project in
// which it lies, whatever leads to it.
func withoutLinks(path string) string {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		return real
	}
	return path
}

// readPseudo searches a file whose content the kernel makes up: it may have no end, or make its
// readers wait for ever, as the log of the kernel does.
func (w *walker) readPseudo(s *stream, path string, f *handle) {
	patient, cancel := context.WithTimeoutCause(w.ctx, maxWait, errWaits)
	defer cancel()
	n, err := s.search(w.ctx, path, &bounded{infile.Interruptible(patient, f), maxPseudo})
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		err = context.Cause(patient)
	case errors.Is(err, syscall.EAGAIN): // there is no more at this time
		err = errWaits
	}
	w.scan.out.Files.Add(1)
	w.scan.readError(path, n, err)
}

// search searches an open file, unless it is too large, closes it, and returns how many bytes it read.
func (w *walker) search(s *stream, path string, f *handle) int64 {
	defer f.close()
	if limit := w.scan.MaxFileSize; limit > 0 {
		if size, err := f.size(); err == nil && size > limit {
			w.scan.out.skip(path, "larger than --max-file-size")
			return 0
		}
	}
	return w.read(s, path, f)
}

// read searches what r reads to its end, and returns how many bytes that was.
func (w *walker) read(s *stream, path string, r io.Reader) int64 {
	n, err := s.search(w.ctx, path, r)
	w.scan.out.Files.Add(1)
	if saysWhatIsLeftOut(path) {
		w.scan.out.sorters.Add(1)
	}
	w.scan.readError(path, n, err)
	if err == nil && 0 < n && n < gitdir.MaxPointer {
		w.searchPointed(s, path, s.text)
	}
	return n
}

// join puts a name behind the path of its folder, as the user would write it.
func join(folder, name string) string {
	switch folder {
	case ".":
		return name
	case "/":
		return "/" + name
	}
	return folder + "/" + name
}

package pack

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/neokeys/neokeys/scanner/gitdir"
)

// A Store is the object store of a repository: its object directories with all that lies
// in them. Its methods may be called by several goroutines at once.
type Store struct {
	dirs     []string
	hashSize int

	// packs are those that are open. The list is replaced, not changed, while mu is held.
	packs atomic.Pointer[[]*packFile]

	mu       sync.Mutex
	opened   map[string]bool      // paths of packs
	read     map[string]time.Time // of folders whose packs are open, when they were changed
	problems []Problem
	told     map[string]bool // what of problems is known, by its text

	cache   cache
	bigBase bigBase
	lost    lostSet
	ctx     atomic.Pointer[context.Context] // see SetContext; nil is Background
	loading sync.WaitGroup                  // see Load
	limits  Limits
}

// Limits bound what is made of packs that anybody may have made. Zero is the usual bound.
type Limits struct {
	// Text is the longest text that is held in memory, in bytes.
	Text int
	// Total is how many bytes of text are made of a pack without an index to find out what is
	// in it; what is beyond is not read.
	Total int64
}

// maxText is the longest text that the store holds in memory.
func (s *Store) maxText() int {
	if s.limits.Text > 0 {
		return s.limits.Text
	}
	return MaxText
}

// SetContext has the store stop when ctx is done where it does something long that no other
// method's context is for: making an index for a pack that has none.
func (s *Store) SetContext(ctx context.Context) { s.ctx.Store(&ctx) }

func (s *Store) interrupted() error {
	return s.context().Err()
}

// Load begins to load the indexes of all packs that have one. Whoever needs them waits for it.
func (s *Store) Load() {
	s.loading.Go(func() {
		for _, p := range s.packList() {
			if p.idx != nil && s.interrupted() == nil {
				p.load(s)
			}
		}
	})
}

// A lostSet is the places of objects that cannot be made. They are noted so that each delta of a
// chain is followed once, however many objects are made from a damaged one.
type lostSet struct {
	mu     sync.Mutex
	places map[cacheKey]bool
}

func (l *lostSet) has(p *packFile, offset int64) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.places[cacheKey{p, offset}]
}

// add notes objects of a chain, unless they may be made another time.
func (l *lostSet) add(chain []link, err error) {
	if errors.Is(err, ErrTooLarge) {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.places == nil {
		l.places = map[cacheKey]bool{}
	}
	for _, c := range chain {
		l.places[cacheKey{c.p, c.offset}] = true
	}
}

// clear forgets all, since a pack has come that may have what was missing.
func (l *lostSet) clear() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.places = nil
}

// Open opens the object directories, and those that they name as alternates. hashSize is
// the size in bytes of the repository's ids, 20 or 32. Open fails if an object directory
// cannot be read; whatever else cannot be read is among Problems.
func Open(objectDirs []string, hashSize int) (*Store, error) {
	s := &Store{hashSize: hashSize, opened: map[string]bool{}}
	for _, dir := range objectDirs {
		if _, err := os.ReadDir(dir); err != nil {
			return nil, err
		}
		s.addDir(dir, 0)
	}
	s.refresh()
	return s, nil
}

// Dirs returns the object directories of the store, those of alternates included.
func (s *Store) Dirs() []string { return slices.Clone(s.dirs) }

// Packed returns how many objects are in the packs that were gone through. What is in two of them counts
// twice.
func (s *Store) Packed() int {
	n := 0
	for _, p := range s.packList() {
		p.mu.Lock()
		if x := p.index.Load(); p.loaded && x != nil { // before, its number is what a file claims
			n += x.n
		}
		p.mu.Unlock()
	}
	return n
}

// OpenPacks opens packs that are in no object directory, each with the index beside it if there
// is one.
func OpenPacks(paths []string, hashSize int) (*Store, error) {
	s := &Store{hashSize: hashSize, opened: map[string]bool{}}
	for _, path := range paths {
		if _, err := s.openPack(path, 0); err != nil {
			s.Close()
			return nil, err
		}
	}
	return s, nil
}

// OpenPackAt opens the pack that begins at offset in a file, such as a bundle.
func OpenPackAt(path string, offset int64, hashSize int) (*Store, error) {
	s := &Store{hashSize: hashSize, opened: map[string]bool{}}
	_, err := s.openPack(path, offset)
	return s, err
}

// OpenReader opens a pack of size bytes that is in no file of its own. It is gone through for an
// index, and its problems have no path. When ctx is done, the store stops whatever it does.
func OpenReader(ctx context.Context, r io.ReaderAt, size int64, hashSize int, limits Limits) (*Store, error) {
	s := &Store{hashSize: hashSize, opened: map[string]bool{}, limits: limits, cache: cache{inner: true}}
	s.SetContext(ctx)
	p := &packFile{file: section{io.NewSectionReader(r, 0, size), io.NopCloser(nil)}, hashSize: hashSize}
	if strange, err := p.begin(size); cmp.Or(err, strange) != nil {
		return nil, cmp.Or(err, strange)
	}
	s.packs.Store(&[]*packFile{p})
	return s, nil
}

// Close closes what the store has open. It stops what Load began, which takes long where an index is damaged and is
// to be made anew.
func (s *Store) Close() {
	ctx, stop := context.WithCancel(context.Background())
	stop()
	s.SetContext(ctx)
	s.loading.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range s.packList() {
		p.close()
	}
	s.packs.Store(nil)
	s.bigBase.forget()
}

// Problems returns what is known to be unreadable so far, single objects excepted.
func (s *Store) Problems() []Problem {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.problems)
}

// maxProblems is how many problems a store remembers.
const maxProblems = 1000

// problem remembers a problem, once however often it is met.
func (s *Store) problem(p Problem) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.problems) > maxProblems {
		return
	}
	text := p.ID.String() + p.Path + "\x00" + p.Err.Error()
	if s.told == nil {
		s.told = map[string]bool{}
	}
	known := s.told[text]
	s.told[text] = true
	switch {
	case known:
	case len(s.problems) == maxProblems:
		s.problems = append(s.problems, Problem{Err: errors.New("there are more problems with the object store")})
	default:
		s.problems = append(s.problems, p)
	}
}

const (
	// maxAlternates and maxDepth bound the object directories and how they lead to
	// each other. Git follows five.
	maxAlternates = 1000
	maxDepth      = 50
)

// addDir adds an object directory and its alternates, each once.
func (s *Store) addDir(dir string, depth int) {
	real, err := filepath.EvalSymlinks(dir)
	if err == nil {
		real, err = filepath.Abs(real)
	}
	if err != nil {
		s.problem(Problem{Path: dir, Err: fmt.Errorf("the alternate object directory cannot be read, so objects may be missing: %w", err)})
		return
	}
	if slices.Contains(s.dirs, real) {
		return
	}
	if depth > maxDepth || len(s.dirs) == maxAlternates {
		s.problem(Problem{Path: dir, Err: errors.New("not read: too many alternate object directories lead to it")})
		return
	}
	s.dirs = append(s.dirs, real)
	list := filepath.Join(real, "info", "alternates")
	content, err := gitdir.ReadFile(list, maxAlternatesFile)
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) {
			s.problem(Problem{Path: list, Err: err})
		}
		return
	}
	for line := range strings.Lines(string(content)) {
		line = strings.TrimSuffix(line, "\n")
		if line == "" || line[0] == '#' {
			continue
		}
		if line[0] == '"' {
			if unquoted, err := strconv.Unquote(line); err == nil {
				line = unquoted
			}
		}
		if !filepath.IsAbs(line) {
			line = filepath.Join(real, line)
		}
		s.addDir(line, depth+1)
	}
}

// maxAlternatesFile is how many bytes a list of alternates may have.
const maxAlternatesFile = 16 << 20

// refresh opens the packs that have appeared since it last did, and reports whether there
// were any. A pack that vanishes meanwhile was replaced by another: then it looks again.
func (s *Store) refresh() bool {
	any := false
	for range 10 {
		again := false
		for _, dir := range s.dirs {
			added, vanished := s.openPacks(filepath.Join(dir, "pack"))
			any = any || added
			again = again || vanished
		}
		if !again {
			break
		}
	}
	return any
}

// settled is how long after a folder's time of change it may be changed again without one that
// differs: what the coarsest file systems have, and a little more.
const settled = 3 * time.Second

// changed reports whether a folder may have changed since this was last asked. A damaged
// repository makes a search look for new packs again and again.
func (s *Store) changed(dir string) bool {
	info, err := os.Stat(dir)
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil {
		delete(s.read, dir)
		return true
	}
	if s.read[dir].Equal(info.ModTime()) {
		return false
	}
	if s.read == nil {
		s.read = map[string]time.Time{}
	}
	delete(s.read, dir)
	if time.Since(info.ModTime()) > settled {
		s.read[dir] = info.ModTime()
	}
	return true
}

// beingRepacked reports whether the packs may have changed in the last seconds: a pack that has come and
// gone leaves no other trace.
func (s *Store) beingRepacked() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, dir := range s.dirs {
		if _, ok := s.read[filepath.Join(dir, "pack")]; !ok {
			return true
		}
	}
	return false
}

// openPacks opens the packs in a directory that are not open yet.
func (s *Store) openPacks(dir string) (added, vanished bool) {
	if !s.changed(dir) {
		return false, false
	}
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		s.problem(Problem{Path: dir, Err: err})
	}
	for _, e := range entries {
		// What begins with tmp_ is being written, or was when git was stopped.
		if !strings.HasSuffix(e.Name(), ".pack") || strings.HasPrefix(e.Name(), "tmp_") {
			continue
		}
		path := filepath.Join(dir, e.Name())
		opened, err := s.openPack(path, 0)
		added = added || opened
		switch {
		case errors.Is(err, fs.ErrNotExist):
			vanished = true
		case err != nil:
			s.problem(Problem{Path: path, Err: err})
		}
	}
	return added, vanished
}

// openPack opens a pack, unless that was done or tried before.
func (s *Store) openPack(path string, offset int64) (opened bool, err error) {
	s.mu.Lock()
	known := s.opened[path]
	s.opened[path] = true
	s.mu.Unlock()
	if known {
		return false, nil
	}
	p, err := openPack(path, offset, s.hashSize, s.problem)
	if err != nil {
		return false, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	packs := append(slices.Clip(s.packList()), p)
	s.packs.Store(&packs)
	s.lost.clear()
	return true, nil
}

// packList returns the packs that are open now. It must not be changed.
func (s *Store) packList() []*packFile {
	if packs := s.packs.Load(); packs != nil {
		return *packs
	}
	return nil
}

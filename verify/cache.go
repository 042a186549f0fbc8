package verify

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"sort"
	"strings"
	"sync"
	"time"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/lazyregexp"
)

const (
	cacheVersion = 1
	// freshness is how long a key that works is taken to go on working.
	// Inactive holds for good: neither revoking nor expiry is ever undone.
	freshness = time.Hour
	// maxCache is the size of some 400,000 answers, in bytes.
	maxCache = 64 << 20
)

// A cache remembers answers in a file: key ids, the endpoints that were asked,
// states and times; never a key. What is unknown is not remembered: it would come
// back without its reason, and a server's bad minute would last an hour.
//
// Several runs may use one file. Each merges its answers into what the file
// then holds, and puts a new file in the old one's place; should two do so in
// the same instant, the answers of one are lost and asked for again.
type cache struct {
	path string
	warn func(string)

	mu      sync.Mutex
	entries map[cacheKey]cacheEntry
	changed bool
}

// An answer belongs to the endpoint that gave it: to be refused by a gateway for
// tests says nothing of the real API.
type cacheKey struct{ keyID, endpoint string }

type cacheEntry struct {
	State   finding.Liveness
	Checked time.Time
}

// The file's form.
type cacheFile struct {
	Version int           `json:"version"`
	Answers []cacheRecord `json:"answers"`
}

type cacheRecord struct {
	KeyID    string           `json:"key_id"`
	Endpoint string           `json:"endpoint"`
	State    finding.Liveness `json:"state"`
	Checked  time.Time        `json:"checked"`
}

var (
	keyIDForm  = lazyregexp.New(`^[0-9a-f]{16}$`)
	errNoCache = errors.New("not a cache that can be used")
	errForeign = errors.New("a cache of somebody else's")
)

// openCache reads the cache at path, which need not exist yet. It fails for what it would
// be wrong to replace by a cache; a broken one is moved aside. Of another user's file it
// warns, and returns nil: nothing is read from it or written to it.
func openCache(path string, warn func(string)) (*cache, error) {
	c := &cache{path: path, warn: warn}
	if dir, err := os.Stat(filepath.Dir(path)); err != nil || !dir.IsDir() {
		return nil, fmt.Errorf("--verify-cache %s: there is no folder %s: create it first", path, filepath.Dir(path))
	}
	entries, err := c.load()
	if errors.Is(err, errForeign) {
		return nil, nil
	}
	if errors.Is(err, errNoCache) {
		aside := path + ".bad"
		if err := os.Rename(path, aside); err != nil {
			return nil, fmt.Errorf("--verify-cache %s: not a cache that can be used, and it cannot be moved aside: give another file", path)
		}
		warn(fmt.Sprintf("%s was %s: moved to %s, starting with an empty one", path, err, aside))
	} else if err != nil {
		return nil, fmt.Errorf("--verify-cache %s: %w", path, err)
	}
	c.entries = entries
	return c, nil
}

// load reads the file. The map is never nil.
func (c *cache) load() (map[cacheKey]cacheEntry, error) {
	entries := map[cacheKey]cacheEntry{}
	info, err := os.Lstat(c.path)
	if errors.Is(err, fs.ErrNotExist) {
		return entries, nil
	}
	if err != nil {
		return entries, fmt.Errorf("cannot be read: %w", errors.Unwrap(err))
	}
	if !info.Mode().IsRegular() {
		return entries, errors.New("not an ordinary file (links are not followed): give another")
	}
	folder, err := os.Stat(filepath.Dir(c.path))
	if err != nil {
		return entries, fmt.Errorf("cannot be read: %w", errors.Unwrap(err))
	}
	if how := replaceableByOthers(info, folder); how != "" {
		c.warn(fmt.Sprintf("%s is not used as a cache: %s", c.path, how))
		return entries, errForeign
	}
	// Windows has no such bits; Go makes them up.
	if perm := info.Mode().Perm(); runtime.GOOS != "windows" && perm&0o077 != 0 {
		if perm&0o022 != 0 {
			return entries, fmt.Errorf("%w: others could write it (mode %#o), so its answers are not used", errNoCache, perm)
		}
		if err := os.Chmod(c.path, 0o600); err != nil {
			return entries, fmt.Errorf("others can read it (mode %#o), and it cannot be closed to them: give another file", perm)
		}
		c.warn(fmt.Sprintf("%s could be read by others (mode %#o): the mode is now 0600", c.path, perm))
	}
	f, err := os.Open(c.path)
	if err != nil {
		return entries, fmt.Errorf("cannot be read: %w", errors.Unwrap(err))
	}
	defer func() { _ = f.Close() }()
	text, err := io.ReadAll(io.LimitReader(f, maxCache+1))
	if err != nil {
		return entries, fmt.Errorf("cannot be read: %w", errors.Unwrap(err))
	}
	if len(text) == 0 { // as mktemp makes it
		return entries, nil
	}
	var file cacheFile
	if len(text) > maxCache || json.Unmarshal(text, &file) != nil || file.Version != cacheVersion {
		return entries, errNoCache
	}
	for _, r := range file.Answers {
		e := cacheEntry{r.State, r.Checked}
		if keyIDForm.MatchString(r.KeyID) && e.holds() {
			entries[cacheKey{r.KeyID, r.Endpoint}] = e
		}
	}
	return entries, nil
}

// holds reports whether the entry still says something.
func (e cacheEntry) holds() bool {
	age := time.Since(e.Checked)
	if age < 0 {
		return false // from the future: a clock is or was wrong
	}
	return e.State == finding.Inactive || e.State.Works() && age < freshness
}

func (c *cache) get(keyID, endpoint string) (Answer, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.entries[cacheKey{keyID, endpoint}]
	if !ok || !e.holds() {
		return Answer{}, false
	}
	return Answer{
		Liveness:  e.State,
		Reason:    "remembered from " + e.Checked.Format(time.RFC3339),
		CheckedAt: e.Checked,
		FromCache: true,
	}, true
}

func (c *cache) put(keyID, endpoint string, a Answer) {
	if a.Liveness != finding.Inactive && !a.Liveness.Works() {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.entries[cacheKey{keyID, endpoint}] = cacheEntry{a.Liveness, a.CheckedAt.UTC().Truncate(time.Second)}
	c.changed = true
}

// save writes the cache, if there is news. The file is complete at any time, and
// nobody else's to read.
func (c *cache) save() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.changed {
		return nil
	}
	theirs, err := c.load()
	if err != nil {
		return fmt.Errorf("the cache %s was changed meanwhile and is not saved: %w", c.path, err)
	}
	for k, e := range theirs {
		if ours, ok := c.entries[k]; !ok || e.Checked.After(ours.Checked) {
			c.entries[k] = e
		}
	}
	file := cacheFile{Version: cacheVersion, Answers: []cacheRecord{}}
	for k, e := range c.entries {
		if e.holds() {
			file.Answers = append(file.Answers, cacheRecord{k.keyID, k.endpoint, e.State, e.Checked})
		}
	}
	sort.Slice(file.Answers, func(i, j int) bool {
		a, b := &file.Answers[i], &file.Answers[j]
		return cmp.Or(strings.Compare(a.KeyID, b.KeyID), strings.Compare(a.Endpoint, b.Endpoint)) < 0
	})
	text, err := json.MarshalIndent(file, "", " ")
	if err != nil {
		return fmt.Errorf("the cache %s is not saved: %w", c.path, err)
	}
	if err := replaceFile(c.path, append(text, '\n')); err != nil {
		return fmt.Errorf("the cache %s is not saved: %w", c.path, err)
	}
	c.changed = false
	return nil
}

// replaceFile puts a new file of mode 0600 in the place of the one at path. A
// link there is replaced, not followed.
func replaceFile(path string, text []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.tmp")
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if err == nil {
		err = f.Sync()
	}
	if err := errors.Join(err, f.Close()); err != nil {
		_ = os.Remove(f.Name())
		return err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		_ = os.Remove(f.Name())
		return err
	}
	return nil
}

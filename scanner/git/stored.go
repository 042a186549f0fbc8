package git

import (
	"bufio"
	"bytes"
	"crypto/sha1" //nolint:gosec // the size of git's ids
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"sync"

	"github.com/neokeys/neokeys/scanner/gitdir"
	"github.com/neokeys/neokeys/scanner/pack"
)

// A stored is what git stores outside of a git directory: a bundle, packs alone, or an object
// directory alone. It is read as a repository without a worktree, a config and an index.
type stored struct {
	// store opens the objects, once: a pack without an index is gone through for one.
	store func() (*pack.Store, error)
	refs  []ref // of a bundle, HEAD among them; others have none
	// needs are commits that a bundle has not got, though what it has was made from them.
	needs []string
}

// IsStored reports whether path itself, and not a folder above it, is something that holds git
// objects and no files to search: a git directory, an object directory, a folder of packs, a
// pack or a bundle. [Open] opens it.
func IsStored(path string) bool {
	if info, err := os.Stat(path); err != nil {
		return false
	} else if info.IsDir() {
		if _, err := gitdir.At(path); err == nil {
			return true
		}
		if _, err := gitdir.At(filepath.Join(path, ".git")); err == nil {
			return false // a worktree
		}
	}
	_, err := openStored(path)
	return !errors.Is(err, ErrNotRepository)
}

// openStored opens what git stores at path outside of a git directory.
func openStored(path string) (*Repo, error) {
	full, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	info, err := os.Stat(full)
	if err != nil {
		return nil, err
	}
	r := &Repo{Dir: full, Common: full, Objects: full, lfs: filepath.Join(full, "lfs"), hashSize: sha1.Size, bare: true}
	switch {
	case info.IsDir():
		err = r.openFolder(full)
	case info.Mode().IsRegular() && info.Size() > 0: // the kernel's files, of which some never end, have none
		err = r.openStoredFile(full)
	default:
		err = ErrNotRepository
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return r, nil
}

// openFolder makes r that of a folder of packs, or of an object directory.
func (r *Repo) openFolder(folder string) error {
	packs := packsIn(folder)
	if len(packs) > 0 {
		r.hashSize = indexHashSize(packs)
		r.stored = &stored{store: sync.OnceValues(func() (*pack.Store, error) { return pack.OpenPacks(packs, r.hashSize) })}
		return nil
	}
	packs = packsIn(filepath.Join(folder, "pack"))
	size := looseHashSize(folder)
	if len(packs) == 0 && size == 0 {
		return ErrNotRepository
	}
	r.hashSize = size
	if len(packs) > 0 {
		r.hashSize = indexHashSize(packs)
	}
	r.stored = &stored{store: sync.OnceValues(func() (*pack.Store, error) { return pack.Open([]string{folder}, r.hashSize) })}
	return nil
}

// packsIn returns the packs in a folder.
func packsIn(folder string) (packs []string) {
	entries, _ := os.ReadDir(folder) // what cannot be read is no folder of packs
	for _, e := range entries {
		path := filepath.Join(folder, e.Name())
		if strings.HasSuffix(path, ".pack") && isPack(path) {
			packs = append(packs, path)
		}
	}
	return packs
}

// isPack reports whether the file at path begins as a pack: other programs have files of that
// name, too.
func isPack(path string) bool {
	f, err := gitdir.Open(path)
	if err != nil {
		return false
	}
	defer f.Close() // only read from
	var head [8]byte
	_, err = io.ReadFull(f, head[:])
	version := binary.BigEndian.Uint32(head[4:])
	return err == nil && string(head[:4]) == "PACK" && (version == 2 || version == 3)
}

// looseHashSize returns the size of the ids of the loose objects in an object directory; 0 if there
// is none.
func looseHashSize(folder string) int {
	folders, _ := os.ReadDir(folder) // which is nearly always no such directory
	for _, f := range folders {
		if first, err := hex.DecodeString(f.Name()); err != nil || len(first) != 1 {
			continue
		}
		entries, _ := os.ReadDir(filepath.Join(folder, f.Name()))
		for _, e := range entries {
			raw, err := hex.DecodeString(e.Name())
			if err == nil && (len(raw) == sha1.Size-1 || len(raw) == sha256.Size-1) {
				return len(raw) + 1
			}
		}
	}
	return 0
}

// indexHashSize returns the size of the ids in packs, which their indexes tell by their length:
// an id, a checksum and an offset an object, and two checksums at the end. A pack does not say
// it; without an index it is taken for one of SHA-1.
func indexHashSize(packs []string) int {
	const head = 8 + 4*256
	for _, path := range packs {
		f, err := gitdir.Open(strings.TrimSuffix(path, ".pack") + ".idx")
		if err != nil {
			continue
		}
		var count [4]byte
		_, err = f.ReadAt(count[:], head-4)
		info, statErr := f.Stat()
		_ = f.Close() // only read from
		if err != nil || statErr != nil {
			continue
		}
		n := int64(binary.BigEndian.Uint32(count[:]))
		if large := info.Size() - head - n*(sha256.Size+8) - 2*sha256.Size; n > 0 && large >= 0 && large <= 8*n {
			return sha256.Size
		}
	}
	return sha1.Size
}

// openStoredFile makes r that of a pack or a bundle.
func (r *Repo) openStoredFile(path string) error {
	if isPack(path) {
		r.hashSize = indexHashSize([]string{path})
		r.stored = &stored{store: sync.OnceValues(func() (*pack.Store, error) { return pack.OpenPacks([]string{path}, r.hashSize) })}
		return nil
	}
	f, err := gitdir.Open(path)
	if err != nil {
		return err
	}
	defer f.Close() // only read from
	return r.openBundle(path, f)
}

const (
	maxBundleLine = 64 << 10
	maxBundleRefs = 10_000_000
)

// bundleError returns an error that says what is wrong with a bundle.
func bundleError(what string) error { return errors.New("the bundle is damaged: " + what) }

// openBundle makes r that of a bundle, whose format is that of gitformat-bundle(5).
func (r *Repo) openBundle(path string, f io.Reader) error {
	var begin [len("# v")]byte
	if _, err := io.ReadFull(f, begin[:]); err != nil || string(begin[:]) != "# v" {
		return ErrNotRepository // without a buffer: every file that is named is tried
	}
	in := bufio.NewReaderSize(io.MultiReader(bytes.NewReader(begin[:]), f), maxBundleLine)
	offset := int64(0)
	line := func() (string, error) {
		text, err := in.ReadSlice('\n')
		offset += int64(len(text))
		return string(bytes.TrimSuffix(text, []byte("\n"))), err
	}
	first, err := line()
	switch isBundle := strings.HasPrefix(first, "# v") && strings.HasSuffix(first, " git bundle"); {
	case !isBundle:
		return ErrNotRepository
	case first != "# v2 git bundle" && first != "# v3 git bundle":
		return fmt.Errorf("%q is not supported; this program knows v2 and v3", first)
	case err != nil:
		return bundleError("it is cut off")
	}
	s := &stored{}
	for n := 0; ; n++ {
		text, err := line()
		switch {
		case err != nil || n > maxBundleRefs:
			return bundleError("its list of refs has no end")
		case text == "":
			r.partial = r.partial || len(s.needs) > 0
			s.store = sync.OnceValues(func() (*pack.Store, error) { return pack.OpenPackAt(path, offset, r.hashSize) })
			r.stored = s
			return nil
		case text[0] == '@' && first == "# v3 git bundle":
			if err := r.bundleCapability(text[1:]); err != nil {
				return err
			}
		case text[0] == '-':
			id, _, _ := strings.Cut(text[1:], " ")
			s.needs = append(s.needs, id)
		default:
			hex, name, _ := strings.Cut(text, " ")
			id, ok := r.parseID(hex)
			if !ok || name == "" {
				return bundleError("a line in its list of refs is no ref")
			}
			s.refs = append(s.refs, ref{name, id})
		}
	}
}

// bundleCapability heeds a line that says how to read a bundle.
func (r *Repo) bundleCapability(text string) error {
	key, value, _ := strings.Cut(text, "=")
	switch key {
	case "object-format":
		if value != "sha1" && value != "sha256" {
			return fmt.Errorf("the bundle's object-format %q is not supported", value)
		}
		r.hashSize = gitdir.HashSize(value)
	case "filter":
		r.partial = true // as in a partial clone, objects may be missing
	default:
		return fmt.Errorf("the bundle needs the capability %q, which is not supported", key)
	}
	return nil
}

// resolve returns what the ref called name holds.
func (s *stored) resolve(name string) (ref, error) {
	for _, r := range s.refs {
		if r.name == name {
			return r, nil
		}
	}
	if name == "HEAD" {
		return s.likelyHead()
	}
	return ref{name: name}, errNoRef
}

// likelyHead returns the branch that stands for HEAD where a bundle does not have it: its only
// one, or main, or master. Without any, HEAD is unborn.
func (s *stored) likelyHead() (ref, error) {
	var branches []ref
	for _, r := range s.refs {
		if strings.HasPrefix(r.name, "refs/heads/") {
			branches = append(branches, r)
		}
	}
	if len(branches) == 1 {
		return branches[0], nil
	}
	for _, name := range []string{"refs/heads/main", "refs/heads/master"} {
		if i := slices.IndexFunc(branches, func(r ref) bool { return r.name == name }); i >= 0 {
			return branches[i], nil
		}
	}
	return ref{name: "refs/heads/main"}, errNoRef
}

// list returns the refs by name, and HEAD if it is another commit than each of them.
func (s *stored) list() []ref {
	var list []ref
	for _, r := range s.refs {
		same := func(o ref) bool { return o.name != r.name && o.id == r.id }
		if r.name != "HEAD" || !slices.ContainsFunc(s.refs, same) {
			list = append(list, r)
		}
	}
	sort.Slice(list, func(i, j int) bool { return list[i].name < list[j].name })
	return list
}

// incomplete says what has to be done about objects that a bundle leaves out.
func (r *Repo) incomplete() error {
	if r.stored == nil || len(r.stored.needs) == 0 {
		return nil
	}
	return fmt.Errorf("the bundle is to be added to a repository that has commit %s: what was made from objects that are only there was not "+
		"searched; `git fetch` the bundle into a clone and search that", r.stored.needs[0])
}

package git

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"syscall"

	"github.com/neokeys/neokeys/scanner/gitdir"
	"github.com/neokeys/neokeys/scanner/pack"
)

// A ref is a name for an object.
type ref struct {
	name string // full, such as refs/heads/main
	id   pack.ID
}

// A symbolicRef is a ref that names another one, which need not exist.
type symbolicRef struct{ name, target string }

// maxSymbolic is how many symbolic refs git follows, one to the next.
const maxSymbolic = 5

var errNoRef = errors.New("there is no such ref")

// head returns the commit that HEAD is; none before the first commit. The ref is the
// branch's, or HEAD's own when that is detached.
func (r *Repo) head() (ref, error) {
	at, err := r.resolve("HEAD")
	if errors.Is(err, errNoRef) && at.name != "HEAD" {
		return ref{name: at.name}, nil
	}
	if err != nil {
		return at, fmt.Errorf("HEAD: %w", err)
	}
	return at, nil
}

// resolve returns the object that the ref called name leads to, and the ref that holds
// it when name is a symbolic one. With errNoRef it returns the missing ref.
func (r *Repo) resolve(name string) (ref, error) {
	if r.stored != nil {
		return r.stored.resolve(name)
	}
	for range maxSymbolic {
		if !safeRefName(name) {
			return ref{name: name}, fmt.Errorf("%w: %q is no name for one", errNoRef, name)
		}
		text, err := readLoose(filepath.Join(r.refDir(name), filepath.FromSlash(name)))
		if errors.Is(err, fs.ErrNotExist) {
			id, err := r.packedRef(name)
			return ref{name, id}, err
		}
		if err != nil {
			return ref{name: name}, err
		}
		if target, ok := strings.CutPrefix(text, "ref:"); ok {
			name = strings.TrimSpace(target)
			continue
		}
		id, ok := r.parseID(text)
		if !ok {
			return ref{name: name}, fmt.Errorf("%s: damaged: it holds no object id", name)
		}
		return ref{name, id}, nil
	}
	return ref{name: name}, errors.New("symbolic refs in a circle")
}

// RefName returns the full name of the ref that name, a symbolic one, leads to; name itself if it is
// none.
func (r *Repo) RefName(name string) string {
	at, _ := r.resolve(name)
	return at.name
}

// refDir returns the folder that holds the file of a ref: those of one worktree only
// are HEAD and its like, and a few below refs.
func (r *Repo) refDir(name string) string {
	for _, prefix := range []string{"refs/bisect/", "refs/worktree/", "refs/rewritten/"} {
		if strings.HasPrefix(name, prefix) {
			return r.Dir
		}
	}
	if !strings.HasPrefix(name, "refs/") {
		return r.Dir
	}
	return r.Common
}

// safeRefName reports whether name stays within the repository's folder. What else
// git asks of a name does not matter for reading one.
func safeRefName(name string) bool {
	return name != "" && !strings.HasPrefix(name, "/") && !strings.ContainsAny(name, "\\\x00:") &&
		!slices.Contains(strings.Split(name, "/"), "..")
}

// readLoose reads the file of one ref. It may be a symbolic link, as HEAD once was.
func readLoose(path string) (string, error) {
	if target, err := os.Readlink(path); err == nil && strings.HasPrefix(filepath.ToSlash(target), "refs/") {
		return "ref: " + filepath.ToSlash(target), nil
	}
	text, err := gitdir.ReadLine(path)
	if err != nil {
		if info, statErr := os.Stat(path); statErr == nil && info.IsDir() || errors.Is(err, syscall.ENOTDIR) {
			return "", fs.ErrNotExist // refs/heads/a next to refs/heads/a/b
		}
		return "", err
	}
	// FETCH_HEAD has more behind the id.
	if !strings.HasPrefix(text, "ref:") {
		text, _, _ = strings.Cut(text, "\t")
	}
	return strings.TrimSpace(text), nil
}

func (r *Repo) readPacked() ([]byte, error) {
	text, err := gitdir.ReadFile(filepath.Join(r.Common, "packed-refs"), gitdir.MaxFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return text, err
}

// packedRef looks for one ref in packed-refs.
func (r *Repo) packedRef(name string) (pack.ID, error) {
	text, err := r.readPacked()
	if err != nil {
		return pack.ID{}, err
	}
	for rest := text; ; {
		at := bytes.Index(rest, []byte(" "+name))
		if at < 0 {
			return pack.ID{}, errNoRef
		}
		end := at + 1 + len(name)
		begin := bytes.LastIndexByte(rest[:at], '\n') + 1
		if end == len(rest) || rest[end] == '\n' || rest[end] == '\r' {
			if id, ok := r.parseID(string(rest[begin:at])); ok {
				return id, nil
			}
		}
		rest = rest[end:]
	}
}

// refs returns all refs but symbolic ones, by name, and HEAD, the repository's and its
// worktrees', where it is detached. problem is called for each ref that cannot be read.
func (r *Repo) refs(problem func(name string, err error)) []ref {
	refs, _ := r.allRefs(context.Background(), problem)
	return refs
}

// allRefs returns what refs does and the symbolic refs.
func (r *Repo) allRefs(ctx context.Context, problem func(name string, err error)) ([]ref, []symbolicRef) {
	if r.stored != nil {
		return r.stored.list(), nil
	}
	found := map[string]pack.ID{}
	var symbolic []symbolicRef
	packed, err := r.readPacked()
	if err != nil {
		problem("packed-refs", err)
	}
	for line := range bytes.Lines(packed) {
		line = bytes.TrimRight(line, "\r\n")
		if len(line) == 0 || line[0] == '#' || line[0] == '^' {
			continue
		}
		hex, name, _ := bytes.Cut(line, []byte(" "))
		id, ok := r.parseID(string(hex))
		if !ok || len(name) == 0 {
			problem("packed-refs", errors.New("damaged: a line in it is no ref"))
			continue
		}
		found[string(name)] = id
	}
	loose := func(dir, name string) {
		text, err := readLoose(filepath.Join(dir, filepath.FromSlash(name)))
		if target, ok := strings.CutPrefix(text, "ref:"); err == nil && ok {
			symbolic = append(symbolic, symbolicRef{name, strings.TrimSpace(target)})
			return
		}
		id, ok := r.parseID(text)
		switch {
		case errors.Is(err, fs.ErrNotExist): // deleted or packed meanwhile
		case err != nil:
			problem(name, err)
		case !ok:
			problem(name, errors.New("damaged: the ref holds no object id"))
		default:
			found[name] = id
		}
	}
	roots := []string{r.Common}
	if r.Dir != r.Common {
		roots = append(roots, r.Dir)
	}
	for _, root := range roots {
		_ = filepath.WalkDir(filepath.Join(root, "refs"), func(path string, d fs.DirEntry, err error) error {
			switch {
			case ctx.Err() != nil:
				return ctx.Err()
			case errors.Is(err, fs.ErrNotExist):
			case err != nil:
				problem("refs", err)
			case !d.IsDir() && !strings.HasSuffix(path, ".lock"):
				if name, err := filepath.Rel(root, path); err == nil {
					loose(root, filepath.ToSlash(name))
				}
			}
			return nil
		})
	}
	loose(r.Common, "HEAD")
	if worktrees, err := os.ReadDir(filepath.Join(r.Common, "worktrees")); err == nil {
		for _, w := range worktrees {
			loose(r.Common, "worktrees/"+w.Name()+"/HEAD")
		}
	}
	list := make([]ref, 0, len(found))
	for name, id := range found {
		list = append(list, ref{name, id})
	}
	sort.Slice(list, func(i, j int) bool { return list[i].name < list[j].name })
	return list, symbolic
}

// stashes returns what the stash held before its last entry: git keeps that in a reflog
// only. They are named as git names them.
func (r *Repo) stashes() []ref {
	text, err := gitdir.ReadFile(filepath.Join(r.Common, "logs", "refs", "stash"), gitdir.MaxFile)
	if err != nil {
		return nil // there are none, or they count as unreachable
	}
	var list []ref
	lines := bytes.Split(bytes.TrimRight(text, "\n"), []byte("\n"))
	for i := len(lines) - 2; i >= 0; i-- {
		fields := bytes.SplitN(lines[i], []byte(" "), 3)
		if len(fields) < 3 {
			continue
		}
		if id, ok := r.parseID(string(fields[1])); ok {
			list = append(list, ref{fmt.Sprintf("refs/stash@{%d}", len(lines)-1-i), id})
		}
	}
	return list
}

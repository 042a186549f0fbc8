package pack

import (
	"bytes"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/neokeys/neokeys/scanner/gitdir"
)

// loosePath returns where an object directory has a loose object.
func loosePath(dir string, id *ID) string {
	name := id.String()
	return filepath.Join(dir, name[:2], name[2:])
}

func (s *Store) hasLoose(id *ID) bool {
	for _, dir := range s.dirs {
		if _, err := os.Stat(loosePath(dir, id)); err == nil {
			return true
		}
	}
	return false
}

// openLoose opens a loose object. The error is ErrNotFound if there is none.
func (s *Store) openLoose(id *ID) (Kind, *textReader, error) {
	failed := ErrNotFound
	for _, dir := range s.dirs {
		kind, t, err := openLooseFile(loosePath(dir, id))
		if err == nil {
			return kind, t, nil
		}
		if !errors.Is(err, fs.ErrNotExist) {
			failed = err
		}
	}
	return 0, nil, failed
}

// maxLooseHead is how long the head of a loose object can be: "commit 18446744073709551615".
const maxLooseHead = 32

// openLooseFile opens the loose object at path: a zlib stream of kind, size and text.
func openLooseFile(path string) (Kind, *textReader, error) {
	f, err := gitdir.Open(path)
	if err != nil {
		return 0, nil, err
	}
	var r io.Reader = f
	if info, err := f.Stat(); err == nil && info.Size() == 0 {
		r = bytes.NewReader(nil) // a link may lead to a file that the kernel makes up, and that never ends
	}
	t, err := newTextReader(r, maxLooseHead)
	if err != nil {
		_ = f.Close()
		return 0, nil, err
	}
	kind, err := t.looseHead()
	if err != nil {
		_ = f.Close()
		t.release()
		return 0, nil, err
	}
	t.file = f
	return kind, t, nil
}

// looseHead reads the head of a loose object up to its zero byte.
func (t *textReader) looseHead() (Kind, error) {
	var head []byte
	var c [1]byte
	for {
		if _, err := io.ReadFull(t, c[:]); err != nil {
			if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
				err = damage("the object's head has no end")
			}
			return 0, err
		}
		if c[0] == 0 {
			break
		}
		head = append(head, c[0])
	}
	name, number, _ := bytes.Cut(head, []byte(" "))
	kind, ok := parseKind(string(name))
	size, err := strconv.ParseInt(string(number), 10, 64)
	if !ok || err != nil || size < 0 {
		return 0, damage("the object's head is not of a known kind and a size")
	}
	t.left = size
	return kind, nil
}

// looseObject returns the kind and text of a loose object.
func (s *Store) looseObject(id *ID, limit int) (Kind, []byte, error) {
	kind, t, err := s.openLoose(id)
	if err != nil {
		return 0, nil, err
	}
	defer t.Close() // only read from
	if t.left > int64(limit) {
		return kind, nil, ErrTooLarge
	}
	text, err := t.appendAll(nil)
	return kind, text, err
}

// A looseDir is an object directory with its loose objects.
type looseDir struct {
	path string
	ids  []byte // in order, one after another
}

// listLoose lists the loose objects in an object directory.
func listLoose(path string, hashSize int, problem func(Problem)) looseDir {
	d := looseDir{path: path}
	for b := range 256 {
		first := hex.EncodeToString([]byte{byte(b)})
		folder := filepath.Join(path, first)
		entries, err := os.ReadDir(folder)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			problem(Problem{Path: folder, Err: err})
		}
		var ids [][]byte
		for _, e := range entries {
			// Of upper-case digits git makes no names.
			name := first + e.Name()
			id, err := hex.DecodeString(name)
			if err == nil && len(id) == hashSize && hex.EncodeToString(id) == name {
				ids = append(ids, id)
			}
		}
		slices.SortFunc(ids, bytes.Compare)
		for _, id := range ids {
			d.ids = append(d.ids, id...)
		}
	}
	return d
}

// looseBatch is how many loose objects one worker reads at a time.
const looseBatch = 128

// looseTasks returns what there is to do for a directory's loose objects, but for those
// that are repeated there.
func (w *sweeper) looseTasks(t table, repeated bitset) []task {
	var tasks []task
	size := w.store.hashSize
	for from := 0; from < len(t.ids)/size; from += looseBatch {
		tasks = append(tasks, func(k *worker) {
			for i := from; i < min(from+looseBatch, len(t.ids)/size); i++ {
				if !repeated.has(i) && w.ctx.Err() == nil {
					id := NewID(t.ids[i*size : (i+1)*size])
					k.loose(id, loosePath(t.dir, &id))
				}
			}
		})
	}
	return tasks
}

// loose visits a loose object. If it has vanished since it was listed, it was packed.
func (k *worker) loose(id ID, path string) {
	kind, t, err := openLooseFile(path)
	if err == nil {
		defer t.Close() // only read from
		if !k.wanted[kind] {
			return
		}
		if t.left > bigText {
			err = k.stream(Name{id: id}, kind, t, t)
			if err != nil {
				k.problem(Problem{ID: id, Path: path, Err: err})
			}
			return
		}
		var text []byte
		text, err = t.appendAll(k.buffer(int(t.left)))
		if err == nil {
			k.visit(id, kind, text)
			k.recycle(text)
			return
		}
	}
	kind, text, other := k.store.Object(id, k.store.maxText())
	switch {
	case other == nil && k.wanted[kind]:
		k.visit(id, kind, text)
	case other == nil:
	case errors.Is(err, fs.ErrNotExist) && !errors.Is(other, ErrNotFound):
		k.problem(Problem{ID: id, Path: path, Err: other})
	default:
		k.problem(Problem{ID: id, Path: path, Err: err})
	}
}

// visit shows the visitor an object that is not made from another.
func (k *worker) visit(id ID, kind Kind, text []byte) {
	k.object = Object{Name: Name{id: id}, Kind: kind, Size: int64(len(text)), Text: text}
	k.visitor.Visit(&k.object)
}

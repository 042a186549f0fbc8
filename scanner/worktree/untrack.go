package worktree

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/neokeys/neokeys/scanner/gitdir"
)

// Untrack takes the files at paths, which are slash-separated and relative to Root, out of git's
// index, as `git rm --cached` does. The files stay as they are.
func (t *Tree) Untrack(paths []string) (err error) {
	file := filepath.Join(t.dir.Path, "index")
	info, err := os.Lstat(file)
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("%s is no regular file", file)
	}
	// As git does: whoever has the lock may write.
	lock, err := os.OpenFile(file+".lock", os.O_WRONLY|os.O_CREATE|os.O_EXCL, info.Mode().Perm())
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s.lock is there: another git process may be running", file)
	}
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(lock.Name()) // err says enough
		}
	}()
	text, err := gitdir.ReadFile(file, gitdir.MaxFile)
	if err != nil {
		return errors.Join(err, lock.Close())
	}
	var names [][]byte
	for _, p := range paths {
		names = append(names, []byte(p))
	}
	text, err = gitdir.Without(text, t.hashSize, names)
	if err != nil {
		return errors.Join(err, lock.Close())
	}
	_, err = lock.Write(text)
	if err = errors.Join(err, lock.Close()); err != nil {
		return err
	}
	return os.Rename(lock.Name(), file)
}

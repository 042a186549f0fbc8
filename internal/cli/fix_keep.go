package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/neokeys/neokeys/internal/lazyregexp"
	"github.com/neokeys/neokeys/rules"
	"github.com/neokeys/neokeys/scanner"
)

// A keeper puts the keys that fixes take out of files into an .env file that git ignores.
type keeper struct {
	file string
	text []byte
}

// keeper opens the .env file in the root of the worktree, or in PATH. One that git would take in
// is an error, unless the fixes of the session take it out of git.
func (c *fixCommand) keeper(s *fixSession) (*keeper, error) {
	p := s.plan
	top, root, _ := newEditable(p).top(p.target.tops[0])
	if root == "" {
		root = top
		if info, err := os.Stat(top); err == nil && !info.IsDir() {
			root = filepath.Dir(top)
		}
	}
	k := &keeper{file: filepath.Join(root, ".env")}
	info, err := os.Lstat(k.file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("--keep-values: %s is no regular file", k.file)
	}
	// What git does with a file is known of those that are there.
	f, err := os.OpenFile(k.file, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	created := info == nil
	leaves := slices.ContainsFunc(s.untracked, func(file string) bool { return p.absolute(file) == k.file })
	if t := scanner.Tracking(k.file); !leaves && (t == rules.Tracked || t == rules.Untracked) {
		err = fmt.Errorf("--keep-values: git does not ignore %s: add it to .gitignore first", shortest(k.file))
	} else {
		k.text, err = os.ReadFile(k.file)
	}
	err = errors.Join(err, f.Close())
	if created {
		err = errors.Join(err, os.Remove(k.file)) // until there is something to keep
	}
	return k, err
}

// keptName matches a variable that an .env file can set.
var keptName = lazyregexp.New(`^[A-Za-z_][A-Za-z0-9_]*$`)

// keep adds the keys of fixes that were made to the file, and returns the names of their variables.
func (k *keeper) keep(made []fixed) (names []string, err error) {
	var add bytes.Buffer
	if n := len(k.text); n > 0 && k.text[n-1] != '\n' {
		add.WriteByte('\n')
	}
	for _, f := range made {
		name := f.fix.Variable
		if f.Key == nil || !keptName.MatchString(name) {
			continue
		}
		line := []byte(name + "=")
		if bytes.HasPrefix(k.text, line) || bytes.Contains(k.text, append([]byte("\n"), line...)) || bytes.Contains(add.Bytes(), line) {
			continue
		}
		fmt.Fprintf(&add, "%s=%s\n", name, f.Key.Secret.Reveal())
		names = append(names, name)
	}
	if len(names) == 0 {
		return nil, nil
	}
	f, err := os.OpenFile(k.file, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	_, err = f.Write(add.Bytes())
	return names, errors.Join(err, f.Close())
}

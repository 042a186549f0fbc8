package visit

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"

	"github.com/neokeys/neokeys/fleet/engine"
	"github.com/neokeys/neokeys/fleet/store"
	"github.com/neokeys/neokeys/scanner/remote"
)

// mirror brings the kept mirror of a repository up to date, or makes it.
func (v *Visitor) mirror(session *remote.Session, r *store.Repository, p *remote.Progress) (*opened, error) {
	path := filepath.Join(v.Keep, mirrorName(r.URL))
	_, err := os.Stat(path)
	switch {
	case err == nil:
		_, err = session.Update(path)
	case errors.Is(err, fs.ErrNotExist):
		err = v.newMirror(session, path)
	}
	if err != nil {
		return nil, troubleOf(err)
	}
	repo, err := openFolder(path)
	if err != nil {
		return nil, &engine.Trouble{Final: true, Err: fmt.Errorf("its mirror cannot be read, so delete it: %w", err)}
	}
	return &opened{repo: repo, fetched: p.Bytes.Load(), close: func() {}}, nil
}

// newMirror makes a mirror, which is there as a whole or not at all.
func (v *Visitor) newMirror(session *remote.Session, path string) error {
	if err := os.MkdirAll(v.Keep, 0o700); err != nil {
		return err
	}
	unfinished, err := os.MkdirTemp(v.Keep, tempPrefix)
	if err != nil {
		return err
	}
	defer os.RemoveAll(unfinished)
	made := filepath.Join(unfinished, "repository.git")
	if _, err := session.Fetch(made, remote.Want{}); err != nil {
		return err
	}
	return os.Rename(made, path)
}

var notInNames = regexp.MustCompile(`[^A-Za-z0-9.-]+`)

// mirrorName returns the name of a repository's mirror: one that a person recognises, with a hash
// that makes it the only one.
func mirrorName(url string) string {
	sum := sha256.Sum256([]byte(url))
	name := notInNames.ReplaceAllString(url, "_")
	const most = 100
	if len(name) > most {
		name = name[len(name)-most:]
	}
	return name + "-" + hex.EncodeToString(sum[:6]) + ".git"
}

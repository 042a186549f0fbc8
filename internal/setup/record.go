package setup

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/neokeys/neokeys/internal/outfile"
)

// recordName is the file that lists what init wrote, so that it can take back that and nothing
// else. It is in the repository's own folder, where what is cloned cannot put one; that of what
// init --global wrote is in the user's folder.
const recordName = "neokeys-init.json"

type record struct {
	Written []entryOf `json:"written"`
}

// An entryOf is what init wrote to one place.
type entryOf struct {
	Path string `json:"path"` // absolute, or the name of a setting
	// Added are the lines that were added to a file that others write, too.
	Added []string `json:"added,omitempty"`
	// SHA256 is that of a whole new file.
	SHA256 string `json:"sha256,omitempty"`
	// Moved is where what was at Path went.
	Moved string `json:"moved,omitempty"`
	// Folders were made for it, the outermost first.
	Folders []string `json:"folders,omitempty"`
	// Setting is the value of a setting.
	Setting string `json:"setting,omitempty"`
}

// readRecord returns the record in folder, which is empty if there is none.
func readRecord(folder string) (*record, error) {
	var r record
	text, err := os.ReadFile(filepath.Join(folder, recordName))
	if errors.Is(err, fs.ErrNotExist) {
		return &r, nil
	}
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(text, &r); err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Join(folder, recordName), err)
	}
	return &r, nil
}

// write replaces the record in folder; with nothing in it, there is none.
func (r *record) write(folder string) error {
	path := filepath.Join(folder, recordName)
	if len(r.Written) == 0 {
		return removed(path)
	}
	return outfile.Write(context.Background(), path, nil, func(w io.Writer) error {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(r)
	})
}

// note adds what was written.
func (r *record) note(changes []Change) error {
	for i := range changes {
		c := &changes[i]
		e := entryOf{Path: c.Path, Added: c.added, Moved: c.MoveTo, Folders: c.folders}
		switch {
		case c.Setting:
			e.Setting = c.Text
		case c.Add:
			e.Added = []string{c.Text}
		case !c.Edit:
			text, err := os.ReadFile(c.Path)
			if err != nil {
				return err
			}
			e.SHA256 = sum(text)
		}
		at := slices.IndexFunc(r.Written, func(old entryOf) bool { return old.Path == c.Path })
		if at < 0 {
			r.Written = append(r.Written, e)
			continue
		}
		// More lines of the same file, or the file again after somebody removed it.
		e.Added = append(r.Written[at].Added, e.Added...)
		r.Written[at] = e
	}
	return nil
}

func sum(text []byte) string {
	s := sha256.Sum256(text)
	return hex.EncodeToString(s[:])
}

// Record keeps what was written to the repository, for [Project.PlanRemoval].
func (p *Project) Record(changes []Change) error { return keep(p.Common, changes) }

// keep adds changes to the record in folder.
func keep(folder string, changes []Change) error {
	r, err := readRecord(folder)
	if err != nil {
		return err
	}
	if err := r.note(changes); err != nil {
		return err
	}
	return r.write(folder)
}

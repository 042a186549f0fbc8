package remote

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// A folder is a bare repository on disk that holds what was fetched.
type folder struct{ path string }

// newFolder makes an empty bare repository at path, which must not exist or be empty.
func newFolder(path string) (*folder, error) {
	if entries, err := os.ReadDir(path); err == nil && len(entries) > 0 {
		return nil, fmt.Errorf("%s is not empty: name a new folder", path)
	}
	f := &folder{path}
	for _, dir := range []string{f.packs(), filepath.Join(path, "refs")} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, err
		}
	}
	return f, f.write("config", "[core]\n\trepositoryformatversion = 0\n\tbare = true\n")
}

func (f *folder) packs() string { return filepath.Join(f.path, "objects", "pack") }

// setRefs replaces all refs and HEAD.
func (f *folder) setRefs(r *Refs) error {
	var b strings.Builder
	b.WriteString("# pack-refs with: sorted\n")
	for _, ref := range r.List {
		_, _ = fmt.Fprintf(&b, "%s %s\n", ref.ID, ref.Name) // never fails
	}
	if err := f.write("packed-refs", b.String()); err != nil {
		return err
	}
	head := "ref: refs/heads/main\n"
	switch {
	case r.Head != "":
		head = "ref: " + r.Head + "\n"
	case r.HeadID != "":
		head = r.HeadID + "\n"
	}
	return f.write("HEAD", head)
}

// setShallow lists the commits whose parents were not asked for.
func (f *folder) setShallow(ids []string) error {
	if len(ids) == 0 {
		return nil
	}
	return f.write("shallow", strings.Join(ids, "\n")+"\n")
}

// write replaces a file as a whole.
func (f *folder) write(name, text string) error {
	path := filepath.Join(f.path, name)
	if err := os.WriteFile(path+".lock", []byte(text), 0o600); err != nil {
		return err
	}
	return os.Rename(path+".lock", path)
}

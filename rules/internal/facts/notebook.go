package facts

import (
	"path"
	"strings"

	"github.com/neokeys/neokeys/rules/internal/formats"
)

// An Inner is a text that is put together from parts of a file, as a file of its own.
type Inner struct {
	*File
	Joined *formats.Joined
}

// extensions are those of files in the languages of notebooks.
var extensions = map[string]string{
	"python": ".py", "r": ".r", "julia": ".jl", "javascript": ".js", "typescript": ".ts", "scala": ".scala", "kotlin": ".kt",
	"ruby": ".rb", "c#": ".cs", "go": ".go", "rust": ".rs", "groovy": ".groovy", "php": ".php",
}

// Inners returns the programs in the file, if it is a notebook: its cells joined, and what they
// run in a shell.
func (f *File) Inners() (all []Inner) {
	if !strings.EqualFold(path.Ext(f.Place.Path), ".ipynb") {
		return nil
	}
	book := formats.ReadNotebook(f.Text)
	name := strings.TrimSuffix(f.Place.Path, path.Ext(f.Place.Path))
	for _, in := range []struct {
		joined *formats.Joined
		ext    string
	}{{&book.Code, extensions[book.Language]}, {&book.Shell, ".sh"}} {
		if len(in.joined.Text) == 0 || in.ext == "" {
			continue
		}
		inner := &File{Text: in.joined.Text, Place: f.Place, Own: f.Own}
		inner.Place.Path, inner.Place.Code = name+in.ext, in.ext != ".sh"
		all = append(all, Inner{inner, in.joined})
	}
	return all
}

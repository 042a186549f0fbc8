// Package hidden makes files in which a key is hidden: in pieces, in escapes and encodings,
// in binaries and in containers. Tests and comparisons with other programs use the same
// files; each is made with a random key, so that no key is in the repository.
package hidden

import (
	"bytes"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/template"

	"golang.org/x/tools/txtar"

	"github.com/neokeys/neokeys/internal/testkey"
)

// A File is a file with one key in it.
type File struct {
	// Name says what the file is: "go/sprintf.go". Its base is the file's name.
	Name string
	Data []byte
	// Key is the only key that is in it, or the only token of the older API.
	Key string
	// Decoded are the forms in which the key is written, outermost first, as in decoded_from.
	Decoded []string
	// Member is the path in the container, if the file is one.
	Member string
	// Line and Column are the key's place, counted from 1; 0 where it is not known.
	Line, Column int
}

// Sets are the names of the templates' files, in the folder testdata/hidden.
var Sets = []string{"edges", "pieces", "joins", "templates", "constants", "escapes", "tokens", "stored", "formats"}

// Templates returns a file for each template in a set, with keys from random. dir is the folder
// of the sets.
func Templates(dir, set string, random *rand.Rand) ([]File, error) {
	archive, err := txtar.ParseFile(filepath.Join(dir, set+".txtar"))
	if err != nil {
		return nil, err
	}
	var files []File
	for _, f := range archive.Files {
		file, err := fill(f, random)
		if err != nil {
			return nil, fmt.Errorf("%s: %s: %w", set, f.Name, err)
		}
		files = append(files, file)
	}
	return files, nil
}

// mark stands before the first byte of what is written for the key.
const mark = "¤"

// fill puts a random key in a template.
func fill(f txtar.File, random *rand.Rand) (File, error) {
	name, decoded, _ := strings.Cut(f.Name, ":")
	env := envs[random.IntN(len(envs))]
	secret := testkey.Secret(random, 24)
	file := File{Name: name, Key: keyOf(env, secret), Decoded: strings.Fields(decoded)}

	functions := maps.Clone(writers)
	functions["token"] = func() string {
		file.Key = testkey.Secret(random, 32)
		return file.Key
	}
	for name, value := range map[string]string{"key": file.Key, "env": env, "secret": secret} {
		functions[name] = func() string { return value }
	}
	t, err := template.New(name).Delims("«", "»").Funcs(functions).Parse(string(f.Data))
	if err != nil {
		return File{}, err
	}
	var b bytes.Buffer
	if err := t.Execute(&b, nil); err != nil {
		return File{}, err
	}
	before, after, marked := bytes.Cut(b.Bytes(), []byte(mark))
	file.Data = slices.Concat(before, after)
	if marked {
		file.Line = 1 + bytes.Count(before, []byte("\n"))
		file.Column = 1 + len([]rune(string(before[bytes.LastIndexByte(before, '\n')+1:])))
	}
	return file, nil
}

// envs are environments that are usual.
var envs = []string{"prod", "production", "live", "staging", "test", "dev"}

// Write writes the files into dir, each into a folder of its own, and returns their paths.
func Write(dir string, files []File) (paths []string, err error) {
	for _, f := range files {
		path := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return nil, err
		}
		if err := os.WriteFile(path, f.Data, 0o644); err != nil {
			return nil, err
		}
		paths = append(paths, path)
	}
	return paths, nil
}

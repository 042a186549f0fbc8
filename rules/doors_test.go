package rules

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/neokeys/neokeys/"

// doors says what of the program each room may import, by folders of the repository. What is
// not listed imports nothing.
var doors = map[string][]string{
	"finding":                {},
	"internal/text":          {},
	"internal/lazyregexp":    {},
	"internal/codec":         {"finding", "internal/text", "internal/lazyregexp"},
	"rules/anchor":           {},
	"rules/syntax":           {"internal/text"},
	"rules/internal/secret":  {"finding", "internal/text", "internal/codec"},
	"rules/internal/naming":  {"finding", "internal/text", "internal/lazyregexp", "rules/internal/secret"},
	"rules/internal/assign":  {"finding", "internal/text", "internal/lazyregexp", "internal/codec", "rules/internal/secret", "rules/internal/naming"},
	"rules/internal/formats": {"internal/text"},
	"rules/place":            {"finding", "internal/text", "internal/lazyregexp", "rules/internal/naming"},
	"rules/internal/facts": {"finding", "internal/text", "rules/internal/secret", "rules/internal/naming",
		"rules/internal/formats", "rules/place", "rules/syntax"},
	"rules": {"finding", "internal/text", "internal/lazyregexp", "internal/codec", "rules/anchor", "rules/internal/secret", "rules/internal/naming",
		"rules/internal/assign", "rules/internal/formats", "rules/internal/facts", "rules/place", "rules/syntax"},
}

// parsed returns the files of a folder of the repository that are no tests, by name.
func parsed(t *testing.T, folder string) map[string]*ast.File {
	t.Helper()
	names, err := filepath.Glob(filepath.Join("..", filepath.FromSlash(folder), "*.go"))
	if err != nil || len(names) == 0 {
		t.Fatalf("no Go files in %s: %v", folder, err)
	}
	files := map[string]*ast.File{}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		files[filepath.Base(name)] = f
	}
	return files
}

func TestDoors(t *testing.T) {
	for folder, allowed := range doors {
		for name, f := range parsed(t, folder) {
			for _, spec := range f.Imports {
				imported, _ := strconv.Unquote(spec.Path.Value)
				to, ours := strings.CutPrefix(imported, module)
				if ours && !slices.Contains(allowed, to) {
					t.Errorf("%s imports %s, to which its folder has no door", path.Join(folder, name), to)
				}
			}
		}
	}
	err := filepath.WalkDir(".", func(name string, _ os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if folder := path.Join("rules", filepath.ToSlash(filepath.Dir(name))); strings.HasSuffix(name, ".go") && doors[folder] == nil {
			t.Errorf("%s is in a folder without a line in doors", name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// references returns, for each file, which of the others it refers to by the names that
// those declare.
func references(files map[string]*ast.File) map[string]map[string]bool {
	declared := map[string]string{} // in which file
	for name, f := range files {
		for _, d := range f.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Recv == nil {
					declared[d.Name.Name] = name
				}
			case *ast.GenDecl:
				for _, s := range d.Specs {
					switch s := s.(type) {
					case *ast.TypeSpec:
						declared[s.Name.Name] = name
					case *ast.ValueSpec:
						for _, id := range s.Names {
							declared[id.Name] = name
						}
					}
				}
			}
		}
	}
	refs := map[string]map[string]bool{}
	for name, f := range files {
		refs[name] = map[string]bool{}
		for _, id := range f.Unresolved {
			if to, ok := declared[id.Name]; ok && to != name {
				refs[name][to] = true
			}
		}
	}
	return refs
}

// A rule's file, which is one with a page beside it, is a leaf: nothing but the list of
// rules refers to what it declares. What two rules need has a room of its own.
func TestRulesAreLeaves(t *testing.T) {
	refs := references(parsed(t, "rules"))
	for name, to := range refs {
		for other := range to {
			_, err := os.Stat(strings.TrimSuffix(other, ".go") + ".md")
			if isRule := err == nil; isRule && name != "list.go" {
				t.Errorf("%s refers to what the rule in %s declares", name, other)
			}
		}
	}
	if len(refs["list.go"]) < len(All()) {
		t.Errorf("list.go refers to %d files, for %d rules: is the test blind?", len(refs["list.go"]), len(All()))
	}
}

// The files that are no rules stay few, and refer to one another in one direction.
func TestFewFiles(t *testing.T) {
	files := parsed(t, "rules")
	if n := len(files); n > 44 {
		t.Errorf("%d files lie flat in rules: make a room for some of them", n)
	}
	refs := references(files)
	var reaches func(from, to string, seen map[string]bool) bool
	reaches = func(from, to string, seen map[string]bool) bool {
		for next := range refs[from] {
			if next == to {
				return true
			}
			if !seen[next] {
				seen[next] = true
				if reaches(next, to, seen) {
					return true
				}
			}
		}
		return false
	}
	var circles []string
	for from, all := range refs {
		for to := range all {
			if reaches(to, from, map[string]bool{}) {
				circles = append(circles, from+" <-> "+to)
			}
		}
	}
	slices.Sort(circles)
	// A Rule has a function that is given a Review, whose methods know rules.
	if want := []string{"review.go <-> rule.go", "rule.go <-> review.go"}; !slices.Equal(circles, want) {
		t.Errorf("files that refer to each other: %q, want %q", circles, want)
	}
}

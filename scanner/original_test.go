package scanner

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/neokeys/neokeys/internal/testkey"
)

// sourceMap writes a map. A mapping of the whole bundle leads to line 1 of the first source.
func sourceMap(sources map[string]string, mappings string) string {
	m := map[string]any{"version": 3, "mappings": mappings}
	names := slices.Sorted(maps.Keys(sources))
	var contents []any
	for _, name := range names {
		if sources[name] == "" {
			contents = append(contents, nil)
		} else {
			contents = append(contents, sources[name])
		}
	}
	m["sources"], m["sourcesContent"] = names, contents
	text, err := json.Marshal(m)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// inFolder writes files into a new folder, which becomes the current one.
func inFolder(t *testing.T, files map[string]string) {
	t.Helper()
	t.Chdir(t.TempDir())
	for name, text := range files {
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// originalOf scans paths, folds what was found and describes the finding of a key at a path.
func originalOf(t *testing.T, key, at string, paths ...string) string {
	t.Helper()
	r := scan(paths...)
	r.Fold()
	for i := range r.Findings {
		f := &r.Findings[i]
		if f.Key == nil || f.Key.Secret.Reveal() != key || f.Path != at {
			continue
		}
		text := "unknown"
		if o := f.Original; o != nil {
			text = strings.TrimSpace(fmt.Sprintf("%s:%d:%d %s", o.Path, o.Line, o.Column, o.Variable))
		}
		for _, p := range f.Places {
			text += ", " + p.Path
		}
		return text
	}
	var all []string
	for i := range r.Findings {
		all = append(all, r.Findings[i].Path)
	}
	return fmt.Sprintf("not found, but %s", all)
}

func TestOriginals(t *testing.T) {
	key, other := "neo_sk_"+"prod_"+testkey.Fresh(24), "neo_sk_"+"prod_"+testkey.Fresh(24)
	bundle := `fetch(u,{headers:{Authorization:"Bearer ` + key + `"}});`
	source := "import x\n\nconst KEY = \"" + key + "\"\n// once " + other + "\n"
	content := sourceMap(map[string]string{"../../src/api.js": source}, "AAAA")
	webpack := sourceMap(map[string]string{"webpack://app/./src/api.js": source}, "AAAA")
	inline := "data:application/json;base64," + base64.StdEncoding.EncodeToString([]byte(content))
	outside := t.TempDir()
	if err := os.WriteFile(filepath.Join(outside, "a.js.map"), []byte(content), 0o666); err != nil {
		t.Fatal(err)
	}
	const at = "dist/assets/a.js"
	for _, test := range []struct {
		name  string
		files map[string]string
		scan  string
		want  string
	}{
		{"a comment", map[string]string{at: bundle + "\n//# sourceMappingURL=x.map", "dist/assets/x.map": content}, ".", "src/api.js:3:14, dist/assets/x.map"},
		{"beside it", map[string]string{at: bundle, at + ".map": content}, ".", "src/api.js:3:14, dist/assets/a.js.map"},
		{"the source in the tree", map[string]string{at: bundle, at + ".map": content, "src/api.js": source}, ".", "src/api.js:3:14, dist/assets/a.js.map, src/api.js"},
		{"webpack", map[string]string{at: bundle, at + ".map": webpack, "src/api.js": source}, ".", "src/api.js:3:14, dist/assets/a.js.map, src/api.js"},
		{"webpack in a package", map[string]string{"pkg/" + at: bundle, "pkg/" + at + ".map": webpack, "pkg/src/api.js": source}, ".", "pkg/src/api.js:3:14, pkg/dist/assets/a.js.map, pkg/src/api.js"},
		{"the bundle alone", map[string]string{at: bundle, at + ".map": content, "src/api.js": source}, "dist", "src/api.js:3:14, dist/assets/a.js.map"},
		{"one file", map[string]string{at: bundle, at + ".map": content}, at, "src/api.js:3:14"},
		{"inline", map[string]string{at: bundle + "\n//# sourceMappingURL=" + inline}, ".", "src/api.js:3:14, dist/assets/a.js"},
		{"from the top of the site", map[string]string{at: bundle + "\n//# sourceMappingURL=/maps/a.map", "dist/maps/a.map": content}, ".", "src/api.js:3:14, dist/maps/a.map"},
		{"through a link", map[string]string{at: bundle + "\n//# sourceMappingURL=link.map"}, ".", "unknown"},
		{"outside of the tree", map[string]string{at: bundle + "\n//# sourceMappingURL=" + filepath.Join(outside, "a.js.map"), "x": ""}, ".", "unknown"},
		{"above the tree", map[string]string{at: bundle + "\n//# sourceMappingURL=../../x.map", "x.map": content}, "dist", "unknown"},
		{"by URL", map[string]string{at: bundle + "\n//# sourceMappingURL=https://cdn.example.com/a.js.map"}, ".", "unknown"},
		{"no map", map[string]string{at: bundle, at + ".map": "<!doctype html>"}, ".", "unknown"},
		{"no contents", map[string]string{at: bundle, at + ".map": sourceMap(map[string]string{"../../src/api.js": ""}, "AAEA"), "src/api.js": source}, ".", "src/api.js:3:14, src/api.js"},
		{"a JSON module", map[string]string{at: "a();var b={k:\"" + key + "\"}", at + ".map": sourceMap(map[string]string{"../../src/a.js": "a('x')"}, "AAAA"), "src/k.json": "\n{\"k\": \"" + key + "\"}"}, ".", "src/k.json:2:8, src/k.json"},
		{"an older map", map[string]string{at: bundle, at + ".map": content, "src/api.js": "// new\n" + source}, ".", "src/api.js:4:14, dist/assets/a.js.map, src/api.js"},
		{"a variable", map[string]string{at: bundle, at + ".map": sourceMap(map[string]string{"../../src/env.js": "f(process.env.NEO_API_KEY)"}, "AAAA")}, ".", "src/env.js:1:3 NEO_API_KEY"},
		{"a variable without a map", map[string]string{at: bundle, ".env": "VITE_NEO_API_KEY=" + key, "src/env.js": "\nf(import.meta.env.VITE_NEO_API_KEY)"}, ".", "src/env.js:2:19 VITE_NEO_API_KEY"},
	} {
		t.Run(test.name, func(t *testing.T) {
			inFolder(t, test.files)
			where := at
			if test.name == "webpack in a package" {
				where = "pkg/" + at
			}
			if test.name == "through a link" {
				if err := os.Symlink(filepath.Join(outside, "a.js.map"), filepath.Join(filepath.Dir(at), "link.map")); err != nil {
					t.Skip(err)
				}
			}
			if got := originalOf(t, key, where, test.scan); got != test.want {
				t.Errorf("it is from %s, want %s", got, test.want)
			}
		})
	}

	inFolder(t, map[string]string{at: bundle, at + ".map": content, "src/api.js": source})
	if got, want := originalOf(t, other, at+".map", "."), "src/api.js:4:9, src/api.js"; got != want {
		t.Errorf("a key that only the map holds is from %s, want %s", got, want)
	}
	if r := scan("dist"); len(r.Problems) > 0 || len(r.Notices) > 0 {
		t.Errorf("problems %v, notices %v", r.Problems, r.Notices)
	}
}

func TestOriginalsAreTold(t *testing.T) {
	key := "neo_sk_" + "prod_" + testkey.Fresh(24)
	bundle := `x="` + key + `";`
	for mapped, want := range map[string]string{
		"https://cdn.example.com/a.js.map": "not opened",
		"//cdn.example.com/a.js.map":       "not opened",
		"bad.map":                          "not a source map",
		"gone.map":                         "",
	} {
		inFolder(t, map[string]string{"dist/a.js": bundle + "\n//# sourceMappingURL=" + mapped, "dist/bad.map": "{"})
		r := scan(".")
		if got := fmt.Sprint(r.Notices); want == "" && len(r.Notices) > 0 || !strings.Contains(got, want) {
			t.Errorf("of the map %s the notices are %s", mapped, got)
		}
		if len(r.Problems) > 0 || len(r.Findings) != 1 {
			t.Errorf("of the map %s the problems are %v", mapped, r.Problems)
		}
	}
}

// What the variable is called is told where it is read, where its value is from, and where it
// ends up.
func TestVariablesAreNamed(t *testing.T) {
	key := "neo_sk_" + "prod_" + testkey.Fresh(24)
	inFolder(t, map[string]string{
		"dist/a.js": `x="` + key + `";`, ".env": "VITE_NEO_API_KEY=" + key,
		"src/env.js": "export default import.meta.env.VITE_NEO_API_KEY",
	})
	for _, f := range scan(".").Findings {
		var want []string
		switch {
		case f.Path == "dist/a.js":
			want = []string{"VITE_NEO_API_KEY", "src/env.js:1"}
		case f.Rule == "client-exposed-env" && f.Path == ".env":
			want = []string{"VITE_NEO_API_KEY", "src/env.js:1", "dist/a.js"}
		case f.Rule == "client-exposed-env":
			want = []string{"VITE_NEO_API_KEY", "dist/a.js"}
		}
		for _, w := range want {
			if !strings.Contains(f.Message, w) {
				t.Errorf("%s in %s says %q, without %s", f.Rule, f.Path, f.Message, w)
			}
		}
	}
}

package report

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/neokeys/neokeys/finding"
)

// go test ./report -update writes the files in testdata anew. Look at what changed.
var update = flag.Bool("update", false, "write the golden files anew")

func TestGolden(t *testing.T) {
	empty, nothing, incomplete := result(), &finding.Result{}, result()
	incomplete.Problems = []finding.Problem{{Path: "a", Message: "gone"}, {Message: "7 more problems are not listed"}}
	filtered := result()
	filtered.Summary.Filtered = 2
	for _, test := range []struct {
		file   string
		format Format
		result *finding.Result
		change func(*Options)
	}{
		{"tree.txt", Text, tree(), nil},
		{"tree-80.txt", Text, tree(), func(o *Options) { o.Width = 80 }},
		{"tree-verbose.txt", Text, tree(), func(o *Options) { o.Verbose = true }},
		{"tree-quiet.txt", Text, tree(), func(o *Options) { o.Quiet = true }},
		{"tree-color.txt", Text, tree(), func(o *Options) { o.Color = true }},
		{"asked.txt", Text, asked(), nil},
		{"asked-quiet.txt", Text, asked(), func(o *Options) { o.Quiet = true }},
		{"filtered.txt", Text, filtered, nil},
		{"filtered.md", Markdown, filtered, nil},
		{"filtered.github", GitHub, filtered, nil},
		{"asked.json", JSON, asked(), nil},
		{"history.txt", Text, past(), nil},
		{"empty.txt", Text, empty, nil},
		{"nothing.txt", Text, nothing, nil},
		{"incomplete.txt", Text, incomplete, nil},
		{"tree.json", JSON, tree(), nil},
		{"history.json", JSON, past(), nil},
		{"tree.jsonl", JSONL, tree(), nil},
		{"tree.sarif", SARIF, tree(), nil},
		{"history.sarif", SARIF, past(), nil},
		{"empty.sarif", SARIF, empty, nil},
		{"tree.github", GitHub, tree(), nil},
		{"history.github", GitHub, past(), nil},
		{"nothing.github", GitHub, nothing, nil},
		{"tree.output", Outputs, tree(), nil},
		{"asked.output", Outputs, asked(), nil},
		{"empty.output", Outputs, empty, nil},
		{"tree.md", Markdown, tree(), nil},
		{"history.md", Markdown, past(), nil},
		{"empty.md", Markdown, empty, nil},
		{"tree.gitlab.json", GitLab, tree(), nil},
		{"history.gitlab.json", GitLab, past(), nil},
		{"tree.xml", JUnit, tree(), nil},
		{"tree.csv", CSV, tree(), nil},
		{"history.csv", CSV, past(), nil},
		{"asked.csv", CSV, asked(), nil},
		{"tree.keys.csv", CSVKeys, tree(), nil},
		{"history.keys.csv", CSVKeys, past(), nil},
		{"nothing.xml", JUnit, nothing, nil},
		{"history.html", HTML, past(), nil},
	} {
		t.Run(test.file, func(t *testing.T) {
			o := options()
			if test.change != nil {
				test.change(&o)
			}
			got := render(t, test.format, test.result, o)
			file := filepath.Join("testdata", test.file)
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o666); err != nil {
					t.Fatal(err)
				}
				return
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("not as in %s (go test ./report -update if it is meant to change):\n%s", file, got)
			}
		})
	}
}

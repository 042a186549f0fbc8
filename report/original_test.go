package report

import (
	"bytes"
	"strings"
	"testing"

	"github.com/neokeys/neokeys/finding"
)

// bundled is what a scan of a front end finds: a key in a bundle, one in a map alone, and one
// that a server gives out.
func bundled() *finding.Result {
	from := func(path string, line, column int) *finding.Original {
		return &finding.Original{Location: finding.Location{Path: path, Line: line, Column: column, EndLine: line, EndColumn: column + 9}, Map: "dist/app.js.map", Here: true}
	}
	bundle := at(prodKey, "dist/app.js", 1, `x="`, `"`)
	bundle.Original, bundle.Exposure = from("src/api.js", 6, 14), finding.Browser
	bundle.Places = []finding.Location{{Path: "dist/app.js.map", Line: 1, Column: 99}, {Path: "src/api.js", Line: 6, Column: 14}}
	inMap := at(testKey, "dist/app.js.map", 1, `x="`, `"`)
	inMap.Original, inMap.Exposure = from("src/old.js", 2, 4), finding.Browser
	inMap.Original.InMap = true
	served := at(legacyKey, "https://app.example.com/js/a b.js?v=1", 3, `x="`, `"`)
	served.Original, served.Exposure = from("src/env.js", 9, 3), finding.Browser
	served.Original.Here, served.Original.Variable = false, "VITE_NEO_TOKEN"
	return result(bundle, inMap, served)
}

func TestSourcesOfBundles(t *testing.T) {
	for format, want := range map[Format][]string{
		Text: {"in src/api.js:6:14, bundled as dist/app.js:1:4", "in src/old.js:2:4, in the source map dist/app.js.map:1:4",
			"in src/env.js:9:3, bundled as https://app.example.com/js/a b.js?v=1:3:4", "the value of VITE_NEO_TOKEN"},
		JSON:     {`"original": {`, `"path": "src/api.js"`, `"variable": "VITE_NEO_TOKEN"`, `"places": [`},
		SARIF:    {`"relatedLocations": [`, `"uri": "src/api.js"`, `"uri": "https://app.example.com/js/a%20b.js?v=1"`, "reads the variable VITE_NEO_TOKEN"},
		GitHub:   {"file=src/api.js,line=6,col=14", "file=src/old.js,line=2", "in src/env.js%3A9%3A3, bundled as"},
		Markdown: {"in src/api.js&#58;6&#58;14, bundled as dist/app.js&#58;1&#58;4"},
		GitLab:   {`"value": "src/api.js:6:14"`},
		JUnit:    {"in src/api.js:6:14, bundled as dist/app.js:1:4"},
	} {
		var b bytes.Buffer
		o := options()
		o.Width = 200
		if err := Write(&b, format, bundled(), o); err != nil {
			t.Fatal(err)
		}
		for _, w := range want {
			if text := b.String(); !strings.Contains(text, w) && !strings.Contains(text, strings.ReplaceAll(w, "%3A", ":")) {
				t.Errorf("%s does not say %q:\n%s", format, w, text)
			}
		}
		if format == GitHub && strings.Contains(b.String(), "file=https") {
			t.Errorf("an address is taken for a file:\n%s", b.String())
		}
	}
}

package sourcemap

import "testing"

func TestClean(t *testing.T) {
	for source, want := range map[string]Name{
		"../../src/api.js":                                                     {"../../src/api.js", Map},
		"src/api.js":                                                           {"src/api.js", Map},
		"./src/../lib/api.js":                                                  {"lib/api.js", Map},
		"webpack:///./src/api.js":                                              {"src/api.js", Project},
		"webpack://my-app/./src/api.js":                                        {"src/api.js", Project},
		"webpack://@scope%2Fapp/./src/api.js":                                  {"src/api.js", Project},
		"webpack://_N_E/./app/page.js":                                         {"app/page.js", Project},
		"webpack://_N_E/../shared/api.js":                                      {"../shared/api.js", Project},
		"webpack-internal:///./src/api.js":                                     {"src/api.js", Project},
		"webpack:///src/App.vue?1a2b":                                          {"src/App.vue", Project},
		"src/App.vue?vue&type=script&lang.ts":                                  {"src/App.vue", Map},
		"turbopack:///[project]/app/page.js":                                   {"app/page.js", Project},
		"turbopack://[project]/app/[id]/page.js":                               {"app/[id]/page.js", Project},
		"turbopack:///[project]/app/%5Bid%5D/page.js":                          {"app/[id]/page.js", Project},
		"turbopack:///[turbopack]/browser/runtime.js":                          {"[turbopack]/browser/runtime.js", Virtual},
		"turbopack:///[project]/src/a.json.[json].cjs/turbopack:///src/a.json": {"src/a.json", Project},
		"../../src/a.json.[json].cjs/turbopack:/[project]/src/a.json":          {"src/a.json", Project},
		"file:///home/me/app/src/a%20b.js":                                     {"/home/me/app/src/a b.js", Absolute},
		"file:///C:/app/src/a.js":                                              {"C:/app/src/a.js", Absolute},
		`C:\app\src\a.js`:                                                      {"C:/app/src/a.js", Absolute},
		`..\src\a.js`:                                                          {"../src/a.js", Map},
		"/usr/src/a.js":                                                        {"/usr/src/a.js", Absolute},
		"https://cdn.example.com/a.js":                                         {"https://cdn.example.com/a.js", Absolute},
		"<anon>":                                                               {"<anon>", Virtual},
		"\x00vite/preload-helper.js":                                           {"\x00vite/preload-helper.js", Virtual},
		"webpack:///webpack/bootstrap":                                         {"webpack/bootstrap", Virtual},
		`webpack:///external "react"`:                                          {`external "react"`, Virtual},
		"webpack:///./locale sync ^\\.\\/.*$":                                  {"./locale sync ^/.//.*$", Virtual},
		"":                                                                     {"", Virtual},
		"webpack:///":                                                          {"", Virtual},
		"ng:///app/app.component.html":                                         {"app/app.component.html", Project},
		"100%.js":                                                              {"100%.js", Map},
	} {
		if got := Clean(source); got != want {
			t.Errorf("%q is %+v, want %+v", source, got, want)
		}
	}
	if got := Clean("../../src/api.js").Inside(); got != "src/api.js" {
		t.Errorf("inside the project it is %s", got)
	}
}

func TestJoin(t *testing.T) {
	for _, test := range [][3]string{
		{"", "a.js", "a.js"}, {"../", "src/a.js", "../src/a.js"}, {"/root", "a.js", "/root/a.js"},
		{"webpack://app", "./a.js", "webpack://app/./a.js"}, {"x", "file:///a.js", "file:///a.js"}, {"x", "/a.js", "/a.js"},
	} {
		if got := join(test[0], test[1]); got != test[2] {
			t.Errorf("%q under %q is %q, want %q", test[1], test[0], got, test[2])
		}
	}
}

func TestVariable(t *testing.T) {
	for _, test := range []struct {
		line   string
		column int
		want   string
		at     int
	}{
		{"const k = import.meta.env.VITE_NEO_API_KEY;", 11, "VITE_NEO_API_KEY", 11},
		{"const k = import.meta.env.VITE_NEO_API_KEY;", 1, "VITE_NEO_API_KEY", 11},
		{"é(process.env['NEO_API_KEY'])", 3, "NEO_API_KEY", 3},
		{"f(process.env?.A, process.env.B)", 3, "A", 3},
		{"f(process.env.A, process.env.B)", 18, "B", 18},
		{"f(process.env.A, process.env.B)", 21, "B", 18},
		{"f(process.env.A, x)", 18, "A", 3},
		{"  return PUBLIC_NEO_API_KEY", 10, "PUBLIC_NEO_API_KEY", 10},
		{"<p>{text} {PUBLIC_NEO_API_KEY}</p>", 9, "PUBLIC_NEO_API_KEY", 12},
		{"x = PUBLIC_NEO_API_KEY == 3", 5, "PUBLIC_NEO_API_KEY", 5},
		{"PUBLIC_NEO_API_KEY = 'x'", 1, "", 0},
		{"PUBLIC_NEO_API_KEY='x'", 1, "", 0},
		{"const k = 'x'", 7, "", 0},
		{"", 3, "", 0},
		{"x", 100, "", 0},
	} {
		if got, at := Variable(test.line, test.column); got != test.want || at != test.at {
			t.Errorf("%q at %d is %q at %d, want %q at %d", test.line, test.column, got, at, test.want, test.at)
		}
	}
}

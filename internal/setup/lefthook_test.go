package setup

import (
	"strings"
	"testing"
)

func TestWithJob(t *testing.T) {
	for _, test := range []struct{ name, before, after string }{
		{"empty", "", "pre-commit:\n  jobs:\n    - run: neokeys\n"},
		{"comments only", "# lefthook\n", "# lefthook\npre-commit:\n  jobs:\n    - run: neokeys\n"},
		{"another hook", "pre-push:\n  jobs:\n    - run: x\n", "pre-push:\n  jobs:\n    - run: x\npre-commit:\n  jobs:\n    - run: neokeys\n"},
		{"no line end", "pre-push:\n  parallel: true", "pre-push:\n  parallel: true\npre-commit:\n  jobs:\n    - run: neokeys\n"},
		{"jobs", "pre-commit:\n  parallel: true\n  jobs:\n    # lint\n    - name: lint\n      run: make\n", "pre-commit:\n  parallel: true\n  jobs:\n    # lint\n    - run: neokeys\n    - name: lint\n      run: make\n"},
		{"jobs, not indented", "pre-commit:\n  jobs:\n  - run: make\n", "pre-commit:\n  jobs:\n  - run: neokeys\n  - run: make\n"},
		{"commands", "pre-commit:\n    commands:\n        lint:\n            run: make\n", "pre-commit:\n    commands:\n        neokeys:\n          run: neokeys\n        lint:\n            run: make\n"},
		{"options only", "pre-commit:\n  parallel: true\n", "pre-commit:\n  jobs:\n    - run: neokeys\n  parallel: true\n"},
		{"flow", "{pre-commit: {jobs: [{run: make}]}}\n", ""},
		{"flow in block", "pre-commit: {jobs: [{run: make}]}\n", ""},
		{"flow jobs", "pre-commit:\n  jobs: [{run: make}]\n", ""},
		{"nothing in it", "pre-commit:\n", ""},
		{"a document that ends", "pre-push:\n  jobs:\n    - run: x\n...\n", ""},
		{"an alias", "x: &x\n  jobs:\n    - run: a\npre-commit: *x\n", ""},
		{"not YAML", "a: b: c\n", ""},
		{"a list", "- a\n", ""},
	} {
		after, lines, ok := withJob(test.before, "pre-commit", "neokeys", false)
		if ok != (test.after != "") || ok && after != test.after {
			t.Errorf("%s: got\n%s%v, want\n%s", test.name, after, ok, test.after)
		}
		if ok && strings.Replace(after, lines, "", 1) != test.before {
			t.Errorf("%s: without %q it is not what it was", test.name, lines)
		}
	}
}

// Whatever a configuration is, one that is edited is the same but for what is added.
func FuzzWithJob(f *testing.F) {
	f.Add("pre-commit:\n  jobs:\n    - run: x\n")
	f.Add("pre-commit:\n  commands:\n    a:\n      run: x")
	f.Add("x: &x {a: b}\npre-commit:\n  <<: *x\n")
	f.Fuzz(func(t *testing.T, before string) {
		after, lines, ok := withJob(before, "pre-commit", "neokeys", true)
		if ok && (strings.Replace(after, lines, "", 1) != before || !strings.Contains(lines, "run: neokeys")) {
			t.Errorf("%q became %q by %q", before, after, lines)
		}
	})
}

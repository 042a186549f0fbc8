package main

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// docs/dependencies.md says why each dependency is there, so it names each.
func TestEveryDependencyIsDocumented(t *testing.T) {
	page, err := os.ReadFile("../../docs/dependencies.md")
	if err != nil {
		t.Fatal(err)
	}
	mod, err := os.ReadFile("../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	named := 0
	for line := range strings.Lines(string(mod)) {
		m := regexp.MustCompile(`^\t(\S+) v\S+\n$`).FindStringSubmatch(line) // without // indirect
		if m == nil {
			continue
		}
		named++
		if !strings.Contains(string(page), "https://pkg.go.dev/"+m[1]+")") {
			t.Errorf("docs/dependencies.md does not say why %s is there", m[1])
		}
	}
	if named == 0 {
		t.Error("found no dependency in go.mod")
	}
}

package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	mdLink  = regexp.MustCompile(`\]\(([^)\s]+)\)|(?:src|srcset)="([^"]+)"`)
	mdFile  = regexp.MustCompile("`([a-zA-Z_./-]+/[a-zA-Z_.-]+\\.(?:go|md|sh|txtar|txt))`")
	heading = regexp.MustCompile(`(?m)^#+ (.+)$`)
)

// Links between pages lead somewhere, and the files that the maps for developers name exist.
func TestLinks(t *testing.T) {
	root := filepath.Join("..", "..")
	pages, err := filepath.Glob(filepath.Join(root, "docs", "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	checked := 0
	for _, page := range append(pages, filepath.Join(root, "README.md"), filepath.Join(root, "ARCHITECTURE.md"), filepath.Join(root, "CONTRIBUTING.md")) {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range mdLink.FindAllStringSubmatch(string(text), -1) {
			link := m[1] + m[2]
			if strings.Contains(link, "://") {
				continue
			}
			checked++
			file, fragment, _ := strings.Cut(link, "#")
			target := filepath.Join(filepath.Dir(page), filepath.FromSlash(file))
			if file == "" {
				target = page
			}
			if _, err := os.Stat(target); err != nil {
				t.Errorf("%s: the link to %s leads nowhere", page, link)
			} else if fragment != "" && !hasHeading(t, target, fragment) {
				t.Errorf("%s: %s has no heading %s", page, file, fragment)
			}
		}
		if filepath.Dir(page) != root {
			continue
		}
		for _, m := range mdFile.FindAllStringSubmatch(string(text), -1) {
			if base := filepath.Base(m[1]); strings.HasPrefix(base, "x.") || strings.HasPrefix(base, "x_") { // x stands for a name
				continue
			}
			checked++
			if _, err := os.Stat(filepath.Join(root, filepath.FromSlash(m[1]))); err != nil {
				t.Errorf("%s names %s, which does not exist", page, m[1])
			}
		}
	}
	if checked < 50 {
		t.Errorf("only %d links and names of files were found", checked)
	}
}

// hasHeading reports whether a page has a heading that GitHub gives that fragment.
func hasHeading(t *testing.T, page, fragment string) bool {
	t.Helper()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range heading.FindAllStringSubmatch(string(text), -1) {
		slug := regexp.MustCompile(`[^a-z0-9 _-]`).ReplaceAllString(strings.ToLower(m[1]), "")
		if strings.ReplaceAll(slug, " ", "-") == fragment {
			return true
		}
	}
	return false
}

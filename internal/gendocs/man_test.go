package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/neokeys/neokeys/internal/cli"
)

// Cobra reads the help texts as Markdown, in which underscores and angle brackets vanish.
func TestManPagesKeepTheText(t *testing.T) {
	folder := t.TempDir()
	if err := man(cli.Root(), folder); err != nil {
		t.Fatal(err)
	}
	pages, err := filepath.Glob(filepath.Join(folder, "*.1"))
	if err != nil || len(pages) < 10 {
		t.Fatalf("%d man pages: %v", len(pages), err)
	}
	for page, want := range map[string][]string{
		"neokeys.1":        {"neo_sk_<env>_<secret>"},
		"neokeys-scan.1":   {"neo_sk_ keys", "$NEO_API_URL", "\n.EX\n  text          human"},
		"neokeys-verify.1": {"NEO_API_KEY"},
	} {
		text, err := os.ReadFile(filepath.Join(folder, page))
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range want {
			if !strings.Contains(string(text), w) {
				t.Errorf("%s does not say %q", page, w)
			}
		}
		if strings.Contains(string(text), "spf13") {
			t.Errorf("%s names the generator", page)
		}
	}
}

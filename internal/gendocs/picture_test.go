package main

import (
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestPictures(t *testing.T) {
	project := filepath.Join("..", "..", exampleProject)
	text, err := exampleRun(project)
	if err != nil {
		t.Fatal(err)
	}
	if took.MatchString(text) {
		t.Errorf("the text differs from run to run: %s", text)
	}
	drawn := string(draw(strings.Split(text, "\n"), light))
	for _, want := range []string{`fill="#cf222e" font-weight="bold">error<`, "neo_sk_prod_", "Found 1 key"} {
		if !strings.Contains(drawn, want) {
			t.Errorf("the picture lacks %q", want)
		}
	}
	secret, err := os.ReadFile(filepath.Join(project, exampleFolder, ".env.production"))
	if err != nil {
		t.Fatal(err)
	}
	_, key, ok := strings.Cut(strings.TrimSpace(string(secret)), "=")
	if !ok || strings.Contains(text, key) || strings.Contains(drawn, key) {
		t.Error("the picture shows the whole key, or there is none")
	}
	decoder := xml.NewDecoder(strings.NewReader(drawn))
	for {
		if _, err := decoder.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
}

func TestFold(t *testing.T) {
	long := strings.Repeat("word ", columns/5) + "\x1b[1mmore\x1b[22m words"
	rows := fold(long)
	if len(rows) != 2 || rows[1] != "  \x1b[1mmore\x1b[22m words" {
		t.Errorf("%q is folded into %q", long, rows)
	}
}

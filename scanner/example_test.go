package scanner_test

import (
	"context"
	"fmt"
	"log"
	"math/rand/v2"
	"os"
	"path/filepath"

	"github.com/neokeys/neokeys/internal/testkey"
	"github.com/neokeys/neokeys/rules"
	"github.com/neokeys/neokeys/scanner"
)

// A folder is scanned, and what could not be read is listed beside what was found.
func Example() {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		log.Panic(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	text := "# settings\nNEO_API_KEY=" + testkey.New(rand.New(rand.NewPCG(1, 0))) + "\n"
	if err := os.WriteFile(filepath.Join(dir, "settings.ini"), []byte(text), 0o666); err != nil {
		log.Panic(err)
	}

	scan := scanner.New(scanner.Options{Paths: []string{dir}, Rules: rules.NewSet(rules.All())})
	result := scan.Run(context.Background())
	for _, p := range result.Problems {
		fmt.Println("not read:", p.Path, p.Message)
	}
	for _, f := range result.Findings {
		fmt.Printf("%s:%d:%d %s %s\n", filepath.Base(f.Path), f.Line, f.Column, f.Rule, f.Key.Env)
	}
	// Output: settings.ini:2:13 neo-api-key prod
}

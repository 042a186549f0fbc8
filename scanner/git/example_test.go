package git_test

import (
	"context"
	"fmt"
	"log"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/neokeys/neokeys/internal/testkey"
	"github.com/neokeys/neokeys/rules"
	"github.com/neokeys/neokeys/scanner/git"
)

// A key that was committed and removed again is still in the history.
func Example() {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		log.Panic(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	run := func(args ...string) {
		cmd := exec.Command("git", append([]string{"-c", "user.name=A", "-c", "user.email=a@example.com"}, args...)...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			log.Panicf("git %v: %v\n%s", args, err, out)
		}
	}
	run("init", "-q")
	for _, text := range []string{"key = " + testkey.New(rand.New(rand.NewPCG(1, 0))), "key = os.environ['NEO_API_KEY']"} {
		if err := os.WriteFile(filepath.Join(dir, "app.py"), []byte(text), 0o666); err != nil {
			log.Panic(err)
		}
		run("add", "app.py")
		run("commit", "-q", "-m", "change app.py")
	}

	repo, err := git.Open(dir, os.Getenv)
	if err != nil {
		log.Panic(err)
	}
	result, err := repo.History(context.Background(), git.Options{Rules: rules.NewSet(rules.All())})
	if err != nil {
		log.Panic(err) // nothing could be searched
	}
	for _, p := range result.Problems {
		fmt.Println("not searched:", p.Path, p.Message)
	}
	for _, f := range result.Findings {
		fmt.Printf("%s:%d %s, in HEAD: %v, removed: %v\n", f.Path, f.Line, f.Rule, *f.InHead, f.RemovedIn != nil)
	}
	// Output: app.py:1 neo-api-key, in HEAD: false, removed: true
}

package cli

import (
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/testkey"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"neokeys": func() { os.Exit(Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) },
	})
}

// TestScripts runs the scripts in testdata/script: each is a session of a user at a
// shell, with these commands added.
//
//	key VAR ENV        set VAR to a new key of that environment, VAR_ID to its key id
//	token VAR          set VAR to a new token of the older API
//	b64 VAR            set VAR_B64 to the value of VAR in base64
//	pack ARCHIVE F...  make a .zip (or .apk ...), .tar, .tgz, .gz or .zst of files
//	fill FILE...       replace {{VAR}} in the files by the variables' values
//	status N CMD...    run CMD and check its exit status
//	names N DIR        make N files in DIR
//	fifo, socket PATH  make a pipe or a socket
//
// and these for the API, of which api_test.go says more:
//
//	api VAR=ANSWER...    start a stand-in that answers so about the keys in variables:
//	                     live, slow, hang, page, redirect or a status; 401 for others
//	plays VAR=ANSWER...  change its answers
//	asked N              it has been sent N requests since the last asked
//	paced RATE N         they kept to RATE a second and N at a time, one a key
//	places N K DIR       make N files in DIR that hold K keys
//	unlisted             lists of processes taken meanwhile showed no key
//	nokey FILE...        the files hold no key that was asked about
//	interrupt N [quit]   after N requests, send an interrupt to the background, or
//	                     what makes a Go program show the state it crashed in
//	proxy                start a proxy for the documented hosts
//	proxied HOST:PORT... it has been led to these
//	mode FILE MODE       the file has that mode
//
// and these for servers of repositories:
//
//	serve VAR DIR [TOKEN]  serve the repositories in DIR by HTTP, to those who send TOKEN
//	                       if there is one, and set VAR to the address
//	sent N                 of the requests to servers since the last sent, N had credentials
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"key":    setKey,
			"token":  setToken,
			"b64":    toBase64,
			"fill":   fill,
			"pack":   pack,
			"status": exitStatus,
			"names":  names,
			"fifo":   fifo,
			"socket": socket,

			"api":       startAPI,
			"plays":     plays,
			"asked":     asked,
			"paced":     paced,
			"places":    places,
			"unlisted":  unlisted,
			"nokey":     nokey,
			"interrupt": interrupt,
			"proxy":     startProxy,
			"proxied":   proxied,
			"mode":      mode,

			"serve": serve,
			"sent":  sent,
		},
		Setup: func(env *testscript.Env) error {
			env.Setenv("HOME", env.WorkDir)
			env.Setenv("GIT_CONFIG_NOSYSTEM", "1")
			env.Setenv("GIT_AUTHOR_NAME", "A U Thor")
			env.Setenv("GIT_AUTHOR_EMAIL", "author@example.com")
			env.Setenv("GIT_COMMITTER_NAME", "C O Mitter")
			env.Setenv("GIT_COMMITTER_EMAIL", "committer@example.com")
			return nil
		},
	})
}

// random returns n random letters and digits.
func random(n int) string { return testkey.Fresh(n) }

func newKey() string { return finding.NewAPIKey("prod", random(24)).Secret.Reveal() }

func setKey(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: key VAR ENV")
	}
	key := finding.NewAPIKey(args[1], random(24))
	ts.Setenv(args[0], key.Secret.Reveal())
	ts.Setenv(args[0]+"_ID", key.ID)
}

func setToken(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: token VAR")
	}
	key := finding.NewLegacyToken(random(40))
	ts.Setenv(args[0], key.Secret.Reveal())
	ts.Setenv(args[0]+"_ID", key.ID)
}

func toBase64(ts *testscript.TestScript, _ bool, args []string) {
	for _, name := range args {
		ts.Setenv(name+"_B64", base64.StdEncoding.EncodeToString([]byte(ts.Getenv(name))))
	}
}

func fill(ts *testscript.TestScript, _ bool, args []string) {
	for _, file := range args {
		parts := strings.Split(ts.ReadFile(file), "{{")
		for i, part := range parts[1:] {
			name, rest, ok := strings.Cut(part, "}}")
			value := ts.Getenv(name)
			if !ok || value == "" {
				ts.Fatalf("%s: no variable {{%s}}", file, name)
			}
			parts[i+1] = value + rest
		}
		ts.Check(os.WriteFile(ts.MkAbs(file), []byte(strings.Join(parts, "")), 0o666))
	}
}

func exitStatus(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("%v", err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit status %d, want %d\nstdout:\n%s\nstderr:\n%s", got, want, ts.ReadFile("stdout"), ts.ReadFile("stderr"))
	}
}

func names(ts *testscript.TestScript, _ bool, args []string) {
	n, err := strconv.Atoi(args[0])
	ts.Check(err)
	for i := range n {
		ts.Check(os.WriteFile(filepath.Join(ts.MkAbs(args[1]), fmt.Sprintf("file%d", i)), []byte("x"), 0o666))
	}
}

package fleet

import (
	"bytes"
	"compress/zlib"
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/gittest"
	"github.com/neokeys/neokeys/internal/testkey"
)

// The test program is neokeys-fleet too, so that tests can kill it.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"neokeys-fleet": func() { os.Exit(Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) },
	})
}

// fleetCommand returns neokeys-fleet with arguments, for a database.
func fleetCommand(t testing.TB, database string, args ...string) *exec.Cmd {
	t.Helper()
	path, err := exec.LookPath("neokeys-fleet") // TestMain put it there
	gittest.Check(t, err)
	cmd := exec.Command(path, args...)
	cmd.Env = append(os.Environ(), DatabaseVariable+"="+database, "HOME="+t.TempDir())
	return cmd
}

// run runs the program, which must end with a status, and returns what it writes.
func run(t testing.TB, database string, want status, args ...string) string {
	t.Helper()
	cmd := fleetCommand(t, database, args...)
	var out, errOut bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errOut
	_ = cmd.Run() // the status says it
	if got := status(cmd.ProcessState.ExitCode()); got != want {
		t.Fatalf("neokeys-fleet %q ends with %d, want %d\n%s%s", args, got, want, out.String(), errOut.String())
	}
	return out.String()
}

// A bare is a bare repository on disk, written without git, which is too slow for thousands.
type bare struct {
	t   testing.TB
	dir string
}

func newBare(t testing.TB, dir string) *bare {
	t.Helper()
	b := &bare{t, dir}
	gittest.Check(t, os.MkdirAll(filepath.Join(dir, "refs", "heads"), 0o777))
	gittest.Write(t, filepath.Join(dir, "HEAD"), "ref: refs/heads/main\n")
	gittest.Write(t, filepath.Join(dir, "config"), "[core]\n\trepositoryformatversion = 0\n\tbare = true\n")
	gittest.Check(t, os.MkdirAll(filepath.Join(dir, "objects"), 0o777))
	return b
}

func (b *bare) object(kind, text string) string {
	b.t.Helper()
	whole := fmt.Sprintf("%s %d\x00%s", kind, len(text), text)
	sum := sha1.Sum([]byte(whole))
	id := hex.EncodeToString(sum[:])
	var packed bytes.Buffer
	z := zlib.NewWriter(&packed)
	_, err := z.Write([]byte(whole))
	gittest.Check(b.t, err)
	gittest.Check(b.t, z.Close())
	gittest.Write(b.t, filepath.Join(b.dir, "objects", id[:2], id[2:]), packed.String())
	return id
}

// commit makes files, in the root and given as name and text in turn, the branch's next commit.
func (b *bare) commit(at int64, parent string, files ...string) string {
	b.t.Helper()
	var entries []string
	for i := 0; i < len(files); i += 2 {
		raw, err := hex.DecodeString(b.object("blob", files[i+1]))
		gittest.Check(b.t, err)
		entries = append(entries, "100644 "+files[i]+"\x00"+string(raw))
	}
	slices.Sort(entries)
	text := "tree " + b.object("tree", strings.Join(entries, "")) + "\n"
	if parent != "" {
		text += "parent " + parent + "\n"
	}
	who := fmt.Sprintf("A U Thor <author@example.com> %d +0000", at)
	id := b.object("commit", text+"author "+who+"\ncommitter "+who+"\n\nchange\n")
	gittest.Write(b.t, filepath.Join(b.dir, "refs", "heads", "main"), id+"\n")
	return id
}

// A sample is a folder of repositories that share keys.
type sample struct {
	dir  string
	keys []string
	want []string // repository, path and key id of each finding, sorted
}

// keyIn returns a key and its id.
func keyIn(rng *rand.Rand) (text, id string) {
	secret := testkey.Secret(rng, 24)
	return "neo_sk_" + "prod_" + secret, finding.NewAPIKey("prod", secret).ID
}

// newSample makes n repositories, each with one of so many keys in two files.
func newSample(t testing.TB, n, keys int) *sample {
	t.Helper()
	rng := rand.New(rand.NewPCG(16, uint64(n)))
	type key struct{ text, id string }
	all := make([]key, keys)
	for i := range all {
		all[i].text, all[i].id = keyIn(rng)
	}
	s := &sample{dir: t.TempDir()}
	for _, k := range all {
		s.keys = append(s.keys, k.text)
	}
	for i := range n {
		dir := filepath.Join(s.dir, fmt.Sprintf("r%05d.git", i))
		k, other := all[i%keys], all[(i*7+3)%keys]
		newBare(t, dir).commit(1_700_000_000+int64(i), "",
			"config.py", "TIMEOUT = 3\nKEY = \""+k.text+"\"\n",
			"deploy.sh", "export NEO_API_KEY="+other.text+"\n",
			"CODEOWNERS", fmt.Sprintf("* @org/team%d\n", i%5))
		s.want = append(s.want, dir+" config.py "+k.id, dir+" deploy.sh "+other.id)
	}
	slices.Sort(s.want)
	return s
}

func readFile(t testing.TB, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	gittest.Check(t, err)
	return string(data)
}

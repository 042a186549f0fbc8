package fix

import (
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Each proxy has two files: one that reads the key, and one that does not know it. They parse.
func TestProxies(t *testing.T) {
	for _, p := range Proxies() {
		paths, texts := p.Files()
		if len(paths) != 2 {
			t.Fatalf("%s has %q", p.Name, paths)
		}
		if !strings.Contains(texts[0], "NEO_API_KEY") || strings.Contains(texts[1], "NEO_API_KEY") || !strings.Contains(texts[1], "/api/agents") {
			t.Errorf("%s: the files are the wrong way round: %q", p.Name, paths)
		}
		for i, path := range paths {
			checkParses(t, path, texts[i])
		}
	}
}

func checkParses(t *testing.T, path, text string) {
	t.Helper()
	var args []string
	file := filepath.Join(t.TempDir(), filepath.Base(path))
	switch filepath.Ext(path) {
	case ".go":
		if _, err := parser.ParseFile(token.NewFileSet(), path, text, 0); err != nil {
			t.Error(err)
		}
		return
	case ".js":
		file += ".mjs"
		if strings.Contains(text, "require(") {
			file = strings.TrimSuffix(file, ".mjs")
		}
		args = []string{"node", "--check", file}
	case ".py":
		args = []string{"python3", "-c", "import ast, sys; ast.parse(open(sys.argv[1]).read())", file}
	default:
		return
	}
	if _, err := exec.LookPath(args[0]); err != nil {
		t.Skip(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(args[0], args[1:]...).CombinedOutput(); err != nil {
		t.Errorf("%s: %v\n%s", path, err, out)
	}
}

func TestProxyFor(t *testing.T) {
	for want, files := range map[string]map[string]string{
		"next":    {"package.json": `{"dependencies": {"next": "15"}}`},
		"express": {"package.json": `{"dependencies": {"vite": "7"}}`},
		"fastapi": {"requirements.txt": "fastapi==1"},
		"go":      {"go.mod": "module x"},
	} {
		p := ProxyFor(func(name string) []byte {
			if text, ok := files[name]; ok {
				return []byte(text)
			}
			return nil
		})
		if p.Name != want {
			t.Errorf("%v: %s, want %s", files, p.Name, want)
		}
	}
	if p := ProxyFor(func(string) []byte { return nil }); p.Name != "express" {
		t.Errorf("without a manifest: %s", p.Name)
	}
}

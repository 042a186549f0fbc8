package fix

import (
	"embed"
	"path"
	"slices"
	"strings"

	"github.com/neokeys/neokeys/finding"
)

// The files of minimal proxies. Their names have _ for /, and .txt behind what the go command
// would build.
//
//go:embed proxy
var proxyFiles embed.FS

// A Proxy is what to build where code that users can read calls Neo: a route of a server that
// holds the key, and what the browser loads instead.
type Proxy struct {
	// Name is what users call it.
	Name string
	// About is the framework in words.
	About string
	// marks are texts that the manifest of such a project has, by the name of the manifest.
	marks map[string]string
}

// Proxies returns those that there are.
func Proxies() []*Proxy {
	return []*Proxy{
		{"next", "a route handler of Next.js", map[string]string{"package.json": `"next"`}},
		{"express", "a server with Express", map[string]string{"package.json": ``}},
		{"fastapi", "a server with FastAPI", map[string]string{"pyproject.toml": "fastapi", "requirements.txt": "fastapi"}},
		{"go", "a server in Go", map[string]string{"go.mod": ""}},
	}
}

// Files returns the two files by their paths, the server's first.
func (p *Proxy) Files() (paths, texts []string) {
	folder := "proxy/" + p.Name
	entries, err := proxyFiles.ReadDir(folder)
	if err != nil {
		panic(err) // they are part of the program
	}
	for _, e := range entries {
		text, err := proxyFiles.ReadFile(path.Join(folder, e.Name()))
		if err != nil {
			panic(err)
		}
		// The first line names the file.
		name, _, _ := strings.Cut(strings.TrimLeft(string(text), "/# "), ":")
		paths, texts = append(paths, name), append(texts, string(text))
	}
	if strings.Contains(texts[0], "It holds no key") {
		slices.Reverse(paths)
		slices.Reverse(texts)
	}
	return paths, texts
}

// ProxyFor returns the proxy for a project, of whose manifests read returns the text; Express
// without one that is known.
func ProxyFor(read func(name string) []byte) *Proxy {
	all := Proxies()
	for _, p := range all {
		for name, mark := range p.marks {
			if text := read(name); text != nil && strings.Contains(string(text), mark) {
				return p
			}
		}
	}
	return all[1]
}

// NeedsProxy reports whether a finding is mended by a proxy, and by nothing less.
func NeedsProxy(f *finding.Finding) bool {
	return f.Rule == "client-side-call" || f.Rule == "client-exposed-env" || f.Key != nil && f.Exposure.Public()
}

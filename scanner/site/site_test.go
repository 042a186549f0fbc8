package site

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/testkey"
	"github.com/neokeys/neokeys/rules"
	"github.com/neokeys/neokeys/scanner"
)

// A site is what a test's server has: paths and what is there.
type siteMap map[string]any

// A served site counts what was asked of it.
type served struct {
	*httptest.Server
	mu    sync.Mutex
	asked []string
	sent  []http.Header
}

func serve(t *testing.T, files siteMap) *served {
	t.Helper()
	s := &served{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.asked = append(s.asked, r.Method+" "+r.URL.RequestURI())
		s.sent = append(s.sent, r.Header.Clone())
		s.mu.Unlock()
		switch f := files[r.URL.Path].(type) {
		case string:
			if strings.HasSuffix(r.URL.Path, "/") || strings.HasSuffix(r.URL.Path, ".html") {
				w.Header().Set("Content-Type", "text/html; charset=utf-8")
			} else {
				w.Header().Set("Content-Type", "application/octet-stream")
			}
			_, _ = io.WriteString(w, f)
		case func(http.ResponseWriter, *http.Request):
			f(w, r)
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *served) was(asked string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Contains(s.asked, "GET "+asked)
}

func newKey() string { return "neo_sk_" + "prod_" + testkey.Fresh(24) }

func options(t testing.TB, targets ...string) Options {
	t.Helper()
	set := rules.NewSet(rules.All())
	o := Options{Targets: targets, Rules: set, Jobs: 4, Depth: 1, Limits: DefaultLimits, Agent: "neokeys/test", MaxArchiveDepth: 3}
	o.Response = 10 * time.Second
	return o
}

func run(t testing.TB, o Options) *finding.Result {
	t.Helper()
	r, err := Run(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// places lists where a key was found, without the server's address, and where its source is.
func places(r *finding.Result, key, server string) (list []string) {
	for i := range r.Findings {
		f := &r.Findings[i]
		if f.Key == nil || f.Key.Secret.Reveal() != key {
			continue
		}
		place := strings.TrimPrefix(f.Path, server)
		if o := f.Original; o != nil {
			place += fmt.Sprintf(" %s:%d:%d", o.Path, o.Line, o.Column)
		}
		list = append(list, place)
		if f.Exposure != finding.Browser || f.Severity != finding.Error {
			list = append(list, fmt.Sprint(f.Exposure, f.Severity))
		}
	}
	return list
}

const document = `<!doctype html><html><head><title>x</title></head><body>%s</body></html>`

func TestReach(t *testing.T) {
	for name, test := range map[string]struct {
		files siteMap // K stands for the key
		want  string
	}{
		"a script":           {siteMap{"/": `<script src=/a.js></script>`, "/a.js": `x="K"`}, "/a.js"},
		"a style":            {siteMap{"/": `<link rel="preload stylesheet" href="s/a.css?v=1">`, "/s/a.css": `/* "K" */`}, "/s/a.css?v=1"},
		"an inline script":   {siteMap{"/": `<script id="__NEXT_DATA__" type="application/json">{"k":"K"}</script>`}, "/"},
		"a module":           {siteMap{"/": `<link rel=modulepreload href="./a.mjs">`, "/a.mjs": `x="K"`}, "/a.mjs"},
		"a base":             {siteMap{"/": `<base href="/app/"><script src=a.js></script>`, "/app/a.js": `x="K"`}, "/app/a.js"},
		"an import map":      {siteMap{"/": `<script type=importmap>{"imports":{"x":"/x.1.js"}}</script>`, "/x.1.js": `x="K"`}, "/x.1.js"},
		"an import":          {siteMap{"/": `<script src=/j/a.js></script>`, "/j/a.js": `import("./b.js")`, "/j/b.js": `export*from"../c.js"`, "/c.js": `x="K"`}, "/c.js"},
		"a worker":           {siteMap{"/": `<script src=/j/a.js></script>`, "/j/a.js": "new Worker(new URL(`w-1.js`,import.meta.url))", "/j/w-1.js": `x="K"`}, "/j/w-1.js"},
		"AMD":                {siteMap{"/": `<script src=/j/a.js></script>`, "/j/a.js": `define(["exports","./b"],function(e){new Promise((t,n)=>r(["./c-1"],t,n))})`, "/j/b.js": ``, "/j/c-1.js": `x="K"`}, "/j/c-1.js"},
		"vite's deps":        {siteMap{"/": `<script src=/assets/a.js></script>`, "/assets/a.js": `d=(m.f||(m.f=["assets/b.js","assets/b.css"]))`, "/assets/b.js": `x="K"`}, "/assets/b.js"},
		"vite under a base":  {siteMap{"/": `<script src=/app/assets/a.js></script>`, "/app/assets/a.js": `["assets/b.js"]`, "/app/assets/b.js": `x="K"`}, "/app/assets/b.js"},
		"turbopack":          {siteMap{"/": `<script src=/_next/static/chunks/a.js></script>`, "/_next/static/chunks/a.js": `Promise.all(["static/chunks/b.js"].map(o=>e.l(o)))`, "/_next/static/chunks/b.js": `x="K"`}, "/_next/static/chunks/b.js"},
		"flight data":        {siteMap{"/": `<script>self.__next_f.push([1,"3:I[1,[\"/_next/static/chunks/b.js\"]]"])</script>`, "/_next/static/chunks/b.js": `x="K"`}, "/_next/static/chunks/b.js"},
		"webpack's ids":      {siteMap{"/": `<script src=/js/m.js></script>`, "/js/m.js": `o.u=e=>"js/"+e+"."+{314:"68c1",1e3:"77"}[e]+".js",o.p="/"`, "/js/1000.77.js": `x="K"`, "/js/314.68c1.js": ``}, "/js/1000.77.js"},
		"webpack's names":    {siteMap{"/": `<script src=/m.js></script>`, "/m.js": `o.u=e=>({7:"about"}[e]||e)+".chunk.js",o.p=""`, "/about.chunk.js": `x="K"`}, "/about.chunk.js"},
		"webpack's only one": {siteMap{"/": `<script src=/js/m.js></script>`, "/js/m.js": `o.u=e=>e+".7dcd.js";o.p="/js/";o.e(480).then()`, "/js/480.7dcd.js": `x="K"`}, "/js/480.7dcd.js"},
		"webpack's worker":   {siteMap{"/": `<script src=/js/m.js></script>`, "/js/m.js": `o.u=e=>e+".js";o.p="/js/";new Worker(new URL(o.p+o.u(408),o.b))`, "/js/408.js": `x="K"`}, "/js/408.js"},
		"webpack 4":          {siteMap{"/": `<script src=/js/m.js></script>`, "/js/m.js": `o.src=function(e){return s.p+"js/"+({}[e]||e)+"."+{3:"8f"}[e]+".js"}(e);s.p="/"`, "/js/3.8f.js": `x="K"`}, "/js/3.8f.js"},
		"webpack's choice":   {siteMap{"/": `<script src=/js/m.js></script>`, "/js/m.js": `o.u=function(e){return 314===e?"js/a.js":"js/"+e+".b.js"},o.p="/",o.e(12)`, "/js/a.js": ``, "/js/12.b.js": `x="K"`}, "/js/12.b.js"},
		"webpack spaced":     {siteMap{"/": `<script src=/m.js></script>`, "/m.js": "__webpack_require__.u = (chunkId) => {\n// a name\nreturn \"\" + chunkId + \".js\";\n};\n__webpack_require__.e(/*! import() */ \"src_a_js\")", "/src_a_js.js": `x="K"`}, "/src_a_js.js"},
		"webpack's styles":   {siteMap{"/": `<script src=/m.js></script>`, "/m.js": `o.miniCssF=e=>"css/"+e+"."+{9:"aa"}[e]+".css",o.p="/"`, "/css/9.aa.css": `/* "K" */`}, "/css/9.aa.css"},
		"a map beside it":    {siteMap{"/": `<script src=/a.js></script>`, "/a.js": `x=1`, "/a.js.map": `{"version":3,"sources":["../../src/x.js"],"sourcesContent":["\n// K"],"mappings":""}`}, "/a.js.map src/x.js:2:4"},
		"a map by header": {siteMap{"/": `<script src=/a.js></script>`, "/m": `{"version":3,"sources":["webpack://x/./src/x.js"],"sourcesContent":["x = 'K'"],"mappings":"AAAA"}`,
			"/a.js": func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("SourceMap", "/m")
				_, _ = io.WriteString(w, `x="K"`)
			}}, "/a.js src/x.js:1:6"},
		"a manifest":    {siteMap{"/": `<link rel=manifest href=/m.webmanifest>`, "/m.webmanifest": `{"k":"K"}`}, "/m.webmanifest"},
		"a config":      {siteMap{"/": ``, "/config.json": `{"k":"K"}`}, "/config.json"},
		"env.js":        {siteMap{"/": ``, "/env.js": `window.env={k:"K"}`}, "/env.js"},
		"an asset list": {siteMap{"/": ``, "/asset-manifest.json": `{"files":{"a.js":"/static/js/a.1.js"}}`, "/static/js/a.1.js": `x="K"`}, "/static/js/a.1.js"},
		"another page": {siteMap{"/": `<a href="/about#x">x</a>`, "/about": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			_, _ = io.WriteString(w, `<script src=/b.js></script>`)
		}, "/b.js": `x="K"`}, "/b.js"},
		"a frame": {siteMap{"/": `<iframe src="/f.html"></iframe>`, "/f.html": `<p title="K">`}, "/f.html"},
		"a header": {siteMap{"/": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("X-Config", "K")
			_, _ = io.WriteString(w, "x")
		}}, "/"},
		"an archive": {siteMap{"/": `<script src=/a.js.gz></script><script src="/b.js"></script>`, "/b.js": `fetch("/c.json")`, "/c.json": packed(`{"k":"K"}`), "/a.js.gz": ``}, "/c.json"},
	} {
		t.Run(name, func(t *testing.T) {
			key := newKey()
			files := siteMap{}
			for p, f := range test.files {
				switch f := f.(type) {
				case packed:
					files[p] = f.with(key)
				case string:
					if p == "/" {
						f = fmt.Sprintf(document, f)
					}
					files[p] = strings.ReplaceAll(f, "K", key)
				case func(http.ResponseWriter, *http.Request):
					files[p] = func(w http.ResponseWriter, r *http.Request) {
						f(&replacing{w, key}, r)
					}
				}
			}
			s := serve(t, files)
			r := run(t, options(t, s.URL))
			if got := places(r, key, s.URL); !slices.Equal(got, []string{test.want}) && !slices.Contains(got, test.want) {
				t.Errorf("it is found in %q, want %s; asked was %v", got, test.want, s.asked)
			}
			if len(r.Problems) > 0 && name != "an archive" {
				t.Errorf("the problems are %v", r.Problems)
			}
		})
	}
}

// packed is a file in gzip, which is not said by a header.
type packed string

func (p packed) with(key string) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = io.WriteString(z, strings.ReplaceAll(string(p), "K", key))
	_ = z.Close()
	return b.String()
}

// replacing writes a key where there is a K.
type replacing struct {
	http.ResponseWriter
	key string
}

func (r *replacing) Write(p []byte) (int, error) {
	for name, values := range r.Header() {
		for i, v := range values {
			if v == "K" {
				r.Header()[name][i] = r.key
			}
		}
	}
	_, err := r.ResponseWriter.Write(bytes.ReplaceAll(p, []byte("K"), []byte(r.key)))
	return len(p), err
}

func (r *replacing) WriteHeader(n int) { r.ResponseWriter.WriteHeader(n) }

// Bodies in which nothing was found are not kept, unless the map of a bundle with findings is
// among them; that may be behind a redirect, or have been fetched under another name.
func TestKept(t *testing.T) {
	key := newKey()
	sourceMap := `{"version":3,"sources":["src/a.js"],"names":[],"mappings":"AAAAA"}`
	s := serve(t, siteMap{
		"/":     fmt.Sprintf(document, `<script src=/a.js></script><script src=/b.js></script><script src=/c.js></script>`),
		"/a.js": "x='" + key + "'", "/b.js": "y='" + key + "';fetch('/b.json')\n//# sourceMappingURL=b.json", "/c.js": "fetch('/big.json')",
		"/a.js.map":    func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/maps/a", http.StatusFound) },
		"/maps/a":      sourceMap,
		"/b.json":      sourceMap,
		"/c.js.map":    sourceMap,
		"/big.json":    strings.Repeat(" ", maxSpooled+1) + "{}",
		"/config.json": "{}",
	})
	o := options(t, s.URL)
	o.Progress = new(scanner.Progress)
	st, err := open("")
	if err != nil {
		t.Fatal(err)
	}
	defer st.close()
	out := &outcome{}
	search := newSearch(t.Context(), o, st, out)
	u, _ := parseTarget(s.URL)
	newCrawl(t.Context(), o, st, out, search, []*url.URL{u}).run()
	var kept []string
	for _, r := range st.responses {
		if b, err := r.open(); err == nil {
			kept = append(kept, strings.TrimPrefix(r.URL, s.URL))
			_ = b.Close()
		}
	}
	slices.Sort(kept)
	if got := fmt.Sprint(kept); got != "[/a.js /b.js /b.json /maps/a]" {
		t.Errorf("kept are %s", got)
	}
	_ = filepath.WalkDir(st.dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.Type().IsRegular() && d.Name() != "spool" {
			t.Errorf("the folder has %s, error %v", path, err)
		}
		return nil
	})
	if got := places(search.finish(), key, s.URL); !slices.Equal(got, []string{"/a.js src/a.js:1:1", "/b.js src/a.js:1:1"}) {
		t.Errorf("the key is in %v", got)
	}
}

// In the folder of the project that a site is made from, keys that no map has the place of are
// found in its files.
func TestProjectHere(t *testing.T) {
	key := newKey()
	s := serve(t, siteMap{
		"/": fmt.Sprintf(document, `<script src=/a.js></script>`), "/a.js": `x="` + key + `"`,
		"/a.js.map": `{"version":3,"sources":["../src/a.js"],"mappings":"AAAAA"}`,
	})
	t.Chdir(t.TempDir())
	write := func(name, text string) {
		if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want := func(want string) {
		t.Helper()
		if got := places(run(t, options(t, s.URL)), key, s.URL); !slices.Equal(got, []string{want}) {
			t.Errorf("the key is in %v, want %s", got, want)
		}
	}
	if err := os.Mkdir("src", 0o777); err != nil {
		t.Fatal(err)
	}
	write("src/settings.json", "{\n"+`"key": "`+key+`"}`)
	write("package.json", "{}")
	want("/a.js src/a.js:1:1") // it may be another project
	write("src/a.js", `import s from "./settings.json"`)
	want("/a.js src/settings.json:2:9")
	if err := os.Remove("package.json"); err != nil {
		t.Fatal(err)
	}
	want("/a.js src/a.js:1:1")
}

func TestWhatIsMissing(t *testing.T) {
	key := newKey()
	html := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = fmt.Fprintf(w, document, "")
	}
	s := serve(t, siteMap{
		"/":          fmt.Sprintf(document, `<script src=/a.js></script><script src=/gone.js></script><script src=/html.js></script><a href=/lost>x</a>`),
		"/html.js":   html,
		"/a.js.map":  html, // guessed
		"/env.js":    html,
		"/bad.map":   html,
		"/config.js": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusGone) },
		"/a.js":      "x='" + key + "';import('./gone2.js');y=\"vue.js\";z={\"./src/b.js\":1};m[\"./src/c.js\"](0)\n/** @type {import('./types.js')} */\n * @param {import('./more.js')}\n  // import './old.js'\n//# sourceMappingURL=bad.map",
	})
	r := run(t, options(t, s.URL))
	var missing []string
	for _, p := range r.Problems {
		missing = append(missing, strings.TrimPrefix(p.Path, s.URL))
	}
	slices.Sort(missing)
	if got := fmt.Sprint(missing); got != "[/bad.map /gone.js /gone2.js /html.js /lost]" {
		t.Errorf("missing are %s: %v", got, r.Problems)
	}
	if got := places(r, key, s.URL); !slices.Equal(got, []string{"/a.js"}) {
		t.Errorf("the key is in %v", got)
	}
}

func TestManners(t *testing.T) {
	other := serve(t, siteMap{"/lib.js": `import("./more.js")`, "/more.js": `x`, "/": fmt.Sprintf(document, "")})
	s := serve(t, siteMap{
		"/": fmt.Sprintf(document, `<script src="`+other.URL+`/lib.js"></script><a href="/next">x</a><a href="`+other.URL+`/">x</a>`),
		"/next": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			_, _ = fmt.Fprintf(w, document, `<a href=/deeper>x</a>`)
		},
		"/evil":  func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, other.URL+"/", http.StatusFound) },
		"/extra": "x",
	})
	r := run(t, options(t, s.URL))
	if len(other.asked) > 0 || !s.was("/next") || s.was("/deeper") {
		t.Errorf("the other host was asked %v, this one %v", other.asked, s.asked)
	}
	if got := fmt.Sprint(r.Notices); !strings.Contains(got, "--follow-assets") || !strings.Contains(got, "/deeper") || len(r.Problems) > 0 {
		t.Errorf("the notices are %s, the problems %v", got, r.Problems)
	}
	for i, h := range s.sent {
		if h.Get("User-Agent") != "neokeys/test" || h.Get("Cookie") != "" || !strings.HasPrefix(s.asked[i], "GET ") {
			t.Errorf("%s was sent with %v", s.asked[i], h)
		}
	}

	// Another host on this machine is private, whatever a page says.
	o := options(t, s.URL)
	o.FollowAssets = true
	if _, port, ok := strings.Cut(strings.TrimPrefix(other.URL, "http://"), ":"); ok {
		named := serve(t, siteMap{"/": fmt.Sprintf(document, `<script src="http://localhost:`+port+`/lib.js"></script>`)})
		o.Targets = []string{named.URL}
		if r = run(t, o); len(other.asked) > 0 || !strings.Contains(fmt.Sprint(r.Problems), "private") {
			t.Errorf("a private host was asked %v; the problems are %v", other.asked, r.Problems)
		}
	}
	// Of a host that was named, other ports are asked if a page loads scripts from there.
	o.Targets = []string{s.URL}
	if run(t, o); !other.was("/lib.js") || !other.was("/more.js") || other.was("/") {
		t.Errorf("the other host was asked %v", other.asked)
	}

	other.asked, s.sent = nil, nil
	o = options(t, s.URL)
	o.Depth, o.FollowAssets, o.Header = 0, true, http.Header{"Cookie": {"session=1"}}
	r = run(t, o)
	for _, h := range s.sent {
		if h.Get("Cookie") != "session=1" {
			t.Errorf("a request was sent with %v", h)
		}
	}
	for _, h := range other.sent[len(other.sent)-len(other.asked):] {
		if h.Get("Cookie") != "" {
			t.Error("the other host was sent the header")
		}
	}
	if got := fmt.Sprint(r.Notices); !strings.Contains(got, "--header") {
		t.Errorf("that no link was followed is not said: %s", got)
	}

	r = run(t, options(t, s.URL+"/evil"))
	if other.was("/") || !strings.Contains(fmt.Sprint(r.Problems), "redirects to") {
		t.Errorf("a redirect to another host was followed: %v", r.Problems)
	}
}

// A proxy is sent every request, and resolves the names.
func TestProxy(t *testing.T) {
	key := newKey()
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.String() {
		case "http://app.example.test/":
			_, _ = fmt.Fprintf(w, document, `<script src="/a.js"></script>`)
		case "http://app.example.test/a.js":
			_, _ = io.WriteString(w, `x="`+key+`"`)
		default:
			http.NotFound(w, r)
		}
	}))
	defer proxy.Close()
	o := options(t, "http://app.example.test")
	o.Proxy, _ = url.Parse(proxy.URL)
	r := run(t, o)
	if got := places(r, key, "http://app.example.test"); !slices.Equal(got, []string{"/a.js"}) || len(r.Problems) > 0 {
		t.Errorf("the key is in %v, the problems are %v", got, r.Problems)
	}
}

func TestPrivateAddresses(t *testing.T) {
	for address, want := range map[string]bool{
		"127.0.0.1": true, "::1": true, "10.1.2.3": true, "192.168.0.1": true, "172.16.0.1": true, "169.254.169.254": true,
		"100.64.0.1": true, "0.0.0.0": true, "fe80::1": true, "fd00::1": true, "::ffff:127.0.0.1": true, "64:ff9b::7f00:1": true,
		"224.0.0.1": true, "255.255.255.255": true, "::": true, "198.18.0.1": true, "2002:7f00:1::": true,
		"93.184.216.34": false, "2606:2800:220:1::1": false, "172.32.0.1": false,
	} {
		if got := isPrivate(netip.MustParseAddr(address)); got != want {
			t.Errorf("%s is private: %v, want %v", address, got, want)
		}
	}
}

func TestCompressed(t *testing.T) {
	key := newKey()
	text := `x="` + key + `"`
	for name, pack := range map[string]func(io.Writer) io.WriteCloser{
		"gzip": func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) },
		"br":   func(w io.Writer) io.WriteCloser { return brotli.NewWriter(w) },
		"zstd": func(w io.Writer) io.WriteCloser { z, _ := zstd.NewWriter(w); return z },
	} {
		s := serve(t, siteMap{"/": fmt.Sprintf(document, "<script src=a.js></script>"), "/a.js": func(w http.ResponseWriter, r *http.Request) {
			if !strings.Contains(r.Header.Get("Accept-Encoding"), name) {
				t.Errorf("%s is not accepted", name)
			}
			w.Header().Set("Content-Encoding", name)
			z := pack(w)
			_, _ = io.WriteString(z, text)
			_ = z.Close()
		}})
		r := run(t, options(t, s.URL))
		if got := places(r, key, s.URL); !slices.Equal(got, []string{"/a.js"}) || len(r.Problems) > 0 {
			t.Errorf("%s: the key is in %v, the problems are %v", name, got, r.Problems)
		}
	}
	s := serve(t, siteMap{"/": fmt.Sprintf(document, "<script src=a.js></script>"), "/a.js": func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "lzma")
	}})
	if r := run(t, options(t, s.URL)); len(r.Problems) != 1 {
		t.Errorf("of an unknown encoding the problems are %v", r.Problems)
	}
}

func TestSaved(t *testing.T) {
	key, other := newKey(), newKey()
	s := serve(t, siteMap{
		"/":         fmt.Sprintf(document, `<script src="/a.js?v=1"></script><script src="/a.js?v=2"></script><a href="/a">x</a><a href="/A">x</a><a href="/a/..%2f..%2fb">x</a>`),
		"/a.js":     `x="` + key + "\"\n//# sourceMappingURL=a.js.map",
		"/a.js.map": `{"version":3,"sources":["src/a.js"],"sourcesContent":["\nk='` + key + `'"],"mappings":"AAAA"}`,
		"/a":        "", "/A": "", "/a/../../b": `"` + other + `"`,
	})
	o := options(t, s.URL)
	o.Save = filepath.Join(t.TempDir(), "saved")
	first := run(t, o)
	s.Close()
	again := run(t, options(t, o.Save))
	for _, r := range []*finding.Result{first, again} {
		got := places(r, key, s.URL)
		if !slices.Contains(got, "/a.js?v=1 src/a.js:2:4") || !slices.Contains(got, "/a.js?v=2 src/a.js:2:4") || len(places(r, other, s.URL)) != 1 {
			t.Errorf("the keys are in %v and %v", got, places(r, other, s.URL))
		}
	}
	if len(first.Findings) != len(again.Findings) || first.Findings[0].Fingerprint != again.Findings[0].Fingerprint {
		t.Errorf("%d findings become %d", len(first.Findings), len(again.Findings))
	}
	if _, err := Run(context.Background(), o); err == nil {
		t.Error("a folder that is not empty is written to")
	}
	escaping := filepath.Join(t.TempDir(), indexName)
	if err := os.WriteFile(escaping, []byte(`{"version":1,"responses":[{"url":"https://x/","file":"../../etc/passwd"}]}`), 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := Run(context.Background(), options(t, filepath.Dir(escaping))); err == nil {
		t.Error("a file outside of the folder is read")
	}
}

func TestFolderAndHAR(t *testing.T) {
	key := newKey()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "a.js"), []byte(`x="`+key+`"`), 0o666); err != nil {
		t.Fatal(err)
	}
	if got := places(run(t, options(t, dir)), key, filepath.ToSlash(dir)); !slices.Equal(got, []string{"/a.js"}) {
		t.Errorf("in a folder the key is in %v", got)
	}

	entry := func(u, text, encoding string, sent ...harHeader) (e harEntry) {
		e.Request.URL, e.Request.Headers = u, sent
		e.Response.Status, e.Response.Content.Text, e.Response.Content.Encoding = 200, text, encoding
		return e
	}
	requested := newKey()
	har, _ := json.Marshal(map[string]any{"log": map[string]any{"version": "1.2", "creator": map[string]any{}, "entries": []harEntry{
		entry("https://x.example/a.js", `x="`+key+`"`, ""),
		entry("https://x.example/b.bin", base64.StdEncoding.EncodeToString([]byte(`x="`+key+`"`)), "base64"),
		entry("https://x.example/c", "", "", harHeader{"Authorization", "Bearer " + requested}),
	}}})
	file := filepath.Join(dir, "x.har")
	if err := os.WriteFile(file, har, 0o666); err != nil {
		t.Fatal(err)
	}
	r := run(t, options(t, file))
	if got := places(r, key, "https://x.example"); !slices.Equal(got, []string{"/a.js", "/b.bin"}) {
		t.Errorf("in a HAR file the key is in %v", got)
	}
	if got := places(r, requested, "https://x.example"); !slices.Equal(got, []string{"/c"}) {
		t.Errorf("a key that was sent is in %v", got)
	}
	for name, text := range map[string]string{"empty": "", "other": `{"log":[]}`, "damaged": `{"log":{"entries":[{"request":7}]}}`} {
		file := filepath.Join(dir, name+".har")
		if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		if _, err := Run(context.Background(), options(t, file)); err == nil {
			t.Errorf("%s is taken for a HAR file", name)
		}
	}
	for _, bad := range []string{"gone", "https://", "https://user:pass@example.com/", "http://exa mple/"} {
		if _, err := Run(context.Background(), options(t, bad)); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}

func TestParser(t *testing.T) {
	u, _ := url.Parse("https://x/js/a.js")
	for text, want := range map[string]string{
		`o.u=e=>"js/"+e+"."+{314:"68c1"}[e]+".js"`:                        "js/314.68c1.js",
		`o.u=e=>""+({314:"about"}[e]||e)+"."+{314:"68c1"}[e]+".js"`:       "about.68c1.js",
		`o.u=e=>(({314:"about"})[e]||e)+".js"`:                            "about.js",
		`o.u=e=>314===e?"x.js":void 0`:                                    "x.js",
		`o.u=e=>e===314?"x.js":e+".js"`:                                   "x.js",
		`o.u=e=>({"314":"a"})[e]+".js"`:                                   "a.js",
		`o.u=function(e){return e+".7d.js"}`:                              "314.7d.js",
		`o.u=e=>(314===e?"a":e)+".js"`:                                    "a.js",
		`o.u=e=>f(e)+".js"`:                                               "",
		`o.u=e=>` + strings.Repeat("(", 1000):                             "",
		`o.u=e=>"a`:                                                       "",
		`o.u=e=>{`:                                                        "",
		`o.u=e=>{315:"x"}[e]+".js"`:                                       "",
		`o.u=e=>"c/"+e+"."+o.h().slice(0,6)+".js",o.h=()=>"d98643d3dfbf"`: "c/314.d98643.js",
		`o.u = (e) => (e + "." + o.h() + ".js"); o.h = () => ("d9")`:      "314.d9.js",
		`o.u=e=>e+"."+o.h()+".js"`:                                        "",
		`o.src=function(e){return i.p+"js/"+({314:"about"}[e]||e)+"."+{314:"68c1"}[e]+".js"}(e)`: "js/about.68c1.js",
		`function src(id) { return require.p + "" + id + ".js" }`:                                "314.js",
	} {
		var w webpack
		w.read(u, []byte(text), new(sync.Mutex))
		got := ""
		for _, r := range w.runtimes {
			got, _ = r.name.of("314")
		}
		if got != want {
			t.Errorf("%.60s names %q, want %q", text, got, want)
		}
	}
}

func FuzzNames(f *testing.F) {
	f.Add([]byte(`import("./a.js");o.u=e=>"js/"+e+"."+{314:"68c1"}[e]+".js";["x/y.css"]`))
	f.Add([]byte(`<base href=x><script src="a.js">"b\/c.json"</script><a href="//x">`))
	f.Fuzz(func(_ *testing.T, text []byte) {
		u, _ := url.Parse("https://x.example/app/js/a.js")
		for _, n := range namesIn(text).names {
			candidates(u, u, n.text)
		}
		parsePage(u, text)
		var w webpack
		w.read(u, text, new(sync.Mutex))
		for _, r := range w.runtimes {
			for _, id := range append(r.ids, "1") {
				r.name.of(id)
			}
		}
	})
}

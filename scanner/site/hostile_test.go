package site

import (
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"
)

// zeros is a body without an end.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// letters is a text without an end.
type letters struct{}

func (letters) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}

// bomb is a site whose script has few bytes of very many, in an encoding.
func bomb(encoding string, pack func(io.Writer) io.WriteCloser) siteMap {
	return siteMap{"/": fmt.Sprintf(document, `<script src="/a.js"></script>`), "/a.js": func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", encoding)
		z := pack(w)
		_, _ = io.Copy(z, io.LimitReader(zeros{}, 8<<20)) // until nobody reads any more
		_ = z.Close()
	}}
}

// What a hostile site does is bounded, and said.
func TestHostileSites(t *testing.T) {
	script := func(text string) func(http.ResponseWriter, *http.Request) {
		return func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, text) }
	}
	loads := fmt.Sprintf(document, `<script src="/a.js"></script>`)
	for name, test := range map[string]struct {
		files siteMap
		want  string // of a problem
	}{
		"endless chunks": {siteMap{"/": loads, "*": func(w http.ResponseWriter, r *http.Request) {
			for i := range 50 {
				_, _ = fmt.Fprintf(w, "import('./%s%d.js');", strings.TrimSuffix(strings.TrimPrefix(r.URL.Path, "/"), ".js"), i)
			}
		}}, "--max-requests"},
		"endless pages": {siteMap{"*": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			for i := range 500 {
				_, _ = fmt.Fprintf(w, "<a href='/%d%s'>x</a>", i, r.URL.Path)
			}
		}}, "--max-requests"},
		"very many names": {siteMap{"/": loads, "/a.js": script(manyNames())}, "--max-requests"},
		"a redirect loop": {siteMap{"/": loads, "/a.js": func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/a.js", http.StatusFound) }}, "redirects more than"},
		"a redirect to private": {siteMap{"/": loads, "/a.js": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://169.254.169.254/latest", http.StatusFound)
		}}, "redirects to"},
		"a redirect to a file": {siteMap{"/": loads, "/a.js": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "file:///etc/passwd", http.StatusFound)
		}}, "redirects to"},
		"a body without an end": {siteMap{"/": loads, "/a.js": func(w http.ResponseWriter, _ *http.Request) { _, _ = io.Copy(w, zeros{}) }}, "only the first"},
		"a size that is claimed": {siteMap{"/": loads, "/a.js": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "10000000000")
			_, _ = io.WriteString(w, "x")
		}}, "only the first 1 bytes"},
		"a gzip bomb":   {bomb("gzip", func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) }), "only the first"},
		"a Brotli bomb": {bomb("br", func(w io.Writer) io.WriteCloser { return brotli.NewWriterLevel(w, 1) }), "only the first"},
		"a zstd bomb":   {bomb("zstd", func(w io.Writer) io.WriteCloser { z, _ := zstd.NewWriter(w); return z }), "only the first"},
		"a map that is a bomb": {siteMap{"/": loads, "/a.js": script("x='" + newKey() + "'\n//# sourceMappingURL=b.map"), "/b.map": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, `{"version":3,"sources":["`)
			_, _ = io.Copy(w, letters{})
		}}, "only the first"},
		"a slow drip": {siteMap{"/": loads, "/a.js": func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				_, _ = io.WriteString(w, "x")
				w.(http.Flusher).Flush()
				time.Sleep(10 * time.Millisecond)
			}
		}}, slow},
		"no answer": {siteMap{"/": loads, "/a.js": func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }}, slow},
		"a header without an end": {siteMap{"/": loads, "/a.js": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("X", strings.Repeat("x", 2<<20))
		}}, "header"},
		"damaged gzip": {siteMap{"/": loads, "/a.js": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = io.WriteString(w, "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x00xxxxxxxx")
		}}, "only the first 0 bytes"},
		"a map that is its own": {siteMap{"/": loads, "/a.js": script("x='" + newKey() + "'\n//# sourceMappingURL=a.js")}, "not a source map"},
		"HTML for a map":        {siteMap{"/": loads, "/a.js": script("x\n//# sourceMappingURL=b.map"), "/b.map": fmt.Sprintf(document, "")}, "HTML page"},
		"a wrong type": {siteMap{"/": loads, "/a.js": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			_, _ = io.WriteString(w, "x")
		}}, "HTML page"},
		"the connection ends": {siteMap{"/": loads, "/a.js": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }}, "not fetched"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files := test.files
			if any := files["*"]; any != nil {
				first := files["/"]
				files = siteMap{}
				for _, path := range []string{"/"} {
					if files[path] = first; first == nil {
						files[path] = any
					}
				}
				handler := any.(func(http.ResponseWriter, *http.Request))
				s := serveAll(t, files, handler)
				check(t, s.URL, test.want)
				return
			}
			check(t, serve(t, files).URL, test.want)
		})
	}
}

// slow is what is said of a server that does not answer in time.
const slow = "took more than"

// check runs a search with small limits.
func check(t *testing.T, target, want string) {
	t.Helper()
	o := options(t, target)
	o.Limits = Limits{Requests: 100, Bytes: 5 << 20, Body: 1 << 20, Time: 60 * time.Second, Response: 30 * time.Second}
	if want == slow {
		o.Response = 2 * time.Second
	}
	started := time.Now()
	r := run(t, o)
	if got := fmt.Sprint(r.Problems, r.Notices); !strings.Contains(got, want) {
		t.Errorf("the problems are %.500s, want %q", got, want)
	}
	if took := time.Since(started); took > 25*time.Second {
		t.Errorf("it took %s", took)
	}
}

// A host of this machine is private in whatever form a page writes it.
func TestFormsOfLoopback(t *testing.T) {
	listener, err := net.Listen("tcp", ":0") // at all addresses
	if err != nil {
		t.Fatal(err)
	}
	var asked atomic.Int64
	other := &http.Server{Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) })}
	go func() { _ = other.Serve(listener) }()
	defer func() { _ = other.Close() }()
	port := fmt.Sprint(listener.Addr().(*net.TCPAddr).Port)

	var scripts strings.Builder
	for _, host := range []string{
		"localhost", "LOCALHOST", "localhost.", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.0.0.1", "017700000001", "0177.0.0.1",
		"0", "0.0.0.0", "127.0.0.2", "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:0:0:1]", "[64:ff9b::7f00:1]", "[fe80::1]",
		"169.254.169.254", "ⓛocalhost",
	} {
		_, _ = fmt.Fprintf(&scripts, "<script src='http://%s:%s/a.js'></script>", host, port)
	}
	o := options(t, serve(t, siteMap{"/": fmt.Sprintf(document, scripts.String())}).URL)
	o.FollowAssets, o.Response = true, 2*time.Second
	r := run(t, o)
	if asked.Load() > 0 {
		t.Errorf("%d requests were sent to this machine", asked.Load())
	}
	if len(r.Problems) < 10 || !strings.Contains(fmt.Sprint(r.Problems), "private") {
		t.Errorf("the problems are %v", r.Problems)
	}
}

func manyNames() string {
	var b strings.Builder
	for i := range 30_000 {
		_, _ = fmt.Fprintf(&b, "import('./%d.js');", i)
	}
	return b.String()
}

// serveAll is serve for a site that has something everywhere.
func serveAll(t *testing.T, files siteMap, rest func(http.ResponseWriter, *http.Request)) *served {
	t.Helper()
	s := serve(t, files)
	inner := s.Config.Handler
	s.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if files[r.URL.Path] != nil {
			inner.ServeHTTP(w, r)
			return
		}
		rest(w, r)
	})
	return s
}

func TestTimeIsOver(t *testing.T) {
	slow := func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-r.Context().Done():
		case <-time.After(300 * time.Millisecond):
		}
		_, _ = io.WriteString(w, "x")
	}
	files := siteMap{"/": fmt.Sprintf(document, "<script src=1.js></script><script src=2.js></script><script src=3.js></script>")}
	for _, path := range []string{"/1.js", "/2.js", "/3.js"} {
		files[path] = slow
	}
	o := options(t, serve(t, files).URL)
	o.Jobs, o.Time = 1, 400*time.Millisecond
	if got := fmt.Sprint(run(t, o).Problems); !strings.Contains(got, "--max-time") {
		t.Errorf("the problems are %s", got)
	}
	o.Time = time.Minute
	ctx, cancel := context.WithTimeout(context.Background(), 400*time.Millisecond)
	defer cancel()
	r, err := Run(ctx, o)
	if err != nil || !strings.Contains(fmt.Sprint(r.Problems), "interrupted") {
		t.Errorf("the problems are %v, error %v", r.Problems, err)
	}
}

func TestRate(t *testing.T) {
	s := serve(t, siteMap{"/": fmt.Sprintf(document, "")})
	o := options(t, s.URL)
	o.Rate = 100
	started := time.Now()
	run(t, o)
	if n, took := len(s.asked), time.Since(started); took < time.Duration(n-1)*10*time.Millisecond {
		t.Errorf("%d requests took %s", n, took)
	}

	// To wait is no time of the server's, and what there is no time for is counted.
	o.Rate, o.Jobs, o.Response = 20, 16, 500*time.Millisecond
	if r := run(t, o); len(r.Problems) > 0 {
		t.Errorf("the problems are %v", r.Problems)
	}
	s = serve(t, siteMap{"/": fmt.Sprintf(document, "<script src=1.js></script><script src=2.js></script><script src=3.js></script>")})
	o.Targets, o.Rate, o.Time = []string{s.URL}, 5, 300*time.Millisecond
	if r := run(t, o); len(r.Problems) != 1 || !strings.Contains(r.Problems[0].Message, "--max-time") {
		t.Errorf("the problems are %v", r.Problems)
	}
}

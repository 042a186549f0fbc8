package site

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// BenchmarkSite fetches and searches a site of 500 chunks with their maps, each of which names
// the next.
func BenchmarkSite(b *testing.B) {
	const chunks = 500
	random := rand.New(rand.NewPCG(1, 1))
	filler := func(n int) string {
		var t strings.Builder
		for t.Len() < n {
			t.WriteString([]string{"function(e){return e.", "const ", "n(", "),", "t.default", "\"a string\"", "=>{", "};", "r.createElement"}[random.IntN(9)])
		}
		return t.String()
	}
	files := map[string]string{"/": fmt.Sprintf(document, `<script src="/c0.js"></script>`)}
	size := 0
	for i := range chunks {
		text := filler(80_000)
		for n := 4*i + 1; n < min(4*i+5, chunks); n++ {
			text += fmt.Sprintf(`;import("./c%d.js")`, n)
		}
		files[fmt.Sprintf("/c%d.js", i)] = text + fmt.Sprintf("\n//# sourceMappingURL=c%d.js.map", i)
		files[fmt.Sprintf("/c%d.js.map", i)] = `{"version":3,"sources":["a"],"sourcesContent":["` + strings.ReplaceAll(filler(100_000), `"`, `\"`) + `"],"mappings":""}`
		size += 180_000
	}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text, ok := files[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/plain")
		if strings.HasSuffix(r.URL.Path, "/") {
			w.Header().Set("Content-Type", "text/html")
		}
		_, _ = io.WriteString(w, text)
	}))
	defer s.Close()
	b.SetBytes(int64(size))
	for b.Loop() {
		o := options(b, s.URL)
		o.Jobs = 16
		if r := run(b, o); len(r.Problems) > 0 || r.Summary.Files < 2*chunks {
			b.Fatalf("%d files, problems %v", r.Summary.Files, r.Problems)
		}
	}
}

// Site serves a front end of 500 chunks with their source maps on loopback, for bench/site.sh. It
// prints the site's address, writes the addresses of all its files to the file that it is given,
// as curl's --config has them, and ends with its standard input.
package main

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"strings"
)

func main() {
	files := site()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	address := "http://" + listener.Addr().String()
	var list strings.Builder
	for name := range files {
		fmt.Fprintf(&list, "url = %q\noutput = /dev/null\n", address+name)
	}
	if err := os.WriteFile(os.Args[1], []byte(list.String()), 0o600); err != nil {
		panic(err)
	}
	go func() {
		_ = http.Serve(listener, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			text, ok := files[r.URL.Path]
			if !ok {
				http.NotFound(w, r)
				return
			}
			kind := "text/javascript"
			if r.URL.Path == "/" {
				kind = "text/html"
			}
			w.Header().Set("Content-Type", kind)
			_, _ = io.WriteString(w, text)
		}))
	}()
	fmt.Println(address)
	_, _ = io.Copy(io.Discard, os.Stdin)
}

// site returns the files, by their paths. The page names each chunk, as Vite's preloading does.
func site() map[string]string {
	const chunks = 500
	random := rand.New(rand.NewPCG(1, 1))
	filler := func(n int) string {
		var t strings.Builder
		for t.Len() < n {
			t.WriteString([]string{"function(e){return e.", "const ", "n(", "),", "t.default", "'a string'", "=>{", "};", "r.createElement"}[random.IntN(9)])
		}
		return t.String()
	}
	files := map[string]string{}
	var page strings.Builder
	page.WriteString("<!DOCTYPE html><title>A site</title>")
	for i := range chunks {
		name := fmt.Sprintf("/c%d.js", i)
		fmt.Fprintf(&page, `<link rel="modulepreload" href="%s">`, name)
		files[name] = filler(80_000) + "\n//# sourceMappingURL=" + name[1:] + ".map"
		files[name+".map"] = `{"version":3,"sources":["a"],"sourcesContent":["` + filler(100_000) + `"],"mappings":""}`
	}
	files["/"] = page.String()
	return files
}

package site

import (
	"context"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"net/url"
	"path"
	"path/filepath"
	goruntime "runtime"
	"slices"
	"strings"
	"sync"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/rules"
	"github.com/neokeys/neokeys/scanner"
	"github.com/neokeys/neokeys/scanner/sourcemap"
)

// search searches all responses: their bodies, their addresses and their headers.
func search(ctx context.Context, o Options, s *store, out *outcome) *finding.Result {
	r := &finding.Result{}
	var (
		mu        sync.Mutex
		all       sync.WaitGroup
		searchers []*scanner.Searcher
	)
	next := make(chan *response)
	for range min(goruntime.GOMAXPROCS(0), max(1, len(s.responses))) {
		w := newSearcher(o, s)
		searchers = append(searchers, w)
		all.Go(func() {
			for resp := range next {
				found, examples, err := searchResponse(ctx, w, resp)
				if err != nil {
					out.problem(resp.URL, "not searched to its end: "+err.Error())
				}
				mu.Lock()
				r.Findings, r.Examples = append(r.Findings, found...), append(r.Examples, examples...)
				mu.Unlock()
			}
		})
	}
	for i, resp := range s.responses {
		if ctx.Err() != nil {
			out.problem("", fmt.Sprintf("%d responses were not searched: the scan was interrupted", len(s.responses)-i))
			break
		}
		next <- resp
		r.Summary.Files++
		r.Summary.Bytes += resp.Size
	}
	close(next)
	all.Wait()
	problems, notices := scanner.Remarks(searchers...)
	r.Problems, r.Notices = append(r.Problems, problems...), append(r.Notices, notices...)
	r.Notices = append(r.Notices, scanner.Originals(ctx, bundles{s}, r.Findings)...)
	out.result(r)
	r.Finish()
	return r
}

func newSearcher(o Options, s *store) *scanner.Searcher {
	// Whatever the server hands out is in a browser.
	hosts := map[string]bool{}
	for _, resp := range s.responses {
		if u, err := url.Parse(resp.URL); err == nil && u.Host != "" {
			hosts[u.Host] = true
		}
	}
	w := scanner.NewSearcher(o.Rules, rules.Places{Browser: slices.Sorted(maps.Keys(hosts))})
	w.OpenArchives(o.MaxArchiveDepth)
	return w
}

// searchResponse searches one response.
func searchResponse(ctx context.Context, w *scanner.Searcher, resp *response) (found, examples []finding.Finding, err error) {
	keep := func(f, e []finding.Finding, fix func(*finding.Finding)) {
		for _, list := range [][]finding.Finding{f, e} {
			for i := range list {
				x := &list[i]
				x.Exposure = finding.Browser
				if x.Key != nil {
					x.Severity = rules.Raise(x.Severity, x.Exposure)
				}
				fix(x)
			}
		}
		found, examples = append(found, f...), append(examples, e...)
	}
	at := rules.Mask(resp.URL)
	for what, text := range map[string]string{
		"in its address": resp.URL, "in a response header": headerText(resp.Header), "in the request": resp.Request,
	} {
		if text == "" {
			continue
		}
		f, e, err := w.SearchAs(rules.Place{Path: "header", Exposure: finding.Browser}, []byte(text))
		keep(f, e, func(x *finding.Finding) {
			x.Location = finding.Location{Path: at}
			x.Message += ", " + what
		})
		if err != nil {
			return found, examples, err
		}
	}
	if resp.File == "" && resp.spool == nil {
		return found, examples, nil
	}
	b, err := resp.open()
	if err != nil {
		return found, examples, err
	}
	defer func() { _ = b.Close() }()
	name := fileName(resp)
	f, e, err := w.SearchReader(ctx, name, b)
	keep(f, e, func(x *finding.Finding) {
		x.Path = at + strings.TrimPrefix(x.Path, rules.Mask(name))
		if x.Container != "" {
			x.Container = at
		}
	})
	return found, examples, err
}

// fileName is what rules are given as the path of a response: its address without the query,
// with the name of a file behind it.
func fileName(resp *response) string {
	name, _, _ := strings.Cut(resp.URL, "?")
	switch contentType := resp.Header.Get("Content-Type"); {
	case strings.HasSuffix(name, "/"):
		name += "index.html"
	case path.Ext(name) != "":
	case strings.Contains(contentType, "html"):
		name += ".html"
	case strings.Contains(contentType, "javascript"):
		name += ".js"
	case strings.Contains(contentType, "json"):
		name += ".json"
	}
	return name
}

func headerText(h http.Header) string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(h)) {
		for _, value := range h[name] {
			fmt.Fprintf(&b, "%s: %s\n", name, value)
		}
	}
	return b.String()
}

// bundles are the bodies of responses, as [scanner.Bundles]: nothing is fetched for a map.
type bundles struct{ store *store }

// Open implements [scanner.Bundles].
func (b bundles) Open(p string) (scanner.Bundle, error) {
	resp := b.store.get(p)
	if resp == nil {
		return nil, fs.ErrNotExist
	}
	return resp.open()
}

// Maps implements [scanner.Bundles].
func (b bundles) Maps(bundle, address string) (paths []string, elsewhere string) {
	u, err := url.Parse(bundle)
	if err != nil {
		return nil, ""
	}
	var named []string
	if resp := b.store.get(bundle); resp != nil {
		named = append(named, resp.Header.Get("SourceMap"), resp.Header.Get("X-SourceMap"))
	}
	for _, address := range append(named, address) {
		if address == "" {
			continue
		}
		m, err := u.Parse(address)
		if err != nil {
			continue
		}
		m.Fragment, m.RawFragment = "", ""
		text := m.String()
		if u.Scheme == "" && m.Scheme == "" {
			text = m.Path // of a file in a folder
		}
		paths = append(paths, text)
		if m.Host != u.Host && b.store.get(text) == nil {
			elsewhere = text
		}
	}
	beside := *u
	beside.RawQuery, beside.RawPath = "", ""
	beside.Path += ".map"
	if u.Scheme == "" {
		return append(paths, beside.Path), elsewhere
	}
	return append(paths, beside.String()), elsewhere
}

// Source implements [scanner.Bundles]. The site may be that of the project in the current
// folder.
func (b bundles) Source(_ string, n sourcemap.Name) (string, bool) {
	p := n.Path
	if n.From == sourcemap.Map {
		p = n.Inside()
	}
	local := filepath.FromSlash(p)
	return p, filepath.IsLocal(local) && isFile(local)
}

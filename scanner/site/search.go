package site

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"path"
	goruntime "runtime"
	"slices"
	"strings"
	"sync"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/rules"
	"github.com/neokeys/neokeys/scanner"
)

// A search looks for keys in responses: in their bodies, their addresses and their headers. It
// is for several goroutines at once.
type search struct {
	ctx   context.Context
	o     Options
	store *store
	out   *outcome

	mu        sync.Mutex
	result    finding.Result
	missed    int                            // responses, as the scan was interrupted
	searchers map[string][]*scanner.Searcher // those that nobody uses, by the host of what they search
	all       []*scanner.Searcher
}

func newSearch(ctx context.Context, o Options, s *store, out *outcome) *search {
	return &search{ctx: ctx, o: o, store: s, out: out, searchers: map[string][]*scanner.Searcher{}}
}

// one searches a response, and reports whether it found something. Text is the body, if that is
// in memory.
func (s *search) one(resp *response, text []byte) bool {
	if s.ctx.Err() != nil {
		s.mu.Lock()
		s.missed++
		s.mu.Unlock()
		return true
	}
	w, giveBack := s.searcher(resp)
	defer giveBack()
	found, examples, err := searchResponse(s.ctx, w, resp, text)
	if err != nil {
		s.out.problem(resp.URL, "not searched to its end: "+err.Error())
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	r := &s.result
	r.Findings, r.Examples = append(r.Findings, found...), append(r.Examples, examples...)
	r.Summary.Files++
	r.Summary.Bytes += resp.Size
	return len(found) > 0
}

// searcher lends a searcher for a response, which is to be given back.
func (s *search) searcher(resp *response) (w *scanner.Searcher, giveBack func()) {
	host := ""
	if u, err := url.Parse(resp.URL); err == nil {
		host = u.Host
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if idle := s.searchers[host]; len(idle) > 0 {
		w, s.searchers[host] = idle[len(idle)-1], idle[:len(idle)-1]
	} else {
		// Whatever the server hands out is in a browser.
		w = scanner.NewSearcher(s.o.Rules, rules.Places{Browser: []string{host}})
		w.OpenArchives(s.o.MaxArchiveDepth)
		s.all = append(s.all, w)
	}
	return w, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.searchers[host] = append(s.searchers[host], w)
	}
}

// loaded searches the responses that were not fetched, but loaded.
func (s *search) loaded() {
	next := make(chan *response)
	var all sync.WaitGroup
	for range goruntime.GOMAXPROCS(0) {
		all.Go(func() {
			for resp := range next {
				s.one(resp, nil)
			}
		})
	}
	for _, resp := range s.store.responses {
		if !resp.searched {
			next <- resp
		}
	}
	close(next)
	all.Wait()
}

// finish returns what was found, and what else there is to say.
func (s *search) finish() *finding.Result {
	r := &s.result
	if s.missed > 0 {
		s.out.problem("", fmt.Sprintf("%d responses were not searched: the scan was interrupted", s.missed))
	}
	problems, notices := scanner.Remarks(s.all...)
	r.Problems, r.Notices = append(r.Problems, problems...), append(r.Notices, notices...)
	r.Notices = append(r.Notices, scanner.Originals(s.ctx, &bundles{store: s.store, rules: s.o.Rules}, r.Findings)...)
	s.out.result(r)
	r.Finish()
	return r
}

// searchResponse searches one response.
func searchResponse(ctx context.Context, w *scanner.Searcher, resp *response, text []byte) (found, examples []finding.Finding, err error) {
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
	name := fileName(resp)
	f, e, err := searchBody(ctx, w, resp, name, text)
	keep(f, e, func(x *finding.Finding) {
		x.Path = at + strings.TrimPrefix(x.Path, rules.Mask(name))
		if x.Container != "" {
			x.Container = at
		}
	})
	return found, examples, err
}

// searchBody searches the body of a response, as the file of a name.
func searchBody(ctx context.Context, w *scanner.Searcher, resp *response, name string, text []byte) (found, examples []finding.Finding, err error) {
	if text != nil {
		return w.SearchMemory(ctx, name, text)
	}
	if resp.File == "" && resp.spool == nil {
		return nil, nil, nil
	}
	b, err := resp.open()
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = b.Close() }()
	return w.SearchReader(ctx, name, b)
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

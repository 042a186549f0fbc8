package site

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// A crawl fetches what pages and their scripts name.
type crawl struct {
	o       Options
	ctx     context.Context
	store   *store
	out     *outcome
	client  *client
	limiter *rate.Limiter // nil for none

	search *search

	mu    sync.Mutex
	more  sync.Cond
	queue []item
	// maps are fetched last: then it is known which of them the findings in bundles need, and
	// the others need not be kept.
	maps     []item
	needed   map[string]bool // addresses of maps
	busy     int
	asked    map[string]bool     // items, so that none is queued twice
	fetched  map[string]*fetched // by address
	origins  map[string]bool     // that the user named
	assets   map[string]bool     // others, from which a page loads something
	requests int
	bytes    int64
	webpack  webpack

	large sync.Mutex // is held while a large body is in memory
}

// An item is something to fetch: the first of its addresses that exists.
type item struct {
	urls []*url.URL
	page bool
	// given says that a page or a script names it, so that it ought to be there; others are
	// guesses.
	given bool
	depth int    // of a page: the links that led to it
	from  string // where it is named
	isMap bool
}

// A fetched is the outcome of fetching an address, once done is closed.
type fetched struct {
	done chan struct{}
	miss string // why it is not there; empty if it is
}

func newCrawl(ctx context.Context, o Options, s *store, out *outcome, search *search, pages []*url.URL) *crawl {
	c := &crawl{
		o: o, ctx: ctx, store: s, out: out, search: search, needed: map[string]bool{},
		asked: map[string]bool{}, fetched: map[string]*fetched{}, origins: map[string]bool{}, assets: map[string]bool{},
	}
	c.more.L = &c.mu
	c.o.Jobs = max(1, o.Jobs)
	named, withHeader := map[string]bool{}, map[string]bool{}
	for _, u := range pages {
		named[u.Hostname()] = true
		c.origins[origin(u)], withHeader[origin(u)] = true, true
	}
	c.client = newClient(o, named, withHeader, c.allowed)
	if o.Rate > 0 {
		c.limiter = rate.NewLimiter(rate.Limit(o.Rate), 1)
	}
	for _, u := range pages {
		c.add(item{urls: []*url.URL{u}, page: true, given: true})
		c.guess(u)
	}
	return c
}

// usual are files that apps are configured by, or that list their scripts, and that nothing may
// name.
var usual = []string{
	"asset-manifest.json", "env.js", "config.json", "runtime-config.js", "config.js", "env-config.js", "env.json",
	"settings.json", "appsettings.json", "assets/config.json", "assets/env.js", "assets/config/config.json",
	"manifest.json", ".vite/manifest.json", "sw.js", "service-worker.js", "ngsw.json",
}

// guess adds the usual files beside a page.
func (c *crawl) guess(page *url.URL) {
	for _, name := range usual {
		if u, err := page.Parse(name); err == nil {
			u.RawQuery = ""
			c.add(item{urls: []*url.URL{u}})
		}
	}
}

// allowed reports why a redirect is not followed.
func (c *crawl) allowed(from, to *url.URL) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	upgrade := from.Scheme == "http" && to.Scheme == "https" && from.Hostname() == to.Hostname() && from.Port() == "" && to.Port() == ""
	switch {
	case to.Scheme != "http" && to.Scheme != "https":
		return fmt.Errorf("it redirects to an address of another kind, %s", to.Scheme)
	case upgrade && c.origins[origin(from)]:
		c.origins[origin(to)] = true
		return nil
	case c.origins[origin(to)], c.assets[origin(to)]:
		return nil
	}
	return fmt.Errorf("it redirects to %s, which was not named: name it on the command line to have it fetched", origin(to))
}

// add queues an item, once.
func (c *crawl) add(it item) {
	key := fmt.Sprint(it.page, it.urls)
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.asked[key]:
		return
	case len(c.asked) >= 8*c.o.Requests+1000:
		if it.given {
			c.out.leaveOut(overLimit, it.urls[0].String())
		}
		return
	}
	c.asked[key] = true
	if it.isMap {
		c.maps = append(c.maps, it)
		return
	}
	c.queue = append(c.queue, it)
	c.more.Signal()
}

// run fetches until there is nothing left, or a limit is reached.
func (c *crawl) run() {
	defer c.client.http.CloseIdleConnections()
	for c.drain(); c.ctx.Err() == nil && c.addChunks(); {
		c.drain()
	}
	c.queue, c.maps = append(c.queue, c.maps...), nil
	c.drain()
	for _, it := range c.queue {
		c.notFetched(it, context.Cause(c.ctx))
	}
}

// drain fetches what is in the queue, and what that adds to it.
func (c *crawl) drain() {
	var all sync.WaitGroup
	for range c.o.Jobs {
		all.Go(c.work)
	}
	all.Wait()
}

// notFetched reports an item for which there was no time left.
func (c *crawl) notFetched(it item, why error) {
	if !it.given {
		return
	}
	if errors.Is(why, errTime) {
		c.out.leaveOut(overTime, it.urls[0].String())
	} else {
		c.out.problem(it.urls[0].String(), "not fetched: the scan was interrupted")
	}
}

func (c *crawl) work() {
	defer context.AfterFunc(c.ctx, func() { c.mu.Lock(); c.mu.Unlock(); c.more.Broadcast() })() //nolint:staticcheck // an empty section orders the wake-up after the check in next
	var in room
	for {
		it, ok := c.next()
		if !ok {
			return
		}
		c.fetch(it, &in)
		c.mu.Lock()
		if c.busy--; c.busy == 0 {
			c.more.Broadcast()
		}
		c.mu.Unlock()
	}
}

func (c *crawl) next() (item, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for {
		switch {
		case c.ctx.Err() != nil:
			return item{}, false
		case len(c.queue) > 0:
			it := c.queue[0]
			c.queue = c.queue[1:]
			c.busy++
			return it, true
		case c.busy == 0:
			return item{}, false
		}
		c.more.Wait()
	}
}

// fetch fetches the first of an item's addresses that exists.
func (c *crawl) fetch(it item, in *room) {
	miss := ""
	for _, u := range it.urls {
		if miss = c.once(u, it, in); miss == "" {
			return
		}
	}
	if !it.given || miss == leftOut {
		return
	}
	if it.from != "" {
		miss += " (named in " + it.from + ")"
	}
	c.out.problem(it.urls[0].String(), miss)
}

// leftOut is of what a limit cut off, which is said with all others of the kind.
const leftOut = "left out"

// once fetches an address if that was not done before, and returns why it is not there.
func (c *crawl) once(u *url.URL, it item, in *room) (miss string) {
	key := u.String()
	c.mu.Lock()
	f, known := c.fetched[key]
	if !known {
		f = &fetched{done: make(chan struct{})}
		c.fetched[key] = f
		c.requests++
	}
	over := c.requests > c.o.Requests || c.bytes >= c.o.Bytes
	c.mu.Unlock()
	if known {
		<-f.done
		return f.miss
	}
	defer close(f.done)
	if over {
		if it.given {
			c.out.leaveOut(overLimit, key)
		}
		f.miss = leftOut
		return f.miss
	}
	f.miss = c.download(u, it, in)
	return f.miss
}

// download fetches an address, searches what is there, and queues what it names.
func (c *crawl) download(u *url.URL, it item, in *room) (miss string) {
	ctx, cancel := context.WithCancel(c.ctx)
	defer cancel()
	clock := time.AfterFunc(c.o.Response, cancel)
	defer clock.Stop()
	a, err := c.ask(ctx, u, func() error { return c.pace(clock) })
	switch {
	case err != nil && (errors.Is(err, errTime) || errors.Is(context.Cause(c.ctx), errTime)):
		c.notFetched(it, errTime)
		return leftOut
	case err != nil:
		return c.why(ctx, err)
	}
	defer func() { _ = a.body.Close() }()
	body := &counted{r: a.body, crawl: c}
	*in = (*in)[:0]
	_ = in.fill(body, headSize) // an error comes again
	html := isHTML(a.header, *in)
	if miss = rejected(u, it, a, html, *in); miss != "" {
		_ = in.fill(body, drained)
		return miss
	}
	resp := &response{URL: a.url.String(), Status: a.status, Header: a.header, searched: true}
	c.receive(ctx, u, resp, in, body)
	c.o.Progress.Files.Add(1)
	c.store.put(resp, u.String())
	text := []byte(*in)
	if resp.File != "" {
		text = nil // the room has only its beginning
	}
	found := c.search.one(resp, text)
	c.follow(a.url, it, resp, html, text, found)
	if err := c.store.keep(resp, text, found || c.isNeeded(it, u, *in)); err != nil {
		c.out.problem(resp.URL, "not kept: "+err.Error())
	}
	if a.status >= 400 {
		return answers(a.status)
	}
	return ""
}

const (
	// headSize is how much of a body says what it is.
	headSize = 1 << 10
	// drained is how much is read of a body that is not wanted, so that its connection can be
	// used again.
	drained = 64 << 10
)

// rejected returns why an answer, whose body begins with head, is not what was asked for.
func rejected(u *url.URL, it item, a *answer, html bool, head []byte) string {
	switch {
	case a.status >= 400 && (!it.page || it.depth > 0):
		return answers(a.status)
	case html && !it.page && !isPage(u):
		return "the server answers with an HTML page instead of it"
	case it.isMap && !isJSON(head):
		return "the server answers with what is no source map"
	}
	return ""
}

func answers(status int) string {
	return fmt.Sprintf("the server answers %d %s", status, http.StatusText(status))
}

// receive reads the body of a response, and reports what is cut off.
func (c *crawl) receive(ctx context.Context, u *url.URL, resp *response, in *room, body io.Reader) {
	most := max(0, min(c.o.Body, c.o.Bytes-c.used()+int64(len(*in))))
	err := c.store.receive(resp, in, body, most)
	switch {
	case errors.Is(err, errTooBig) && most < c.o.Body:
		c.out.leaveOut(overLimit, "the rest of "+u.String())
	case errors.Is(err, errTooBig):
		c.out.problem(u.String(), fmt.Sprintf("only the first %d bytes were fetched: %s", resp.Size, errTooBig))
	case err != nil:
		c.out.problem(u.String(), fmt.Sprintf("only the first %d bytes were fetched: %s", resp.Size, c.why(ctx, err)))
	}
}

// isNeeded reports whether what is at an address is kept although nothing was found in it: it
// is the map of a bundle with findings, or may be one under another name.
func (c *crawl) isNeeded(it item, u *url.URL, text []byte) bool {
	if !it.isMap {
		return isJSON(text) && bytes.Contains(text, []byte(`"mappings"`))
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.needed[u.String()]
}

// ask sends the request, and once more if the server asks to wait.
func (c *crawl) ask(ctx context.Context, u *url.URL, pace func() error) (*answer, error) {
	a, err := c.client.get(ctx, u, pace)
	if err != nil || a.status != http.StatusTooManyRequests && a.status != http.StatusServiceUnavailable {
		return a, err
	}
	wait, ok := retryAfter(a.header)
	if !ok {
		return a, nil
	}
	_ = a.body.Close()
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-time.After(wait):
	}
	return c.client.get(ctx, u, pace)
}

// pace waits until --rate allows the next request. The clock of a response does not run
// meanwhile.
func (c *crawl) pace(clock *time.Timer) error {
	if c.limiter == nil || !clock.Stop() {
		return nil // or the time is over already
	}
	defer clock.Reset(c.o.Response)
	if err := c.limiter.Wait(c.ctx); err != nil && c.ctx.Err() == nil {
		return errTime // would be over before
	} else if err != nil {
		return err
	}
	return nil
}

// retryAfter returns how long a server asks to wait, if that is not too long.
func retryAfter(h http.Header) (time.Duration, bool) {
	const longest = 10
	seconds, err := strconv.Atoi(h.Get("Retry-After"))
	return time.Duration(seconds) * time.Second, err == nil && 0 <= seconds && seconds <= longest
}

// why says what went wrong with a request.
func (c *crawl) why(ctx context.Context, err error) string {
	var sent *url.Error
	switch {
	case errors.Is(context.Cause(c.ctx), errTime):
		return "not fetched: the time was over (--max-time)"
	case c.ctx.Err() != nil:
		return "not fetched: the scan was interrupted"
	case ctx.Err() != nil, errors.Is(err, context.DeadlineExceeded):
		return fmt.Sprintf("the server took more than %s", c.o.Response)
	case errors.Is(err, errPrivate):
		return errPrivate.Error()
	case errors.As(err, &sent):
		err = sent.Err // the address is reported separately
	}
	return "not fetched: " + err.Error()
}

func (c *crawl) used() int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.bytes
}

// counted counts the bytes of a body, as they are after decompression.
type counted struct {
	r     io.Reader
	crawl *crawl
}

func (b *counted) Read(p []byte) (n int, err error) {
	n, err = b.r.Read(p)
	b.crawl.mu.Lock()
	b.crawl.bytes += int64(n)
	b.crawl.mu.Unlock()
	b.crawl.o.Progress.Bytes.Add(int64(n))
	return n, err
}

func isHTML(h http.Header, head []byte) bool {
	if strings.Contains(strings.ToLower(h.Get("Content-Type")), "html") {
		return true
	}
	text := strings.ToLower(strings.TrimLeft(strings.TrimPrefix(string(head[:min(len(head), 256)]), "\ufeff"), " \t\r\n"))
	return strings.HasPrefix(text, "<!doctype html") || strings.HasPrefix(text, "<html") || strings.HasPrefix(text, "<head")
}

// isJSON reports whether a text begins as a source map does.
func isJSON(head []byte) bool {
	text := strings.TrimLeft(strings.TrimPrefix(string(head[:min(len(head), headSize)]), "\ufeff"), " \t\r\n")
	return strings.HasPrefix(text, "{") || strings.HasPrefix(text, ")]}")
}

// isPage reports whether an address is that of a page by its name.
func isPage(u *url.URL) bool {
	switch strings.ToLower(path.Ext(u.Path)) {
	case ".html", ".htm", ".xhtml":
		return true
	}
	return false
}

// maxText is how much of a body is looked at for names of others.
const maxText = 32 << 20

// follow queues what a response names. Text is its body, if that is in memory; found says that
// there are findings in it, for which its map is needed.
func (c *crawl) follow(u *url.URL, it item, resp *response, html bool, text []byte, found bool) {
	if it.isMap || strings.HasSuffix(u.Path, ".map") || strings.HasSuffix(u.Path, ".wasm") {
		return
	}
	if text == nil && resp.Size > 0 {
		c.large.Lock()
		defer c.large.Unlock()
		b, err := resp.open()
		if err != nil {
			return
		}
		text, _ = io.ReadAll(io.LimitReader(b, maxText))
		_ = b.Close()
	}
	if resp.Size > maxText {
		c.out.problem(resp.URL, fmt.Sprintf("files that are named behind its first %d bytes were not looked for", maxText))
	}
	if html {
		c.followPage(u, it, text)
		return
	}
	c.followScript(u, resp, text, found)
}

package site

import (
	"net/url"
	"path"
	"slices"
	"strings"
)

// followPage queues what a page names: its files, and other pages.
func (c *crawl) followPage(u *url.URL, it item, text []byte) {
	p := parsePage(u, text)
	for _, href := range p.assets {
		c.addAsset(p.base, name{text: href, given: true}, u, true)
	}
	for _, n := range namesIn(text).names {
		c.addAsset(p.base, n, u, true)
	}
	for _, script := range p.scripts {
		c.webpack.read(u, script, &c.mu)
	}
	for _, href := range p.links {
		c.addPage(p.base, href, it, u)
	}
}

// addPage queues a page that a link leads to, unless it is of another site or too far away.
func (c *crawl) addPage(base *url.URL, href string, it item, from *url.URL) {
	u, err := base.Parse(strings.TrimSpace(href))
	if err != nil {
		return
	}
	u.Fragment, u.RawFragment = "", ""
	if u.Path == "" {
		u.Path = "/"
	}
	c.mu.Lock()
	ours := c.origins[origin(u)]
	known := c.fetched[u.String()] != nil
	c.mu.Unlock()
	ext := strings.ToLower(path.Ext(u.Path))
	if !ours || u.User != nil || known || slices.Contains(notPages, ext) {
		return
	}
	switch {
	case it.depth < c.o.Depth:
		c.add(item{urls: []*url.URL{u}, page: true, given: true, depth: it.depth + 1, from: from.String()})
	case c.o.Depth == 0 && len(c.o.Header) > 0:
		c.out.leaveOut(withHeader, u.String())
	default:
		c.out.leaveOut(tooDeep, u.String())
	}
}

// notPages end the names of what links lead to that is no page.
var notPages = []string{
	".pdf", ".zip", ".gz", ".tgz", ".exe", ".dmg", ".msi", ".apk", ".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg", ".ico",
	".mp3", ".mp4", ".webm", ".mov", ".avi", ".woff", ".woff2", ".docx", ".xlsx", ".pptx", ".iso",
}

// followScript queues what a script, a style or a manifest names. Found says that it has findings.
func (c *crawl) followScript(u *url.URL, resp *response, text []byte, found bool) {
	isScript := isBundle(u, resp)
	l := namesIn(text)
	for _, n := range l.names {
		c.addAsset(u, n, u, false)
	}
	if !isScript {
		return
	}
	if l.chunks {
		c.webpack.read(u, text, &c.mu)
	}
	for _, header := range []string{"SourceMap", "X-SourceMap"} {
		if address := resp.Header.Get(header); address != "" {
			c.addMap(u, address, true, found)
			return
		}
	}
	switch {
	case strings.HasPrefix(l.sourceMap, "data:"):
	case l.sourceMap != "":
		c.addMap(u, l.sourceMap, true, found)
	default:
		c.addMap(u, path.Base(u.Path)+".map", false, found)
	}
}

// isBundle reports whether a response may have a source map.
func isBundle(u *url.URL, resp *response) bool {
	switch path.Ext(u.Path) {
	case ".js", ".mjs", ".cjs", ".css":
		return true
	}
	contentType := resp.Header.Get("Content-Type")
	return strings.Contains(contentType, "javascript") || strings.Contains(contentType, "text/css")
}

// addMap queues the map of the bundle at u, which is needed if there are findings in that.
func (c *crawl) addMap(u *url.URL, address string, given, needed bool) {
	if !given {
		address = "./" + url.PathEscape(address)
	}
	m, err := u.Parse(address)
	if err != nil || !c.inScope(m, false) {
		return
	}
	m.Fragment, m.RawFragment = "", ""
	if needed {
		c.mu.Lock()
		c.needed[m.String()] = true
		c.mu.Unlock()
	}
	c.add(item{urls: []*url.URL{m}, given: given, from: u.String(), isMap: true})
}

// inScope reports whether a file may be fetched from where it is. From other hosts it is only
// if the user says so, and only if a page loads something from there.
func (c *crawl) inScope(u *url.URL, byPage bool) bool {
	if u.Scheme != "http" && u.Scheme != "https" || u.User != nil || u.Hostname() == "" {
		return false
	}
	c.mu.Lock()
	ours := c.origins[origin(u)] || c.assets[origin(u)]
	if !ours && c.o.FollowAssets && byPage {
		c.assets[origin(u)], ours = true, true
	}
	c.mu.Unlock()
	if !ours {
		c.out.leaveOut(otherHosts, u.Scheme+"://"+u.Host+u.Path)
	}
	return ours
}

// addAsset queues a file that is named in the page or script from.
func (c *crawl) addAsset(base *url.URL, n name, from *url.URL, byPage bool) {
	var urls []*url.URL
	given := n.given
	for _, u := range candidates(base, from, n.text) {
		if c.inScope(u, byPage && n.given) {
			urls = append(urls, u)
		}
	}
	if len(urls) == 0 {
		return
	}
	c.add(item{urls: urls, given: given, from: from.String(), isMap: strings.HasSuffix(urls[0].Path, ".map")})
}

// candidates returns where a file of this name may be. Bundlers write names that begin at the
// folder that an app is served from, which nothing in the script says: a folder that
// is in the address of the script, too, says it.
func candidates(base, from *url.URL, text string) (urls []*url.URL) {
	add := func(base *url.URL, text string) {
		u, err := base.Parse(text)
		if err != nil {
			return
		}
		u.Fragment, u.RawFragment = "", ""
		if !slices.ContainsFunc(urls, func(o *url.URL) bool { return o.String() == u.String() }) {
			urls = append(urls, u)
		}
	}
	if isWhole(text) || strings.HasPrefix(text, ".") {
		add(base, text)
		return urls
	}
	if first, _, ok := strings.Cut(text, "/"); ok {
		if i := strings.Index(from.Path, "/"+first+"/"); i >= 0 {
			add(from, from.Path[:i+1]+text)
		}
	}
	add(base, "./"+text)
	add(from, "/"+text)
	return urls
}

// isWhole reports whether an address does not depend on the folder of what names it.
func isWhole(text string) bool { return strings.HasPrefix(text, "/") || strings.Contains(text, "://") }

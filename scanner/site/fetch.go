package site

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"
)

// maxRedirects is how many redirects one after another are followed.
const maxRedirects = 10

var (
	errTime    = errors.New("the time was over")
	errPrivate = errors.New("its address is private: name the host on the command line to have it fetched")
	errTooBig  = errors.New("it is larger than is fetched of one file")
)

// A client sends GET requests for a crawl, and nothing else.
type client struct {
	http    *http.Client
	named   map[string]bool // hosts that the user named
	origins map[string]bool // with header
	header  http.Header
	agent   string
	// allowed reports whether a redirect may lead to an address.
	allowed func(from, to *url.URL) error
}

func newClient(o Options, named, origins map[string]bool, allowed func(from, to *url.URL) error) *client {
	c := &client{named: named, origins: origins, header: o.Header, agent: o.Agent, allowed: allowed}
	transport := &http.Transport{
		Proxy: http.ProxyFromEnvironment, ForceAttemptHTTP2: true, DisableCompression: true,
		MaxIdleConnsPerHost: o.Jobs, IdleConnTimeout: 30 * time.Second, TLSHandshakeTimeout: 15 * time.Second,
		ResponseHeaderTimeout: o.Response, MaxResponseHeaderBytes: 1 << 20, ReadBufferSize: 64 << 10,
		DialContext: c.dial,
	}
	proxied := o.Proxy != nil
	if proxied {
		transport.Proxy = http.ProxyURL(o.Proxy)
	}
	c.http = &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	if proxied { // it is dialled in the place of the hosts
		c.named[strings.ToLower(o.Proxy.Hostname())] = true
	}
	return c
}

// dial connects to a host, unless its address is private and the user did not name it. That is
// looked at when the name is resolved: a public name may lead anywhere.
func (c *client) dial(ctx context.Context, network, address string) (net.Conn, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	d := net.Dialer{Timeout: 15 * time.Second}
	if !c.named[strings.ToLower(host)] && !c.isProxy(address) {
		d.Control = func(_, address string, _ syscall.RawConn) error {
			at, err := netip.ParseAddrPort(address)
			if err != nil || isPrivate(at.Addr()) {
				return errPrivate
			}
			return nil
		}
	}
	return d.DialContext(ctx, network, address)
}

// isProxy reports whether the environment names a proxy at address, for any of the hosts.
func (c *client) isProxy(address string) bool {
	for _, scheme := range []string{"http", "https"} {
		for host := range c.named {
			proxy, err := http.ProxyFromEnvironment(&http.Request{URL: &url.URL{Scheme: scheme, Host: host}})
			if err == nil && proxy != nil && (proxy.Host == address || proxy.Hostname()+":"+portOf(proxy) == address) {
				return true
			}
		}
	}
	return false
}

func portOf(u *url.URL) string {
	if p := u.Port(); p != "" {
		return p
	}
	return map[string]string{"https": "443", "socks5": "1080", "socks5h": "1080"}[u.Scheme]
}

var privateRanges = func() (list []netip.Prefix) {
	// https://www.iana.org/assignments/iana-ipv4-special-registry and the one for IPv6: what
	// netip has no name for. The last three hold an IPv4 address.
	for _, p := range []string{"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "198.18.0.0/15", "240.0.0.0/4", "fec0::/10", "64:ff9b::/96", "64:ff9b:1::/48", "2002::/16"} {
		list = append(list, netip.MustParsePrefix(p))
	}
	return list
}()

// isPrivate reports whether an address is not one of the public Internet.
func isPrivate(a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	if !a.IsGlobalUnicast() || a.IsPrivate() {
		return true
	}
	for _, p := range privateRanges {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

// An answer is a response of which the redirects were followed.
type answer struct {
	url    *url.URL
	status int
	header http.Header
	body   io.ReadCloser // decompressed
}

// get fetches an address, following redirects as far as they are allowed. It calls pace before
// each request.
func (c *client) get(ctx context.Context, u *url.URL, pace func() error) (*answer, error) {
	for range maxRedirects + 1 {
		if err := pace(); err != nil {
			return nil, err
		}
		resp, err := c.send(ctx, u)
		if err != nil {
			return nil, err
		}
		location := resp.Header.Get("Location")
		if resp.StatusCode < 300 || resp.StatusCode > 399 || location == "" {
			body, err := decompressed(resp)
			if err != nil {
				_ = resp.Body.Close()
				return nil, err
			}
			return &answer{u, resp.StatusCode, resp.Header, body}, nil
		}
		_ = resp.Body.Close()
		next, err := u.Parse(location)
		if err != nil {
			return nil, errors.New("it redirects to what is no address")
		}
		next.Fragment, next.RawFragment = "", ""
		if err := c.allowed(u, next); err != nil {
			return nil, err
		}
		u = next
	}
	return nil, fmt.Errorf("it redirects more than %d times", maxRedirects)
}

func (c *client) send(ctx context.Context, u *url.URL) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), http.NoBody)
	if err != nil {
		return nil, err
	}
	if c.origins[origin(u)] {
		req.Header = c.header.Clone()
		if host := req.Header.Get("Host"); host != "" {
			req.Host = host
		}
	}
	if req.Header == nil {
		req.Header = http.Header{}
	}
	if req.Header.Get("User-Agent") == "" {
		req.Header.Set("User-Agent", c.agent)
	}
	if req.Header.Get("Accept") == "" {
		req.Header.Set("Accept", "*/*")
	}
	req.Header.Set("Accept-Encoding", "gzip, br, zstd")
	return c.http.Do(req)
}

// decompressed returns the body without its Content-Encoding.
func decompressed(resp *http.Response) (io.ReadCloser, error) {
	body := resp.Body
	for name := range strings.SplitSeq(strings.ToLower(resp.Header.Get("Content-Encoding")), ",") {
		var r io.Reader
		var err error
		switch strings.TrimSpace(name) {
		case "", "identity":
			continue
		case "gzip", "x-gzip":
			r, err = gzip.NewReader(body)
		case "br":
			r = brotli.NewReader(body)
		case "deflate":
			r, err = zlib.NewReader(body)
		case "zstd":
			// RFC 9659: no browser takes a window that is larger.
			d, newErr := zstd.NewReader(body, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(8<<20), zstd.WithDecoderLowmem(true))
			if err = newErr; err == nil {
				r = d.IOReadCloser()
			}
		default:
			return nil, fmt.Errorf("its Content-Encoding %q is not known", name)
		}
		if errors.Is(err, io.EOF) {
			r, err = bytes.NewReader(nil), nil // an empty body
		}
		if err != nil {
			return nil, fmt.Errorf("its body is damaged: %w", err)
		}
		body = readCloser{r, body}
	}
	return body, nil
}

type readCloser struct {
	io.Reader
	io.Closer
}

// origin returns the scheme, host and port of an address.
func origin(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	return u.Scheme + "://" + strings.ToLower(u.Hostname()) + ":" + port
}

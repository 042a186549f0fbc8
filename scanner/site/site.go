// Package site searches a deployed front end: what a web server gives to a browser. It fetches
// the pages that the user names, and whatever they and their scripts name in turn; it runs
// no script. It talks only to hosts that the user named, and to those from which these
// pages load scripts if the user says so.
package site

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/rules"
	"github.com/neokeys/neokeys/scanner"
)

// Options say what to fetch and how, and how to search it.
type Options struct {
	// Targets are addresses of pages, folders that were saved, and HAR files.
	Targets []string
	Rules   *rules.Set
	// Jobs is how many requests are under way at a time.
	Jobs int
	// Depth is how many links between pages are followed, one behind the other.
	Depth int
	// FollowAssets fetches scripts and the like from other hosts, if a page loads them.
	FollowAssets bool
	// Rate is how many requests are sent a second; 0 is no limit.
	Rate float64
	// Header is sent with each request to an origin that the user named.
	Header http.Header
	// Proxy is the proxy of all requests; nil for what the environment says.
	Proxy *url.URL
	// Agent is the User-Agent.
	Agent string
	// Save is the folder that keeps what was fetched; empty to keep nothing.
	Save string
	Limits
	// MaxArchiveDepth is how many archives in one another are opened; 0 opens none.
	MaxArchiveDepth int
	// Progress counts what was done; it may be nil.
	Progress *scanner.Progress
}

// Limits bound what a site can make neokeys do. What they cut off is a problem of the result.
type Limits struct {
	Requests int
	Bytes    int64 // of all bodies, decompressed
	Body     int64 // of one body, decompressed
	Time     time.Duration
	Response time.Duration // for one response, with its body
}

// DefaultLimits are those where the user says nothing.
var DefaultLimits = Limits{
	Requests: 5000, Bytes: 1 << 30, Body: 100 << 20, Time: 15 * time.Minute, Response: time.Minute,
}

// IsURL reports whether a target is an address rather than a path.
func IsURL(target string) bool {
	lower := strings.ToLower(target)
	return strings.HasPrefix(lower, "http://") || strings.HasPrefix(lower, "https://")
}

// Run fetches the targets and searches them. Whatever cannot be fetched is among the result's
// problems. The error is that nothing could be done.
func Run(ctx context.Context, o Options) (*finding.Result, error) {
	started := time.Now()
	if o.Progress == nil {
		o.Progress = new(scanner.Progress)
	}
	s, err := open(o.Save)
	if err != nil {
		return nil, err
	}
	defer s.close()
	out := &outcome{}
	var pages []*url.URL
	for _, target := range o.Targets {
		switch {
		case IsURL(target):
			u, err := parseTarget(target)
			if err != nil {
				return nil, err
			}
			pages = append(pages, u)
		default:
			if err := s.load(ctx, target, o.Limits, out); err != nil {
				return nil, err
			}
		}
	}
	search := newSearch(ctx, o, s, out)
	if len(pages) > 0 {
		fetch, cancel := context.WithTimeoutCause(ctx, o.Time, errTime)
		newCrawl(fetch, o, s, out, search, pages).run()
		cancel()
	}
	if o.Save != "" {
		if err := s.writeIndex(); err != nil {
			return nil, fmt.Errorf("what was fetched cannot be kept: %w", err)
		}
	}
	search.loaded()
	r := search.finish()
	r.Summary.Duration = time.Since(started)
	return r, nil
}

func parseTarget(target string) (*url.URL, error) {
	u, err := url.Parse(target)
	if err != nil {
		return nil, fmt.Errorf("%q is not an address: write it as in https://app.example.com/", rules.Mask(target))
	}
	u.Scheme = strings.ToLower(u.Scheme)
	u.Host = strings.ToLower(u.Host)
	u.Fragment, u.RawFragment = "", ""
	if u.Hostname() == "" {
		return nil, fmt.Errorf("%q has no host: write it as in https://app.example.com/", rules.Mask(target))
	}
	if u.User != nil {
		return nil, errors.New("an address with a user name and a password in it: give them with --header \"Authorization: Basic ...\"")
	}
	if u.Path == "" {
		u.Path = "/"
	}
	return u, nil
}

// isFile reports whether a path leads to a regular file.
func isFile(path string) bool {
	info, err := os.Lstat(path)
	return err == nil && info.Mode().IsRegular()
}

package verify

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"strings"
)

// The documented endpoints.
const (
	// DefaultAPIURL lists the agents that a neo_sk_ key can reach.
	DefaultAPIURL = "https://api.neoagent.io/public-api/agents"
	// DefaultLegacyAPIURL takes the raw tokens of the older API. Its path is
	// the sample that the older guide gives.
	DefaultLegacyAPIURL = "https://app.neoagent.co/api/endpoint"
)

// FromEnv fills in the URLs that are still empty from NEO_API_URL and
// NEO_LEGACY_API_URL.
func (o *Options) FromEnv(getenv func(string) string) {
	if o.APIURL == "" {
		o.APIURL = getenv("NEO_API_URL")
	}
	if o.LegacyAPIURL == "" {
		o.LegacyAPIURL = getenv("NEO_LEGACY_API_URL")
	}
}

// An endpoint is where keys of one kind are asked about.
type endpoint struct {
	url    *url.URL
	option string // what sets the URL, for messages
	bearer bool   // whether the key goes behind "Bearer "
	// enveloped means that every answer is documented to come in Neo's envelope.
	enveloped bool
	control   control
	budget
}

func newAPIEndpoint(raw string) (*endpoint, error) {
	const option = "--api-url (or NEO_API_URL)"
	if raw == "" {
		raw = DefaultAPIURL
	}
	u, err := parseURL(raw)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", option, err)
	}
	// A gateway is often known by its base, as in NEO_API_URL of other tools.
	switch path := strings.TrimSuffix(u.Path, "/"); {
	case path == "":
		u = u.JoinPath("public-api", "agents")
	case strings.HasSuffix(path, "/public-api"):
		u = u.JoinPath("agents")
	}
	return &endpoint{url: u, option: option, bearer: true, enveloped: true}, nil
}

func newLegacyEndpoint(raw string) (*endpoint, error) {
	const option = "--legacy-api-url (or NEO_LEGACY_API_URL)"
	if raw == "" {
		raw = DefaultLegacyAPIURL
	}
	u, err := parseURL(raw)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", option, err)
	}
	if strings.Trim(u.Path, "/") == "" {
		return nil, fmt.Errorf("%s: the URL has no path: give the whole URL of an endpoint, such as %s", option, DefaultLegacyAPIURL)
	}
	return &endpoint{url: u, option: option}, nil
}

// parseURL admits URLs to which a key may be sent. Its errors do not repeat the
// URL, which may hold a password.
func parseURL(raw string) (*url.URL, error) {
	u, err := url.Parse(raw)
	switch {
	case err != nil || u.Opaque != "" || u.Hostname() == "":
		return nil, errors.New("not a URL: give one such as " + DefaultAPIURL)
	case u.User != nil:
		return nil, errors.New("a URL with a user name or password in it is refused: leave out what stands before the @")
	case strings.Contains(raw, "#"):
		return nil, errors.New("a URL with a # in it is refused: leave out the # and what follows")
	case strings.Contains(raw, prefix):
		return nil, errors.New("the URL holds a key: leave it out, keys are sent in a header")
	case u.Scheme == "http" && !loopback(u.Hostname()):
		return nil, errors.New("keys are not sent over plain http, except to this machine (localhost, 127.0.0.1, [::1]): use https://")
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, errors.New("not an https:// URL: give one such as " + DefaultAPIURL)
	}
	return u, nil
}

// loopback reports whether host can be no other machine than this one.
func loopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.Zone() == "" && addr.IsLoopback()
}

// name identifies the endpoint in the cache. A query is left out, which for some
// gateways holds a password.
func (e *endpoint) name() string {
	u := *e.url
	u.RawQuery, u.ForceQuery = "", false
	return u.String()
}

// question returns the URL to ask about a key at. Of a list of agents, the first is
// enough: only whether it may be read matters.
func (e *endpoint) question() string {
	u := *e.url
	if e.enveloped && !u.Query().Has("page_size") {
		u.RawQuery = strings.TrimPrefix(u.RawQuery+"&page_size=1", "&")
	}
	return u.String()
}

func (e *endpoint) host() string { return e.url.Host }

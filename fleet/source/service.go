package source

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/neokeys/neokeys/fleet/store"
	"github.com/neokeys/neokeys/scanner/remote"
)

// A Kind is a kind of service that has repositories for organisations.
type Kind string

// The kinds.
const (
	GitHub    Kind = "github"
	GitLab    Kind = "gitlab"
	Bitbucket Kind = "bitbucket"
	Gitea     Kind = "gitea" // and Forgejo
)

// Kinds returns all kinds.
func Kinds() []Kind { return []Kind{GitHub, GitLab, Bitbucket, Gitea} }

// usualServers are where services are that nobody runs by themselves.
var usualServers = map[Kind]string{GitHub: "https://github.com", GitLab: "https://gitlab.com", Bitbucket: "https://bitbucket.org", Gitea: "https://codeberg.org"}

// Visibilities are what [Filter.Visibility] may be. Internal repositories are those that all who
// have an account may see.
var Visibilities = []string{"public", "private", "internal"}

// A Filter says which of an organisation's repositories are wanted.
type Filter struct {
	NoArchived, NoForks bool
	Visibility          string // one of Visibilities; empty for all
}

// A Service is a server with the repositories of organisations.
type Service struct {
	Kind Kind
	// Server is the URL of one that is not the usual one, as GitHub Enterprise.
	Server string
	// Token is sent to the service's API; empty for none.
	Token string
	// App signs in to GitHub in place of Token; nil does not.
	App    *App
	Filter Filter
	// SSH gives the addresses for ssh in place of those for https.
	SSH bool
	// Transport makes the requests; nil is the usual one.
	Transport http.RoundTripper
	// Wait is called when the service's limit makes the program wait; it may be nil.
	Wait func(host string, wait time.Duration)

	base *url.URL
	http *http.Client
}

// A listed repository is what an API says of one.
type listed struct {
	https, ssh     string
	archived, fork bool
	visibility     string
}

// Host returns the host that tokens are for.
func (s *Service) Host() (string, error) {
	if err := s.prepare(); err != nil {
		return "", err
	}
	return s.base.Host, nil
}

// prepare makes what requests need.
func (s *Service) prepare() error {
	if s.base != nil {
		return nil
	}
	base, err := parseServer(s.Kind, s.Server)
	if err != nil {
		return err
	}
	if base.Scheme == "http" && s.Token != "" && !isLoopback(base.Hostname()) {
		return errors.New("--server: a token is not sent over http: use https")
	}
	s.base = base
	s.http = &http.Client{Transport: newBudget(s.Transport, s.Wait), CheckRedirect: sameHost}
	return nil
}

// parseServer reads the address of a service; an empty one is the usual server.
func parseServer(kind Kind, server string) (*url.URL, error) {
	base, err := url.Parse(cmp.Or(server, usualServers[kind]))
	if err != nil || base.Host == "" || base.Scheme != "https" && base.Scheme != "http" || base.User != nil || base.RawQuery != "" {
		return nil, errors.New("--server: write the address of the service, such as https://git.example.com")
	}
	base.Host = strings.ToLower(base.Host)
	base.Path = strings.TrimRight(base.Path, "/")
	return base, nil
}

// usualHost returns the host of a kind's usual server.
func usualHost(kind Kind) string { return strings.TrimPrefix(usualServers[kind], "https://") }

func isLoopback(host string) bool {
	return host == "localhost" || host == "::1" || strings.HasPrefix(host, "127.")
}

// sameHost refuses to be led to another host, which should get no token.
func sameHost(req *http.Request, via []*http.Request) error {
	if len(via) >= 5 || req.URL.Host != via[0].URL.Host || req.URL.Scheme != via[0].URL.Scheme {
		return fmt.Errorf("it redirects to %s, which was not named", req.URL.Host)
	}
	return nil
}

// Repositories returns the repositories of an organisation, group, workspace or user.
func (s *Service) Repositories(ctx context.Context, owner string) ([]store.Repository, error) {
	if err := s.prepare(); err != nil {
		return nil, err
	}
	list := map[Kind]func(context.Context, string) ([]listed, error){
		GitHub: s.github, GitLab: s.gitlab, Bitbucket: s.bitbucket, Gitea: s.gitea,
	}[s.Kind]
	if list == nil {
		return nil, fmt.Errorf("%q is no kind of service", s.Kind)
	}
	all, err := list(ctx, owner)
	if err != nil {
		return nil, fmt.Errorf("%s: the repositories of %q cannot be listed: %w", s.base.Host, owner, err)
	}
	c := collection{seen: map[string]bool{}}
	for _, l := range all {
		if !s.Filter.wants(l) {
			continue
		}
		if err := s.put(&c, l); err != nil {
			return nil, err
		}
	}
	return c.list, nil
}

// put adds one that the service named. It must be on the service's own host.
func (s *Service) put(c *collection, l listed) error {
	address := l.https
	if s.SSH {
		address = l.ssh
	}
	u, err := remote.Parse(address)
	if err != nil {
		return fmt.Errorf("%s names a repository that cannot be used: %w", s.base.Host, err)
	}
	if u.Host != s.base.Hostname() {
		return fmt.Errorf("%s names a repository on %s, which was not named: list its address in a file if it is meant", s.base.Host, u.Host)
	}
	c.put(store.Repository{URL: u.String(), Name: u.String(), Host: u.Server()})
	return nil
}

func (f *Filter) wants(l listed) bool {
	switch {
	case f.NoArchived && l.archived, f.NoForks && l.fork:
		return false
	}
	return f.Visibility == "" || f.Visibility == l.visibility
}

// Check looks at the filter.
func (f *Filter) Check() error {
	if f.Visibility != "" && !slices.Contains(Visibilities, f.Visibility) {
		return fmt.Errorf("--visibility: unknown value %q: use %s", f.Visibility, strings.Join(Visibilities, ", "))
	}
	return nil
}

// visibilityOf is for services that only know whether a repository is private.
func visibilityOf(private bool) string {
	if private {
		return "private"
	}
	return "public"
}

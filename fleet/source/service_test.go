package source

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"
)

// A fake is a service with repositories of one owner, in pages.
type fake struct {
	t      *testing.T
	count  int      // repositories
	asked  []string // paths with queries
	tokens []string // the headers that were sent
	limit  func(n int, w http.ResponseWriter) (refused bool)
	serve  func(f *fake, w http.ResponseWriter, r *http.Request, base string)
}

func (f *fake) start() *httptest.Server {
	var server *httptest.Server
	server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f.asked = append(f.asked, r.URL.RequestURI())
		f.tokens = append(f.tokens, r.Header.Get("Authorization"))
		if f.limit != nil && f.limit(len(f.asked), w) {
			return
		}
		f.serve(f, w, r, server.URL)
	}))
	f.t.Cleanup(server.Close)
	return server
}

// page returns the numbers of the repositories of a page, which begins with 1, and whether it is the
// last.
func (f *fake) page(page, size int) (numbers []int, last bool) {
	for i := (page - 1) * size; i < min(page*size, f.count); i++ {
		numbers = append(numbers, i)
	}
	return numbers, page*size >= f.count
}

func number(r *http.Request, name string, otherwise int) int {
	n, err := strconv.Atoi(r.URL.Query().Get(name))
	if err != nil {
		return otherwise
	}
	return n
}

func write(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v) // to a test
}

// Every third repository is archived, every fifth a fork, every second private.
func attributes(i int) (archived, fork, private bool) { return i%3 == 0, i%5 == 0, i%2 == 0 }

// serveGitHub imitates the lists of organisations and users, with links to the next page.
func serveGitHub(f *fake, w http.ResponseWriter, r *http.Request, base string) {
	path := strings.TrimPrefix(r.URL.Path, "/api/v3")
	if path != "/orgs/acme/repos" && path != "/users/jo/repos" {
		w.WriteHeader(http.StatusNotFound)
		write(w, map[string]string{"message": "Not Found"})
		return
	}
	page := number(r, "page", 1)
	numbers, last := f.page(page, number(r, "per_page", 30))
	list := []map[string]any{}
	for _, i := range numbers {
		archived, fork, private := attributes(i)
		list = append(list, map[string]any{
			"clone_url": fmt.Sprintf("%s/acme/r%d.git", base, i), "ssh_url": fmt.Sprintf("git@127.0.0.1:acme/r%d.git", i),
			"archived": archived, "fork": fork, "private": private, "visibility": visibilityOf(private),
		})
	}
	if !last {
		next := *r.URL
		q := next.Query()
		q.Set("page", strconv.Itoa(page+1))
		next.RawQuery = q.Encode()
		w.Header().Set("Link", fmt.Sprintf(`<%s%s>; rel="next", <%s%s>; rel="last"`, base, next.RequestURI(), base, next.RequestURI()))
	}
	write(w, list)
}

func serveGitLab(f *fake, w http.ResponseWriter, r *http.Request, base string) {
	if p := r.URL.EscapedPath(); p != "/api/v4/groups/acme%2Fshop/projects" && p != "/api/v4/users/jo/projects" {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	page := number(r, "page", 1)
	numbers, last := f.page(page, number(r, "per_page", 20))
	list := []map[string]any{}
	for _, i := range numbers {
		archived, fork, private := attributes(i)
		p := map[string]any{"http_url_to_repo": fmt.Sprintf("%s/acme/r%d.git", base, i), "archived": archived, "visibility": visibilityOf(private)}
		if fork {
			p["forked_from_project"] = map[string]any{"id": 1}
		}
		list = append(list, p)
	}
	if !last {
		w.Header().Set("X-Next-Page", strconv.Itoa(page+1))
	}
	write(w, list)
}

func serveGitea(f *fake, w http.ResponseWriter, r *http.Request, base string) {
	if r.URL.Path != "/api/v1/orgs/acme/repos" && r.URL.Path != "/api/v1/users/jo/repos" {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	// This server gives at most 20, whatever it is asked for.
	numbers, _ := f.page(number(r, "page", 1), min(20, number(r, "limit", 20)))
	list := []map[string]any{}
	for _, i := range numbers {
		archived, fork, private := attributes(i)
		list = append(list, map[string]any{"clone_url": fmt.Sprintf("%s/acme/r%d.git", base, i), "archived": archived, "fork": fork, "private": private})
	}
	write(w, list)
}

func serveBitbucketServer(f *fake, w http.ResponseWriter, r *http.Request, base string) {
	if r.URL.Path != "/rest/api/1.0/projects/acme/repos" {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	start, limit := number(r, "start", 0), min(25, number(r, "limit", 25))
	numbers, last := f.page(start/limit+1, limit)
	var values []map[string]any
	for _, i := range numbers {
		archived, fork, private := attributes(i)
		v := map[string]any{"archived": archived, "public": !private, "links": map[string]any{"clone": []map[string]string{{"name": "http", "href": fmt.Sprintf("%s/scm/acme/r%d.git", base, i)}}}}
		if fork {
			v["origin"] = map[string]any{"id": 1}
		}
		values = append(values, v)
	}
	write(w, map[string]any{"isLastPage": last, "nextPageStart": start + limit, "values": values})
}

// All pages of each service are read, with its filters.
func TestServices(t *testing.T) {
	for _, c := range []struct {
		kind        Kind
		owners      []string
		serve       func(*fake, http.ResponseWriter, *http.Request, string)
		address     string
		allRequests int
	}{
		{GitHub, []string{"acme", "jo"}, serveGitHub, "/acme/r%d.git", 3},
		{GitLab, []string{"acme/shop", "jo"}, serveGitLab, "/acme/r%d.git", 3},
		{Gitea, []string{"acme", "jo"}, serveGitea, "/acme/r%d.git", 13},
		{Bitbucket, []string{"acme"}, serveBitbucketServer, "/scm/acme/r%d.git", 10},
	} {
		t.Run(string(c.kind), func(t *testing.T) {
			const n = 230
			f := &fake{t: t, count: n, serve: c.serve}
			server := f.start()
			s := &Service{Kind: c.kind, Server: server.URL, Token: "abc"}
			for _, owner := range c.owners {
				f.asked, f.tokens = nil, nil
				list, err := s.Repositories(context.Background(), owner)
				if err != nil || len(list) != n {
					t.Fatalf("%s: %d repositories, %v", owner, len(list), err)
				}
				for i, r := range list {
					if want := server.URL + fmt.Sprintf(c.address, i); r.URL != want || r.Host != strings.TrimPrefix(server.URL, "http://") {
						t.Fatalf("repository %d is %+v, want %s", i, r, want)
					}
				}
				if owner == c.owners[0] && len(f.asked) != c.allRequests {
					t.Errorf("%d requests, want %d: %q", len(f.asked), c.allRequests, f.asked)
				}
				for _, token := range f.tokens {
					if token != "Bearer abc" {
						t.Errorf("%q was sent", token)
					}
				}
			}
			s.Filter = Filter{NoArchived: true, NoForks: true, Visibility: "public"}
			list, err := s.Repositories(context.Background(), c.owners[0])
			want := 0
			for i := range n {
				if archived, fork, private := attributes(i); !archived && !fork && !private {
					want++
				}
			}
			if err != nil || len(list) != want {
				t.Errorf("filtered: %d repositories, %v; want %d", len(list), err, want)
			}
			if _, err := s.Repositories(context.Background(), "nobody"); err == nil || !strings.Contains(err.Error(), "no such owner") {
				t.Errorf("an owner that there is not gives %v", err)
			}
		})
	}
}

// hostTo leads requests for one host to a test server.
type hostTo struct{ from, to string }

func (h hostTo) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Host != h.from {
		return nil, fmt.Errorf("a request went to %s", r.URL.Host)
	}
	r = r.Clone(r.Context())
	r.URL.Scheme, r.URL.Host = "http", h.to
	return http.DefaultTransport.RoundTrip(r)
}

func TestBitbucketCloud(t *testing.T) {
	f := &fake{t: t, count: 150}
	f.serve = func(f *fake, w http.ResponseWriter, r *http.Request, _ string) {
		page := number(r, "page", 1)
		numbers, last := f.page(page, number(r, "pagelen", 10))
		var values []map[string]any
		for _, i := range numbers {
			values = append(values, map[string]any{"is_private": true, "links": map[string]any{"clone": []map[string]string{
				{"name": "https", "href": fmt.Sprintf("https://me@bitbucket.org/acme/r%d.git", i)}, {"name": "ssh", "href": fmt.Sprintf("git@bitbucket.org:acme/r%d.git", i)},
			}}})
		}
		answer := map[string]any{"values": values}
		if !last {
			answer["next"] = fmt.Sprintf("https://api.bitbucket.org/2.0/repositories/acme?pagelen=100&page=%d", page+1)
		}
		write(w, answer)
	}
	s := &Service{Kind: Bitbucket, Token: "me:password", Transport: hostTo{"api.bitbucket.org", strings.TrimPrefix(f.start().URL, "http://")}}
	list, err := s.Repositories(context.Background(), "acme")
	if err != nil || len(list) != 150 || list[149].URL != "https://bitbucket.org/acme/r149.git" {
		t.Fatalf("%d repositories, %v", len(list), err)
	}
	if !strings.HasPrefix(f.tokens[0], "Basic ") {
		t.Errorf("an app password is sent as %q", f.tokens[0])
	}
	s.SSH = true
	if list, err = s.Repositories(context.Background(), "acme"); err != nil || list[0].URL != "git@bitbucket.org:acme/r0.git" {
		t.Errorf("by ssh: %v, %v", list, err)
	}
}

// The program waits when the answers say that the budget is used up, or refuse.
func TestBudget(t *testing.T) {
	for name, limit := range map[string]func(n int, w http.ResponseWriter) bool{
		"nothing left": func(n int, w http.ResponseWriter) bool {
			if n == 1 {
				w.Header().Set("X-RateLimit-Remaining", "0")
				w.Header().Set("X-RateLimit-Reset", strconv.FormatInt(time.Now().Add(2*time.Second).Unix(), 10))
			}
			return false
		},
		"refused": func(n int, w http.ResponseWriter) bool {
			if n == 2 {
				w.Header().Set("Retry-After", "1")
				w.WriteHeader(http.StatusForbidden)
			}
			return n == 2
		},
		"too many": func(n int, w http.ResponseWriter) bool {
			if n == 2 {
				w.Header().Set("RateLimit-Remaining", "0")
				w.Header().Set("RateLimit-Reset", "1")
				w.WriteHeader(http.StatusTooManyRequests)
			}
			return n == 2
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := &fake{t: t, count: 150, serve: serveGitHub, limit: limit}
			var waits []time.Duration
			s := &Service{Kind: GitHub, Server: f.start().URL, Wait: func(_ string, d time.Duration) { waits = append(waits, d) }}
			started := time.Now()
			list, err := s.Repositories(context.Background(), "acme")
			if err != nil || len(list) != 150 {
				t.Fatalf("%d repositories, %v", len(list), err)
			}
			if took := time.Since(started); len(waits) != 1 || took < 500*time.Millisecond {
				t.Errorf("it waits %v, %s in all", waits, took)
			}
		})
	}
}

// An interrupt ends a wait, and a limit that lasts is an error.
func TestBudgetEnds(t *testing.T) {
	f := &fake{t: t, count: 150, serve: serveGitHub, limit: func(_ int, w http.ResponseWriter) bool {
		w.Header().Set("Retry-After", "30")
		w.WriteHeader(http.StatusTooManyRequests)
		return true
	}}
	ctx, cancel := context.WithTimeout(context.Background(), 200*time.Millisecond)
	defer cancel()
	s := &Service{Kind: Gitea, Server: f.start().URL}
	started := time.Now()
	if _, err := s.Repositories(ctx, "acme"); err == nil || time.Since(started) > 5*time.Second {
		t.Errorf("after %s: %v", time.Since(started), err)
	}
}

// A service that leads elsewhere gets nothing: neither a token nor a repository.
func TestElsewhere(t *testing.T) {
	reached := false
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached = true }))
	defer other.Close()
	elsewhere := strings.Replace(other.URL, "127.0.0.1", "localhost", 1)
	for name, serve := range map[string]func(*fake, http.ResponseWriter, *http.Request, string){
		"redirect": func(_ *fake, w http.ResponseWriter, r *http.Request, _ string) {
			http.Redirect(w, r, elsewhere, http.StatusFound)
		},
		"repository": func(_ *fake, w http.ResponseWriter, _ *http.Request, _ string) {
			write(w, []map[string]any{{"clone_url": elsewhere + "/a.git"}})
		},
		"no JSON": func(_ *fake, w http.ResponseWriter, _ *http.Request, _ string) { _, _ = w.Write([]byte("<html>")) },
	} {
		f := &fake{t: t, serve: serve}
		for _, kind := range Kinds() {
			s := &Service{Kind: kind, Server: f.start().URL, Token: "secret"}
			list, err := s.Repositories(context.Background(), "acme")
			if err == nil && len(list) > 0 || reached {
				t.Errorf("%s, %s: %v, %v; reached: %v", name, kind, list, err, reached)
			}
			if err != nil && strings.Contains(err.Error(), "secret") {
				t.Errorf("the token is in %q", err)
			}
		}
	}
}

func TestServerIsChecked(t *testing.T) {
	for _, server := range []string{"git.example.com", "ftp://git.example.com", "https://me:pw@git.example.com", "http://git.example.com"} {
		s := &Service{Kind: GitLab, Server: server, Token: "x"}
		if _, err := s.Repositories(context.Background(), "a"); err == nil || !strings.Contains(err.Error(), "--server") {
			t.Errorf("%s gives %v", server, err)
		}
	}
}

// FuzzLimits reads the headers of limits.
func FuzzLimits(f *testing.F) {
	f.Add("1", "1700000000", "Wed, 21 Oct 2015 07:28:00 GMT")
	f.Fuzz(func(t *testing.T, left, reset, after string) {
		resp := &http.Response{Header: http.Header{"X-Ratelimit-Remaining": {left}, "Ratelimit-Reset": {reset}, "Retry-After": {after}}}
		if _, pause := limitOf(resp, time.Unix(1_700_000_000, 0)); pause < 0 {
			t.Errorf("a pause of %s", pause)
		}
	})
}

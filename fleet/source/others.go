package source

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// maxAnswer is how many bytes a page of a list may have.
const maxAnswer = 64 << 20

// maxPages is how many pages a list may have: a service must not keep the program for ever.
const maxPages = 10_000

var errEndless = fmt.Errorf("its list has more than %d pages", maxPages)

// errMissing is what a service answers of an owner that it does not have.
var errMissing = errors.New("there is no such owner")

// get asks for a page and reads its JSON into v.
func (s *Service) get(ctx context.Context, address string, v any) (http.Header, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	if req.URL.Host != s.apiHost() {
		return nil, fmt.Errorf("its next page is on %s, which was not named", req.URL.Host)
	}
	req.Header.Set("Accept", "application/json")
	if s.Token != "" {
		req.Header.Set("Authorization", s.authorization())
	}
	resp, err := s.http.Do(req)
	if err != nil {
		var in *url.Error
		if errors.As(err, &in) {
			err = in.Err // without the address
		}
		return nil, err
	}
	defer resp.Body.Close()
	switch {
	case resp.StatusCode == http.StatusNotFound:
		return nil, errMissing
	case resp.StatusCode != http.StatusOK:
		return nil, statusError(resp.StatusCode)
	}
	if err := json.NewDecoder(io.LimitReader(resp.Body, maxAnswer)).Decode(v); err != nil {
		return nil, errBadAnswer
	}
	return resp.Header, nil
}

// authorization returns the header with the token. Bitbucket's app passwords are user:password.
func (s *Service) authorization() string {
	if user, password, ok := strings.Cut(s.Token, ":"); ok {
		r := http.Request{Header: http.Header{}}
		r.SetBasicAuth(user, password)
		return r.Header.Get("Authorization")
	}
	return "Bearer " + s.Token
}

// apiHost returns the host of the API.
func (s *Service) apiHost() string {
	if s.Kind == Bitbucket && s.base.Host == "bitbucket.org" {
		return "api.bitbucket.org"
	}
	return s.base.Host
}

// statusError says what a status means for the user.
func statusError(status int) error {
	switch status {
	case http.StatusUnauthorized:
		return errors.New("the token is not accepted: look whether it has expired")
	case http.StatusForbidden:
		return errors.New("the token may not list them: give it the right to read repositories")
	case http.StatusTooManyRequests:
		return errors.New("its limit of requests is used up: try again later")
	}
	return fmt.Errorf("it answers with status %d %s", status, http.StatusText(status))
}

// gitlab lists the projects of a group and its subgroups, or of a user.
func (s *Service) gitlab(ctx context.Context, owner string) ([]listed, error) {
	all, err := s.gitlabPages(ctx, s.base.String()+"/api/v4/groups/"+url.PathEscape(owner)+"/projects?include_subgroups=true&with_shared=false")
	if errors.Is(err, errMissing) {
		all, err = s.gitlabPages(ctx, s.base.String()+"/api/v4/users/"+url.PathEscape(owner)+"/projects?owned=false")
	}
	if errors.Is(err, errMissing) {
		err = errNoOwner
	}
	return all, err
}

func (s *Service) gitlabPages(ctx context.Context, address string) (all []listed, err error) {
	for page := 1; page <= maxPages; {
		var projects []struct {
			HTTP       string          `json:"http_url_to_repo"`
			SSH        string          `json:"ssh_url_to_repo"`
			Archived   bool            `json:"archived"`
			Visibility string          `json:"visibility"`
			ForkedFrom json.RawMessage `json:"forked_from_project"`
		}
		header, err := s.get(ctx, fmt.Sprintf("%s&per_page=%d&page=%d&order_by=id", address, perPage, page), &projects)
		if err != nil {
			return nil, err
		}
		for _, p := range projects {
			all = append(all, listed{p.HTTP, p.SSH, p.Archived, present(p.ForkedFrom), p.Visibility})
		}
		next, _ := strconv.Atoi(header.Get("X-Next-Page")) // empty on the last page
		if next <= page {
			return all, nil
		}
		page = next
	}
	return nil, errEndless
}

func present(v json.RawMessage) bool { return len(v) > 0 && string(v) != "null" }

// gitea lists the repositories of an organisation or a user.
func (s *Service) gitea(ctx context.Context, owner string) ([]listed, error) {
	all, err := s.giteaPages(ctx, s.base.String()+"/api/v1/orgs/"+url.PathEscape(owner)+"/repos")
	if errors.Is(err, errMissing) {
		all, err = s.giteaPages(ctx, s.base.String()+"/api/v1/users/"+url.PathEscape(owner)+"/repos")
	}
	if errors.Is(err, errMissing) {
		err = errNoOwner
	}
	return all, err
}

func (s *Service) giteaPages(ctx context.Context, address string) (all []listed, err error) {
	seen := map[string]bool{}
	for page := 1; page <= maxPages; page++ {
		var repos []struct {
			HTTP     string `json:"clone_url"`
			SSH      string `json:"ssh_url"`
			Archived bool   `json:"archived"`
			Fork     bool   `json:"fork"`
			Private  bool   `json:"private"`
			Internal bool   `json:"internal"`
		}
		// A server may give fewer than it is asked for, so the end is a page without a new one.
		if _, err := s.get(ctx, fmt.Sprintf("%s?limit=%d&page=%d", address, perPage/2, page), &repos); err != nil {
			return nil, err
		}
		before := len(seen)
		for _, r := range repos {
			seen[r.HTTP] = true
			l := listed{r.HTTP, r.SSH, r.Archived, r.Fork, visibilityOf(r.Private)}
			if r.Internal {
				l.visibility = "internal"
			}
			all = append(all, l)
		}
		if len(seen) == before {
			return all, nil
		}
	}
	return nil, errEndless
}

// bitbucket lists the repositories of a workspace in the cloud, or of a project on a server.
func (s *Service) bitbucket(ctx context.Context, owner string) ([]listed, error) {
	list := s.bitbucketCloud
	if s.base.Host != "bitbucket.org" {
		list = s.bitbucketServer
	}
	all, err := list(ctx, owner)
	if errors.Is(err, errMissing) {
		err = errNoOwner
	}
	return all, err
}

// bitbucketLinks are the addresses of a repository.
type bitbucketLinks struct {
	Clone []struct{ Name, Href string }
}

func (l *bitbucketLinks) listed() (r listed) {
	for _, c := range l.Clone {
		switch c.Name {
		case "https", "http":
			r.https = c.Href
			if u, err := url.Parse(c.Href); err == nil && u.User != nil {
				u.User = nil // the cloud names the user who asks
				r.https = u.String()
			}
		case "ssh":
			r.ssh = c.Href
		}
	}
	return r
}

func (s *Service) bitbucketCloud(ctx context.Context, owner string) (all []listed, err error) {
	address := fmt.Sprintf("https://%s/2.0/repositories/%s?pagelen=%d", s.apiHost(), url.PathEscape(owner), perPage)
	seen := map[string]bool{}
	for address != "" && !seen[address] && len(seen) < maxPages {
		seen[address] = true
		var page struct {
			Next   string
			Values []struct {
				Links   bitbucketLinks
				Private bool `json:"is_private"`
				Parent  json.RawMessage
			}
		}
		if _, err := s.get(ctx, address, &page); err != nil {
			return nil, err
		}
		for _, r := range page.Values {
			l := r.Links.listed()
			l.fork, l.visibility = present(r.Parent), visibilityOf(r.Private)
			all = append(all, l)
		}
		address = page.Next
	}
	return all, nil
}

func (s *Service) bitbucketServer(ctx context.Context, owner string) (all []listed, err error) {
	for start, pages := 0, 0; pages < maxPages; pages++ {
		var page struct {
			IsLastPage    bool
			NextPageStart int
			Values        []struct {
				Links    bitbucketLinks
				Public   bool
				Archived bool
				Origin   json.RawMessage
			}
		}
		if _, err := s.get(ctx, fmt.Sprintf("%s/rest/api/1.0/projects/%s/repos?limit=%d&start=%d", s.base, url.PathEscape(owner), perPage, start), &page); err != nil {
			return nil, err
		}
		for _, r := range page.Values {
			l := r.Links.listed()
			l.archived, l.fork, l.visibility = r.Archived, present(r.Origin), visibilityOf(!r.Public)
			all = append(all, l)
		}
		if page.IsLastPage || page.NextPageStart <= start {
			return all, nil
		}
		start = page.NextPageStart
	}
	return nil, errEndless
}

package source

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/google/go-github/v88/github"
)

// perPage is how many repositories each request asks for.
const perPage = 100

// github lists the repositories of an organisation or a user: its own and private ones too, if
// the token is that user's.
func (s *Service) github(ctx context.Context, owner string) ([]listed, error) {
	client, err := s.githubClient()
	if err != nil {
		return nil, err
	}
	page := github.ListOptions{PerPage: perPage}
	list, err := githubPages(&page, func() ([]*github.Repository, *github.Response, error) {
		return client.Repositories.ListByOrg(ctx, owner, &github.RepositoryListByOrgOptions{Type: "all", ListOptions: page})
	})
	if !isMissing(err) {
		return list, githubError(err)
	}
	page = github.ListOptions{PerPage: perPage}
	if s.App != nil { // installed by a user: the other lists have public ones only
		list, err := githubPages(&page, func() ([]*github.Repository, *github.Response, error) {
			all, resp, err := client.Apps.ListRepos(ctx, &page)
			return ownedBy(owner, all), resp, err
		})
		return list, githubError(err)
	}
	if me, _, err := client.Users.Get(ctx, ""); s.Token != "" && err == nil && strings.EqualFold(me.GetLogin(), owner) {
		list, err := githubPages(&page, func() ([]*github.Repository, *github.Response, error) {
			return client.Repositories.ListByAuthenticatedUser(ctx, &github.RepositoryListByAuthenticatedUserOptions{Affiliation: "owner", ListOptions: page})
		})
		return list, githubError(err)
	}
	list, err = githubPages(&page, func() ([]*github.Repository, *github.Response, error) {
		return client.Repositories.ListByUser(ctx, owner, &github.RepositoryListByUserOptions{Type: "owner", ListOptions: page})
	})
	if isMissing(err) {
		err = errNoOwner
	}
	return list, githubError(err)
}

var errNoOwner = errors.New("there is no such owner, or it is not shown to those without a token: see --token-file")

// githubPages goes through the pages of a list.
func githubPages(page *github.ListOptions, get func() ([]*github.Repository, *github.Response, error)) (all []listed, err error) {
	for {
		list, resp, err := get()
		if err != nil {
			return nil, err
		}
		for _, r := range list {
			l := listed{https: r.GetCloneURL(), ssh: r.GetSSHURL(), archived: r.GetArchived(), fork: r.GetFork(), visibility: r.GetVisibility()}
			if l.visibility == "" {
				l.visibility = visibilityOf(r.GetPrivate())
			}
			all = append(all, l)
		}
		if resp.NextPage <= page.Page || page.Page > maxPages {
			return all, nil
		}
		page.Page = resp.NextPage
	}
}

func isMissing(err error) bool {
	var e *github.ErrorResponse
	return errors.As(err, &e) && e.Response.StatusCode == http.StatusNotFound
}

// githubClient returns a client that signs in as the service says.
func (s *Service) githubClient() (*github.Client, error) {
	web := *s.http
	options := []github.ClientOptionsFunc{github.WithHTTPClient(&web), github.WithDisableRateLimitCheck()} // see budget
	switch {
	case s.App != nil:
		web.Transport = s.App.signing(web.Transport)
	case s.Token != "":
		options = append(options, github.WithAuthToken(s.Token)) // of a person or of an App
	}
	if s.base.Host != usualHost(GitHub) {
		address := s.base.String() + "/"
		options = append(options, github.WithEnterpriseURLs(address, address))
	}
	return github.NewClient(options...)
}

// ownedBy returns the repositories of one owner.
func ownedBy(owner string, list *github.ListRepositories) (own []*github.Repository) {
	if list == nil {
		return nil
	}
	for _, r := range list.Repositories {
		if strings.EqualFold(r.GetOwner().GetLogin(), owner) {
			own = append(own, r)
		}
	}
	return own
}

// githubError leaves out what the server says, whose words are anybody's.
func githubError(err error) error {
	var e *github.ErrorResponse
	if errors.As(err, &e) {
		return statusError(e.Response.StatusCode)
	}
	return err
}

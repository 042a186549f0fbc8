package source

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/bradleyfalzon/ghinstallation/v2"
)

// An App signs in to GitHub as one installation of a GitHub App. Its tokens last an hour; it gets
// the next one before that. Several goroutines may use it.
type App struct {
	base      *url.URL
	transport *ghinstallation.Transport
}

// NewApp returns an App. ids are the numbers of the App and of its installation, as in 1234/567890,
// key is the App's private key in PEM, and server is empty for github.com. next makes the requests;
// nil is the usual one. Nothing is sent.
func NewApp(ids string, key []byte, server string, next http.RoundTripper) (*App, error) {
	first, second, _ := strings.Cut(ids, "/")
	id, err := strconv.ParseInt(first, 10, 64)
	installation, err2 := strconv.ParseInt(second, 10, 64)
	if err != nil || err2 != nil || id < 1 || installation < 1 {
		return nil, fmt.Errorf("--github-app: %q is not the number of an App and the number of its installation: write 1234/567890", ids)
	}
	base, err := parseServer(GitHub, server)
	if err != nil {
		return nil, err
	}
	if base.Scheme == "http" && !isLoopback(base.Hostname()) {
		return nil, errors.New("--github-app: tokens are not sent over http: use https")
	}
	transport, err := ghinstallation.New(newBudget(next, nil), id, installation, key)
	if err != nil {
		return nil, errors.New("--github-app-key: there is no RSA private key in PEM in it: make one in the settings of the App, and name the file that GitHub gives you")
	}
	transport.BaseURL = githubAPI(base)
	return &App{base, transport}, nil
}

// githubAPI returns the address of the API of GitHub, or of a GitHub Enterprise server.
func githubAPI(base *url.URL) string {
	if base.Host == usualHost(GitHub) {
		return "https://api.github.com"
	}
	return base.String() + "/api/v3"
}

// Host returns the host that the App's tokens are for.
func (a *App) Host() string { return a.base.Host }

// Token returns a token that is valid for a minute at least.
func (a *App) Token(ctx context.Context) (string, error) {
	token, err := a.transport.Token(ctx)
	if err != nil {
		return "", fmt.Errorf("%s: the GitHub App cannot sign in: %w", a.base.Host, appError(ctx, err))
	}
	return token, nil
}

// appError leaves out what the server says, whose words are anybody's.
func appError(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var refused *ghinstallation.HTTPError
	if !errors.As(err, &refused) {
		return errBadAnswer
	}
	if refused.Response == nil {
		return refused.RootCause
	}
	_ = refused.Response.Body.Close() // nothing of it is wanted
	switch refused.Response.StatusCode {
	case http.StatusUnauthorized:
		return errors.New("its key is not accepted: check the number of the App, its private key, and this machine's clock")
	case http.StatusNotFound:
		return errors.New("it has no such installation: the number is at the end of the address of the installation's settings")
	case http.StatusForbidden:
		return errors.New("its installation is suspended, or may not be used")
	}
	return statusError(refused.Response.StatusCode)
}

// signing returns what makes requests with the App's token.
func (a *App) signing(next http.RoundTripper) http.RoundTripper {
	return roundTrip(func(req *http.Request) (*http.Response, error) {
		token, err := a.Token(req.Context())
		if err != nil {
			return nil, err
		}
		signed := req.Clone(req.Context())
		signed.Header.Set("Authorization", "Bearer "+token)
		return next.RoundTrip(signed)
	})
}

// roundTrip is a function that makes requests.
type roundTrip func(*http.Request) (*http.Response, error)

// RoundTrip implements http.RoundTripper.
func (r roundTrip) RoundTrip(req *http.Request) (*http.Response, error) { return r(req) }

package remote

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"

	"github.com/neokeys/neokeys/internal/infile"
)

// TokenVariable is the variable of the environment with the token for the one server that is
// named. With the name of a server behind it, as in NEOKEYS_GIT_TOKEN_GIT_EXAMPLE_COM, it is for
// that server.
const TokenVariable = "NEOKEYS_GIT_TOKEN"

// Tokens are credentials for servers. Each is sent to its server alone.
type Tokens struct {
	getenv func(string) string
	file   string // what the token file holds
	only   string // the server that file and TokenVariable are for

	renewed map[string]func(context.Context) (string, error) // by server
}

// Renew makes get give the token for a server in place of the environment: one that has to be
// renewed. It is called for each session.
func (t *Tokens) Renew(server string, get func(context.Context) (string, error)) {
	if t.renewed == nil {
		t.renewed = map[string]func(context.Context) (string, error){}
	}
	t.renewed[server] = get
}

// NewTokens reads credentials from the environment and, unless path is empty, from a file that
// holds one. They are for servers, which are those of all addresses of a command: a token that
// names no server is refused if there are several.
func NewTokens(ctx context.Context, getenv func(string) string, path string, servers []string) (*Tokens, error) {
	t := &Tokens{getenv: getenv}
	if path != "" {
		text, err := readToken(ctx, path)
		if err != nil {
			return nil, err
		}
		t.file = text
	}
	for _, s := range servers {
		switch {
		case t.only == "" || t.only == s:
			t.only = s
		case t.file != "":
			return nil, fmt.Errorf("--token-file has a token for one server, and %s and %s are named: set %s and %s instead", t.only, s, variableFor(t.only), variableFor(s))
		case getenv(TokenVariable) != "":
			return nil, fmt.Errorf("%s is for one server, and %s and %s are named: set %s and %s instead", TokenVariable, t.only, s, variableFor(t.only), variableFor(s))
		}
	}
	return t, nil
}

// readToken reads a file that holds one token.
func readToken(ctx context.Context, path string) (string, error) {
	text, err := infile.Read(ctx, path, 2*maxToken)
	if err != nil {
		return "", fmt.Errorf("--token-file: %w", err)
	}
	token := strings.TrimSpace(string(text))
	switch {
	case token == "":
		return "", fmt.Errorf("--token-file: %s is empty: write one token into it", path)
	case len(token) > maxToken || strings.ContainsFunc(token, isControl):
		return "", fmt.Errorf("--token-file: %s holds more than one token, on one line", path)
	}
	return token, nil
}

const maxToken = 64 << 10

// variableFor returns the name of the variable for a server.
func variableFor(server string) string {
	name := strings.NewReplacer(".", "_", ":", "_", "-", "__").Replace(strings.ToUpper(server))
	return TokenVariable + "_" + name
}

// Secret returns the token or password for a server's own API; empty if there is none.
func (t *Tokens) Secret(server string) string { return t.forServer(server).secret }

// usual are the variables with tokens for servers that everybody knows.
var usual = map[string][]string{
	"github.com":    {"GH_TOKEN", "GITHUB_TOKEN"},
	"gitlab.com":    {"GITLAB_TOKEN"},
	"bitbucket.org": {"BITBUCKET_TOKEN"},
}

// forServer returns the credentials for a server.
func (t *Tokens) forServer(server string) login {
	if t == nil {
		return login{}
	}
	found := t.getenv(variableFor(server))
	if found == "" && server == t.only {
		if found = t.file; found == "" {
			found = t.getenv(TokenVariable)
		}
	}
	for _, name := range usual[server] {
		if found == "" {
			found = t.getenv(name)
		}
	}
	return newLogin(server, strings.TrimSpace(found))
}

// newLogin makes a login of a token, or of user:password.
func newLogin(server, token string) login {
	if token == "" {
		return login{}
	}
	if user, password, ok := strings.Cut(token, ":"); ok {
		return login{user, password}
	}
	user := "x-access-token" // GitHub's; GitLab, Gitea and Azure take any
	switch server {
	case "bitbucket.org":
		user = "x-token-auth"
	case "gitlab.com":
		user = "oauth2"
	}
	return login{user, token}
}

// findLogin finds out which credentials the session's server is sent.
func (s *Session) findLogin() error {
	if s.url.Scheme == "http" && !isLoopback(s.url.Host) {
		return nil // anybody on the way could read them
	}
	s.login = s.url.login
	if !s.login.isZero() || s.o.Tokens == nil {
		return nil
	}
	server := s.url.Server()
	if get := s.o.Tokens.renewed[server]; get != nil {
		token, err := get(s.ctx)
		s.login = newLogin(server, token)
		return err
	}
	s.login = s.o.Tokens.forServer(server)
	return nil
}

// isLoopback reports whether a host is this machine.
func isLoopback(host string) bool {
	address, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && address.IsLoopback()
}

// errUnsent says why no credentials were sent.
var errUnsent = errors.New("credentials are not sent over http: use https")

package remote

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"runtime"
	"strconv"
	"strings"

	"github.com/neokeys/neokeys/internal/lazyregexp"
)

// A URL is the address of a repository on a server. It has no credentials: they are apart, and
// nothing prints them.
type URL struct {
	Scheme string // "https", "http", "ssh" or "git"
	Host   string // lower case, without brackets around an IPv6 address
	Port   int    // 0 is the scheme's own
	Path   string // of ssh it may be relative to the home folder
	User   string // of ssh only

	scp   bool // written as host:path
	login login
}

// A login is a user's name and a password or token.
type login struct{ user, secret string }

func (l login) isZero() bool { return l == login{} }

// String and GoString keep the secret out of whatever is printed.
func (l login) String() string   { return "[login]" }
func (l login) GoString() string { return "[login]" }

var defaultPorts = map[string]int{"https": 443, "http": 80, "ssh": 22, "git": 9418}

// scheme matches what begins an address of which the scheme is written.
var scheme = lazyregexp.New(`^([A-Za-z][A-Za-z0-9+.-]*)://`)

// IsURL reports whether the argument of a command is the address of a repository rather than a
// path: it has a scheme other than file, or is written as host:path and there is no such path.
func IsURL(arg string) bool {
	if m := scheme.FindStringSubmatch(arg); m != nil {
		return !strings.EqualFold(m[1], "file")
	}
	if _, _, ok := splitSCP(arg); !ok {
		return false
	}
	_, err := os.Lstat(arg)
	return err != nil
}

// LocalPath returns the path that a file URL names; any other argument is a path itself.
func LocalPath(arg string) (string, error) {
	if len(arg) < len("file://") || !strings.EqualFold(arg[:len("file://")], "file://") {
		return arg, nil
	}
	u, err := url.Parse(arg)
	switch {
	case err != nil:
		return "", errors.New("the file URL is malformed: write file:///path/to/repository")
	case u.Host != "" && !strings.EqualFold(u.Host, "localhost"):
		return "", fmt.Errorf("file://%s is on another machine: write file:///path/to/repository, with three slashes", u.Host)
	case u.Path == "" || u.RawQuery != "" || u.Fragment != "":
		return "", errors.New("the file URL has no plain path: write file:///path/to/repository")
	}
	path := u.Path
	if runtime.GOOS == "windows" && len(path) > 2 && path[2] == ':' {
		path = path[1:] // /C:/repository
	}
	return path, nil
}

// splitSCP takes apart an address that is written as scp has it: [user@]host:path.
func splitSCP(arg string) (host, path string, ok bool) {
	host, path, ok = strings.Cut(arg, ":")
	if strings.HasPrefix(arg, "[") || strings.Contains(host, "@[") { // an IPv6 address
		var end int
		if end = strings.Index(arg, "]:"); end < 0 {
			return "", "", false
		}
		host, path = arg[:end+1], arg[end+2:]
	}
	if !ok || host == "" || path == "" || path[0] == ':' || strings.ContainsAny(host, "/\\ \t\n") || strings.HasPrefix(host, "-") {
		return "", "", false
	}
	if runtime.GOOS == "windows" && len(host) == 1 {
		return "", "", false // a drive
	}
	return host, path, true
}

// Parse reads the address of a repository. Its errors never hold what may be a credential.
func Parse(arg string) (*URL, error) {
	if m := scheme.FindStringSubmatch(arg); m != nil {
		return parseURL(arg, strings.ToLower(m[1]))
	}
	host, path, ok := splitSCP(arg)
	if !ok {
		return nil, errors.New("not the address of a repository: write https://host/path, ssh://user@host/path, git://host/path or user@host:path")
	}
	u := &URL{Scheme: "ssh", Path: path, scp: true}
	if user, rest, ok := strings.Cut(host, "@"); ok {
		if u.User, host = user, rest; user == "" {
			return nil, errors.New("the address has an @ and no user before it: write user@host:path")
		}
	}
	u.Host = strings.ToLower(strings.Trim(host, "[]"))
	return u, u.check()
}

func parseURL(arg, scheme string) (*URL, error) {
	if defaultPorts[scheme] == 0 {
		return nil, fmt.Errorf("%s:// is not supported: neokeys reads repositories over https, http, ssh and git", scheme)
	}
	p, err := url.Parse(arg)
	if err != nil {
		return nil, fmt.Errorf("the %s address is malformed: write %s://host/path", scheme, scheme)
	}
	u := &URL{Scheme: scheme, Host: strings.ToLower(p.Hostname()), Path: p.Path}
	if port := p.Port(); port != "" {
		if u.Port, err = strconv.Atoi(port); err != nil || u.Port < 1 || u.Port > 65535 {
			return nil, fmt.Errorf("the %s address has no such port: write a number from 1 to 65535", scheme)
		}
	}
	secret, hasSecret := p.User.Password()
	switch name := p.User.Username(); {
	case p.RawQuery != "" || p.Fragment != "":
		return nil, fmt.Errorf("the %s address has a query or a fragment, which no repository has", scheme)
	case scheme == "ssh" && hasSecret:
		return nil, errors.New("the ssh address has a password, which is not used: give a key with --ssh-key or an agent")
	case scheme == "ssh":
		u.User = name
	case p.User != nil && scheme == "git":
		return nil, errors.New("the git address has a user, which this protocol does not know: use https or ssh")
	case hasSecret:
		u.login = login{name, secret}
	case name != "": // https://TOKEN@host/path
		u.login = login{name, ""}
	}
	if u.Port == defaultPorts[scheme] {
		u.Port = 0
	}
	return u, u.check()
}

// check refuses what could be taken for something else by a server's shell or a ref's reader.
func (u *URL) check() error {
	switch {
	case u.Host == "":
		return fmt.Errorf("the %s address names no host: write %s://host/path", u.Scheme, u.Scheme)
	case strings.HasPrefix(u.Host, "-") || strings.HasPrefix(u.User, "-") || strings.ContainsFunc(u.Host+u.User, notInHost):
		return fmt.Errorf("the %s address names no possible host", u.Scheme)
	case strings.Trim(u.Path, "/") == "":
		return fmt.Errorf("the %s address names no repository: write %s://host/path", u.Scheme, u.Scheme)
	case strings.HasPrefix(u.Path, "-") || strings.ContainsFunc(u.Path, isControl):
		return fmt.Errorf("the %s address names no possible repository", u.Scheme)
	}
	return nil
}

func isControl(r rune) bool { return r < ' ' || r == 0x7f }

func notInHost(r rune) bool { return isControl(r) || strings.ContainsRune(" /\\?#\"'`$;&|<>(){}@", r) }

// String returns the address without credentials.
func (u *URL) String() string {
	if u.scp {
		host := u.Host
		if strings.Contains(host, ":") {
			host = "[" + host + "]"
		}
		if u.User != "" {
			host = u.User + "@" + host
		}
		return host + ":" + u.Path
	}
	s := u.url()
	if u.User != "" {
		s.User = url.User(u.User)
	}
	return s.String()
}

// GoString returns what String does, since fields of fields print themselves.
func (u *URL) GoString() string { return u.String() }

// url returns the address without credentials and user.
func (u *URL) url() *url.URL {
	host := u.Host
	switch {
	case u.Port != 0:
		host = net.JoinHostPort(host, strconv.Itoa(u.Port))
	case strings.Contains(host, ":"):
		host = "[" + host + "]"
	}
	return &url.URL{Scheme: u.Scheme, Host: host, Path: "/" + strings.TrimPrefix(u.Path, "/")}
}

// Server returns the host, with the port if that is not the scheme's own: what credentials are for.
func (u *URL) Server() string {
	if u.Port != 0 {
		return net.JoinHostPort(u.Host, strconv.Itoa(u.Port))
	}
	return u.Host
}

// address returns the host and port to connect to.
func (u *URL) address() string {
	port := u.Port
	if port == 0 {
		port = defaultPorts[u.Scheme]
	}
	return net.JoinHostPort(u.Host, strconv.Itoa(port))
}

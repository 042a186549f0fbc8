package remote

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/neokeys/neokeys/internal/gittest"
)

func TestParse(t *testing.T) {
	for arg, want := range map[string]string{
		"https://github.com/acme/shop":              "https://github.com/acme/shop",
		"HTTPS://GitHub.com:443/acme/shop.git":      "https://github.com/acme/shop.git",
		"https://git.example.com:8443/a/b":          "https://git.example.com:8443/a/b",
		"https://me:pass-of-mine@git.example.com/a": "https://git.example.com/a",
		"https://pass-of-mine@git.example.com/a":    "https://git.example.com/a",
		"http://[::1]:80/a%20b":                     "http://[::1]/a%20b",
		"ssh://git@git.example.com/a.git":           "ssh://git@git.example.com/a.git",
		"ssh://git.example.com:2222/~me/a":          "ssh://git.example.com:2222/~me/a",
		"git://git.example.com/a":                   "git://git.example.com/a",
		"git@github.com:acme/shop.git":              "git@github.com:acme/shop.git",
		"host:~/a":                                  "host:~/a",
		"[::1]:a":                                   "[::1]:a",
		"https://":                                  "names no host",
		"https://github.com":                        "names no repository",
		"https://github.com/":                       "names no repository",
		"https://github.com/a?b=pass-of-mine":       "a query",
		"https://github.com/a#b":                    "a query",
		"https://git hub.com/a":                     "malformed",
		"https://a:99999/b":                         "no such port",
		"https://a/\x01":                            "malformed",
		"ssh://-oProxyCommand=x/a":                  "no possible host",
		"-oProxyCommand=x:a":                        "not the address",
		"ssh://me:pass-of-mine@git.example.com/a":   "has a password",
		"ssh://git.example.com/-a":                  "ssh://git.example.com/-a",
		"git@host:-a":                               "no possible repository",
		"git://me@git.example.com/a":                "has a user",
		"ftp://git.example.com/a":                   "ftp:// is not supported",
		"ext::sh -c echo":                           "not the address",
		"/a/path":                                   "not the address",
		"a":                                         "not the address",
		"":                                          "not the address",
	} {
		u, err := Parse(arg)
		got := fmt.Sprint(err)
		if err == nil {
			got = u.String()
		}
		if got != want && (err == nil || !strings.Contains(got, want)) {
			t.Errorf("%q: %q, not %q", arg, got, want)
		}
		if all := fmt.Sprintf("%s %v %+v %#v", got, u, u, u); strings.Contains(all, "pass-of-mine") {
			t.Errorf("%q: %s", arg, all)
		}
	}
}

func TestIsURL(t *testing.T) {
	t.Chdir(t.TempDir())
	gittest.Check(t, os.Mkdir("host:path", 0o700))
	for arg, want := range map[string]bool{
		"https://a/b": true, "ext://x": true, "git@a:b": true, "a:b": true, "host:path": false, "./a:b": false,
		"file:///a": false, "FILE:///a": false, "a": false, "": false, "/a:b": false, "a/b:c": false, ":a": false,
	} {
		if got := IsURL(arg); got != want {
			t.Errorf("%q: %v", arg, got)
		}
	}
	for arg, want := range map[string]string{
		"a": "a", "host:path": "host:path", "file:///a/b%20c": "/a/b c", "file://localhost/a": "/a",
		"file://elsewhere/a": "!", "file://": "!", "file:///a?b": "!",
	} {
		got, err := LocalPath(arg)
		if err != nil {
			got = "!"
		}
		if got != want {
			t.Errorf("%q: %q, %v", arg, got, err)
		}
	}
}

func TestTokens(t *testing.T) {
	file := filepath.Join(t.TempDir(), "token")
	gittest.Write(t, file, "from-file\n")
	env := map[string]string{
		"NEOKEYS_GIT_TOKEN_GIT_EXAMPLE_COM": "own", "NEOKEYS_GIT_TOKEN_A__B_COM_8443": "me:password",
		"NEOKEYS_GIT_TOKEN": "general", "GITHUB_TOKEN": "github",
	}
	getenv := func(name string) string { return env[name] }
	for _, test := range []struct {
		file    string
		servers []string
		server  string
		want    login
	}{
		{"", []string{"git.example.com"}, "git.example.com", login{"x-access-token", "own"}},
		{"", []string{"a-b.com:8443"}, "a-b.com:8443", login{"me", "password"}},
		{"", []string{"other.example.com"}, "other.example.com", login{"x-access-token", "general"}},
		{file, []string{"other.example.com", "other.example.com"}, "other.example.com", login{"x-access-token", "from-file"}},
		{"", []string{"other.example.com"}, "another.example.com", login{}},
		{"", []string{"bitbucket.org"}, "bitbucket.org", login{"x-token-auth", "general"}},
	} {
		tokens, err := NewTokens(t.Context(), getenv, test.file, test.servers)
		gittest.Check(t, err)
		if got := tokens.forServer(test.server); got.user != test.want.user || got.secret != test.want.secret {
			t.Errorf("%v: %q and %q", test.server, got.user, got.secret)
		}
	}
	delete(env, "NEOKEYS_GIT_TOKEN")
	tokens, err := NewTokens(t.Context(), getenv, "", []string{"github.com", "gitlab.com"})
	gittest.Check(t, err)
	if l := tokens.forServer("github.com"); l.secret != "github" {
		t.Error("GITHUB_TOKEN is not used for github.com")
	}
	if l := tokens.forServer("gitlab.com"); !l.isZero() {
		t.Error("another server is given a token")
	}
	if _, err := NewTokens(t.Context(), getenv, file, []string{"a", "b"}); err == nil || strings.Contains(err.Error(), "from-file") {
		t.Errorf("one token for two servers: %v", err)
	}
	for _, host := range []string{"example.com", "127.evil.example"} {
		s := &Session{url: &URL{Scheme: "http", Host: host, login: login{"a", "b"}}}
		if err := s.findLogin(); err != nil || !s.login.isZero() {
			t.Errorf("credentials are sent in clear to %s", host)
		}
	}
}

func TestSelect(t *testing.T) {
	all := &Refs{Head: "refs/heads/main", HeadID: "1", List: []Ref{
		{"refs/heads/feature/x", "2"}, {"refs/heads/main", "1"}, {"refs/pull/1/head", "3"}, {"refs/tags/v1", "4"}, {"refs/tags/v2", "5"},
	}}
	for pattern, want := range map[string]string{
		"main": "[refs/heads/main] refs/heads/main 1", "v*": "[refs/tags/v1 refs/tags/v2]  ", "pull/*/head": "[refs/pull/1/head]  3",
		"HEAD": "[refs/heads/main] refs/heads/main 1", "*": "[refs/heads/feature/x refs/heads/main refs/pull/1/head refs/tags/v1 refs/tags/v2] refs/heads/main 1",
		"feature/x": "[refs/heads/feature/x] refs/heads/feature/x 2", "nope": "!", "ma": "!", "": "!",
	} {
		got := "!"
		if r, err := all.Select([]string{pattern}); err == nil {
			var names []string
			for _, ref := range r.List {
				names = append(names, ref.Name)
			}
			got = fmt.Sprintf("%v %s %s", names, r.Head, r.HeadID)
		}
		if got != want {
			t.Errorf("%q: %s, not %s", pattern, got, want)
		}
	}
	if a, b := all.Digest(), (&Refs{Head: all.Head, HeadID: all.HeadID, List: all.List[1:]}).Digest(); a == b || a != all.Digest() {
		t.Error("the digest does not tell refs apart")
	}
	for name, want := range map[string]bool{
		"refs/heads/a": true, "refs/a": true, "HEAD": false, "refs/heads/..": false, "refs/heads/a.lock": false, "refs//a": false,
		"refs/heads/a b": false, "refs/heads/a\n": false, "refs/heads/.a": false, "refs/heads/a.": false, "refs/heads/a@{1}": false, "refs/../../x": false,
	} {
		if got := validName(name); got != want {
			t.Errorf("%q: %v", name, got)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("https://me:secret@host:8443/a b")
	f.Add("git@[::1]:a")
	f.Fuzz(func(t *testing.T, arg string) {
		u, err := Parse(arg)
		if err != nil {
			return
		}
		again, err := Parse(u.String())
		if err != nil || again.Host != u.Host || again.Port != u.Port || again.Scheme != u.Scheme || again.User != u.User ||
			strings.TrimLeft(again.Path, "/") != strings.TrimLeft(u.Path, "/") || !again.login.isZero() {
			t.Errorf("%q is %q, which is %+v, %v", arg, u, again, err)
		}
	})
}

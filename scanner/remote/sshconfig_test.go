package remote

import (
	"context"
	"errors"
	"fmt"
	"os/user"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/neokeys/neokeys/internal/gittest"
)

// atHome makes a home folder with a configuration of ssh, until the test ends.
func atHome(t *testing.T, config string) (home string) {
	t.Helper()
	home = t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("USERPROFILE", home)
	gittest.Write(t, filepath.Join(home, ".ssh", "config"), config)
	return home
}

func TestSSHTarget(t *testing.T) {
	more := filepath.Join(t.TempDir(), "more")
	gittest.Write(t, more, "Host included\n  Port 5\n")
	home := atHome(t, "Include "+more+`
Host shop
	HostName git.%h.example.com
	Port 2222
	User deploy
	IdentityFile "~/keys/%r at %h"
Host *.internal !free.internal
	ProxyJump bastion
Host command
	ProxyCommand nc %h %p
Host direct
	ProxyJump none
Match host matched
	Port 77
Host *
	IdentityFile ~/.ssh/every
	Port 22
`)
	for address, want := range map[string]struct{ user, address, unheeded string }{
		"shop:a":                         {"deploy", "git.shop.example.com:2222", ""},
		"me@shop:a":                      {"me", "git.shop.example.com:2222", ""},
		"ssh://me@shop:99/a":             {"me", "git.shop.example.com:99", ""},
		"ssh://shop/a":                   {"deploy", "git.shop.example.com:2222", ""},
		"other:a":                        {"git", "other:22", ""},
		"a.internal:a":                   {"git", "a.internal:22", "ProxyJump"},
		"free.internal:a":                {"git", "free.internal:22", ""},
		"command:a":                      {"git", "command:22", "ProxyCommand"},
		"direct:a":                       {"git", "direct:22", ""},
		"matched:a":                      {"git", "matched:77", ""},
		"included:a":                     {"git", "included:5", ""},
		"git@[::1]:a":                    {"git", "[::1]:22", ""},
		"https://shop.example.com:443/a": {"git", "shop.example.com:22", ""},
	} {
		u, err := Parse(address)
		gittest.Check(t, err)
		got := (&Session{url: u}).sshTarget()
		if got.user != want.user || got.address() != want.address || (want.unheeded == "") != (got.unheeded == "") || !strings.Contains(got.unheeded, want.unheeded) {
			t.Errorf("%s leads to %s at %s, %q; want %+v", address, got.user, got.address(), got.unheeded, want)
		}
	}
	u, err := Parse("shop:a")
	gittest.Check(t, err)
	want := []string{filepath.Join(home, "keys", "deploy at git.shop.example.com"), filepath.Join(home, ".ssh", "every")}
	if got := (&Session{url: u}).sshTarget().identities; !slices.Equal(got, want) {
		t.Errorf("the keys are %q, want %q", got, want)
	}
}

// What of the configuration is not used is said where a connection fails.
func TestSSHUnheeded(t *testing.T) {
	for says, config := range map[string]string{
		"has ProxyJump for it":      "Host far\n HostName 127.0.0.1\n Port 1\n ProxyJump bastion\n",
		"cannot be read as a whole": "Match exec true\n Port 1\n",
	} {
		home := atHome(t, config)
		gittest.Write(t, filepath.Join(home, "known"), "")
		key := filepath.Join(home, "id")
		newKeyFile(t, key)
		address := "ssh://127.0.0.1:1/a.git"
		if strings.Contains(config, "Host far") {
			address = "ssh://far/a.git"
		}
		err := attemptAt(t, address, Options{SSHKey: key, KnownHosts: []string{filepath.Join(home, "known")}})
		if !errors.Is(err, ErrUnreachable) || !strings.Contains(err.Error(), says) {
			t.Errorf("%v; want %q", err, says)
		}
	}
}

// An alias of ~/.ssh/config leads to its server, with its key.
func TestSSHAlias(t *testing.T) {
	_, root := newRepo(t)
	dir := t.TempDir()
	key := filepath.Join(dir, "id")
	port, known := startSSHD(t, dir, newKeyFile(t, key))
	me, err := user.Current()
	gittest.Check(t, err)
	home := atHome(t, fmt.Sprintf("Host shop\n HostName 127.0.0.1\n Port %s\n User %s\n IdentityFile %s\n", port, me.Username, key))
	gittest.Write(t, filepath.Join(home, ".ssh", "known_hosts"), known)
	u, err := Parse("shop:" + root + "/shop.git")
	gittest.Check(t, err)
	s, err := Open(context.Background(), u, Options{})
	gittest.Check(t, err)
	defer s.Close()
	if refs, err := s.Refs(); err != nil || refs.Head != "refs/heads/main" {
		t.Errorf("the refs are %+v, %v", refs, err)
	}
}

// FuzzSSHConfig reads configurations.
func FuzzSSHConfig(f *testing.F) {
	f.Add("Host a*\n HostName %h.b\n IdentityFile ~/%d%u\n ProxyJump x\n", "ab")
	f.Fuzz(func(t *testing.T, config, host string) {
		atHome(t, config)
		s := &Session{url: &URL{Scheme: "ssh", Host: host, Path: "a"}}
		if to := s.sshTarget(); to.port < 1 || to.port > 65535 || to.user == "" {
			t.Errorf("the target is %+v", to)
		}
	})
}

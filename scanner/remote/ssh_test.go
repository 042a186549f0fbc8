package remote

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"github.com/neokeys/neokeys/internal/gittest"
)

// newKeyFile writes a new private key to a file, and returns its public key as authorized_keys and
// known_hosts have it.
func newKeyFile(t *testing.T, path string) string {
	t.Helper()
	public, private, err := ed25519.GenerateKey(rand.Reader)
	gittest.Check(t, err)
	block, err := ssh.MarshalPrivateKey(private, "")
	gittest.Check(t, err)
	gittest.Check(t, os.WriteFile(path, pem.EncodeToMemory(block), 0o600))
	key, err := ssh.NewPublicKey(public)
	gittest.Check(t, err)
	return strings.TrimSpace(string(ssh.MarshalAuthorizedKey(key)))
}

// startSSHD starts a server that lets in who has the key in userKey, and returns its port and its line
// for known_hosts.
func startSSHD(t *testing.T, dir, userKey string) (port, known string) {
	t.Helper()
	program, err := exec.LookPath("/usr/sbin/sshd")
	if err != nil {
		t.Skip("there is no sshd here")
	}
	hostKey := newKeyFile(t, filepath.Join(dir, "host"))
	gittest.Write(t, filepath.Join(dir, "authorized"), userKey+"\n")
	free, err := net.Listen("tcp", "127.0.0.1:0")
	gittest.Check(t, err)
	_, port, err = net.SplitHostPort(free.Addr().String())
	gittest.Check(t, err)
	gittest.Check(t, free.Close())
	_ = os.MkdirAll("/run/sshd", 0o755) // what Debian's wants as root
	config := fmt.Sprintf("Port %s\nListenAddress 127.0.0.1\nHostKey %s\nAuthorizedKeysFile %s\nStrictModes no\nUsePAM no\nPidFile none\nPasswordAuthentication no\nPermitRootLogin yes\n",
		port, filepath.Join(dir, "host"), filepath.Join(dir, "authorized"))
	gittest.Write(t, filepath.Join(dir, "config"), config)
	cmd := exec.Command(program, "-D", "-e", "-f", filepath.Join(dir, "config"))
	gittest.Check(t, cmd.Start())
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	for range 200 {
		if conn, err := net.Dial("tcp", "127.0.0.1:"+port); err == nil {
			_ = conn.Close()
			return port, fmt.Sprintf("[127.0.0.1]:%s %s\n", port, hostKey)
		}
		time.Sleep(25 * time.Millisecond)
	}
	t.Skip("sshd does not start here")
	return "", ""
}

func TestSSH(t *testing.T) {
	bare, root := newRepo(t)
	dir := t.TempDir()
	key := filepath.Join(dir, "id")
	port, known := startSSHD(t, dir, newKeyFile(t, key))
	me, err := user.Current()
	gittest.Check(t, err)
	address := fmt.Sprintf("ssh://%s@127.0.0.1:%s%s/shop.git", me.Username, port, root)
	hosts := filepath.Join(dir, "known_hosts")
	gittest.Write(t, hosts, known)
	o := Options{SSHKey: key, KnownHosts: []string{hosts}}

	got, refs := fetched(t, address, o)
	verified(t, got)
	if a, b := bare.Git("for-each-ref"), got.Git("for-each-ref"); a != b || refs.Head != "refs/heads/main" {
		t.Errorf("refs are %q, not %q; HEAD is %s", b, a, refs.Head)
	}

	// An agent has the key, and the file does not.
	if agent, err := exec.LookPath("ssh-agent"); err == nil {
		socket := filepath.Join(dir, "agent")
		cmd := exec.Command(agent, "-D", "-a", socket)
		gittest.Check(t, cmd.Start())
		defer func() { _ = cmd.Process.Kill(); _ = cmd.Wait() }()
		for range 100 {
			if _, err := os.Stat(socket); err == nil {
				break
			}
			time.Sleep(20 * time.Millisecond)
		}
		add := exec.Command("ssh-add", "-q", key)
		add.Env = append(os.Environ(), "SSH_AUTH_SOCK="+socket)
		gittest.Check(t, add.Run())
		t.Setenv("SSH_AUTH_SOCK", socket)
		t.Setenv("HOME", t.TempDir())
		verified(t, func() *gittest.Repo {
			r, _ := fetched(t, address, Options{KnownHosts: []string{hosts}, Getenv: os.Getenv})
			return r
		}())
	}

	other := filepath.Join(dir, "other")
	stranger := newKeyFile(t, other)
	gittest.Write(t, filepath.Join(dir, "wrong_hosts"), fmt.Sprintf("[127.0.0.1]:%s %s\n", port, stranger))
	gittest.Write(t, filepath.Join(dir, "no_hosts"), "")
	for name, test := range map[string]struct {
		address string
		o       Options
		want    error
		says    string
	}{
		"unknown server": {address, Options{SSHKey: key, KnownHosts: []string{filepath.Join(dir, "no_hosts")}}, ErrHostKey, "ssh 127.0.0.1"},
		"another server": {address, Options{SSHKey: key, KnownHosts: []string{filepath.Join(dir, "wrong_hosts")}}, ErrHostKey, "somebody may be listening"},
		"wrong key":      {address, Options{SSHKey: other, KnownHosts: []string{hosts}}, ErrRefused, "ssh-add"},
		"no repository":  {address + "-missing", o, ErrNotFound, "-missing: "},
		"no key":         {address, Options{SSHKey: filepath.Join(dir, "none"), KnownHosts: []string{hosts}}, os.ErrNotExist, "ssh key"},
		"no such server": {"ssh://git@127.0.0.1:1/a.git", o, ErrUnreachable, "refused"},
	} {
		err := attemptAt(t, test.address, test.o)
		if err == nil || !errors.Is(err, test.want) || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: %v", name, err)
		}
	}

	// An interrupt ends a handshake that never comes to an end.
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	gittest.Check(t, err)
	defer listener.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
	defer cancel()
	u, err := Parse("ssh://git@" + listener.Addr().String() + "/a.git")
	gittest.Check(t, err)
	s, err := Open(ctx, u, o)
	gittest.Check(t, err)
	defer s.Close()
	start := time.Now()
	if _, err := s.Refs(); err == nil || time.Since(start) > 5*time.Second {
		t.Errorf("after %s: %v", time.Since(start), err)
	}
}

package remote

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/go-git/go-git/v5/plumbing/transport"
	gitssh "github.com/go-git/go-git/v5/plumbing/transport/ssh"
	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"

	"github.com/neokeys/neokeys/internal/infile"
)

// connectSSH runs git-upload-pack on the server, as git does.
func (s *Session) connectSSH(ctx context.Context) (*pipe, error) {
	to := s.sshTarget()
	config, err := s.sshConfig(to)
	if err != nil {
		return nil, to.hint(err)
	}
	conn, err := s.dial(ctx, to.address())
	if err != nil {
		return nil, to.hint(err)
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	c, channels, requests, err := ssh.NewClientConn(conn, to.address(), config)
	stop()
	if err != nil {
		_ = conn.Close()
		return nil, to.hint(s.sshError(ctx, err))
	}
	client := ssh.NewClient(c, channels, requests)
	p, err := s.runUploadPack(client)
	if err != nil {
		_ = client.Close()
		return nil, err
	}
	return p, nil
}

// runUploadPack runs the server's program.
func (s *Session) runUploadPack(client *ssh.Client) (*pipe, error) {
	session, err := client.NewSession()
	if err != nil {
		return nil, err
	}
	in, err := session.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := session.StdoutPipe()
	if err != nil {
		return nil, err
	}
	said := &beginning{most: maxErrorPage}
	session.Stderr = said
	if err := session.Start(transport.UploadPackServiceName + " " + shellQuote(s.sshPath())); err != nil {
		return nil, err
	}
	return &pipe{in: in, out: out, close: func() { _ = client.Close() }, failed: func() error {
		end := time.AfterFunc(lastWords, func() { _ = client.Close() })
		_ = session.Wait() // until all that it says has come
		end.Stop()
		return notFound(said.text())
	}}, nil
}

// lastWords is how long a server may take to say what was wrong.
const lastWords = 2 * time.Second

// sshPath returns the path as the server's shell is given it: /~user is the user's home folder.
func (s *Session) sshPath() string {
	if path := s.url.Path; s.url.scp || !strings.HasPrefix(path, "/~") {
		return path
	}
	return s.url.Path[1:]
}

// shellQuote quotes an argument for any shell, as git does.
func shellQuote(arg string) string {
	return "'" + strings.NewReplacer("'", `'\''`, "!", `'\!'`).Replace(arg) + "'"
}

// notFound returns ErrNotFound if the text of an error says so.
func notFound(text string) error {
	text = strings.ToLower(text)
	for _, words := range []string{"not found", "does not exist", "does not appear to be a git repository", "no such repository", "could not be found", "not exported"} {
		if strings.Contains(text, words) {
			return ErrNotFound
		}
	}
	for _, words := range []string{"permission denied", "access denied", "not allowed", "unauthorized", "forbidden"} {
		if strings.Contains(text, words) {
			return ErrRefused
		}
	}
	return nil
}

// A beginning keeps the first bytes of what is written to it.
type beginning struct {
	mu   sync.Mutex
	buf  bytes.Buffer
	most int
}

// Write implements io.Writer.
func (b *beginning) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.buf.Write(p[:min(len(p), b.most-b.buf.Len())])
	return len(p), nil
}

func (b *beginning) text() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

// sshConfig says who logs in how, and which keys the server may have.
func (s *Session) sshConfig(to *sshTarget) (*ssh.ClientConfig, error) {
	for _, file := range s.o.KnownHosts {
		f, err := infile.Regular(file)
		if err != nil {
			return nil, fmt.Errorf("%w: --known-hosts: %w", ErrHostKey, err)
		}
		_ = f.Close() // only looked at
	}
	db, err := gitssh.NewKnownHostsDb(s.knownHosts()...)
	if err != nil {
		return nil, fmt.Errorf("%w: no file with the keys of servers can be read: connect once with ssh, or name a file with --known-hosts", ErrHostKey)
	}
	auth, err := s.sshAuth(to, gitssh.HostKeyCallbackHelper{HostKeyCallback: db.HostKeyCallback()})
	if err != nil {
		return nil, err
	}
	config, err := auth.ClientConfig()
	if err != nil {
		return nil, err
	}
	config.HostKeyAlgorithms = db.HostKeyAlgorithms(to.address())
	config.Timeout = s.o.Connect
	return config, nil
}

// knownHosts returns the files with the keys of servers.
func (s *Session) knownHosts() []string {
	if len(s.o.KnownHosts) > 0 {
		return s.o.KnownHosts
	}
	files := []string{"/etc/ssh/ssh_known_hosts"}
	if home, err := os.UserHomeDir(); err == nil {
		files = append([]string{filepath.Join(home, ".ssh", "known_hosts")}, files...)
	}
	return files
}

// sshAuth returns how to log in: with the key that is named, or those that ~/.ssh/config names, the
// agent's and those in ~/.ssh that have no passphrase.
func (s *Session) sshAuth(to *sshTarget, host gitssh.HostKeyCallbackHelper) (gitssh.AuthMethod, error) {
	if s.o.SSHKey != "" {
		signer, err := readSigner(s.o.SSHKey)
		if err != nil {
			return nil, err
		}
		return &gitssh.PublicKeys{User: to.user, Signer: signer, HostKeyCallbackHelper: host}, nil
	}
	signers := readSigners(to.identities)
	if s.o.Getenv("SSH_AUTH_SOCK") != "" {
		if agent, err := gitssh.NewSSHAgentAuth(to.user); err == nil {
			if held, err := agent.Callback(); err == nil {
				signers = append(signers, held...)
			}
		}
	}
	if home, err := os.UserHomeDir(); err == nil {
		var usual []string
		for _, name := range []string{"id_ed25519", "id_ecdsa", "id_rsa"} {
			usual = append(usual, filepath.Join(home, ".ssh", name))
		}
		signers = append(signers, readSigners(usual)...)
	}
	if len(signers) == 0 {
		return nil, fmt.Errorf("%w: there is no ssh key to log in with: start an agent (ssh-add), or name a key with --ssh-key", ErrRefused)
	}
	return &gitssh.PublicKeysCallback{User: to.user, Callback: func() ([]ssh.Signer, error) { return signers, nil }, HostKeyCallbackHelper: host}, nil
}

// readSigners reads those of several private keys that are there and have no passphrase.
func readSigners(paths []string) (signers []ssh.Signer) {
	for _, path := range paths {
		if signer, err := readSigner(path); err == nil {
			signers = append(signers, signer)
		}
	}
	return signers
}

// maxKeyFile is how long a private key may be.
const maxKeyFile = 1 << 20

// readSigner reads a private key. Its errors hold nothing of it.
func readSigner(path string) (ssh.Signer, error) {
	f, err := infile.Regular(path)
	if err != nil {
		var in *fs.PathError
		if errors.As(err, &in) {
			err = in.Err
		}
		return nil, fmt.Errorf("the ssh key %s cannot be read: %w", path, err)
	}
	defer f.Close() // only read from
	text, err := io.ReadAll(io.LimitReader(f, maxKeyFile))
	if err != nil {
		return nil, fmt.Errorf("the ssh key %s cannot be read: %w", path, err)
	}
	signer, err := ssh.ParsePrivateKey(text)
	var locked *ssh.PassphraseMissingError
	switch {
	case errors.As(err, &locked):
		return nil, fmt.Errorf("the ssh key %s has a passphrase: add it to an agent with ssh-add", path)
	case err != nil:
		return nil, fmt.Errorf("%s is no private ssh key", path)
	}
	return signer, nil
}

// sshError says what a failed handshake means.
func (s *Session) sshError(ctx context.Context, err error) error {
	var unknown *knownhosts.KeyError
	var revoked *knownhosts.RevokedError
	var timeout net.Error
	name := s.url.Host
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case errors.As(err, &revoked):
		return fmt.Errorf("%w: known_hosts says that it is revoked", ErrHostKey)
	case errors.As(err, &unknown) && len(unknown.Want) > 0:
		return fmt.Errorf("%w: it is another than known_hosts has for %s. If nobody announced that, somebody may be listening", ErrHostKey, name)
	case errors.As(err, &unknown):
		return fmt.Errorf("%w: connect once with `ssh %s` and compare the fingerprint, or name a file with --known-hosts", ErrHostKey, name)
	case strings.Contains(err.Error(), "unable to authenticate"):
		return fmt.Errorf("%w: it accepts none of the ssh keys: add the right one to an agent (ssh-add), or name it with --ssh-key", ErrRefused)
	case errors.As(err, &timeout) && timeout.Timeout():
		return ErrSilent
	}
	return err
}

// Package remote reads repositories on servers: which refs there are, and the objects that these
// lead to, as one pack in a folder that package git opens. It runs no program, git included.
//
// The protocol is go-git's ([github.com/go-git/go-git/v5]), and none of its storage: a pack goes
// straight to a file, of which scanner/pack finds the objects while it arrives. What a server
// sends is hostile input: there is a limit on bytes, refs, silence and time, and what it says
// reaches no message.
//
// Connections are made only to the host that an address names, and to the proxy that the user or
// the environment names. No redirect leads elsewhere.
//
// Other programs may import this package; before version 1.0 of the module, a minor version
// may change it.
package remote

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"sync/atomic"
	"time"

	"github.com/go-git/go-git/v5/plumbing/protocol/packp"
	"github.com/go-git/go-git/v5/plumbing/transport"
)

// Options say how to reach servers, and what they may make this program do.
type Options struct {
	// Tokens gives the credentials for each server; nil sends none but an address's own.
	Tokens *Tokens
	// SSHKey is the path of a private key to use in place of the agent's and those in ~/.ssh.
	SSHKey string
	// KnownHosts are the files with the keys of ssh servers; none is ~/.ssh/known_hosts and
	// /etc/ssh/ssh_known_hosts. A server that they do not name is refused.
	KnownHosts []string
	// CABundle is PEM with certificates to trust besides the system's.
	CABundle []byte
	// Proxy is used in place of what HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY say.
	Proxy *url.URL
	// Limits are bounds; a zero is the one of DefaultLimits.
	Limits
	// Agent is this program's name and version, which servers are given.
	Agent string
	// Progress counts what arrives; it may be nil.
	Progress *Progress
	// Getenv gives the variables of the environment; nil is none.
	Getenv func(string) string
}

// Limits bound what is taken from a server.
type Limits struct {
	Pack    int64         // bytes of a pack
	Refs    int           // refs of a repository
	Connect time.Duration // until a connection is made and encrypted
	Silence time.Duration // without a byte
	Time    time.Duration // for all of a repository
}

// DefaultLimits are for any repository that is worked with: git keeps a server's silence below
// five seconds while it prepares a pack.
var DefaultLimits = Limits{Pack: 20 << 30, Refs: 1_000_000, Connect: 30 * time.Second, Silence: 2 * time.Minute, Time: 2 * time.Hour}

// or returns l with those of d where it has none.
func (l Limits) or(d Limits) Limits {
	if l.Pack <= 0 {
		l.Pack = d.Pack
	}
	if l.Refs <= 0 {
		l.Refs = d.Refs
	}
	if l.Connect <= 0 {
		l.Connect = d.Connect
	}
	if l.Silence <= 0 {
		l.Silence = d.Silence
	}
	if l.Time <= 0 {
		l.Time = d.Time
	}
	return l
}

// Progress counts bytes from a server; others may read it meanwhile.
type Progress struct{ Bytes atomic.Int64 }

// Errors that a caller may have to tell apart. The text of what is returned says which server and
// what to do.
var (
	ErrNotFound     = errors.New("there is no such repository, or it is not shown to those without credentials")
	ErrRefused      = errors.New("the server refuses access")
	ErrUnreachable  = errors.New("the server cannot be reached")
	ErrCutOff       = errors.New("the connection ended in the middle")
	ErrBusy         = errors.New("the server has too much to do")
	ErrSilent       = errors.New("the server has stopped answering")
	ErrTooMuch      = errors.New("the server sends more than the limit")
	ErrHostKey      = errors.New("the server's ssh key is not known")
	ErrNotGit       = errors.New("the server does not answer as a git server does")
	ErrNotSupported = errors.New("not supported")
)

// A Session is a conversation with a server about one repository. It is for one goroutine. Its
// context bounds all of it.
type Session struct {
	url      *URL
	o        Options
	ctx      context.Context
	cancel   context.CancelFunc
	meter    *meter
	upload   uploader
	login    login // that the server is sent
	refs     *Refs
	adv      *packp.AdvRefs
	finished bool // a pack was asked for
}

// An uploader is the part of go-git's transport.UploadPackSession that is needed here.
type uploader interface {
	AdvertisedReferencesContext(context.Context) (*packp.AdvRefs, error)
	UploadPack(context.Context, *packp.UploadPackRequest) (*packp.UploadPackResponse, error)
	io.Closer
}

// Open begins a session. Nothing is sent before Refs is called. The caller must close it.
func Open(ctx context.Context, u *URL, o Options) (*Session, error) {
	o.Limits = o.or(DefaultLimits)
	if o.Getenv == nil {
		o.Getenv = func(string) string { return "" }
	}
	if o.Progress == nil {
		o.Progress = new(Progress)
	}
	s := &Session{url: u, o: o}
	s.ctx, s.cancel = context.WithTimeoutCause(ctx, o.Time, fmt.Errorf("%w: the time limit of %s is over", ErrTooMuch, o.Time))
	s.meter = &meter{progress: o.Progress}
	var err error
	switch u.Scheme {
	case "https", "http":
		s.upload, err = s.openHTTP()
	case "ssh":
		s.upload = &stream{session: s, connect: s.connectSSH}
	case "git":
		s.upload = &stream{session: s, connect: s.connectGit}
	default:
		err = fmt.Errorf("%w: %s://", ErrNotSupported, u.Scheme)
	}
	if err != nil {
		err = s.failed(err)
		s.cancel()
		return nil, err
	}
	return s, nil
}

// Close ends the session.
func (s *Session) Close() {
	_ = s.upload.Close() // all that was wanted from it is here
	s.cancel()
}

// URL returns the address of the repository.
func (s *Session) URL() *URL { return s.url }

// maxRefList is how many bytes the list of refs may have: go-git holds all of it in memory.
const maxRefList = 128 << 20

// Refs returns the refs that the server has. It asks for them once.
func (s *Session) Refs() (*Refs, error) {
	if s.refs != nil {
		return s.refs, nil
	}
	s.meter.allow(min(maxRefList, int64(s.o.Refs)*maxRefName), fmt.Errorf("%w of %d refs", ErrTooMuch, s.o.Refs))
	adv, err := s.upload.AdvertisedReferencesContext(s.ctx)
	switch {
	case errors.Is(err, transport.ErrEmptyRemoteRepository), errors.Is(err, packp.ErrEmptyAdvRefs):
		s.refs = &Refs{}
		return s.refs, nil
	case err != nil:
		return nil, s.failed(err)
	}
	refs, err := newRefs(adv, s.o.Refs)
	if err != nil {
		return nil, s.failed(err)
	}
	s.adv, s.refs = adv, refs
	return refs, nil
}

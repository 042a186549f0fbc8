package remote

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/url"
	"time"

	"github.com/go-git/go-git/v5/plumbing/format/pktline"
	"github.com/go-git/go-git/v5/plumbing/protocol/packp"
	"github.com/go-git/go-git/v5/plumbing/transport"
	"golang.org/x/net/proxy"
)

// A stream is a session over one connection, by ssh or git's own protocol. go-git has such a one,
// which takes no context for connecting and no limit; the messages are go-git's.
type stream struct {
	session *Session
	connect func(context.Context) (*pipe, error)
	pipe    *pipe
}

// A pipe is a connection to git-upload-pack on a server.
type pipe struct {
	in    io.Writer
	out   io.Reader
	close func()
	// failed says what the server has said of an error elsewhere; it may be nil.
	failed func() error
}

// AdvertisedReferencesContext implements uploader.
func (t *stream) AdvertisedReferencesContext(ctx context.Context) (*packp.AdvRefs, error) {
	var err error
	if t.pipe, err = t.connect(ctx); err != nil {
		return nil, err
	}
	context.AfterFunc(ctx, t.pipe.close)
	adv := packp.NewAdvRefs()
	if err := adv.Decode(t.pipe.out); err != nil {
		return nil, t.pipe.why(err)
	}
	if adv.IsEmpty() {
		return nil, transport.ErrEmptyRemoteRepository
	}
	transport.FilterUnsupportedCapabilities(adv.Capabilities)
	return adv, nil
}

// why returns what the server says of an error, or else the error.
func (p *pipe) why(err error) error {
	if p.failed != nil {
		if said := p.failed(); said != nil {
			return said
		}
	}
	return err
}

// UploadPack implements uploader.
func (t *stream) UploadPack(_ context.Context, req *packp.UploadPackRequest) (*packp.UploadPackResponse, error) {
	sent := make(chan error, 1)
	// The server may answer before it has read everything.
	go func() { sent <- t.send(req) }()
	resp := packp.NewUploadPackResponse(req)
	if err := resp.Decode(io.NopCloser(t.pipe.out)); err != nil {
		return nil, t.pipe.why(err)
	}
	return resp, <-sent
}

func (t *stream) send(req *packp.UploadPackRequest) error {
	if err := req.UploadRequest.Encode(t.pipe.in); err != nil {
		return err
	}
	if err := req.UploadHaves.Encode(t.pipe.in, false); err != nil {
		return err
	}
	return pktline.NewEncoder(t.pipe.in).EncodeString("done\n")
}

// Close implements io.Closer.
func (t *stream) Close() error {
	if t.pipe != nil {
		if !t.session.finished {
			_, _ = t.pipe.in.Write(pktline.FlushPkt) // a farewell
		}
		t.pipe.close()
	}
	return nil
}

// dial connects to the server, by way of a proxy if one is named.
func (s *Session) dial(ctx context.Context, address string) (net.Conn, error) {
	direct := &net.Dialer{Timeout: s.o.Connect}
	ctx, cancel := context.WithTimeout(ctx, s.o.Connect)
	defer cancel()
	conn, err := dialVia(ctx, s.proxy(), direct, address)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnreachable, err)
	}
	return &meteredConn{conn, s.meter, s.o.Silence}, nil
}

func dialVia(ctx context.Context, via *url.URL, direct *net.Dialer, address string) (net.Conn, error) {
	if via == nil {
		return direct.DialContext(ctx, "tcp", address)
	}
	if via.Scheme == "http" || via.Scheme == "https" {
		return nil, fmt.Errorf("an %s proxy is for https only: name a socks5:// proxy", via.Scheme)
	}
	dialer, err := proxy.FromURL(via, direct)
	if err != nil {
		return nil, err
	}
	if d, ok := dialer.(proxy.ContextDialer); ok {
		return d.DialContext(ctx, "tcp", address)
	}
	return dialer.Dial("tcp", address)
}

// proxy returns the proxy for a connection that is not HTTP; nil is none.
func (s *Session) proxy() *url.URL {
	if s.o.Proxy != nil {
		return s.o.Proxy
	}
	for _, name := range []string{"ALL_PROXY", "all_proxy"} {
		if u, err := url.Parse(s.o.Getenv(name)); err == nil && u.Host != "" {
			return u
		}
	}
	return nil
}

// connectGit asks for a repository by git's own protocol.
func (s *Session) connectGit(ctx context.Context) (*pipe, error) {
	conn, err := s.dial(ctx, s.url.address())
	if err != nil {
		return nil, err
	}
	req := packp.GitProtoRequest{RequestCommand: transport.UploadPackServiceName, Pathname: s.url.url().Path, Host: s.url.Server()}
	if err := conn.SetDeadline(time.Now().Add(s.o.Connect)); err != nil {
		_ = conn.Close() // nothing was agreed yet
		return nil, err
	}
	// A server that has answered and gone does not take it. Its answer says more than this error.
	_ = req.Encode(conn)
	return &pipe{in: conn, out: conn, close: func() { _ = conn.Close() }}, nil
}

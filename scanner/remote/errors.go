package remote

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/format/pktline"
	"github.com/go-git/go-git/v5/plumbing/protocol/packp"
	"github.com/go-git/go-git/v5/plumbing/transport"
	githttp "github.com/go-git/go-git/v5/plumbing/transport/http"
)

// failed returns the error of a session for a person: the address, what happened, and what to do.
// It repeats nothing that the server says, and no credentials.
func (s *Session) failed(err error) error {
	if failure := s.meter.failure(); failure != nil {
		err = failure
	}
	if s.ctx.Err() != nil {
		err = context.Cause(s.ctx)
	}
	if errors.Is(err, context.Canceled) {
		return err
	}
	return fmt.Errorf("%s: %w", s.url, s.plain(err))
}

// plain translates an error of go-git, of the network or of a limit.
func (s *Session) plain(err error) error {
	for _, own := range []error{ErrNotFound, ErrRefused, ErrUnreachable, ErrBusy, ErrCutOff, ErrSilent, ErrTooMuch, ErrHostKey, ErrNotGit, ErrNotSupported} {
		if errors.Is(err, own) {
			return innermost(err, own)
		}
	}
	var redirect *redirectError
	var line *pktline.ErrorLine
	var said *serverError
	var bad *packp.ErrUnexpectedData
	var status *githttp.Err
	var unexpected *plumbing.UnexpectedError
	switch {
	case errors.As(err, &redirect):
		return redirect
	case errors.Is(err, transport.ErrRepositoryNotFound):
		return s.hinted(ErrNotFound)
	case errors.Is(err, transport.ErrAuthenticationRequired), errors.Is(err, transport.ErrAuthorizationFailed):
		return s.hinted(ErrRefused)
	case errors.As(err, &said):
		return s.said(said.text)
	case errors.As(err, &line):
		return s.said(line.Text)
	case errors.As(err, &bad):
		return s.strange(bad)
	case errors.As(err, &unexpected) && errors.As(unexpected.Err, &status):
		return fmt.Errorf("the server answers with status %d", status.StatusCode())
	case errors.As(err, &status):
		return fmt.Errorf("the server answers with status %d", status.StatusCode())
	case errors.As(err, &unexpected) && unexpected.Err != nil:
		return s.plain(unexpected.Err)
	}
	return network(err)
}

// A serverError is what a server says in the place of a pack.
type serverError struct{ text string }

// Error implements error.
func (e *serverError) Error() string { return "the server reports an error" }

// packReader reads a pack from a demultiplexer, whose errors are only texts.
type packReader struct{ io.Reader }

// Read implements io.Reader.
func (p packReader) Read(b []byte) (int, error) {
	n, err := p.Reader.Read(b)
	if err == nil {
		return n, nil
	}
	if text, ok := strings.CutPrefix(err.Error(), "unexpected error: "); ok {
		err = &serverError{text}
	} else if strings.HasPrefix(err.Error(), "unknown channel") {
		err = ErrNotGit
	}
	return n, err
}

// innermost returns the part of an error that begins with our own words.
func innermost(err, own error) error {
	for e := err; e != nil; e = errors.Unwrap(e) {
		if strings.HasPrefix(e.Error(), own.Error()) {
			return e
		}
	}
	return err
}

// hinted adds to an error what to do about credentials.
func (s *Session) hinted(err error) error {
	switch {
	case s.url.Scheme == "ssh" || s.url.Scheme == "git":
		return err
	case !s.login.isZero():
		return fmt.Errorf("%w with the credentials that were sent: check that they may read it and have not expired", err)
	case s.url.Scheme == "http" && !isLoopback(s.url.Host):
		return fmt.Errorf("%w; %w", err, errUnsent)
	}
	return fmt.Errorf("%w: set %s, or give --token-file", err, TokenVariable)
}

// said translates what a server says of an error. Its words are not repeated.
func (s *Session) said(text string) error {
	if known := notFound(text); known != nil {
		return known
	}
	return errors.New("the server reports an error of its own")
}

// strange says what an answer is that is no list of refs.
func (s *Session) strange(bad *packp.ErrUnexpectedData) error {
	data := string(bad.Data)
	switch {
	case strings.Contains(data, "object-format=sha256"):
		return fmt.Errorf("%w: the repository's ids are SHA-256. Clone it (`git clone --mirror`) and give the folder", ErrNotSupported)
	case notFound(data) != nil:
		return notFound(data)
	case strings.Contains(bad.Error(), "EOF"):
		return ErrCutOff
	}
	return ErrNotGit
}

// network says what an error of the network means.
func network(err error) error {
	var in *url.Error
	if errors.As(err, &in) {
		err = in.Err // without the address, which is said already
	}
	var dns *net.DNSError
	var op *net.OpError
	switch {
	case errors.As(err, &dns) && dns.IsNotFound:
		return fmt.Errorf("%w: there is no such host", ErrUnreachable)
	case errors.Is(err, packp.ErrEmptyInput), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return ErrCutOff
	case errors.Is(err, pktline.ErrInvalidPktLen):
		return ErrNotGit
	case errors.As(err, &op):
		switch op.Op {
		case "proxyconnect":
			return fmt.Errorf("%w, or rather its proxy: %w", ErrUnreachable, op.Err)
		case "dial":
			return fmt.Errorf("%w: %w", ErrUnreachable, op.Err)
		}
		return fmt.Errorf("%w: %w", ErrCutOff, op.Err)
	}
	return err
}

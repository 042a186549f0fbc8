package remote

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/protocol/packp"
	"github.com/go-git/go-git/v5/plumbing/protocol/packp/capability"
	"github.com/go-git/go-git/v5/plumbing/protocol/packp/sideband"

	"github.com/neokeys/neokeys/scanner/pack"
)

// A Want says what to fetch.
type Want struct {
	// Refs are patterns of refs, as in [Refs.Select]; none is all, pull requests included.
	Refs []string
	// Depth is how many commits to fetch of each ref's history; 0 is all.
	Depth int
}

// Fetch fetches a repository into a new folder, which is then a bare repository that [git.Open]
// opens. It returns the refs that the folder has. After an error the folder is to be deleted.
func (s *Session) Fetch(path string, w Want) (*Refs, error) {
	all, err := s.Refs()
	if err != nil {
		return nil, err
	}
	refs, err := all.Select(w.Refs)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.url, err)
	}
	f, err := newFolder(path)
	if err != nil {
		return nil, err
	}
	if wants := refs.wants(); len(wants) > 0 {
		if err := s.exchange(f, wants, nil, w.Depth); err != nil {
			return nil, s.failed(err)
		}
	}
	return refs, f.setRefs(refs)
}

// maxAnswer is how much a server may send before the pack itself, such as the boundary of a
// shallow history.
const maxAnswer = 64 << 20

// exchange fetches what wants lead to and haves do not.
func (s *Session) exchange(f *folder, wants, haves []plumbing.Hash, depth int) error {
	req, err := s.request(depth)
	if err != nil {
		return err
	}
	req.Wants, req.Haves = wants, haves
	tooLong := fmt.Errorf("%w of %d bytes for a pack: raise it with --max-pack", ErrTooMuch, s.o.Pack)
	if s.o.Pack < maxAnswer {
		s.meter.allow(s.o.Pack, tooLong)
	} else {
		s.meter.allow(maxAnswer, fmt.Errorf("%w before the pack", ErrTooMuch))
	}
	s.finished = true
	resp, err := s.upload.UploadPack(s.ctx, req)
	if err != nil {
		return err
	}
	defer resp.Close() // what was wanted of it is here by then
	s.meter.allow(s.o.Pack, tooLong)
	if err := receive(s.ctx, f, demultiplex(req, resp), s.o.Pack); err != nil {
		return err
	}
	var boundary []string
	for _, id := range resp.Shallows {
		boundary = append(boundary, id.String())
	}
	return f.setShallow(boundary)
}

// request returns a request that says how the answer is to be.
func (s *Session) request(depth int) (*packp.UploadPackRequest, error) {
	req := packp.NewUploadPackRequestFromCapabilities(s.adv.Capabilities)
	for _, c := range []capability.Capability{capability.NoProgress, capability.Shallow} {
		if s.adv.Capabilities.Supports(c) && (c != capability.Shallow || depth > 0) {
			if err := req.Capabilities.Set(c); err != nil {
				return nil, err
			}
		}
	}
	if s.o.Agent != "" && s.adv.Capabilities.Supports(capability.Agent) {
		if err := req.Capabilities.Set(capability.Agent, s.o.Agent); err != nil {
			return nil, err
		}
	}
	if depth > 0 && !s.adv.Capabilities.Supports(capability.Shallow) {
		return nil, fmt.Errorf("%w by this server: --depth", ErrNotSupported)
	}
	req.Depth = packp.DepthCommits(depth)
	return req, nil
}

// demultiplex returns the pack in an answer. What the server says besides is dropped.
func demultiplex(req *packp.UploadPackRequest, resp io.Reader) io.Reader {
	switch {
	case req.Capabilities.Supports(capability.Sideband64k):
		return packReader{sideband.NewDemuxer(sideband.Sideband64k, resp)}
	case req.Capabilities.Supports(capability.Sideband):
		return packReader{sideband.NewDemuxer(sideband.Sideband, resp)}
	}
	return resp
}

// receive writes a pack into the folder.
func receive(ctx context.Context, f *folder, r io.Reader, limit int64) error {
	_, err := pack.Receive(ctx, r, f.packs(), limit)
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		err = ErrCutOff
	}
	return err
}

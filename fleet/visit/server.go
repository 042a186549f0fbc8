package visit

import (
	"context"
	"errors"
	"path/filepath"

	"github.com/neokeys/neokeys/fleet/engine"
	"github.com/neokeys/neokeys/fleet/store"
	"github.com/neokeys/neokeys/scanner/remote"
)

// approachServer asks a server for the refs of a repository.
func (v *Visitor) approachServer(ctx context.Context, r *store.Repository, p *engine.Progress) (*place, error) {
	u, err := remote.Parse(r.URL)
	if err != nil {
		return nil, &engine.Trouble{Err: err, Final: true}
	}
	o := v.Remote
	o.Progress = new(remote.Progress)
	if v.Disk != nil {
		o.Pack = v.Disk.limit(o.Pack)
	}
	session, err := remote.Open(ctx, u, o)
	if err != nil {
		return nil, troubleOf(err)
	}
	count := func() {
		p.Fetched.Add(o.Progress.Bytes.Load())
		session.Close()
	}
	refs, err := session.Refs()
	if err != nil {
		count()
		return nil, troubleOf(err)
	}
	open := func() (*opened, error) {
		get := func() (*opened, error) { return v.fetch(ctx, session, o.Progress) }
		if v.Keep != "" {
			get = func() (*opened, error) { return v.mirror(session, r, o.Progress) }
		}
		opened, err := get()
		var t *engine.Trouble
		if errors.As(err, &t) {
			t.Err = v.Disk.explain(t.Err, v.Remote.Pack)
		}
		return opened, err
	}
	return &place{refs: listed(refs), open: open, close: count}, nil
}

// listed returns the refs of a server by name.
func listed(refs *remote.Refs) map[string]string {
	ids := map[string]string{}
	for _, r := range refs.List {
		ids[r.Name] = r.ID
	}
	if refs.HeadID != "" {
		ids["HEAD"] = refs.HeadID
	}
	return ids
}

// fetch gets all that the refs of a session lead to.
func (v *Visitor) fetch(ctx context.Context, session *remote.Session, p *remote.Progress) (*opened, error) {
	release, err := v.Disk.reserve(ctx)
	if err != nil {
		return nil, err
	}
	folder, remove, err := v.temporary()
	if err != nil {
		release()
		return nil, err
	}
	drop := func() { remove(); release() }
	path := filepath.Join(folder, "repository.git")
	if _, err := session.Fetch(path, remote.Want{}); err != nil {
		drop()
		return nil, troubleOf(err)
	}
	repo, err := openFolder(path)
	if err != nil {
		drop()
		return nil, &engine.Trouble{Err: err, Final: true}
	}
	return &opened{repo: repo, fetched: p.Bytes.Load(), close: drop}, nil
}

// troubleOf says what to do about an error of a server.
func troubleOf(err error) error {
	t := &engine.Trouble{Err: err}
	for _, final := range []error{remote.ErrNotFound, remote.ErrRefused, remote.ErrHostKey, remote.ErrTooMuch, remote.ErrNotGit, remote.ErrNotSupported} {
		t.Final = t.Final || errors.Is(err, final)
	}
	for _, host := range []error{remote.ErrUnreachable, remote.ErrSilent, remote.ErrBusy} {
		t.Host = t.Host || errors.Is(err, host)
	}
	var busy *remote.BusyError
	if errors.As(err, &busy) {
		t.RetryAfter = busy.RetryAfter
	}
	return t
}

package visit

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/dustin/go-humanize"

	"github.com/neokeys/neokeys/scanner/remote"
)

// A Disk bounds the bytes that fetched repositories take at a time. It gives each an equal share,
// so that no repository waits for room that others hold in part.
type Disk struct {
	share int64
	slots chan struct{}
}

// NewDisk returns a budget of so many bytes for so many repositories at a time.
func NewDisk(bytes int64, repositories int) *Disk {
	repositories = max(repositories, 1)
	return &Disk{share: max(bytes/int64(repositories), 1), slots: make(chan struct{}, repositories)}
}

// limit returns how many bytes one repository may take, which is at most wanted unless that is 0.
func (d *Disk) limit(wanted int64) int64 {
	if wanted > 0 {
		return min(wanted, d.share)
	}
	return d.share
}

// explain returns an error about the size of a pack that says which flag bounds it: limit is that of
// one pack.
func (d *Disk) explain(err error, limit int64) error {
	size := errors.Is(err, remote.ErrTooMuch) && strings.Contains(err.Error(), "--max-pack") // not of refs, or of time
	if d == nil || !size || limit > 0 && limit <= d.share {
		return err
	}
	return fmt.Errorf("%w of %s, its share of --disk: raise that, or search fewer at a time with --jobs", remote.ErrTooMuch, humanize.Bytes(uint64(d.share)))
}

// reserve waits for one share, which is free again when release is called.
func (d *Disk) reserve(ctx context.Context) (release func(), err error) {
	if d == nil {
		return func() {}, nil
	}
	select {
	case d.slots <- struct{}{}:
		return func() { <-d.slots }, nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

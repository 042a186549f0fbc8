package visit

import "context"

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

package outfile

import (
	"bytes"
	"context"
	"errors"
	"io"
	"time"
)

// grace is how long after an interrupt a reader may take nothing of what is written.
const grace = 100 * time.Millisecond

var errStuck = errors.New("interrupted while nobody read what is written there")

// Patient returns what writes to w, which may be a pipe whose reader takes nothing. When ctx ends, a
// write that goes on is left behind, and fails.
func Patient(ctx context.Context, w io.Writer) io.Writer { return &patient{ctx, w} }

type patient struct {
	ctx context.Context
	w   io.Writer
}

// Write implements io.Writer.
func (p *patient) Write(data []byte) (int, error) {
	data = bytes.Clone(data) // the caller's own may change once a write is left behind
	n := 0
	err := patiently(p.ctx, func() (err error) {
		n, err = p.w.Write(data)
		return err
	})
	if err != nil {
		return 0, err // n may be written to
	}
	return n, nil
}

// patiently waits for do until ctx ends, and for the time of grace after that.
func patiently(ctx context.Context, do func() error) error {
	done := make(chan error, 1)
	go func() { done <- do() }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	select {
	case err := <-done:
		return err
	case <-time.After(grace):
		return errStuck
	}
}

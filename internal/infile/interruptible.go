package infile

import (
	"context"
	"io"
)

// An interruptible is a reader that stops waiting when its context is cancelled: a pipe
// or a terminal may never have anything to say again.
type interruptible struct {
	ctx     context.Context
	chunks  chan chunk
	pending chunk
}

type chunk struct {
	data []byte
	err  error
}

// Interruptible returns what r reads until r ends. If ctx is cancelled first, a read of r that is
// under way is left behind.
func Interruptible(ctx context.Context, r io.Reader) io.Reader {
	in := &interruptible{ctx: ctx, chunks: make(chan chunk)}
	go func() {
		defer close(in.chunks)
		// One buffer is filled while the other is read; the send of a chunk
		// succeeds only when its reader is through with the one before.
		var buffers [2][64 << 10]byte
		for i := 0; ; i ^= 1 {
			data := buffers[i][:]
			n, err := r.Read(data)
			select {
			case in.chunks <- chunk{data[:n], err}:
			case <-ctx.Done():
				return
			}
			if err != nil {
				return
			}
		}
	}()
	return in
}

// interrupted is the error of a read that ctx ended.
type interrupted struct{ error }

func (i interrupted) Error() string { return "interrupted before it was read to its end" }

func (i interrupted) Unwrap() error { return i.error }

// Read implements io.Reader.
func (in *interruptible) Read(p []byte) (int, error) {
	for len(in.pending.data) == 0 {
		if in.pending.err != nil {
			return 0, in.pending.err
		}
		select {
		case in.pending = <-in.chunks:
		case <-in.ctx.Done():
			return 0, interrupted{in.ctx.Err()}
		}
	}
	n := copy(p, in.pending.data)
	in.pending.data = in.pending.data[n:]
	return n, nil
}

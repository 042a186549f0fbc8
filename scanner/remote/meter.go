package remote

import (
	"errors"
	"io"
	"net"
	"sync/atomic"
	"time"
)

// A meter counts what comes from a server and ends it at a limit.
type meter struct {
	progress *Progress
	left     atomic.Int64
	over     atomic.Pointer[error] // what it means that nothing is left
	failed   atomic.Pointer[error] // why nothing more comes; go-git keeps only the text of some errors
}

// fail notes that a limit is why nothing more comes, and returns err.
func (m *meter) fail(err error) error {
	if errors.Is(err, ErrTooMuch) || errors.Is(err, ErrSilent) {
		m.failed.CompareAndSwap(nil, &err)
	}
	return err
}

// failure returns why nothing more came; nil if that is not known.
func (m *meter) failure() error {
	if err := m.failed.Load(); err != nil {
		return *err
	}
	return nil
}

// allow sets how many more bytes may come, and the error where more do.
func (m *meter) allow(bytes int64, over error) {
	m.over.Store(&over)
	m.left.Store(bytes)
}

// count notes n bytes.
func (m *meter) count(n int) error {
	m.progress.Bytes.Add(int64(n))
	if m.left.Add(-int64(n)) < 0 {
		return m.fail(*m.over.Load())
	}
	return nil
}

// A meteredConn is a connection that is counted and does not wait for ever.
type meteredConn struct {
	net.Conn
	meter   *meter
	silence time.Duration
}

// Read implements io.Reader.
func (c *meteredConn) Read(p []byte) (int, error) {
	if err := c.SetReadDeadline(time.Now().Add(c.silence)); err != nil {
		return 0, err
	}
	n, err := c.Conn.Read(p)
	if over := c.meter.count(n); over != nil {
		return 0, over
	}
	return n, c.meter.fail(silent(err))
}

// Write implements io.Writer.
func (c *meteredConn) Write(p []byte) (int, error) {
	if err := c.SetWriteDeadline(time.Now().Add(c.silence)); err != nil {
		return 0, err
	}
	n, err := c.Conn.Write(p)
	return n, silent(err)
}

// silent returns ErrSilent for the error of a deadline.
func silent(err error) error {
	var t interface{ Timeout() bool }
	if errors.As(err, &t) && t.Timeout() {
		return ErrSilent
	}
	return err
}

// A meteredBody is the body of an answer that is counted.
type meteredBody struct {
	io.ReadCloser
	meter *meter
	idle  *time.Timer // ends the request
	wait  time.Duration
}

// Read implements io.Reader.
func (b *meteredBody) Read(p []byte) (int, error) {
	b.idle.Reset(b.wait)
	n, err := b.ReadCloser.Read(p)
	if over := b.meter.count(n); over != nil {
		return 0, over
	}
	return n, b.meter.fail(err)
}

// Close implements io.Closer.
func (b *meteredBody) Close() error {
	b.idle.Stop()
	return b.ReadCloser.Close()
}

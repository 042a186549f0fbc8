package engine

import (
	"context"
	"time"
)

// placeInterval is how often a repository asks again whose host has no place left.
const placeInterval = 250 * time.Millisecond

// turn waits for one of the slots and for one of the host's places, at a time when the host may be
// asked. The caller must call done at the end. It fails only with ctx.
func (e *Engine) turn(ctx context.Context, host string) (done func(), err error) {
	for {
		if err := e.await(ctx, host); err != nil {
			return nil, err
		}
		select {
		case e.slots <- struct{}{}:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		free := func() { <-e.slots }
		if host == "" {
			return free, nil
		}
		if e.hostWait(ctx, host) <= 0 { // else another repository of that host failed meanwhile
			if leave, ok := e.enter(ctx, host); ok {
				return func() { leave(); free() }, nil
			}
		}
		free()
		if err := sleep(ctx, placeInterval); err != nil {
			return nil, err
		}
	}
}

// enter takes one of the host's places, of which all workers together have PerHost. It reports
// whether one was free; an error of the database shows in the next heartbeat.
func (e *Engine) enter(ctx context.Context, host string) (leave func(), ok bool) {
	number, ok, err := e.db.EnterHost(ctx, host, e.id, e.o.PerHost)
	if err != nil || !ok {
		return nil, false
	}
	return func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		_ = e.db.LeaveHost(ctx, host, number, e.id) // else the end of this worker frees it
	}, true
}

// await waits until the host may be asked. It fails only with ctx.
func (e *Engine) await(ctx context.Context, host string) error {
	for {
		wait := e.hostWait(ctx, host)
		if wait <= 0 {
			return ctx.Err()
		}
		if err := sleep(ctx, wait); err != nil {
			return err
		}
	}
}

// sleep waits. It fails only with ctx.
func sleep(ctx context.Context, wait time.Duration) error {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// hostWait returns how long a host is to be left alone. What may be wrong with the database shows
// in the next step.
func (e *Engine) hostWait(ctx context.Context, host string) time.Duration {
	if host == "" {
		return 0
	}
	wait, err := e.db.HostWait(ctx, host)
	if err != nil {
		return 0
	}
	return wait
}

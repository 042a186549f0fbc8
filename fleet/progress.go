package fleet

import (
	"fmt"
	"time"

	"github.com/dustin/go-humanize"

	"github.com/neokeys/neokeys/fleet/engine"
	"github.com/neokeys/neokeys/report"
)

// showProgress says on a terminal, or now and then in a log, how far a run has come, until stop is
// called.
func (env *environment) showProgress(p *engine.Progress, quiet bool) (stop func()) {
	if quiet {
		return func() {}
	}
	terminal := isTerminal(env.err)
	every := time.Minute
	if terminal {
		every = 200 * time.Millisecond
	}
	started := time.Now()
	quit, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(every)
		defer tick.Stop()
		for {
			select {
			case <-quit:
				if terminal {
					_, _ = fmt.Fprint(env.err, "\r\x1b[K")
				}
				return
			case <-tick.C:
			}
			line := progressLine(p, time.Since(started))
			if terminal {
				_, _ = fmt.Fprint(env.err, "\r\x1b[K", line)
			} else {
				_, _ = fmt.Fprintln(env.err, "neokeys-fleet:", line)
			}
		}
	}()
	return func() { close(quit); <-done }
}

// progressLine says how far a run has come.
func progressLine(p *engine.Progress, elapsed time.Duration) string {
	done, left := p.Scanned.Load()+p.Unchanged.Load()+p.Failed.Load(), p.Left.Load()
	line := fmt.Sprintf("%s of %s", humanize.Comma(done), repositories(done+left))
	if failed := p.Failed.Load(); failed > 0 {
		line += fmt.Sprintf(", %s failed", humanize.Comma(failed))
	}
	line += fmt.Sprintf("; %s searched", humanize.Bytes(uint64(p.Bytes.Load())))
	if n := p.Fetched.Load(); n > 0 {
		line += fmt.Sprintf(", %s fetched", humanize.Bytes(uint64(n)))
	}
	if done > 0 && left > 0 {
		rest := time.Duration(float64(elapsed) / float64(done) * float64(left))
		line += fmt.Sprintf("; about %s left", rest.Round(time.Second))
	}
	if name, others := p.Running(); name != "" {
		line += "; " + short(report.Printable(name))
		if others > 0 {
			line += fmt.Sprintf(" and %d others", others)
		}
	}
	return line
}

// short cuts the beginning of a long name.
func short(name string) string {
	const most = 40
	if r := []rune(name); len(r) > most {
		return "..." + string(r[len(r)-most:])
	}
	return name
}

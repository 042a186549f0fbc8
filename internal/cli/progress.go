package cli

import (
	"fmt"
	"os"
	"time"

	"github.com/dustin/go-humanize"

	"github.com/neokeys/neokeys/scanner"
)

// progressAfter is how long a scan may take without saying anything.
const progressAfter = 500 * time.Millisecond

// showProgress keeps a line on a terminal that says how far the scan has come, until
// the returned function is called.
func showProgress(terminal *os.File, p *scanner.Progress) (stop func()) {
	start := time.Now()
	return showLine(terminal, func() string {
		bytes := p.Bytes.Load()
		rate := float64(bytes) / time.Since(start).Seconds()
		what := humanize.Comma(p.Files.Load()) + " files"
		if n := p.Objects.Load(); n > 0 {
			what = humanize.Comma(n) + " git objects"
		}
		return fmt.Sprintf("scanning: %s, %s, %s/s", what, humanize.Bytes(uint64(bytes)), humanize.Bytes(uint64(rate)))
	})
}

// showLine keeps what line returns on a terminal, once progressAfter has passed, until
// the returned function is called, which takes it away again.
func showLine(terminal *os.File, line func() string) (stop func()) {
	quit, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		wait := time.NewTimer(progressAfter)
		defer wait.Stop()
		shown := false
		for {
			select {
			case <-quit:
				if shown {
					_, _ = fmt.Fprint(terminal, "\r\x1b[K")
				}
				return
			case <-wait.C:
				shown = true
				_, _ = fmt.Fprint(terminal, "\r\x1b[K", line())
				wait.Reset(progressAfter / 5)
			}
		}
	}()
	return func() {
		close(quit)
		<-done
	}
}

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
// the returned function is called, which takes the line away again.
func showProgress(terminal *os.File, p *scanner.Progress) (stop func()) {
	quit, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		start := time.Now()
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
				bytes := p.Bytes.Load()
				rate := float64(bytes) / time.Since(start).Seconds()
				_, _ = fmt.Fprintf(terminal, "\r\x1b[Kscanning: %s files, %s, %s/s",
					humanize.Comma(p.Files.Load()), humanize.Bytes(uint64(bytes)), humanize.Bytes(uint64(rate)))
				wait.Reset(progressAfter / 5)
			}
		}
	}()
	return func() {
		close(quit)
		<-done
	}
}

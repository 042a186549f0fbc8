package report

import (
	"bufio"
	"fmt"
	"io"

	"github.com/neokeys/neokeys/finding"
)

// writeText writes one line a finding.
func writeText(w io.Writer, r *finding.Result, _ Options) error {
	b := bufio.NewWriter(w)
	for i := range r.Findings {
		f := &r.Findings[i]
		fmt.Fprintf(b, "%q:%d:%d: %s: %s [%s]\n", f.Path, f.Line, f.Column, f.Severity, f.Message, f.Rule)
	}
	return b.Flush()
}

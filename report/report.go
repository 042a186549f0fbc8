// Package report shows what a scan found to one kind of reader at a time: a person, a
// program, a code-scanning service. One file holds one format, and each escapes what
// comes from the scanned files for its reader.
package report

import (
	"fmt"
	"io"
	"time"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/rules"
)

// A Format is the name of a kind of report.
type Format string

// The formats.
const (
	Text  Format = "text"
	JSON  Format = "json"
	JSONL Format = "jsonl"
	SARIF Format = "sarif"
)

var writers = map[Format]func(io.Writer, *finding.Result, Options) error{
	Text:  writeText,
	JSON:  writeJSON,
	JSONL: writeJSONL,
	SARIF: writeSARIF,
}

// Formats returns the formats in the order in which they are listed.
func Formats() []Format { return []Format{Text, JSON, JSONL, SARIF} }

// Options are what a report needs to know besides the result.
type Options struct {
	// Rules are those that ran.
	Rules []*rules.Rule
	Tool  Tool
	// ShowSecrets prints keys in full.
	ShowSecrets bool
	// Color, Verbose, Quiet and Width, the number of columns (0 if there is no
	// telling), are for text alone.
	Color, Verbose, Quiet bool
	Width                 int
	// Scanned says what was scanned, as the user named it.
	Scanned string
	// Root is the absolute path of the folder that paths are relative to; empty if
	// that is not known.
	Root       string
	Started    time.Time
	ExitStatus int
}

// Tool is what made the report.
type Tool struct{ Version string }

// Write writes r to w in format f.
func Write(w io.Writer, f Format, r *finding.Result, o Options) error {
	write, ok := writers[f]
	if !ok {
		return fmt.Errorf("unknown report format %q", f)
	}
	return write(w, r, o)
}

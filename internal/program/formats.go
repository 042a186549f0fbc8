package program

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/neokeys/neokeys/internal/infile"
	"github.com/neokeys/neokeys/internal/suggest"
	"github.com/neokeys/neokeys/report"
)

// A Target is one format of a report, and the file that it goes to; empty for standard output.
type Target struct {
	Format report.Format
	File   string
}

// Formats is the flag --format: in which formats a report is written, and where.
type Formats struct {
	values []string
	usual  report.Format
	own    []report.Format // of this program alone
}

// Register adds the flag to a command, whose help lists the formats, and sets usual, the format where
// none is given. The own formats are those that only this program writes, which about describes.
func (fs *Formats) Register(cmd *cobra.Command, usual report.Format, about string, own ...report.Format) {
	fs.usual, fs.own = usual, own
	var names []string
	cmd.Long += "\n\nFormats of the report (-f):\n"
	for _, f := range fs.all() {
		text := about
		if !slices.Contains(own, f) {
			text = f.About()
		}
		names = append(names, string(f)+"\t"+text)
		cmd.Long += fmt.Sprintf("  %-13s %s\n", f, text)
	}
	cmd.Flags().StringArrayVarP(&fs.values, "format", "f", nil,
		"report as `FORMAT`, one of those above, or FORMAT=FILE to write it there (repeatable; default "+string(usual)+")")
	_ = cmd.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(names, cobra.ShellCompDirectiveNoFileComp)) // fails for a flag that there is not
}

func (fs *Formats) all() []report.Format { return slices.Concat(fs.own, report.Formats()) }

// Values returns what the user has written.
func (fs *Formats) Values() []string { return fs.values }

// Set overrides what the user has written.
func (fs *Formats) Set(values ...string) { fs.values = values }

// Targets returns where to write what.
func (fs *Formats) Targets() (list []Target, err error) {
	values := fs.values
	if len(values) == 0 {
		values = []string{string(fs.usual)}
	}
	stdout := 0
	for _, arg := range values {
		t, err := fs.target(arg)
		if err != nil {
			return nil, err
		}
		if t.File == "" {
			stdout++
		} else if slices.ContainsFunc(list, func(other Target) bool { return sameFile(other.File, t.File) }) {
			return nil, fmt.Errorf("--format %s: another report goes to that file and would be lost: give each its own", arg)
		}
		list = append(list, t)
	}
	if stdout > 1 {
		return nil, errors.New("--format: only one report can go to standard output; give the others a file, as in -f sarif=neokeys.sarif")
	}
	return list, nil
}

// sameFile reports whether two names are of one file that a report replaces. A pipe or a device takes
// several.
func sameFile(a, b string) bool {
	infoA, errA := os.Stat(a)
	infoB, errB := os.Stat(b)
	if errA == nil && errB == nil {
		return infoA.Mode().IsRegular() && os.SameFile(infoA, infoB)
	}
	return a != "" && realName(a) == realName(b)
}

// realName returns the absolute path of a file that may be still to be made, without links to its folder.
func realName(file string) string {
	full, err := filepath.Abs(file)
	if err != nil {
		return filepath.Clean(file)
	}
	return infile.InRealFolder(full)
}

func (fs *Formats) target(arg string) (t Target, err error) {
	name, file, given := strings.Cut(arg, "=")
	if keys := string(report.CSVKeys); arg == keys || strings.HasPrefix(arg, keys+"=") {
		name, file, given = keys, strings.TrimPrefix(arg[len(keys):], "="), arg != keys
	}
	t = Target{report.Format(name), file}
	switch {
	case !slices.Contains(fs.all(), t.Format):
		var names []string
		for _, f := range fs.all() {
			names = append(names, string(f))
		}
		hint := ""
		if best := suggest.Nearest(name, names); best != "" && best[0] == name[0] { // yaml does not mean html
			hint = fmt.Sprintf(", did you mean %q?", best)
		}
		return t, fmt.Errorf("--format: unknown format %q%s: use one of %s", name, hint, strings.Join(names, ", "))
	case given && file == "":
		return t, fmt.Errorf("--format %s: there is no file name after the =", arg)
	}
	return t, nil
}

package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/suggest"
	"github.com/neokeys/neokeys/rules"
)

// others are commands of other scanners, and what does the same here.
var others = map[string]string{
	"detect":     "`neokeys audit` searches files and history, `neokeys git` the history, `neokeys scan` files",
	"protect":    "`neokeys git --staged` searches what the next commit would add, `neokeys init --hook` has git do so",
	"dir":        "`neokeys scan` searches files and folders",
	"directory":  "`neokeys scan` searches files and folders",
	"file":       "`neokeys scan` searches files and folders",
	"files":      "`neokeys scan` searches files and folders",
	"filesystem": "`neokeys scan` searches files and folders",
	"stdin":      "`neokeys scan -` searches standard input",
	"repo":       "`neokeys git` searches a repository",
	"github":     "clone the repository; `neokeys git` searches it",
	"install":    "`neokeys init --hook` writes git hooks",
}

// otherFlags are flags of other scanners, and what does the same here.
var otherFlags = map[string]string{
	"redact":        "reports never show a whole key, unless with --show-secrets",
	"no-git":        "`neokeys scan` searches files, and no history",
	"source":        "give the path as an argument",
	"report-path":   "-f FORMAT=FILE writes a report to a file",
	"report-format": "-f FORMAT=FILE writes a report to a file",
	"baseline-path": "--baseline names a baseline",
	"log-opts":      "`neokeys git --range` searches some commits",
	"since-commit":  "`neokeys git --range` searches what came since",
	"only-verified": "--verify --only live shows the keys that work",
}

// meant adds to an error about a command that does not exist what was probably meant.
func meant(root *cobra.Command, err error) error {
	var name, of string
	if _, scanErr := fmt.Sscanf(err.Error(), "unknown command %q for %q", &name, &of); scanErr != nil {
		return err
	}
	if of != root.Name() {
		walk(root, func(c *cobra.Command) {
			if c.CommandPath() == of {
				err = fmt.Errorf("unknown command %q for %q%s\nRun '%[2]s --help' for a list", name, of, suggest.Or(name, available(c), ""))
			}
		})
		return err
	}
	hint, ok := others[strings.ToLower(name)]
	if ok {
		hint = ": " + hint
	} else {
		hint = suggest.Or(name, available(root), "")
	}
	return fmt.Errorf("unknown command %q%s\nRun '%s --help' for a list", name, hint, root.Name())
}

// available returns the names of the commands below c.
func available(c *cobra.Command) []string {
	var names []string
	for _, sub := range c.Commands() {
		if sub.IsAvailableCommand() {
			names = append(names, sub.Name())
		}
	}
	return names
}

// meantFlag says which flag was probably meant by one that cmd does not have.
func meantFlag(cmd *cobra.Command, name string) string {
	var names, commands []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	// cmd's own root may have no other command: see addCommands.
	walk(Root(), func(c *cobra.Command) {
		if c.Flags().Lookup(name) != nil {
			commands = append(commands, "`"+c.CommandPath()+"`")
		}
	})
	if len(commands) > 0 {
		return ": it is a flag of " + strings.Join(commands, ", ")
	}
	if hint, ok := otherFlags[name]; ok {
		return ": " + hint
	}
	best := suggest.Nearest(name, names)
	if best == "" {
		return ""
	}
	return fmt.Sprintf(", did you mean --%s?", best)
}

func walk(c *cobra.Command, f func(*cobra.Command)) {
	f(c)
	for _, sub := range c.Commands() {
		walk(sub, f)
	}
}

// maxSiblings is how many names in a folder are looked at to find the one that was meant.
const maxSiblings = 10_000

// meantPath says which file or folder was probably meant by a path that does not exist.
func meantPath(path string) string {
	folder, err := os.Open(filepath.Dir(path))
	if err != nil {
		return ""
	}
	defer folder.Close() // only read from
	names, _ := folder.Readdirnames(maxSiblings)
	slices.Sort(names)
	best := suggest.Nearest(filepath.Base(path), names)
	if best == "" {
		return ""
	}
	return fmt.Sprintf(", did you mean %q?", filepath.Join(filepath.Dir(path), best))
}

// suggestPaths adds to the problems of paths that do not exist which ones were probably meant.
func suggestPaths(r *finding.Result, paths []string) {
	for _, path := range paths {
		if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
			continue
		}
		name := rules.Mask(filepath.ToSlash(filepath.Clean(path)))
		for i := range r.Problems {
			if p := &r.Problems[i]; p.Path == name {
				p.Message += rules.Mask(meantPath(path))
			}
		}
	}
}

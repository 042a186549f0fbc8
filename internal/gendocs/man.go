package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
	"github.com/spf13/pflag"

	"github.com/neokeys/neokeys/fleet"
	"github.com/neokeys/neokeys/internal/cli"
	"github.com/neokeys/neokeys/internal/version"
)

// release writes what an archive holds besides the program, man pages and completions: in a folder
// for each program.
func release(folder string) error {
	for _, root := range []*cobra.Command{cli.Root(), fleet.Root()} {
		to := filepath.Join(folder, root.Name())
		if err := os.MkdirAll(to, 0o777); err != nil {
			return err
		}
		if err := errors.Join(man(root, to), completions(root, to)); err != nil {
			return err
		}
	}
	return nil
}

func completions(root *cobra.Command, folder string) error {
	return errors.Join(
		root.GenBashCompletionFileV2(filepath.Join(folder, root.Name()+".bash"), true),
		root.GenZshCompletionFile(filepath.Join(folder, "_"+root.Name())),
		root.GenFishCompletionFile(filepath.Join(folder, root.Name()+".fish"), true),
		root.GenPowerShellCompletionFileWithDesc(filepath.Join(folder, root.Name()+".ps1")),
	)
}

// man writes a man page for each command.
func man(root *cobra.Command, folder string) error {
	root.InitDefaultHelpFlag()
	forMan(root)
	header := &doc.GenManHeader{Section: "1", Manual: "neokeys", Source: "neokeys " + version.Of().Version}
	return doc.GenManTree(root, header, folder)
}

// forMan prepares the texts of a command and of those below it for Cobra, which takes
// texts meant for a terminal as Markdown: unescaped, neo_sk_ loses its underscores.
func forMan(cmd *cobra.Command) {
	cmd.DisableAutoGenTag = true // the same bytes every day
	cmd.Short = escapeMarkdown(cmd.Short)
	cmd.Long = markdown(cmd.Long)
	cmd.Flags().VisitAll(func(f *pflag.Flag) { f.Usage = escapeMarkdown(f.Usage) })
	cmd.PersistentFlags().VisitAll(func(f *pflag.Flag) { f.Usage = escapeMarkdown(f.Usage) })
	for _, c := range cmd.Commands() {
		forMan(c)
	}
}

// markdown turns a text for a terminal into Markdown. Indented lines keep their line breaks.
func markdown(s string) string {
	var b strings.Builder
	indented := false
	for line := range strings.Lines(s) {
		blank := strings.TrimSpace(line) == ""
		if now := strings.HasPrefix(line, "  "); now != indented && (now || !blank) {
			b.WriteString("\n```\n")
			if indented {
				b.WriteString("\n")
			}
			indented = now
		}
		if !indented {
			line = escapeMarkdown(line)
		}
		b.WriteString(line)
	}
	if indented {
		b.WriteString("\n```\n")
	}
	return b.String()
}

// escapeMarkdown escapes what Markdown would take for markup. Backquotes stay: in a flag's
// usage they mark the name of its value.
var escapeMarkdown = strings.NewReplacer(`\`, `\\`, `_`, `\_`, `*`, `\*`, `<`, `\<`, `>`, `\>`, `[`, `\[`, `]`, `\]`, `#`, `\#`).Replace

package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/fix"
	"github.com/neokeys/neokeys/internal/outfile"
	"github.com/neokeys/neokeys/scanner"
)

// A fixCommand shows or makes the edits after which findings are gone.
type fixCommand struct {
	env *environment
	flags
	write, unsafe, check bool
	keepValues           bool
	proxy                string
}

func newFix(env *environment) *cobra.Command {
	c := &fixCommand{env: env}
	cmd := &cobra.Command{
		Use:   "fix [PATH]",
		Short: "Take keys out of files: show the edits, or make them",
		Long: `Scan PATH (default the current folder) and show, as a diff, the edits that remove findings:
a key in program text becomes a look-up of an environment variable, as the file's language
writes it. Nothing is written without --write.

A fix is safe if programs behave as before once the variable is set; the output lists the
variables to set before you deploy. Other fixes are unsafe: read them first, and add
--unsafe. Findings that no edit can fix are listed, with what to do.

Keys in the diff are redacted, so it is for reading. With --show-secrets it is a patch for
` + "`git apply`" + `, from the root of the worktree.

Files that git ignores, vendored, minified and generated files, bundles, source maps,
archives and submodules are never edited, and neither is anything outside of PATH or through
a link. The output lists those that have findings.

A tracked .env file is taken out of git's index, stays on disk, gets a line in .gitignore,
and its variables are shown, without values, in .env.example. A key that is taken out of
other files is kept nowhere, unless --keep-values adds it to an .env file that git ignores.

Where a browser calls Neo with a key, no edit helps, only a server in between: the
output has the two files of a minimal proxy, for Next, Express, FastAPI or Go.

A fix takes a key out of the files, not out of the history: rotate or revoke it as well.

Exit status: 0 for a diff or a completed write; 2 when it failed or the scan was incomplete.
With --check: 1 if there is anything to fix.`,
		Example: `  neokeys fix
  neokeys fix --write src
  neokeys fix --show-secrets | git apply
  neokeys fix --check`,
		Args: cobra.MaximumNArgs(1),
		RunE: c.run,
	}
	c.output.registerText(cmd)
	c.project.register(cmd)
	c.project.registerRules(cmd)
	c.project.registerInline(cmd)
	c.search.register(cmd)
	c.search.registerFiles(cmd)
	f := cmd.Flags()
	f.BoolVarP(&c.write, "write", "w", false, "make the safe fixes")
	f.BoolVar(&c.unsafe, "unsafe", false, "show or make the unsafe fixes as well")
	f.BoolVar(&c.check, "check", false, "change nothing, and exit with 1 if there is anything to fix")
	f.BoolVar(&c.keepValues, "keep-values", false, "with --write, add the keys that are taken out of files to an .env file that git ignores")
	f.StringVar(&c.proxy, "instead", "", "print the two files of a minimal proxy for `FRAMEWORK`: next, express, fastapi or go")
	completeFlag(cmd, "instead", proxyNames()...)
	cmd.MarkFlagsMutuallyExclusive("write", "check")
	return cmd
}

// maxRounds is how often a command fixes what is left by the fixes before.
const maxRounds = 5

func (c *fixCommand) run(cmd *cobra.Command, args []string) error {
	if c.proxy != "" {
		return c.printProxy()
	}
	path := argument(args, ".")
	if err := fixable(path); err != nil {
		return err
	}
	if c.keepValues && !c.write {
		return errors.New("--keep-values: add --write, without which nothing is taken out of files")
	}
	p, err := c.plan(cmd, c.env, func() (*target, error) { return scanTarget([]string{path}) })
	if err != nil {
		return err
	}
	defer p.close()
	if p.target.files == nil {
		return fmt.Errorf("%s is a repository without files: fix the files of a clone", path)
	}
	s, err := c.session(cmd.Context(), p)
	if err != nil {
		return err
	}
	if !c.write {
		return c.show(s)
	}
	return c.makeAll(cmd.Context(), s)
}

// fixable reports whether there are files at path that may be edited.
func fixable(path string) error {
	if path == scanner.Stdin {
		return errors.New("standard input cannot be edited: give the path of a file or a folder")
	}
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%s: no such file or folder%s", path, meantPath(path))
	case err != nil:
		return err
	case info.Mode()&fs.ModeSymlink != 0:
		return fmt.Errorf("%s is a link, and nothing is edited through one: give the path that it leads to", path)
	}
	return nil
}

// makeAll writes the fixes, and those of what is found then: some stand in each other's way, such
// as two in one call, and one may lead to another.
func (c *fixCommand) makeAll(ctx context.Context, s *fixSession) error {
	made := &fixSession{plan: s.plan, result: s.result}
	var values *keeper
	if c.keepValues {
		var err error
		if values, err = c.keeper(s); err != nil {
			return err
		}
	}
	for range maxRounds {
		written, err := c.writeFiles(ctx, s)
		made.fixed = append(made.fixed, written...)
		if err != nil {
			_ = c.conclude(made, "Fixed")
			return err
		}
		if len(written) == 0 {
			break
		}
		if s, err = c.session(ctx, s.plan); err != nil {
			return err
		}
	}
	made.left, made.withheld, made.skipped = s.left, s.withheld, s.skipped
	if values != nil {
		var err error
		if made.kept, err = values.keep(made.fixed); err != nil {
			return fmt.Errorf("the keys cannot be kept in %s: %w", values.file, err)
		}
	}
	return c.conclude(made, "Fixed")
}

// writeFiles writes the files that fixes of s change, and returns the fixes that were made.
func (c *fixCommand) writeFiles(ctx context.Context, s *fixSession) ([]fixed, error) {
	for n, f := range s.changes {
		if err := ctx.Err(); err != nil {
			return s.madeIn(s.changes[:n]), err
		}
		if err := f.write(s.plan.target.trees()); err != nil {
			return s.madeIn(s.changes[:n]), fmt.Errorf("%s cannot be written: %w", f.path, err)
		}
	}
	return s.fixed, s.untrack()
}

// write makes the edits of one file, unless the file has changed since it was searched.
func (f *fileChange) write(trees []string) error {
	text := fix.Apply(f.text, f.edits)
	if f.created {
		file, err := os.OpenFile(f.full, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
		if err != nil {
			return err
		}
		_, err = file.Write(text)
		return errors.Join(err, file.Close())
	}
	now, err := os.ReadFile(f.full)
	if err != nil {
		return err
	}
	if string(now) != string(f.text) {
		return errors.New("it has changed meanwhile: run neokeys fix again")
	}
	return outfile.Replace(f.full, trees, func(w io.Writer) error {
		_, err := w.Write(text)
		return err
	})
}

// judged searches the plan's files, and has the result judged.
func judged(ctx context.Context, p *plan) (*finding.Result, error) {
	f, err := p.find(ctx)
	if err != nil {
		return nil, err
	}
	r := f.all()
	p.judge(r, p.scope(), "")
	return r, nil
}

package cli

import (
	"fmt"
	"strings"
	"time"

	"github.com/dustin/go-humanize"
	"github.com/spf13/cobra"

	"github.com/neokeys/neokeys/scanner"
)

func newScan(env *environment) *cobra.Command {
	var (
		out     output
		o       scanner.Options
		maxSize string
	)
	cmd := &cobra.Command{
		Use:   "scan [PATH ...]",
		Short: "Find keys in files and folders",
		Long: `Find Neo API keys in files and folders; - is standard input, and without a PATH the
current folder is scanned: what is piped in is read only if - is named, as hooks and
CI services often give a program a pipe that holds nothing.

In a git worktree, files that git ignores are left out unless they are tracked or
lie in a folder that ships to browsers (dist, build, public, ...) and is not inside
another folder that git ignores, such as node_modules. A .neokeysignore file, with the
syntax of .gitignore, leaves out more. A PATH that is named is always scanned, and so is
all in it if git ignores it.

Archives and compressed files (zip, apk, ipa, aab, jar, tar, gzip, bzip2, xz, zstd) are opened,
whatever their names: the place of a key is then app.apk!/assets/app.js.`,
		Example: `  neokeys scan
  neokeys scan src .env dist
  git diff | neokeys scan -
  neokeys scan -f text -f sarif=neokeys.sarif`,
		RunE: func(cmd *cobra.Command, paths []string) error {
			if err := out.check(); err != nil {
				return err
			}
			if maxSize != "" {
				n, err := humanize.ParseBytes(maxSize)
				if err != nil || n == 0 || n > 1<<62 {
					return fmt.Errorf("--max-file-size: %q is not a size; write 500KB, 10MB or 1GiB", maxSize)
				}
				o.MaxFileSize = int64(n)
			}
			if err := checkJobs(o.Jobs); err != nil {
				return err
			}
			if err := checkArchiveDepth(o.MaxArchiveDepth); err != nil {
				return err
			}
			if len(paths) == 0 {
				paths = []string{"."}
			}
			if err := out.loadPolicy(paths[0]); err != nil {
				return err
			}
			// What is left out may hold what the baseline knows.
			whole := o.MaxFileSize == 0 && o.MaxArchiveDepth >= scanner.ArchiveDepth
			for _, path := range paths {
				if path != scanner.Stdin {
					out.liveness.scanned = append(out.liveness.scanned, path)
				}
				if whole && path != scanner.Stdin {
					out.policy.scope = append(out.policy.scope, absolute(path))
				}
			}
			o.Places = out.policy.places()
			o.Paths, o.Input = paths, env.in
			var err error
			if o.Rules, err = out.set(); err != nil {
				return err
			}
			started := time.Now()
			s := scanner.New(o)
			stop := out.showProgress(env, s.Progress())
			r := s.Run(cmd.Context())
			stop()
			return out.write(env, r, strings.Join(paths, ", "), started)
		},
	}
	out.register(cmd)
	f := cmd.Flags()
	f.BoolVar(&o.NoIgnore, "no-ignore", false, "scan everything but .git: no ignore rule is looked at")
	f.IntVarP(&o.Jobs, "jobs", "j", 0, "search `N` files at a time (default one a processor)")
	registerArchiveDepth(f, &o.MaxArchiveDepth)
	f.StringVar(&maxSize, "max-file-size", "", "leave out files larger than `SIZE`, such as 10MB (default no limit)")
	return cmd
}

package cli

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/neokeys/neokeys/report"
	"github.com/neokeys/neokeys/scanner/remote"
)

// gone answers whether a repository still has the keys: with status 0 it has not, with 1 it has,
// and with 2 that is not known.
func (f *flags) gone(cmd *cobra.Command, env *environment, fetch *fetchFlags, ids []string, repo string) error {
	for _, name := range []string{"staged", "range", "exclude-shallow", "fail-on", "exit-zero", "max-key-age", "rule", "disable", "severity", "verify", "explain", "max-archive-depth", "ignore-unopened"} {
		if cmd.Flags().Changed(name) {
			return fmt.Errorf("--gone: leave out --%s, which has no say in whether a key is there", name)
		}
	}
	k := &knownKeys{fetch: fetch}
	if err := k.whole(cmd); err != nil {
		return err
	}
	format, err := goneFormat(f.output.formats.Values())
	if err != nil {
		return err
	}
	if err := k.take(cmd.Context(), env, ids); err != nil {
		return err
	}
	f.output.formats.Set()
	mine, p, err := k.find(cmd, env, f, repo)
	if err != nil {
		return err
	}
	defer p.close()
	o := p.onScreen(f.output.color)
	o.Verbose, o.Quiet = f.output.verbose, f.output.quiet
	answer := report.NewGone(mine, k.ids, remote.IsURL(repo), len(k.keys) > 0)
	if err := report.WriteGone(env.out, format, answer, o); err != nil {
		return fmt.Errorf("writing to standard output: %w", err)
	}
	switch {
	case answer.There():
		return statusFindings
	case !answer.Known():
		return statusFailed
	}
	return nil
}

// goneFormat reads the values of --format.
func goneFormat(formats []string) (report.Format, error) {
	switch {
	case len(formats) == 0:
		return report.Text, nil
	case len(formats) == 1 && (formats[0] == "text" || formats[0] == "json"):
		return report.Format(formats[0]), nil
	}
	return "", errors.New("--gone: use one --format, text or json, which goes to standard output")
}

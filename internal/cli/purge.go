package cli

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/url"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/report"
	"github.com/neokeys/neokeys/rules"
	"github.com/neokeys/neokeys/scanner/git"
	"github.com/neokeys/neokeys/scanner/remote"
)

// A purgeCommand says how to take keys out of a repository's history.
type purgeCommand struct {
	env          *environment
	flags        *flags
	fetch        fetchFlags
	repo, output string
	showSecrets  bool
	color        string
}

func newPurge(env *environment) *cobra.Command {
	c := &purgeCommand{env: env, flags: standard()}
	cmd := &cobra.Command{
		Use:   "purge ID...",
		Short: "Say how to take keys out of a repository's history",
		Long: `Say how to take keys out of a repository's history, and change nothing: which refs, tags,
notes and pull requests lead to them; the commands for git-filter-repo; what to tell
collaborators; and a text for the support of GitHub or GitLab, with the ids of the commits
that they have to drop from their caches. Revoke the keys first: a key
that somebody has read still works after the history is rewritten.

IDs are the ids of keys, as in every report; a single - reads the keys themselves from
standard input, and finds their bytes anywhere.

With --show-secrets, the file for git filter-repo --replace-text is written: with -o FILE
to a new file that only you can read, else to standard output, and nothing else.

Exit status: 0 the plan is complete; 1 git-filter-repo cannot do parts of it, which the plan
lists; 2 no key was found, or not everything could be searched.`,
		Example: `  neokeys purge 733f416094d6cd84
  neokeys purge 733f416094d6cd84 --show-secrets -o ../replace.txt
  neokeys git --gone 733f416094d6cd84`,
		Args: cobra.MinimumNArgs(1),
		// A name that shells complete by themselves would invite a key to be typed.
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE:              c.run,
	}
	c.fetch.register(cmd)
	f := cmd.Flags()
	f.StringVar(&c.repo, "repo", "", "the `REPO` or URL to search (default: the repository of the current folder)")
	f.StringVarP(&c.output, "output", "o", "", "with --show-secrets, write the file for --replace-text to `FILE`, which must not exist")
	f.BoolVar(&c.showSecrets, "show-secrets", false, "print keys in full")
	f.StringVar(&c.color, "color", "auto", "color the text: `WHEN` is auto, always or never (auto honours NO_COLOR)")
	completeFlag(cmd, "color", colors...)
	return cmd
}

func (c *purgeCommand) run(cmd *cobra.Command, args []string) error {
	switch {
	case c.output != "" && !c.showSecrets:
		return errors.New("--output: add --show-secrets; the file has the keys in full")
	case !slices.Contains(colors, c.color):
		return fmt.Errorf("--color: unknown value %q: use auto, always or never", c.color)
	}
	k := &knownKeys{fetch: &c.fetch}
	err := errors.Join(k.whole(cmd), c.fetch.check(cmd, []string{c.repo}))
	if err == nil {
		err = k.take(cmd.Context(), c.env, args)
	}
	if err != nil {
		return err
	}
	mine, p, err := k.find(cmd, c.env, c.flags, c.repo)
	if err != nil {
		return err
	}
	defer p.close()
	if len(mine.Findings) == 0 {
		if len(mine.Problems) > 0 {
			return fmt.Errorf("no such key was found in %s, but not everything could be searched: %s", p.target.name, firstProblem(mine.Problems))
		}
		return fmt.Errorf("%s does not have a key with the id %s: there is nothing to take out", p.target.name, strings.Join(k.ids, " or "))
	}
	if c.showSecrets && c.output == "" {
		return report.WriteReplaceText(c.env.out, mine)
	}
	if c.output != "" {
		if err := writeSecret(c.output, func(w io.Writer) error { return report.WriteReplaceText(w, mine) }); err != nil {
			return err
		}
	}
	return c.plan(p, k, mine)
}

// plan writes the plan.
func (c *purgeCommand) plan(p *plan, k *knownKeys, mine *finding.Result) error {
	purge := report.NewPurge(mine, report.Origin{File: absoluteOrNone(c.output), URL: originOf(k.repo, c.repo), Remotes: remoteNames(k.repo)})
	if err := purge.Write(c.env.out, p.onScreen(c.color)); err != nil {
		return fmt.Errorf("writing to standard output: %w", err)
	}
	switch {
	case len(mine.Problems) > 0:
		return statusFailed
	case !purge.Complete():
		return statusFindings
	}
	return nil
}

// absoluteOrNone returns where a file is, whatever folder its user goes to; empty for none.
func absoluteOrNone(file string) string {
	if file == "" {
		return ""
	}
	return absolute(file)
}

// writeSecret writes a new file that nobody else can read.
func writeSecret(path string, write func(io.Writer) error) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("the keys cannot be written: %w", err)
	}
	b := bufio.NewWriter(f)
	if err := errors.Join(write(b), b.Flush(), f.Close()); err != nil {
		return fmt.Errorf("the keys cannot be written to %s: %w", path, err)
	}
	return nil
}

// originOf returns the address of the repository on its server, without what it may say of its user;
// empty if there is none.
func originOf(repo *git.Repo, arg string) string {
	if remote.IsURL(arg) {
		return withoutUser(arg)
	}
	remotes := remotesOf(repo)
	names := slices.Sorted(maps.Keys(remotes))
	if n := slices.Index(names, "origin"); n > 0 {
		names[0] = "origin"
	}
	for _, name := range names {
		return withoutUser(remotes[name][0])
	}
	return ""
}

// remoteNames returns the repository's remotes, each with its address.
func remoteNames(repo *git.Repo) (list []string) {
	remotes := remotesOf(repo)
	for _, name := range slices.Sorted(maps.Keys(remotes)) {
		list = append(list, rules.Mask(name+" ("+withoutUser(remotes[name][0])+")"))
	}
	return list
}

// withoutUser returns an address without the name and the password that it may have.
func withoutUser(address string) string {
	if u, err := url.Parse(address); err == nil && u.Host != "" {
		if u.User != nil && (u.Scheme != "ssh" || u.User.Username() != "git") {
			u.User = nil
		}
		return u.String()
	}
	return string(bytes.ToValidUTF8([]byte(address), []byte("?")))
}

package cli

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/scanner/git"
	"github.com/neokeys/neokeys/scanner/remote"
)

func newGit(env *environment) *cobra.Command {
	var (
		f       flags
		staged  bool
		commits string
		gone    []string
		o       git.Options
		fetch   fetchFlags
	)
	cmd := &cobra.Command{
		Use:   "git [REPO]",
		Short: "Find keys in a git repository: its history, the next commit, or a range",
		Long: `Find every Neo API key that a clone of a repository gives away: in any version of any
file on any branch, in deleted branches and stashes, in commit and tag messages,
notes and names. REPO is a worktree, a bare repository, a git directory or the URL of a
repository; without it, the repository of the current folder is searched.

A URL is https://HOST/PATH, ssh://USER@HOST/PATH, USER@HOST:PATH or git://HOST/PATH. All
refs of the repository are fetched into a temporary folder, pull requests too, and nothing
else is: only the host of the URL is connected to. docs/remote.md explains credentials.

There is one finding for each key and path: the oldest commit that brought the key
in, with the line there, and the commit that removed it unless HEAD still has it. An
object that no ref leads to is named by its id. In a long history without a key, only
HEAD is searched for file names and checked for missing files; --all-names does both for
all versions, which takes longer. Rules about habits read the files in HEAD only, and
with --staged or --range everything that is searched.

--staged searches what the next commit would record and reports what it adds. A key
that HEAD, or what is being merged, already has in that file, or in the file it was
renamed from, is not reported.

--range BASE..HEAD searches the commits that HEAD has and BASE has not, and reports
what each adds to its parents, even if a later one removes it. BASE...HEAD
means the same commits. A single revision means all its history, as in git log.
If BASE is only zeros, as a hook gets it for a new branch, the range is the commits that
no remote-tracking branch has, or in a bare repository no other ref.

A shallow clone may lack the commits that join BASE and HEAD. With --exclude-shallow,
its oldest commits count as part of BASE. That is correct if HEAD was fetched with a
--depth greater than the number of commits it adds.

--gone ID says whether a key is still there, after its history was rewritten: no object of
the repository may have it, reachable or not, or with a URL nothing that a ref of the
server leads to, pull requests included. ID is the key's id; - reads the key from standard
input and searches for its bytes, too. It also says what cannot be seen that way.

Archives and compressed files are opened, as neokeys scan does.

neokeys runs no program, not even git, and fetches nothing but the repository at a URL that
is named here.`,
		Example: `  neokeys git
  neokeys git --staged
  neokeys git --range origin/main..HEAD
  neokeys git --gone 733f416094d6cd84
  neokeys git --format sarif=neokeys.sarif path/to/clone
  neokeys git https://github.com/acme/shop`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 1 {
				return errors.New("neokeys git searches one repository: `neokeys audit A B` searches several, with one report")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			ranged := cmd.Flags().Changed("range")
			switch {
			case o.ExcludeShallow && !ranged:
				return errors.New("--exclude-shallow goes with --range only")
			case staged && f.search.maxKeyAge != "":
				return errAgeOfStaged
			}
			if err := fetch.check(cmd, args); err != nil {
				return err
			}
			path := argument(args, "")
			if len(gone) > 0 {
				return f.gone(cmd, env, &fetch, gone, path)
			}
			if remote.IsURL(path) && staged {
				return errors.New("--staged goes with a worktree: a repository by URL has nothing staged")
			}
			return f.run(cmd, env, func() (*target, error) {
				open := func(repo *git.Repo, name string) (*target, error) {
					name = described(name, staged, commits)
					switch {
					case staged:
						return changeTarget(repo, "", name, o, repo.Staged)
					case ranged:
						return changeTarget(repo, commits, name, o, func(ctx context.Context, o git.Options) (*finding.Result, error) {
							return repo.Range(ctx, commits, o)
						})
					}
					return historyTarget(repo, name), nil
				}
				var refs []string
				if ranged {
					refs = refsOf(commits)
				}
				return fetch.open(cmd.Context(), env, path, refs, f.output.quiet, open)
			})
		},
	}
	f.register(cmd)
	f.search.registerHistory(cmd)
	f.project.registerInline(cmd)
	fetch.register(cmd)
	fs := cmd.Flags()
	fs.BoolVar(&staged, "staged", false, "search only what the next commit would add")
	fs.StringVar(&commits, "range", "", "search only what the commits of `BASE..HEAD` add")
	fs.StringArrayVar(&gone, "gone", nil, "say only whether any object still has the key with the id `ID`, or with - the keys on standard input: status 0 gone, 1 there, 2 unknown (repeatable)")
	fs.BoolVar(&o.ExcludeShallow, "exclude-shallow", false, "with --range, count the oldest commits of a shallow clone as part of BASE")
	cmd.MarkFlagsMutuallyExclusive("staged", "range", "all-names")
	return cmd
}

// described says what was searched.
func described(path string, staged bool, commits string) string {
	if path == "" {
		path = "."
	}
	switch {
	case staged:
		return path + " (staged)"
	case commits != "":
		return path + " (" + commits + ")"
	}
	return path + " (history)"
}

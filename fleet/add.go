package fleet

import (
	"context"
	"errors"
	"fmt"

	"github.com/dustin/go-humanize"
	"github.com/spf13/cobra"

	"github.com/neokeys/neokeys/fleet/engine"
	"github.com/neokeys/neokeys/fleet/source"
	"github.com/neokeys/neokeys/fleet/store"
)

func newInit(env *environment) *cobra.Command {
	return &cobra.Command{
		Use:   "init",
		Short: "Make the database, or bring an earlier version's up to date",
		Long: `Make the tables of the database, or bring those of an earlier version of neokeys-fleet up to
date. What is in them stays.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			db, err := store.Open(cmd.Context(), env.database, true)
			if err != nil {
				return err
			}
			defer db.Close()
			if err := db.Migrate(cmd.Context()); err != nil {
				return err
			}
			_, err = fmt.Fprintf(env.out, "%s is ready. Next: `neokeys-fleet add` the repositories, then `neokeys-fleet run`.\n", db.Name())
			return err
		},
	}
}

func newAdd(env *environment) *cobra.Command {
	var f serviceFlags
	cmd := &cobra.Command{
		Use:   "add [FILE|URL|PATH...]",
		Short: "Add repositories to the fleet",
		Long: `Add repositories to the fleet: a URL (https, ssh, git or user@host:path), a repository on
disk, a folder with repositories in it, such as one of mirrors, or a file that lists URLs and
paths, one per line. Standard input, as -, is such a list. Lines that are empty or begin with #
are skipped.

--github, --gitlab, --bitbucket and --gitea ask a service for the repositories of an
organisation, a group with its subgroups, a workspace or a user. Run add again to have those
that are new.

Nothing is fetched: neokeys-fleet run does that. A repository that was added before stays as
it is. Credentials in a URL are not kept; docs/fleet.md says how to give them.`,
		Example: `  neokeys-fleet add https://git.example.com/shop.git
  neokeys-fleet add repositories.txt
  neokeys-fleet add /srv/mirrors
  neokeys-fleet add --github my-org --no-archived
  neokeys-fleet add --gitlab my-group/shop --server https://git.example.com`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 && !f.any() {
				return errors.New("add: name a URL, a repository, a folder of them or a file that lists them; - is a list on standard input")
			}
			list, err := source.Named(args, env.in)
			if err != nil {
				return err
			}
			more, err := f.repositories(cmd)
			if err != nil {
				return err
			}
			list = append(list, more...)
			return env.with(cmd, true, func(ctx context.Context, db *store.DB) error {
				return env.add(ctx, db, list)
			})
		},
	}
	f.register(cmd)
	return cmd
}

// add adds repositories and says how many.
func (env *environment) add(ctx context.Context, db *store.DB, list []store.Repository) error {
	added, err := db.Add(ctx, list)
	if err != nil {
		return fmt.Errorf("the repositories cannot be added: %w", err)
	}
	if db.Postgres() { // workers wait for jobs; a run makes its own
		if _, err := engine.Schedule(ctx, db); err != nil {
			return fmt.Errorf("the jobs cannot be made: %w", err)
		}
	}
	said := fmt.Sprintf("%s added", repositories(added))
	if known := int64(len(list)) - added; known > 0 {
		said += fmt.Sprintf(", %s known before", humanize.Comma(known))
	}
	_, err = fmt.Fprintln(env.out, said+".")
	return err
}

// repositories counts repositories in words.
func repositories(n int64) string {
	if n == 1 {
		return "1 repository"
	}
	return humanize.Comma(n) + " repositories"
}

func newRemove(env *environment) *cobra.Command {
	return &cobra.Command{
		Use:   "remove URL|PATH...",
		Short: "Take repositories out of the fleet, with all that is known of them",
		Long: `Take repositories out of the fleet, with their findings and their past. Each is named as in
the report, or by its URL.`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return env.with(cmd, false, func(ctx context.Context, db *store.DB) error {
				for _, name := range args {
					removed, err := db.Remove(ctx, name)
					if err != nil {
						return err
					}
					if !removed {
						return fmt.Errorf("%s: there is no such repository in the fleet: `neokeys-fleet status --all` lists them", name)
					}
				}
				return nil
			})
		},
	}
}

package fleet

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/user"
	"regexp"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/neokeys/neokeys/fleet/store"
	"github.com/neokeys/neokeys/internal/config"
	"github.com/neokeys/neokeys/report"
)

func newIgnore(env *environment) *cobra.Command {
	var reason, author, expires string
	var remove bool
	cmd := &cobra.Command{
		Use:   "ignore [KEY-ID...]",
		Short: "Accept keys in the whole fleet, for a reason and a time",
		Long: `Accept keys by their ids, as reports name them: their findings are suppressed in all
repositories, listed with -v, and count no more. A key that is known to work always counts.
Without a KEY-ID, list what is ignored.`,
		Example: `  neokeys-fleet ignore 0123456789abcdef --reason "revoked on 2026-11-01" --expires 90d
  neokeys-fleet ignore --remove 0123456789abcdef
  neokeys-fleet ignore`,
		RunE: func(cmd *cobra.Command, ids []string) error {
			for _, id := range ids {
				if !keyID.MatchString(id) {
					return errors.New("a KEY-ID has 16 hexadecimal digits, as in the report; a key itself is never an argument")
				}
			}
			until, err := parseExpiry(expires, time.Now())
			switch {
			case err != nil:
				return err
			case len(ids) > 0 && !remove && reason == "":
				return errors.New("--reason: say why these keys may stay, as in --reason \"revoked\"")
			}
			return env.with(cmd, false, func(ctx context.Context, db *store.DB) error {
				switch {
				case len(ids) == 0:
					return env.listIgnores(ctx, db)
				case remove:
					return unignore(ctx, db, ids)
				}
				return env.ignore(ctx, db, ids, store.Ignore{Reason: reason, Author: author, CreatedAt: time.Now(), ExpiresAt: until})
			})
		},
	}
	f := cmd.Flags()
	f.StringVar(&reason, "reason", "", "say `WHY` the keys may stay")
	f.StringVar(&author, "author", whoami(), "say `WHO` decides it (default the user's name)")
	f.Lookup("author").DefValue = "" // docs are the same on every machine
	f.StringVar(&expires, "expires", "", "let them count again after this `TIME`: a date or an age, such as 2027-01-31 or 90d (default never)")
	f.BoolVar(&remove, "remove", false, "let the keys count again now")
	return cmd
}

// ignore ignores keys, and says of those that no repository has, which may be a slip.
func (env *environment) ignore(ctx context.Context, db *store.DB, ids []string, i store.Ignore) error {
	known, err := db.Keys(ctx)
	if err != nil {
		return err
	}
	for _, id := range ids {
		i.KeyID = id
		if err := db.Ignore(ctx, &i); err != nil {
			return err
		}
		if known[id] == nil {
			_, _ = fmt.Fprintf(env.err, "neokeys-fleet: no repository has key %s yet: it is ignored if one is found to\n", id)
		}
	}
	return nil
}

var keyID = regexp.MustCompile(`^[0-9a-f]{16}$`)

// whoami returns the user's name.
func whoami() string {
	name := ""
	if u, err := user.Current(); err == nil {
		name = u.Username
	}
	return cmp.Or(name, os.Getenv("USER"), "unknown")
}

// parseExpiry reads a time after now; empty is never.
func parseExpiry(s string, now time.Time) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	if age, err := config.ParseAge(s); err == nil {
		return now.Add(age), nil
	}
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return t, fmt.Errorf("--expires: %q is no time: write a date such as 2027-01-31, or an age such as 90d", s)
	}
	if !t.After(now) {
		return t, fmt.Errorf("--expires: %s is over", s)
	}
	return t, nil
}

func unignore(ctx context.Context, db *store.DB, ids []string) error {
	for _, id := range ids {
		there, err := db.Unignore(ctx, id)
		if err != nil {
			return err
		}
		if !there {
			return fmt.Errorf("%s is not ignored: `neokeys-fleet ignore` lists what is", id)
		}
	}
	return nil
}

func (env *environment) listIgnores(ctx context.Context, db *store.DB) error {
	all, err := db.Ignores(ctx)
	if err != nil {
		return err
	}
	var list []*store.Ignore
	for _, i := range all {
		list = append(list, i)
	}
	slices.SortFunc(list, func(a, b *store.Ignore) int { return cmp.Compare(a.KeyID, b.KeyID) })
	w := &lines{w: env.out}
	for _, i := range list {
		until := "for good"
		switch {
		case i.Expired(time.Now()):
			until = "until " + i.ExpiresAt.Format(time.DateOnly) + ", which is over"
		case !i.ExpiresAt.IsZero():
			until = "until " + i.ExpiresAt.Format(time.DateOnly)
		}
		w.printf("%s  %s  %s, %s\n", i.KeyID, report.Printable(i.Reason), report.Printable(i.Author), until)
	}
	return w.err
}

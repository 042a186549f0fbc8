package fleet

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/neokeys/neokeys/fleet/store"
	"github.com/neokeys/neokeys/fleet/web"
)

func newServe(env *environment) *cobra.Command {
	var address string
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Show the fleet's keys in a browser on this machine",
		Long: `Serve pages with the list of keys, and for each key its timeline over the repositories, its
places, owners and authors, with filters and CSV. The pages only read, need no JavaScript, and are
for browsers on this machine: the address that is printed has a token, which is new each time.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return env.with(cmd, false, func(ctx context.Context, db *store.DB) error {
				s, err := web.New(db)
				if err != nil {
					return err
				}
				l, err := web.Listen(address)
				if err != nil {
					return err
				}
				if _, err := fmt.Fprintf(env.out, "Open http://%s/?token=%s\nInterrupt to end.\n", l.Addr(), s.Token()); err != nil {
					return err
				}
				return s.Serve(ctx, l)
			})
		},
	}
	cmd.Flags().StringVar(&address, "listen", "127.0.0.1:0", "listen on `ADDRESS`, which must be on this machine alone")
	return cmd
}

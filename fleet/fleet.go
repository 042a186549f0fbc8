// Package fleet is the command line of neokeys-fleet, which searches many repositories and
// remembers what it finds. It is the only package of the fleet that prints or decides the exit
// status.
package fleet

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/mattn/go-isatty"
	"github.com/spf13/cobra"

	"github.com/neokeys/neokeys/fleet/store"
	"github.com/neokeys/neokeys/internal/program"
	"github.com/neokeys/neokeys/internal/version"
	"github.com/neokeys/neokeys/rules"
)

// The exit statuses, as of neokeys.
const (
	statusClean    = program.Clean
	statusFindings = program.Findings
	statusFailed   = program.Failed
)

type status = program.Status

// environment is what a command has to do with the world outside, and which database it is about.
type environment struct {
	in       io.Reader
	out, err *os.File
	database string
}

// DatabaseVariable is the variable of the environment with the database where no flag names one.
const DatabaseVariable = "NEOKEYS_FLEET_DATABASE"

// defaultDatabase is the file that is used where nothing names one.
const defaultDatabase = "neokeys-fleet.db"

// Main runs the command line args, without the program's name, and returns the exit status.
func Main(args []string, in io.Reader, out, errOut *os.File) int {
	root := newRoot(&environment{in: in, out: out, err: errOut})
	return program.Run(root, args, in, out, errOut, func(err error) {
		_, _ = fmt.Fprintf(errOut, "neokeys-fleet: %s\n", rules.Mask(err.Error()))
	})
}

// Root returns the command with all its subcommands, for documentation to be made of.
func Root() *cobra.Command {
	return newRoot(&environment{in: os.Stdin, out: os.Stdout, err: os.Stderr})
}

func newRoot(env *environment) *cobra.Command {
	root := &cobra.Command{
		Use:   "neokeys-fleet",
		Short: "Find the Neo API keys in thousands of repositories, and follow what becomes of them",
		Long: `neokeys-fleet searches many repositories, as neokeys git does each, and keeps what it finds in
a database: which keys there are, in which repositories, since when and whose, which still
work, and what has changed.

The database is a SQLite file, for one program at a time, or a Postgres database that many
machines share (postgres://user:password@host/name). It holds key ids, never keys. A search
that was interrupted goes on where it was.`,
		Example: `  neokeys-fleet add repositories.txt
  neokeys-fleet run
  neokeys-fleet report
  neokeys-fleet diff 30d`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Version:       version.Of().Version,
	}
	where := os.Getenv(DatabaseVariable)
	if where == "" {
		where = defaultDatabase
	}
	root.PersistentFlags().StringVar(&env.database, "database", where, "keep everything in `DATABASE`, a SQLite file or a postgres:// URL (default $"+DatabaseVariable+" or "+defaultDatabase+")")
	root.PersistentFlags().Lookup("database").DefValue = "" // it may hold a password
	root.AddCommand(newInit(env), newAdd(env), newRemove(env), newRun(env), newWork(env), newStatus(env), newReport(env),
		newDiff(env), newVerify(env), newIgnore(env), newServe(env))
	root.InitDefaultCompletionCmd()
	return root
}

// open opens the database of a command, which must have its tables. A file that does not exist is
// made if create is set. The caller must close it.
func (env *environment) open(ctx context.Context, create bool) (*store.DB, error) {
	db, err := store.Open(ctx, env.database, create)
	if err != nil {
		return nil, err
	}
	if create && !db.Postgres() {
		err = db.Migrate(ctx)
	} else {
		err = db.Check(ctx)
	}
	if err != nil {
		_ = db.Close() // the other error says more
		return nil, err
	}
	return db, nil
}

// with runs do with the database of a command.
func (env *environment) with(cmd *cobra.Command, create bool, do func(context.Context, *store.DB) error) error {
	db, err := env.open(cmd.Context(), create)
	if err != nil {
		return err
	}
	err = do(cmd.Context(), db)
	if closed := db.Close(); err == nil && closed != nil {
		err = fmt.Errorf("the database cannot be closed: %w", closed)
	}
	return err
}

func isTerminal(f *os.File) bool {
	return isatty.IsTerminal(f.Fd()) || isatty.IsCygwinTerminal(f.Fd())
}

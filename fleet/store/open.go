// Package store keeps what a fleet's repositories are, what was found in them and since when, in
// a SQLite file or a Postgres database. It holds key ids, never keys.
//
// The jobs of the queue are in the same database, so that a job ends in the transaction that
// stores its results; see package engine.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver called pgx
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"
	_ "modernc.org/sqlite" // the driver called sqlite
)

// A DB is the database of a fleet. Several goroutines may use it.
type DB struct {
	sql      *sql.DB
	postgres bool
	name     string // for messages: without a password
	file     string // of SQLite
}

// ErrNone says that there is no database yet.
var ErrNone = errors.New("there is no database yet: `neokeys-fleet init` makes it")

// IsPostgres reports whether database is the URL of a Postgres database rather than a file.
func IsPostgres(database string) bool {
	return strings.HasPrefix(database, "postgres://") || strings.HasPrefix(database, "postgresql://")
}

// Open opens a database. A file that does not exist, or is empty, is ErrNone unless create is
// set. The caller must close it.
func Open(ctx context.Context, database string, create bool) (*DB, error) {
	if IsPostgres(database) {
		return openPostgres(ctx, database)
	}
	if strings.Contains(database, "://") {
		return nil, errors.New("--database: name a file, or a URL that begins with postgres://")
	}
	return openFile(ctx, database, create)
}

func openPostgres(ctx context.Context, database string) (*DB, error) {
	u, err := url.Parse(database)
	if err != nil {
		return nil, errors.New("--database: the URL is malformed: write postgres://user:password@host:5432/name")
	}
	pool, err := sql.Open("pgx", database)
	if err != nil {
		return nil, fmt.Errorf("--database: %w", err)
	}
	db := &DB{sql: pool, postgres: true, name: u.Redacted()}
	if err := pool.PingContext(ctx); err != nil {
		_ = pool.Close() // the other error says more
		return nil, fmt.Errorf("%s: the database cannot be reached: %w", db.name, err)
	}
	return db, nil
}

// openFile opens a SQLite file. It has one connection, because SQLite lets one goroutine write
// at a time and fails the others.
func openFile(ctx context.Context, path string, create bool) (*DB, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && !create:
		return nil, fmt.Errorf("%s: %w", path, ErrNone)
	case errors.Is(err, fs.ErrNotExist):
		// It says where keys are, which is not for everybody.
		f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
		if err != nil {
			return nil, fmt.Errorf("the database cannot be made: %w", err)
		}
		if err := f.Close(); err != nil {
			return nil, fmt.Errorf("the database cannot be made: %w", err)
		}
	case err != nil:
		return nil, fmt.Errorf("the database cannot be opened: %w", err)
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s is not a regular file: name the file of the database", path)
	}
	full, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	pragmas := url.Values{
		"_pragma": {"busy_timeout(60000)", "journal_mode(WAL)", "synchronous(NORMAL)", "foreign_keys(1)"},
		"_txlock": {"immediate"},
	}
	slashed := filepath.ToSlash(full)
	if !strings.HasPrefix(slashed, "/") {
		slashed = "/" + slashed // C:/fleet.db
	}
	pool, err := sql.Open("sqlite", (&url.URL{Scheme: "file", Path: slashed, RawQuery: pragmas.Encode()}).String())
	if err != nil {
		return nil, err
	}
	pool.SetMaxOpenConns(1)
	db := &DB{sql: pool, name: path, file: full}
	if err := db.checkFile(ctx, create); err != nil {
		_ = pool.Close() // the other error says more
		return nil, err
	}
	return db, nil
}

// checkFile refuses a file that is something else.
func (db *DB) checkFile(ctx context.Context, create bool) error {
	var tables, ours int
	err := db.sql.QueryRowContext(ctx, `SELECT count(*), coalesce(sum(name IN ('fleet_version', 'river_migration')), 0) FROM sqlite_schema WHERE type = 'table'`).Scan(&tables, &ours)
	switch {
	case err != nil && strings.Contains(err.Error(), "not a database"):
		return fmt.Errorf("%s is no SQLite database: name another file", db.name)
	case err != nil:
		return fmt.Errorf("%s: the database cannot be read: %w", db.name, err)
	case tables == 0 && !create:
		return fmt.Errorf("%s: %w", db.name, ErrNone)
	case tables > 0 && ours == 0:
		return fmt.Errorf("%s is another program's database: name another file", db.name)
	}
	return nil
}

// Close closes the database.
func (db *DB) Close() error { return db.sql.Close() }

// Name is the database for messages.
func (db *DB) Name() string { return db.name }

// File is the absolute path of a SQLite database; empty for Postgres.
func (db *DB) File() string { return db.file }

// Postgres reports whether many machines can share the database.
func (db *DB) Postgres() bool { return db.postgres }

// Driver is the database for the queue.
func (db *DB) Driver() riverdriver.Driver[*sql.Tx] {
	if db.postgres {
		return riverdatabasesql.New(db.sql)
	}
	return riversqlite.New(db.sql)
}

// Tx runs do in a transaction, which ends with it: committed unless do fails.
func (db *DB) Tx(ctx context.Context, do func(*sql.Tx) error) error {
	tx, err := db.sql.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := do(tx); err != nil {
		_ = tx.Rollback() // the other error says more
		return err
	}
	return tx.Commit()
}

// Migrate makes the tables, or brings those of an earlier version up to date.
func (db *DB) Migrate(ctx context.Context) error {
	queue, err := rivermigrate.New(db.Driver(), &rivermigrate.Config{Logger: quiet()})
	if err != nil {
		return err
	}
	if _, err := queue.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return fmt.Errorf("%s: the tables of the queue cannot be made: %w", db.name, err)
	}
	if err := db.Tx(ctx, db.migrate(ctx)); err != nil {
		return fmt.Errorf("%s: the tables cannot be made: %w", db.name, err)
	}
	return nil
}

// migrate carries out the migrations that were not yet.
func (db *DB) migrate(ctx context.Context) func(*sql.Tx) error {
	return func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `CREATE TABLE IF NOT EXISTS fleet_version (version INTEGER NOT NULL)`); err != nil {
			return err
		}
		version, err := versionOf(ctx, tx)
		if err != nil {
			return err
		}
		for _, m := range migrations[min(version, len(migrations)):] {
			for _, statement := range strings.Split(m, ";") {
				if strings.TrimSpace(statement) == "" {
					continue
				}
				if _, err := tx.ExecContext(ctx, db.dialect(statement)); err != nil {
					return err
				}
			}
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM fleet_version`); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO fleet_version (version) VALUES ($1)`, max(version, len(migrations)))
		return err
	}
}

// dialect puts the database's own words for a column with numbers that it deals out.
func (db *DB) dialect(statement string) string {
	serial := "INTEGER PRIMARY KEY AUTOINCREMENT"
	if db.postgres {
		serial = "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY"
	}
	return strings.ReplaceAll(statement, "SERIAL", serial)
}

type querier interface {
	QueryRowContext(context.Context, string, ...any) *sql.Row
}

func versionOf(ctx context.Context, q querier) (version int, err error) {
	err = q.QueryRowContext(ctx, `SELECT coalesce(max(version), 0) FROM fleet_version`).Scan(&version)
	return version, err
}

// Check returns an error unless the tables are those that this program knows.
func (db *DB) Check(ctx context.Context) error {
	version, err := versionOf(ctx, db.sql)
	switch {
	case err != nil && ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		return fmt.Errorf("%s: %w", db.name, ErrNone)
	case version < len(migrations):
		return fmt.Errorf("%s was made by an earlier version: run `neokeys-fleet init` to bring it up to date", db.name)
	case version > len(migrations):
		return fmt.Errorf("%s was made by a later version of neokeys-fleet: use that", db.name)
	}
	return nil
}

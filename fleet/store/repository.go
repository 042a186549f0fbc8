package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/neokeys/neokeys/finding"
)

// A Repository is one of the fleet.
type Repository struct {
	ID int64
	// URL is the address without credentials, or the absolute path of one on disk.
	URL string
	// Name is what reports call it: the address, or the path as the user gave it.
	Name string
	// Host is what its limits are by; empty for one on disk.
	Host    string
	AddedAt time.Time
	// Refs is a digest of the refs that were searched; empty before the first search.
	Refs string
	// Head is the commit id of HEAD then.
	Head string
	// ScannedAt is when the last search that ended began, CheckedAt when its refs were last seen
	// to be the same still, VerifiedAt when its keys were last asked about. Zero is never.
	ScannedAt, CheckedAt, VerifiedAt time.Time
	// FailedAt is when the last attempt failed, with Error; zero after a success.
	FailedAt time.Time
	Error    string
	// Problems are what could not be read of it.
	Problems []finding.Problem
	// Work is what the last search took.
	Work Work
}

// Work is what a search took.
type Work struct {
	Files, Objects int64
	Bytes          int64 // searched
	Fetched        int64 // bytes from a server
	Duration       time.Duration
}

const repositoryColumns = `id, url, name, host, added_at, refs, head, scanned_at, checked_at, verified_at, failed_at, error, problems, files, objects, bytes, fetched, duration`

// scanRepository reads a row of repositoryColumns.
func scanRepository(row interface{ Scan(...any) error }) (*Repository, error) {
	var (
		r                                         Repository
		added, scanned, checked, verified, failed int64
		problems                                  string
		duration                                  int64
	)
	err := row.Scan(&r.ID, &r.URL, &r.Name, &r.Host, &added, &r.Refs, &r.Head, &scanned, &checked, &verified, &failed, &r.Error, &problems,
		&r.Work.Files, &r.Work.Objects, &r.Work.Bytes, &r.Work.Fetched, &duration)
	if err != nil {
		return nil, err
	}
	r.AddedAt, r.ScannedAt, r.CheckedAt = moment(added), moment(scanned), moment(checked)
	r.VerifiedAt, r.FailedAt = moment(verified), moment(failed)
	r.Work.Duration = time.Duration(duration) * time.Millisecond
	if err := json.Unmarshal([]byte(problems), &r.Problems); err != nil {
		return nil, fmt.Errorf("the problems of repository %d are damaged: %w", r.ID, err)
	}
	return &r, nil
}

// Add adds repositories that are not there yet, by their URL, and returns how many those are.
func (db *DB) Add(ctx context.Context, list []Repository) (added int64, err error) {
	err = db.Tx(ctx, func(tx *sql.Tx) error {
		now := millis(time.Now())
		for i := range list {
			r := &list[i]
			done, err := tx.ExecContext(ctx, `INSERT INTO fleet_repository (url, name, host, added_at) VALUES ($1, $2, $3, $4) ON CONFLICT (url) DO NOTHING`,
				plain(r.URL), plain(r.Name), plain(r.Host), now)
			if err != nil {
				return err
			}
			n, err := done.RowsAffected()
			if err != nil {
				return err
			}
			added += n
		}
		return nil
	})
	return added, err
}

// Repositories returns all repositories in the order in which they were added.
func (db *DB) Repositories(ctx context.Context) ([]*Repository, error) {
	return db.repositories(ctx, `ORDER BY id`)
}

// Failures returns the repositories whose last attempt failed, by name.
func (db *DB) Failures(ctx context.Context) ([]*Repository, error) {
	return db.repositories(ctx, `WHERE error <> '' ORDER BY name`)
}

func (db *DB) repositories(ctx context.Context, which string) (list []*Repository, err error) {
	rows, err := db.sql.QueryContext(ctx, `SELECT `+repositoryColumns+` FROM fleet_repository `+which)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		r, err := scanRepository(rows)
		if err != nil {
			return nil, err
		}
		list = append(list, r)
	}
	return list, rows.Err()
}

// Repository returns one repository.
func (db *DB) Repository(ctx context.Context, id int64) (*Repository, error) {
	return scanRepository(db.sql.QueryRowContext(ctx, `SELECT `+repositoryColumns+` FROM fleet_repository WHERE id = $1`, id))
}

// ErrLeaseLost says that another attempt has taken a repository over.
var ErrLeaseLost = errors.New("another worker has taken the repository over")

// Lease makes an attempt the one whose results count, and returns its repository.
func (db *DB) Lease(ctx context.Context, id int64, lease string) (*Repository, error) {
	if _, err := db.sql.ExecContext(ctx, `UPDATE fleet_repository SET lease = $1 WHERE id = $2`, lease, id); err != nil {
		return nil, err
	}
	return db.Repository(ctx, id)
}

// leased returns ErrLeaseLost unless one row was changed.
func leased(done sql.Result, err error) error {
	if err != nil {
		return err
	}
	switch n, err := done.RowsAffected(); {
	case err != nil:
		return err
	case n == 0:
		return ErrLeaseLost
	}
	return nil
}

// Unchanged notes that a repository's refs are what they were when it was searched.
func (db *DB) Unchanged(ctx context.Context, tx *sql.Tx, id int64, lease string) error {
	return leased(tx.ExecContext(ctx, `UPDATE fleet_repository SET lease = '', checked_at = $1, failed_at = 0, error = '' WHERE id = $2 AND lease = $3`,
		millis(time.Now()), id, lease))
}

// Failed notes why an attempt failed. What was found before stays.
func (db *DB) Failed(ctx context.Context, id int64, lease, why string) error {
	return leased(db.sql.ExecContext(ctx, `UPDATE fleet_repository SET lease = '', failed_at = $1, error = $2 WHERE id = $3 AND lease = $4`,
		millis(time.Now()), plain(why), id, lease))
}

// Remove removes a repository with all that is known of it, by its name or URL, and reports
// whether there was one.
func (db *DB) Remove(ctx context.Context, name string) (bool, error) {
	done, err := db.sql.ExecContext(ctx, `DELETE FROM fleet_repository WHERE url = $1 OR name = $1`, name)
	if err != nil {
		return false, err
	}
	n, err := done.RowsAffected()
	return n > 0, err
}

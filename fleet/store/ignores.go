package store

import (
	"context"
	"time"
)

// An Ignore is why a key does not count in the whole fleet.
type Ignore struct {
	KeyID, Reason, Author string
	CreatedAt             time.Time
	ExpiresAt             time.Time // zero is never
}

// Expired reports whether it does not count any more.
func (i *Ignore) Expired(now time.Time) bool {
	return !i.ExpiresAt.IsZero() && !now.Before(i.ExpiresAt)
}

// Ignore adds an ignore, or replaces the one for that key.
func (db *DB) Ignore(ctx context.Context, i *Ignore) error {
	_, err := db.sql.ExecContext(ctx, `INSERT INTO fleet_ignore (key_id, reason, author, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (key_id) DO UPDATE SET reason = excluded.reason, author = excluded.author, created_at = excluded.created_at, expires_at = excluded.expires_at`,
		i.KeyID, plain(i.Reason), plain(i.Author), millis(i.CreatedAt), millis(i.ExpiresAt))
	return err
}

// Unignore drops the ignore of a key, and reports whether there was one.
func (db *DB) Unignore(ctx context.Context, key string) (bool, error) {
	done, err := db.sql.ExecContext(ctx, `DELETE FROM fleet_ignore WHERE key_id = $1`, key)
	if err != nil {
		return false, err
	}
	n, err := done.RowsAffected()
	return n > 0, err
}

// Ignores returns all ignores by key id, those that have expired too.
func (db *DB) Ignores(ctx context.Context) (map[string]*Ignore, error) {
	rows, err := db.sql.QueryContext(ctx, `SELECT key_id, reason, author, created_at, expires_at FROM fleet_ignore`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	all := map[string]*Ignore{}
	for rows.Next() {
		var i Ignore
		var created, expires int64
		if err := rows.Scan(&i.KeyID, &i.Reason, &i.Author, &created, &expires); err != nil {
			return nil, err
		}
		i.CreatedAt, i.ExpiresAt = moment(created), moment(expires)
		all[i.KeyID] = &i
	}
	return all, rows.Err()
}

package store

import (
	"context"
	"database/sql"
	"time"
)

// EnterHost takes one of so many places of a host for a worker, and reports whether one was free.
// The places of a worker that ends, or is taken for dead, are free again.
func (db *DB) EnterHost(ctx context.Context, host, worker string, places int) (number int, ok bool, err error) {
	taken, err := db.placesTaken(ctx, host)
	if err != nil {
		return 0, false, err
	}
	for number = range places {
		if taken[number] {
			continue
		}
		// Another worker may take the same at the same time: the key lets one of them have it. A
		// worker that was taken for dead has none until its next heartbeat.
		done, err := db.sql.ExecContext(ctx, `INSERT INTO fleet_place (host, number, worker) SELECT $1, CAST($2 AS INTEGER), id FROM fleet_worker WHERE id = $3
			ON CONFLICT (host, number) DO NOTHING`, host, number, worker)
		if err != nil {
			return 0, false, err
		}
		if n, err := done.RowsAffected(); err != nil || n == 1 {
			return number, err == nil, err
		}
	}
	return 0, false, nil
}

func (db *DB) placesTaken(ctx context.Context, host string) (map[int]bool, error) {
	rows, err := db.sql.QueryContext(ctx, `SELECT number FROM fleet_place WHERE host = $1`, host)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	taken := map[int]bool{}
	for rows.Next() {
		var number int
		if err := rows.Scan(&number); err != nil {
			return nil, err
		}
		taken[number] = true
	}
	return taken, rows.Err()
}

// LeaveHost frees a place that EnterHost took.
func (db *DB) LeaveHost(ctx context.Context, host string, number int, worker string) error {
	_, err := db.sql.ExecContext(ctx, `DELETE FROM fleet_place WHERE host = $1 AND number = $2 AND worker = $3`, host, number, worker)
	return err
}

// HostWait returns how long to wait before a host is asked again; 0 or less if it works.
func (db *DB) HostWait(ctx context.Context, host string) (time.Duration, error) {
	var until int64
	err := db.sql.QueryRowContext(ctx, `SELECT coalesce(max(retry_at), 0) FROM fleet_host WHERE name = $1`, host).Scan(&until)
	if err != nil || until == 0 {
		return 0, err
	}
	return time.Until(moment(until)), nil
}

// maxHostWait bounds how long a host that fails is left alone.
const maxHostWait = 10 * time.Minute

// HostFails notes that a host is in trouble: it is left alone for the time that it asks for, or
// twice as long each time.
func (db *DB) HostFails(ctx context.Context, host string, first, asked time.Duration) error {
	return db.Tx(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO fleet_host (name, failures, retry_at) VALUES ($1, 1, 0) ON CONFLICT (name) DO UPDATE SET failures = fleet_host.failures + 1`, host)
		if err != nil {
			return err
		}
		var failures int
		var until int64
		if err := tx.QueryRowContext(ctx, `SELECT failures, retry_at FROM fleet_host WHERE name = $1`, host).Scan(&failures, &until); err != nil {
			return err
		}
		wait := min(first<<min(failures-1, 20), maxHostWait)
		if asked > 0 {
			wait = min(asked, 2*time.Hour)
		}
		if time.Until(moment(until)) > 0 && asked == 0 {
			return nil // several failed at once, which is one failure
		}
		// One more, since millis rounds down and a host is never asked too early.
		_, err = tx.ExecContext(ctx, `UPDATE fleet_host SET retry_at = $1 WHERE name = $2`, millis(time.Now().Add(wait))+1, host)
		return err
	})
}

// HostWorks notes that a host is not in trouble any more.
func (db *DB) HostWorks(ctx context.Context, tx *sql.Tx, host string) error {
	if host == "" {
		return nil
	}
	_, err := tx.ExecContext(ctx, `DELETE FROM fleet_host WHERE name = $1`, host)
	return err
}

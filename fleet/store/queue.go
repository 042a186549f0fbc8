package store

import (
	"context"
	"database/sql"
	"time"
)

// What is asked of the queue's own tables is kept here. River has no calls for it.

// JobsLeft returns how many jobs are not finished.
func (db *DB) JobsLeft(ctx context.Context) (n int64, err error) {
	err = db.sql.QueryRowContext(ctx, `SELECT count(*) FROM river_job WHERE state IN ('available', 'pending', 'retryable', 'running', 'scheduled')`).Scan(&n)
	return n, err
}

// JobsIn returns how many jobs are in each of River's states.
func (db *DB) JobsIn(ctx context.Context) (map[string]int64, error) {
	rows, err := db.sql.QueryContext(ctx, `SELECT CAST(state AS TEXT), count(*) FROM river_job GROUP BY state`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	states := map[string]int64{}
	for rows.Next() {
		var state string
		var n int64
		if err := rows.Scan(&state, &n); err != nil {
			return nil, err
		}
		states[state] = n
	}
	return states, rows.Err()
}

// Queues returns the queues that have jobs.
func (db *DB) Queues(ctx context.Context) ([]string, error) {
	return db.texts(ctx, `SELECT DISTINCT queue FROM river_job WHERE state IN ('available', 'pending', 'retryable', 'running', 'scheduled')`)
}

// TakeOver makes the jobs of workers available again that were not seen for so long. That costs
// none of their attempts. A job with which two workers died is searched last: it may be what
// they died of.
func (db *DB) TakeOver(ctx context.Context, silent time.Duration) (int64, error) {
	by, now := `json_extract(attempted_by, '$[#-1]')`, `datetime('now', 'subsec')`
	if db.postgres {
		by, now = `attempted_by[array_length(attempted_by, 1)]`, `now()`
	}
	var taken int64
	err := db.Tx(ctx, func(tx *sql.Tx) error {
		before := millis(time.Now().Add(-silent))
		done, err := tx.ExecContext(ctx, `UPDATE river_job SET state = 'available', scheduled_at = `+now+`, max_attempts = max_attempts + 1,
			priority = CASE WHEN attempt - 1 >= 2 THEN 4 ELSE priority END
			WHERE state = 'running' AND `+by+` NOT IN (SELECT id FROM fleet_worker WHERE seen_at >= $1)`, before)
		if err != nil {
			return err
		}
		if taken, err = done.RowsAffected(); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `DELETE FROM fleet_worker WHERE seen_at < $1`, before)
		return err
	})
	return taken, err
}

// A Worker is a program that works on the queue.
type Worker struct {
	ID, Machine       string
	StartedAt, SeenAt time.Time
}

// Heartbeat says that a worker is alive.
func (db *DB) Heartbeat(ctx context.Context, id, machine string) error {
	_, err := db.sql.ExecContext(ctx, `INSERT INTO fleet_worker (id, machine, started_at, seen_at) VALUES ($1, $2, $3, $3) ON CONFLICT (id) DO UPDATE SET seen_at = excluded.seen_at`,
		id, plain(machine), millis(time.Now()))
	return err
}

// Leave says that a worker has ended.
func (db *DB) Leave(ctx context.Context, id string) error {
	_, err := db.sql.ExecContext(ctx, `DELETE FROM fleet_worker WHERE id = $1`, id)
	return err
}

// Forget says that no worker is alive, and that each host may be asked at once: an earlier program's
// troubles may be over. It is for whoever has the file to itself.
func (db *DB) Forget(ctx context.Context) error {
	for _, table := range []string{"fleet_worker", "fleet_host"} {
		if _, err := db.sql.ExecContext(ctx, `DELETE FROM `+table); err != nil {
			return err
		}
	}
	return nil
}

// Workers returns those that were seen, the longest at work first.
func (db *DB) Workers(ctx context.Context) (list []Worker, err error) {
	rows, err := db.sql.QueryContext(ctx, `SELECT id, machine, started_at, seen_at FROM fleet_worker ORDER BY started_at, id`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var w Worker
		var started, seen int64
		if err := rows.Scan(&w.ID, &w.Machine, &started, &seen); err != nil {
			return nil, err
		}
		w.StartedAt, w.SeenAt = moment(started), moment(seen)
		list = append(list, w)
	}
	return list, rows.Err()
}

package store

import "context"

// Counts are those of a fleet.
type Counts struct {
	Repositories, Searched int64 // all, and those that were searched at least once
	Keys, Findings         int64
}

// Counts counts what there is.
func (db *DB) Counts(ctx context.Context) (c Counts, err error) {
	for _, q := range []struct {
		to    *int64
		query string
	}{
		{&c.Repositories, `SELECT count(*) FROM fleet_repository`},
		{&c.Searched, `SELECT count(*) FROM fleet_repository WHERE scanned_at <> 0`},
		{&c.Keys, `SELECT count(DISTINCT key_id) FROM fleet_finding WHERE key_id <> ''`},
		{&c.Findings, `SELECT count(*) FROM fleet_finding`},
	} {
		if err := db.sql.QueryRowContext(ctx, q.query).Scan(q.to); err != nil {
			return c, err
		}
	}
	return c, nil
}

// Hosts returns the hosts of all repositories.
func (db *DB) Hosts(ctx context.Context) ([]string, error) {
	return db.texts(ctx, `SELECT DISTINCT host FROM fleet_repository WHERE host <> '' ORDER BY host`)
}

// texts returns the rows of a query for one column.
func (db *DB) texts(ctx context.Context, query string) (list []string, err error) {
	rows, err := db.sql.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			return nil, err
		}
		list = append(list, s)
	}
	return list, rows.Err()
}

package store

import (
	"context"
	"database/sql"
	"time"

	"github.com/neokeys/neokeys/finding"
)

// A Span is a time in which a repository had a finding that counts.
type Span struct {
	RepositoryID int64
	Fingerprint  string // of the finding
	KeyID        string // empty for a habit
	Rule, Path   string
	OpenedAt     time.Time // by the search that first saw it
	ClosedAt     time.Time // by the first search that did not see it any more; zero while it is open
}

// putSpans closes the spans of what is not found any more and opens those of what is new.
func putSpans(ctx context.Context, tx *sql.Tx, id int64, findings []finding.Finding, now int64) error {
	open, err := openSpans(ctx, tx, id)
	if err != nil {
		return err
	}
	here := map[string]bool{}
	for i := range findings {
		f := &findings[i]
		if !f.Counts() || here[f.Fingerprint] {
			continue
		}
		here[f.Fingerprint] = true
		if open[f.Fingerprint] {
			continue
		}
		// The same search may be stored twice within a millisecond.
		_, err := tx.ExecContext(ctx, `INSERT INTO fleet_span (repository_id, fingerprint, key_id, rule, path, opened_at) VALUES ($1, $2, $3, $4, $5, $6)
			ON CONFLICT (repository_id, fingerprint, opened_at) DO UPDATE SET closed_at = 0`,
			id, f.Fingerprint, keyID(f), f.Rule, plain(f.Path), now)
		if err != nil {
			return err
		}
	}
	for fingerprint := range open {
		if here[fingerprint] {
			continue
		}
		if _, err := tx.ExecContext(ctx, `UPDATE fleet_span SET closed_at = $1 WHERE repository_id = $2 AND fingerprint = $3 AND closed_at = 0`, now, id, fingerprint); err != nil {
			return err
		}
	}
	return nil
}

func openSpans(ctx context.Context, tx *sql.Tx, id int64) (map[string]bool, error) {
	rows, err := tx.QueryContext(ctx, `SELECT fingerprint FROM fleet_span WHERE repository_id = $1 AND closed_at = 0`, id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	open := map[string]bool{}
	for rows.Next() {
		var fingerprint string
		if err := rows.Scan(&fingerprint); err != nil {
			return nil, err
		}
		open[fingerprint] = true
	}
	return open, rows.Err()
}

// Spans returns all spans, the oldest first.
func (db *DB) Spans(ctx context.Context) (list []Span, err error) {
	rows, err := db.sql.QueryContext(ctx, `SELECT repository_id, fingerprint, key_id, rule, path, opened_at, closed_at FROM fleet_span ORDER BY opened_at, repository_id, fingerprint`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var s Span
		var opened, closed int64
		if err := rows.Scan(&s.RepositoryID, &s.Fingerprint, &s.KeyID, &s.Rule, &s.Path, &opened, &closed); err != nil {
			return nil, err
		}
		s.OpenedAt, s.ClosedAt = moment(opened), moment(closed)
		list = append(list, s)
	}
	return list, rows.Err()
}

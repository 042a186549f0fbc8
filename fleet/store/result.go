package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/neokeys/neokeys/finding"
)

// An Outcome is what a search of a repository found.
type Outcome struct {
	Refs, Head string
	Started    time.Time
	Verified   bool // the keys were asked about
	Work       Work
	// Result has no pieces of keys any more; see report.Mask.
	Result *finding.Result
}

const (
	// maxFindings is how many findings of one repository are kept: one must not fill the disk.
	maxFindings = 50_000
	// maxProblems is how many of its problems are.
	maxProblems = 100
)

// Replace replaces all that is known of a repository by an outcome.
func (db *DB) Replace(ctx context.Context, tx *sql.Tx, id int64, lease string, o *Outcome) error {
	findings, problems := bounded(o.Result)
	said, err := json.Marshal(problems)
	if err != nil {
		return err
	}
	now := millis(time.Now())
	err = leased(tx.ExecContext(ctx, `UPDATE fleet_repository SET lease = '', refs = $1, head = $2, scanned_at = $3, checked_at = $4, failed_at = 0, error = '',
		verified_at = CASE WHEN $5 <> 0 THEN $5 ELSE verified_at END, problems = $6, files = $7, objects = $8, bytes = $9, fetched = $10, duration = $11
		WHERE id = $12 AND lease = $13`,
		o.Refs, o.Head, millis(o.Started), now, verifiedAt(o, now), string(said),
		o.Work.Files, o.Work.Objects, o.Work.Bytes, o.Work.Fetched, o.Work.Duration.Milliseconds(), id, lease))
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `DELETE FROM fleet_finding WHERE repository_id = $1`, id); err != nil {
		return err
	}
	insert, err := tx.PrepareContext(ctx, `INSERT INTO fleet_finding (repository_id, key_id, data) VALUES ($1, $2, $3)`)
	if err != nil {
		return err
	}
	defer insert.Close()
	for i := range findings {
		f := &findings[i]
		data, err := encode(f)
		if err != nil {
			return err
		}
		if _, err := insert.ExecContext(ctx, id, keyID(f), string(data)); err != nil {
			return err
		}
	}
	if err := putKeys(ctx, tx, findings, now); err != nil {
		return err
	}
	return putSpans(ctx, tx, id, findings, now)
}

// bounded returns what of a result is kept. What is left out is a problem.
func bounded(r *finding.Result) ([]finding.Finding, []finding.Problem) {
	findings, problems := r.Findings, r.Problems
	var left []finding.Problem
	if n := len(findings) - maxFindings; n > 0 {
		findings = findings[:maxFindings]
		left = append(left, finding.Problem{Message: fmt.Sprintf("%d more findings are not kept: search this repository with `neokeys git`", n)})
	}
	if n := len(problems) - maxProblems; n > 0 {
		problems = problems[:maxProblems]
		left = append(left, finding.Problem{Message: fmt.Sprintf("%d more problems are not kept", n)})
	}
	kept := make([]finding.Problem, 0, len(problems)+len(left))
	for _, p := range append(left, problems...) {
		p.Path, p.Message = plain(p.Path), plain(p.Message)
		kept = append(kept, p)
	}
	return findings, kept
}

func verifiedAt(o *Outcome, now int64) int64 {
	if o.Verified {
		return now
	}
	return 0
}

func keyID(f *finding.Finding) string {
	if f.Key == nil {
		return ""
	}
	return f.Key.ID
}

// Findings calls each for every finding, in the order of the repositories and of each
// repository's search. The findings have what is known of their keys.
func (db *DB) Findings(ctx context.Context, each func(*Finding) error) error {
	return db.findings(ctx, ``, nil, each)
}

// FindingsOf is Findings for one key.
func (db *DB) FindingsOf(ctx context.Context, key string, each func(*Finding) error) error {
	return db.findings(ctx, `WHERE f.key_id = $1`, []any{key}, each)
}

func (db *DB) findings(ctx context.Context, where string, args []any, each func(*Finding) error) error {
	rows, err := db.sql.QueryContext(ctx, `SELECT f.repository_id, f.data, coalesce(k.liveness, ''), coalesce(k.verification, '')
		FROM fleet_finding f LEFT JOIN fleet_key k ON k.id = f.key_id `+where+` ORDER BY f.repository_id, f.id`, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id int64
		var data, liveness, verification string
		if err := rows.Scan(&id, &data, &liveness, &verification); err != nil {
			return err
		}
		f, err := decode([]byte(data))
		if err != nil {
			return fmt.Errorf("a finding of repository %d is damaged: %w", id, err)
		}
		f.RepositoryID = id
		if err := f.learn(liveness, verification); err != nil {
			return err
		}
		if err := each(f); err != nil {
			return err
		}
	}
	return rows.Err()
}

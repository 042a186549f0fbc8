package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/neokeys/neokeys/finding"
)

// A Key is what is known of a key without its secret.
type Key struct {
	finding.Key
	FoundAt      time.Time
	Liveness     finding.Liveness
	Verification *finding.Verification
	AskedAt      time.Time // zero if it was not asked about
	Since        time.Time // when Liveness was first that; zero if it was not asked about
}

// putKeys adds the keys of findings. A later verdict takes the place of an earlier one, and none
// takes the place of none.
func putKeys(ctx context.Context, tx *sql.Tx, findings []finding.Finding, now int64) error {
	keys := map[string]*finding.Finding{}
	for i := range findings {
		if f := &findings[i]; f.Key != nil && keys[f.Key.ID] == nil {
			keys[f.Key.ID] = f
		}
	}
	// In one order, so that two workers do not wait for each other.
	ids := make([]string, 0, len(keys))
	for id := range keys {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, cmp.Compare)
	for _, id := range ids {
		f := keys[id]
		var readings []string
		for _, r := range f.Key.Readings {
			readings = append(readings, r.ID)
		}
		list, err := json.Marshal(readings)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO fleet_key (id, kind, env, redacted, readings, found_at, liveness) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (id) DO NOTHING`,
			id, string(f.Key.Kind), f.Key.Env, plain(f.Key.Redacted), string(list), now, string(finding.NotChecked))
		if err != nil {
			return err
		}
		if f.Liveness == finding.NotChecked || f.Liveness == "" {
			continue
		}
		if err := setLiveness(ctx, tx, id, f.Liveness, f.Verification, now); err != nil {
			return err
		}
	}
	return nil
}

type execer interface {
	ExecContext(context.Context, string, ...any) (sql.Result, error)
}

func setLiveness(ctx context.Context, db execer, id string, l finding.Liveness, v *finding.Verification, now int64) error {
	text := ""
	if v != nil {
		data, err := json.Marshal(v)
		if err != nil {
			return err
		}
		text = string(data)
	}
	_, err := db.ExecContext(ctx, `UPDATE fleet_key SET liveness_since = CASE WHEN liveness = $1 THEN liveness_since ELSE $3 END,
		liveness = $1, verification = $2, asked_at = $3 WHERE id = $4`, string(l), text, now, id)
	return err
}

// SetLiveness notes whether a key works.
func (db *DB) SetLiveness(ctx context.Context, id string, l finding.Liveness, v *finding.Verification) error {
	return setLiveness(ctx, db.sql, id, l, v, millis(time.Now()))
}

// learn puts what is known of its key on a finding.
func (f *Finding) learn(liveness, verification string) error {
	if f.Key == nil || liveness == "" {
		return nil
	}
	f.Liveness = finding.Liveness(liveness)
	f.Verification = nil
	if verification != "" {
		f.Verification = new(finding.Verification)
		if err := json.Unmarshal([]byte(verification), f.Verification); err != nil {
			return fmt.Errorf("the verdict on key %s is damaged: %w", f.Key.ID, err)
		}
	}
	if f.Liveness.Works() {
		f.Suppressed = nil // nothing hides a key that works
		f.Severity = finding.Error
	}
	return nil
}

// Keys returns the keys that some repository holds, by their ids.
func (db *DB) Keys(ctx context.Context) (map[string]*Key, error) {
	rows, err := db.sql.QueryContext(ctx, `SELECT id, kind, env, redacted, found_at, liveness, verification, asked_at, liveness_since FROM fleet_key
		WHERE EXISTS (SELECT 1 FROM fleet_finding f WHERE f.key_id = fleet_key.id)`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	keys := map[string]*Key{}
	for rows.Next() {
		var k Key
		var found, asked, since int64
		var verification string
		if err := rows.Scan(&k.ID, &k.Kind, &k.Env, &k.Redacted, &found, &k.Liveness, &verification, &asked, &since); err != nil {
			return nil, err
		}
		k.FoundAt, k.AskedAt, k.Since = moment(found), moment(asked), moment(since)
		if verification != "" {
			k.Verification = new(finding.Verification)
			if err := json.Unmarshal([]byte(verification), k.Verification); err != nil {
				return nil, fmt.Errorf("the verdict on key %s is damaged: %w", k.ID, err)
			}
		}
		keys[k.ID] = &k
	}
	return keys, rows.Err()
}

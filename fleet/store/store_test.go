package store

import (
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/gittest"
)

// newDB returns a database with one repository, which an attempt has the lease "x" of.
func newDB(t *testing.T) (*DB, *Repository) {
	t.Helper()
	db, err := Open(t.Context(), filepath.Join(t.TempDir(), "fleet.db"), true)
	gittest.Check(t, err)
	t.Cleanup(func() { _ = db.Close() })
	gittest.Check(t, db.Migrate(t.Context()))
	gittest.Check(t, db.Migrate(t.Context())) // again does nothing
	added, err := db.Add(t.Context(), []Repository{{URL: "/a.git", Name: "a.git"}, {URL: "/a.git", Name: "again"}})
	if err != nil || added != 1 {
		t.Fatalf("%d were added, %v", added, err)
	}
	list, err := db.Repositories(t.Context())
	gittest.Check(t, err)
	r, err := db.Lease(t.Context(), list[0].ID, "x")
	gittest.Check(t, err)
	return db, r
}

// found is a finding of a key with an id.
func found(fingerprint, id string) finding.Finding {
	return finding.Finding{
		Rule: "neo-api-key", Severity: finding.Error, Fingerprint: fingerprint, Location: finding.Location{Path: "a\xff.js", Line: 3},
		Key: &finding.Key{ID: id, Kind: finding.KindAPI, Env: "prod", Redacted: "neo_sk_prod_a...b"}, Liveness: finding.NotChecked, Owners: []string{"@a"},
		Commit: &finding.Commit{OID: "1", Date: time.Date(99999, 1, 1, 0, 0, 0, 0, time.UTC)},
	}
}

// replace stores findings of r under a lease.
func replace(t *testing.T, db *DB, r *Repository, lease string, list ...finding.Finding) error {
	t.Helper()
	o := &Outcome{Refs: "refs", Head: "head", Started: time.Now(), Result: &finding.Result{Findings: list}}
	return db.Tx(t.Context(), func(tx *sql.Tx) error { return db.Replace(t.Context(), tx, r.ID, lease, o) })
}

// stored returns the findings that db has.
func stored(t *testing.T, db *DB) (list []*Finding) {
	t.Helper()
	gittest.Check(t, db.Findings(t.Context(), func(f *Finding) error {
		list = append(list, f)
		return nil
	}))
	return list
}

// Findings are kept as they are, but for what no database can hold, and replaced as a whole.
func TestReplace(t *testing.T) {
	db, r := newDB(t)
	gittest.Check(t, replace(t, db, r, "x", found("1", "k1"), found("2", "k2")))
	list := stored(t, db)
	if len(list) != 2 || list[0].Path != "a\xff.js" || list[0].Key.ID != "k1" || list[0].Key.Redacted != "neo_sk_prod_a...b" || list[0].Owners[0] != "@a" || list[0].Commit.Date.Year() != 9999 {
		t.Fatalf("the findings are %+v", list)
	}
	if err := replace(t, db, r, "x"); !errors.Is(err, ErrLeaseLost) {
		t.Errorf("a lease that has ended: %v", err)
	}
	_, err := db.Lease(t.Context(), r.ID, "y")
	gittest.Check(t, err)
	if err := replace(t, db, r, "x", found("3", "k3")); !errors.Is(err, ErrLeaseLost) || len(stored(t, db)) != 2 {
		t.Errorf("another's lease: %v, %d findings", err, len(stored(t, db)))
	}
	gittest.Check(t, replace(t, db, r, "y", found("2", "k2")))
	if list := stored(t, db); len(list) != 1 || list[0].Key.ID != "k2" {
		t.Errorf("the findings are %+v", list)
	}
	spans, err := db.Spans(t.Context())
	gittest.Check(t, err)
	if len(spans) != 2 || spans[0].ClosedAt.IsZero() == spans[1].ClosedAt.IsZero() {
		t.Errorf("the spans are %+v", spans)
	}
}

// What a repository may take of the database is bounded, and what is left out is said.
func TestBounded(t *testing.T) {
	findings, problems := bounded(&finding.Result{Findings: make([]finding.Finding, maxFindings+7), Problems: make([]finding.Problem, maxProblems+3)})
	if len(findings) != maxFindings || len(problems) != maxProblems+2 || !strings.HasPrefix(problems[0].Message, "7 more findings") || !strings.HasPrefix(problems[1].Message, "3 more problems") {
		t.Errorf("%d findings and %d problems are kept: %+v", len(findings), len(problems), problems[:2])
	}
}

// A verdict is kept with when it was first that, and nothing hides a key that works.
func TestLiveness(t *testing.T) {
	db, r := newDB(t)
	f := found("1", "k1")
	f.Suppressed = &finding.Suppression{By: "baseline"}
	gittest.Check(t, replace(t, db, r, "x", f))
	gittest.Check(t, db.SetLiveness(t.Context(), "k1", finding.Inactive, nil))
	keys, err := db.Keys(t.Context())
	gittest.Check(t, err)
	since := keys["k1"].Since
	if keys["k1"].Liveness != finding.Inactive || since.IsZero() || stored(t, db)[0].Suppressed == nil {
		t.Errorf("the key is %+v", keys["k1"])
	}
	gittest.Check(t, db.SetLiveness(t.Context(), "k1", finding.Live, &finding.Verification{Reason: "it works"}))
	if f := stored(t, db)[0]; f.Suppressed != nil || f.Liveness != finding.Live || f.Verification.Reason != "it works" {
		t.Errorf("the finding is %+v", f)
	}
}

// A file that is something else, or of another version, is not touched.
func TestOpen(t *testing.T) {
	dir := t.TempDir()
	text := filepath.Join(dir, "text")
	gittest.Write(t, text, strings.Repeat("no database\n", 100))
	other := filepath.Join(dir, "other.db")
	pool, err := sql.Open("sqlite", other)
	gittest.Check(t, err)
	_, err = pool.ExecContext(t.Context(), `CREATE TABLE notes (a TEXT)`)
	gittest.Check(t, err)
	gittest.Check(t, pool.Close())
	for path, want := range map[string]string{
		text: "is no SQLite database", other: "another program's database", dir: "not a regular file", filepath.Join(dir, "none"): "no database yet",
		"mysql://x": "begins with postgres://", "postgres://a b:c@d/e": "malformed",
	} {
		if _, err := Open(t.Context(), path, false); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v; want %q", path, err, want)
		}
	}
	db, _ := newDB(t)
	for version, want := range map[int]string{len(migrations) - 1: "an earlier version", len(migrations) + 1: "a later version", len(migrations): ""} {
		_, err := db.sql.ExecContext(t.Context(), `UPDATE fleet_version SET version = $1`, version)
		gittest.Check(t, err)
		if got := fmt.Sprint(db.Check(t.Context())); !strings.Contains(got, want) || (want == "") != (got == "<nil>") {
			t.Errorf("version %d: %s; want %q", version, got, want)
		}
	}
}

// A host that fails is left alone for twice as long each time, or as long as it asks for.
func TestHostFails(t *testing.T) {
	db, _ := newDB(t)
	for i, want := range []time.Duration{time.Hour, 10 * time.Minute} { // as it asks, then at most
		asked := time.Duration(0)
		if i == 0 {
			asked = time.Hour
		} else {
			gittest.Check(t, db.Forget(t.Context()))
		}
		gittest.Check(t, db.HostFails(t.Context(), "h", time.Hour, asked))
		if wait, err := db.HostWait(t.Context(), "h"); err != nil || wait > want+time.Millisecond || wait < want-time.Minute {
			t.Errorf("it is left alone for %s, want %s: %v", wait, want, err)
		}
	}
}

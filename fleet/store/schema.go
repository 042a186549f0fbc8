package store

import (
	"io"
	"log/slog"
)

// migrations are the statements that make each version of the tables from the one before. Those
// that were released are never changed. SERIAL is a number that the database deals out; times
// are milliseconds since 1970, and 0 is never.
var migrations = []string{`
CREATE TABLE fleet_repository (
	id SERIAL,
	url TEXT NOT NULL UNIQUE,              -- without credentials, or an absolute path
	name TEXT NOT NULL,                    -- as the user gave it: what reports say
	host TEXT NOT NULL,                    -- empty for a path
	added_at BIGINT NOT NULL,
	lease TEXT NOT NULL DEFAULT '',        -- of the one attempt whose results count
	refs TEXT NOT NULL DEFAULT '',         -- digest of the refs that were searched, and of how
	head TEXT NOT NULL DEFAULT '',         -- commit id of HEAD
	scanned_at BIGINT NOT NULL DEFAULT 0,  -- when the last search that ended began
	checked_at BIGINT NOT NULL DEFAULT 0,  -- when the refs were last seen to be those
	verified_at BIGINT NOT NULL DEFAULT 0, -- when its keys were last asked about
	failed_at BIGINT NOT NULL DEFAULT 0,   -- 0 after a success
	error TEXT NOT NULL DEFAULT '',
	problems TEXT NOT NULL DEFAULT '[]',   -- what could not be read, as JSON
	files BIGINT NOT NULL DEFAULT 0,
	objects BIGINT NOT NULL DEFAULT 0,
	bytes BIGINT NOT NULL DEFAULT 0,
	fetched BIGINT NOT NULL DEFAULT 0,
	duration BIGINT NOT NULL DEFAULT 0
);
CREATE TABLE fleet_finding (
	id SERIAL,
	repository_id BIGINT NOT NULL REFERENCES fleet_repository (id) ON DELETE CASCADE,
	key_id TEXT NOT NULL,                  -- empty for a habit
	data TEXT NOT NULL                     -- the finding as JSON
);
CREATE INDEX fleet_finding_repository ON fleet_finding (repository_id);
CREATE INDEX fleet_finding_key ON fleet_finding (key_id);
CREATE TABLE fleet_span (                      -- a time in which a repository had a finding
	repository_id BIGINT NOT NULL REFERENCES fleet_repository (id) ON DELETE CASCADE,
	fingerprint TEXT NOT NULL,
	key_id TEXT NOT NULL,
	rule TEXT NOT NULL,
	path TEXT NOT NULL,
	opened_at BIGINT NOT NULL,
	closed_at BIGINT NOT NULL DEFAULT 0,
	PRIMARY KEY (repository_id, fingerprint, opened_at)
);
CREATE INDEX fleet_span_closed ON fleet_span (closed_at);
CREATE TABLE fleet_key (
	id TEXT PRIMARY KEY,
	kind TEXT NOT NULL,
	env TEXT NOT NULL,
	redacted TEXT NOT NULL,
	readings TEXT NOT NULL DEFAULT '[]',
	found_at BIGINT NOT NULL,
	liveness TEXT NOT NULL,
	liveness_since BIGINT NOT NULL DEFAULT 0, -- when the liveness was first that
	verification TEXT NOT NULL DEFAULT '', -- JSON, or empty
	asked_at BIGINT NOT NULL DEFAULT 0
);
CREATE TABLE fleet_ignore (
	key_id TEXT PRIMARY KEY,
	reason TEXT NOT NULL,
	author TEXT NOT NULL,
	created_at BIGINT NOT NULL,
	expires_at BIGINT NOT NULL             -- 0 is never
);
CREATE TABLE fleet_host (                      -- servers that failed
	name TEXT PRIMARY KEY,
	failures INTEGER NOT NULL,             -- one after another
	retry_at BIGINT NOT NULL
);
CREATE TABLE fleet_worker (
	id TEXT PRIMARY KEY,
	machine TEXT NOT NULL,
	started_at BIGINT NOT NULL,
	seen_at BIGINT NOT NULL                -- its heartbeat
)`, `
CREATE TABLE fleet_place (                     -- who asks a host now: one row for each repository
	host TEXT NOT NULL,
	number INTEGER NOT NULL,               -- from 0. The key lets one have each
	worker TEXT NOT NULL REFERENCES fleet_worker (id) ON DELETE CASCADE,
	PRIMARY KEY (host, number)
)`}

// quiet returns a logger that drops all: what a user should know is in the database.
func quiet() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }

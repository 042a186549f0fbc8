package store

import (
	"encoding/json"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/neokeys/neokeys/finding"
)

// A Finding is one with what the database knows of it besides.
type Finding struct {
	finding.Finding
	RepositoryID int64
}

// record is how a finding is kept. Members of the finding that hold secrets, or what JSON cannot
// hold, are replaced by those here.
type record struct {
	finding.Finding
	Key        *recordKey          `json:",omitempty"`
	Repository *finding.Repository `json:"-"`          // is a row of its own
	RawPath    []byte              `json:",omitempty"` // the path, if it is not UTF-8
}

// recordKey is a key without its secret.
type recordKey struct {
	Kind              finding.KeyKind
	ID, Env, Redacted string
	Readings          []string `json:",omitempty"` // ids, the key's own first
}

// maxRefs is how many refs are kept for a finding.
const maxRefs = 50

// encode returns a finding as it is kept.
func encode(f *finding.Finding) ([]byte, error) {
	r := record{Finding: *f}
	r.Refs = f.Refs[:min(len(f.Refs), maxRefs):min(len(f.Refs), maxRefs)]
	if !utf8.ValidString(f.Path) {
		r.RawPath = []byte(f.Path)
	}
	if k := f.Key; k != nil {
		r.Key = &recordKey{Kind: k.Kind, ID: k.ID, Env: k.Env, Redacted: k.Redacted}
		for _, reading := range k.Readings {
			r.Key.Readings = append(r.Key.Readings, reading.ID)
		}
	}
	for _, c := range []**finding.Commit{&r.Commit, &r.RemovedIn, &r.First} {
		*c = datable(*c)
	}
	return json.Marshal(r)
}

// datable returns c with a date that JSON can hold: a commit can claim any year.
func datable(c *finding.Commit) *finding.Commit {
	if c == nil || c.Date.Year() >= 1 && c.Date.Year() <= 9999 {
		return c
	}
	moved := *c
	moved.Date = time.Date(min(max(c.Date.Year(), 1), 9999), 1, 1, 0, 0, 0, 0, time.UTC)
	return &moved
}

// decode is the reverse of encode.
func decode(data []byte) (*Finding, error) {
	var r record
	if err := json.Unmarshal(data, &r); err != nil {
		return nil, err
	}
	f := &Finding{Finding: r.Finding}
	if r.RawPath != nil {
		f.Path = string(r.RawPath)
	}
	if k := r.Key; k != nil {
		f.Key = &finding.Key{Kind: k.Kind, ID: k.ID, Env: k.Env, Redacted: k.Redacted}
		for _, id := range k.Readings {
			f.Key.Readings = append(f.Key.Readings, &finding.Key{Kind: k.Kind, ID: id, Env: k.Env, Redacted: k.Redacted})
		}
	}
	return f, nil
}

// plain returns text that every database can hold: without NUL, in UTF-8, and not without end.
func plain(s string) string {
	const most = 4 << 10
	if len(s) > most {
		s = s[:most] + "..."
	}
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
}

// millis and moment convert times to and from columns, in which 0 is none.
func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func moment(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

package finding

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestGroups(t *testing.T) {
	key := func(id string) *Key { return &Key{ID: id} }
	suppressed := &Suppression{By: "baseline"}
	findings := []Finding{
		{Key: key("note"), Severity: Note, Exposure: Browser},
		{Key: key("source"), Severity: Error, Exposure: Source},
		{Severity: Warning, Message: "first habit"},
		{Key: key("second"), Severity: Warning, Exposure: CI},
		{Key: key("browser"), Severity: Warning, Exposure: Source},
		{Key: key("live"), Severity: Note, Exposure: Source, Liveness: Live},
		{Key: key("hidden"), Severity: Error, Exposure: Browser, Suppressed: suppressed},
		{Key: key("browser"), Severity: Error, Exposure: Browser},
		{Severity: Error, Message: "second habit"},
		{Key: key("third"), Severity: Warning, Exposure: CI},
	}
	groups, rest := Groups(findings)
	var got []string
	for i := range groups {
		g := &groups[i]
		got = append(got, fmt.Sprintf("%s %d %d %s", g.Key.ID, len(g.Findings), g.Severity(), g.Exposure()))
	}
	want := []string{"live 1 1 source", "browser 2 3 browser", "source 1 3 source", "second 1 2 ci", "third 1 2 ci", "note 1 1 browser", "hidden 1 0 browser"}
	if !slices.Equal(got, want) {
		t.Errorf("the groups are\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if len(rest) != 2 || rest[0] != &findings[2] || rest[1] != &findings[8] {
		t.Errorf("the rest is %v", rest)
	}
	if groups, rest := Groups(nil); groups != nil || rest != nil {
		t.Errorf("nothing has the groups %v, %v", groups, rest)
	}
}

// A production key that every browser loads comes before an old one for staging in a script.
func TestOrder(t *testing.T) {
	no, yes := false, true
	day := func(n int64) *Commit { return &Commit{Date: time.Unix(n*86400, 0)} }
	key := func(id, env string) *Key { return &Key{ID: id, Env: env, Kind: KindAPI} }
	bundle, script, gone, newer, dead, test := key("bundle", "prod"), key("script", "staging"), key("gone", "prod"), key("newer", "prod"), key("dead", "prod"), key("test", "test")
	ordered := Order([]Finding{
		{Key: dead, Severity: Error, Exposure: Browser, Liveness: Inactive, Commit: day(1)},
		{Key: script, Severity: Error, Exposure: Source, Commit: day(2), InHead: &yes},
		{Key: gone, Severity: Error, Exposure: Source, Commit: day(3), InHead: &no},
		{Message: "habit"},
		{Key: newer, Severity: Error, Exposure: Source, Commit: day(500), InHead: &yes},
		{Key: test, Severity: Warning, Exposure: Browser, Commit: day(4)},
		{Key: bundle, Severity: Error, Exposure: Source, Commit: day(900), Location: Location{Path: "second"}},
		{Key: bundle, Severity: Error, Exposure: Browser, Commit: day(999), InHead: &no, Location: Location{Path: "old"}},
		{Key: bundle, Severity: Error, Exposure: Browser, Commit: day(999), InHead: &yes, Location: Location{Path: "first"}},
		{Key: gone, Severity: Error, Suppressed: &Suppression{By: "inline"}},
	})
	var got []string
	for i := range ordered {
		f := &ordered[i]
		name := f.Message
		if f.Key != nil {
			name = f.Key.ID + f.Path
		}
		if !f.Counts() {
			name += " suppressed"
		}
		got = append(got, name)
	}
	want := []string{"bundlefirst", "bundleold", "bundlesecond", "newer", "gone", "script", "test", "dead", "habit", "gone suppressed"}
	if !slices.Equal(got, want) {
		t.Errorf("the order is %s, want %s", strings.Join(got, ", "), strings.Join(want, ", "))
	}
}
